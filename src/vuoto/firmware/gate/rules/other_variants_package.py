"""A package that belongs to other variants alone: by the declaration, or because only their builds ever had it."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.gates import GateFinding
from vuoto.firmware.gate.question import Question, finding
from vuoto.firmware.gate.rule import Rule


def _judge(question: Question) -> Iterator[GateFinding]:
    own = set(question.variant.packages)
    declared: dict[str, list[str]] = {}
    for variant in question.declaration.variants:
        if variant.key != question.variant.key:
            for given in variant.packages:
                declared.setdefault(given, []).append(variant.key)
    for read in question.build.packages:
        name = read.package.name
        if name is None or name in own:
            continue
        if name in declared:
            because = f"the declaration gives {name} to {', '.join(declared[name])}, and not to {question.variant.key}"
            yield finding(RULE.name, "refused", read, name, because)
        elif question.own_names is not None and name in question.foreign_names and name not in question.own_names:
            where = ", ".join(question.foreign_names[name][:4])
            because = f"{name} is known from builds of other variants, {where}, and from none of {question.variant.key}"
            yield finding(RULE.name, "refused", read, name, because)


def _note(question: Question) -> str | None:
    if not question.foreign_names:
        return "no builds of other variants were given: only the declaration was asked"
    if question.own_names is None:
        return f"no build of {question.variant.key} was given to know its packages by: only the declaration was asked"
    return None


RULE = Rule(
    name="other-variants-package",
    asks="whether a package is there that belongs to other variants alone",
    rests_on="`packages` of the variants in the declaration, and builds of other variants (`--builds`) beside a baseline",
    remedy="Take the package out, or add it to `packages` of this variant",
    judge=_judge,
    note=_note,
)
