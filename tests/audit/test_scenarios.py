"""Labelled captures through the whole house: everything that left is found, and nothing else."""

from __future__ import annotations

import io
import json
import tempfile
from functools import cache
from typing import BinaryIO, Final, cast

import pytest

from audit.further_scenarios import further_scenarios
from audit.made_captures import Scenario
from audit.more_scenarios import more_scenarios
from audit.scenarios import scenarios
from vuoto.audit import Question, Source, audit
from vuoto.disclosures import read_profile
from vuoto.facts.device import DeviceProfile
from vuoto.facts.document import AuditDocument
from vuoto.facts.vocabulary import KINDS
from vuoto.recipients import Registers, load_registers

TELLING: Final = {kind.id for kind in KINDS.values() if kind.family != "technical"}
SHORTEST_SAID: Final = 4
ALL: Final = {scenario.name: scenario for scenario in [*scenarios(), *more_scenarios(), *further_scenarios()]}


@cache
def registers() -> Registers:
    return load_registers()


def spool() -> BinaryIO:
    return cast("BinaryIO", tempfile.TemporaryFile())


def audited(scenario: Scenario) -> AuditDocument:
    profile = read_profile(json.dumps(scenario.profile).encode(), "device.json") if scenario.profile else DeviceProfile()
    question = Question(registers=registers(), spool=spool, profile=profile, reveal=True)
    return audit([Source("capture", io.BytesIO(scenario.capture))], question)


@pytest.mark.parametrize("name", ALL)
def test_finds_what_left_and_nothing_else(name: str) -> None:
    scenario = ALL[name]
    document = audited(scenario)
    found = {(d.kind, d.value) for d in document.disclosures if d.certainty != "possible"}
    kinds = {kind for kind, _ in found}
    missed = {(k, v) for k, v in scenario.leaves if ((k, v) not in found if v else k not in kinds)}
    assert not missed, f"missed, found {sorted(found)}"
    free = {k for k, v in scenario.leaves if not v}
    extra = {(k, v) for k, v in found if k in TELLING and (k, v) not in scenario.leaves and k not in free}
    assert not extra
    for kind, forms in scenario.forms.items():
        assert any(set(forms) <= set(d.form) for d in document.disclosures if d.kind == kind)


@pytest.mark.parametrize("name", sorted(name for name, s in ALL.items() if s.leaves))
def test_evidence_leads_back_to_the_bytes(name: str) -> None:
    """Every row's frames hold its bytes: each last excerpt shows the value, and each frame number exists."""
    document = audited(ALL[name])
    for disclosure in document.disclosures:
        evidence = disclosure.evidence
        assert evidence.frames
        assert all(1 <= frame <= document.inputs[0].frames for frame in evidence.frames)
        assert evidence.layers
        for layer in evidence.layers:
            inside = layer.offset - layer.excerpt_offset
            assert 0 <= inside <= len(layer.excerpt) // 2
        assert evidence.length > 0


def test_masked_documents_hold_no_value() -> None:
    """Without `reveal`, no value that singles somebody out stands anywhere in the document, not even beside another."""
    from vuoto.reports import render

    for scenario in ALL.values():
        question = Question(registers=registers(), spool=spool)
        document = audit([Source("capture", io.BytesIO(scenario.capture))], question)
        text = render(document, "json").decode()
        found = {d.kind for d in document.disclosures}
        for kind, value in scenario.leaves:
            # A value of two digits stands in every number.
            if len(value) >= SHORTEST_SAID and kind in found and kind != "local_ip" and KINDS[kind].family != "technical":
                assert value not in text
                assert value.encode().hex() not in text
