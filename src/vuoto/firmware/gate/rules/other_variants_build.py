"""A build, or a partition of it, that says itself that it is of another variant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from vuoto.facts.gates import GateFinding
from vuoto.firmware.gate.question import Question, finding, variants_of
from vuoto.firmware.gate.rule import Rule


def _judge(question: Question) -> Iterator[GateFinding]:
    facts = question.build.build
    if facts is None:
        return
    says = question.variant_of(facts)
    if says is not None and says != question.variant.key:
        because = f"the build says that it is of {says} (model {facts.model}, product {facts.product})"
        yield finding(RULE.name, "refused", None, says, because)
    several = variants_of(facts, question.declaration.variants)
    if len(several) > 1:
        because = f"the build says that it is of {' and of '.join(several)} at once: parts of several builds may be in it"
        outcome: Literal["refused", "undecided"] = "undecided" if question.variant.key in several else "refused"
        yield finding(RULE.name, outcome, None, " and ".join(several), because)
    known = {
        known.build.fingerprint: (variant, known.name)
        for known in question.others
        if known.build is not None and known.build.fingerprint and (variant := question.variant_of(known.build)) is not None
    }
    for partition, fingerprint in facts.fingerprints:
        variant, name = known.get(fingerprint, (question.variant.key, ""))
        if variant != question.variant.key and fingerprint != facts.fingerprint:
            because = f"the partition {partition} is of the build {name} of {variant}: {fingerprint}"
            yield finding(RULE.name, "refused", None, f"partition {partition}", because)


def _note(question: Question) -> str | None:
    if variants_of(question.build.build, question.declaration.variants):
        return None
    return "the build does not say which of the declared variants it is for: give the variants `models` for this to be asked"


RULE = Rule(
    name="other-variants-build",
    asks="whether the build or a partition of it says that it is of another variant",
    rests_on=(
        "the build's model, product and properties of variants, against the keys and `models` of the declaration's variants; "
        "partitions' fingerprints against the builds given by `--builds`"
    ),
    remedy="Look at what was packed, or add the model to `models` of the variant",
    judge=_judge,
    note=_note,
)
