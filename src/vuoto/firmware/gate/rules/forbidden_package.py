"""A package that the declaration forbids in this variant, by its name."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.gates import GateFinding
from vuoto.firmware.gate.question import Question, finding
from vuoto.firmware.gate.rule import Rule


def _judge(question: Question) -> Iterator[GateFinding]:
    forbidden = set(question.variant.forbidden_packages)
    for read in question.build.packages:
        name = read.package.name
        if name is not None and name in forbidden:
            version = f" {read.package.version_name}" if read.package.version_name else ""
            because = (
                f"the declaration forbids {name} in {question.variant.key}, and it is there{version and f', version{version}'}"
            )
            yield finding(RULE.name, "refused", read, name, because)


RULE = Rule(
    name="forbidden-package",
    asks="whether a package is there that the declaration forbids in this variant",
    rests_on="`forbidden_packages` of the variant; a package under another name is asked for by `same-code`",
    remedy="Take the package out of this variant's build",
    judge=_judge,
)
