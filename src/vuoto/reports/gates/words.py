"""The sentences in which the gate answers, for a terminal and a page."""

from __future__ import annotations

from vuoto.facts.gates import GateVerdict
from vuoto.reports.showing import counted, visible


def answer_of(verdict: GateVerdict) -> str:
    """The first sentence."""
    refused, undecided = reasons_of(verdict)
    name, variant = visible(verdict.build.name), visible(verdict.variant)
    if verdict.outcome == "refused":
        more = f" and {counted(undecided, 'question')} undecided" if undecided else ""
        return f"Refused: {name} may not ship as {variant}, for {counted(refused, 'reason')}{more}."
    if verdict.outcome == "undecided":
        return f"Undecided: whether {name} may ship as {variant} cannot be said, for {counted(undecided, 'reason')}."
    return f"Passed: nothing speaks against {name} shipping as {variant}."


def reasons_of(verdict: GateVerdict) -> tuple[int, int]:
    """How many reasons refuse, and how many leave it undecided; waived ones left out."""
    open_ = [one for one in verdict.findings if one.waiver is None]
    refused = sum(one.outcome == "refused" for one in open_)
    return refused, len(open_) - refused


def about(verdict: GateVerdict) -> str:
    """What was asked, and against what, in one line."""
    baseline = verdict.baseline
    parts = [
        verdict.build.fingerprint or verdict.build.name,
        counted(verdict.build.packages, "package"),
        f"declaration {verdict.declaration}",
        f"compared with {baseline.name}" if baseline is not None else "compared with no baseline",
        f"{counted(len(verdict.others), 'build')} looked into" if verdict.others else "",
        f"as of {verdict.as_of}",
    ]
    return " · ".join(visible(part) for part in parts if part)
