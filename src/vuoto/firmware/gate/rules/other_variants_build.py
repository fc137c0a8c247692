"""A build, or a partition of it, that says itself that it is of another variant."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.gates import GateFinding
from vuoto.firmware.gate.question import Question, finding
from vuoto.firmware.gate.rule import Rule


def _judge(question: Question) -> Iterator[GateFinding]:
    facts = question.build.build
    if facts is None:
        return
    says = question.variant_of(facts)
    if says is not None and says != question.variant.key:
        because = f"the build says that it is of {says} (model {facts.model}, product {facts.product})"
        yield finding(RULE.name, "refused", None, says, because)
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


RULE = Rule(
    name="other-variants-build",
    asks="whether the build or a partition of it says that it is of another variant",
    rests_on=(
        "the build's model, product and properties of variants, against the keys and `models` of the declaration's variants; "
        "partitions' fingerprints against the builds given by `--builds`"
    ),
    remedy="Look at what was packed, or add the model to `models` of the variant",
    judge=_judge,
)
