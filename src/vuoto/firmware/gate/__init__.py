"""The release gate: says whether a build may ship as a variant, with reasons."""

from __future__ import annotations

from vuoto.firmware.gate.judging import judge, rule_names
from vuoto.firmware.gate.known import known_builds
from vuoto.firmware.gate.question import KnownBuild, Question, variant_of

__all__ = ["KnownBuild", "Question", "judge", "known_builds", "rule_names", "variant_of"]
