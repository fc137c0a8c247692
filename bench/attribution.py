#!/usr/bin/env python3
"""Fits the two numbers of `vuoto.origins.calibration` on some of the made cases, and measures the confidences on others.

    python bench/attribution.py             prints what is fitted, the reliability and the outcomes, as Markdown
    python bench/attribution.py --write     also writes docs/reference/origins.md between its marks, and bench/attribution.json
    python bench/attribution.py --check     says whether these files are what this writes (part of `make check`)

The cases (`tests/origins/made_cases.py`) are builds of 6 to 46 small apps with a known sender, or none, drawn from three sets of
words that share no word, host or maker. On the first the numbers are fitted and rules are tried out; the second was measured on
until its table suggested a rule, so the third is now. They are made by us, as the traces are: what is measured is that the
confidences keep their word where the world is as these cases are, not that the world is so.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT / "tests")  # in the place of bench/, where other files have the names of packages of tests/

from origins.made_cases import SCENARIOS, Case, cases  # noqa: E402 - from the tests, which are no package
from origins.vocabularies import FIRST, THIRD  # noqa: E402 - likewise
from vuoto.facts.origins import Tracing  # noqa: E402
from vuoto.origins import BuildInMemory, trace_origins  # noqa: E402
from vuoto.origins.calibration import ELSEWHERE, SCALE  # noqa: E402
from vuoto.origins.detective import Detective, Looked  # noqa: E402
from vuoto.origins.weighing import odds  # noqa: E402

EACH = 40
"""Cases of each scenario and half."""

SCALES = [n / 20 for n in range(4, 25)]
ELSEWHERES = [n / 20 for n in range(1, 15)]
FLAT = 0.02
"""Bits of surprise that make no difference."""

BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0)
PAGE = ROOT / "docs" / "reference" / "origins.md"
NUMBERS = ROOT / "bench" / "attribution.json"
BEGIN, END = "<!-- measured by bench/attribution.py -->", "<!-- end -->"


def looked_at(case: Case) -> tuple[Looked, int | None]:
    """What the detective weighs in a case, and the number of the true sender: -1 where it is not among the candidates."""
    build = BuildInMemory(case.build)
    looked = Detective(build, [case.sighting]).look(case.sighting)
    if case.truth is None:
        return looked, None
    number = next(n for n, header in enumerate(build.packages()) if header.path == case.truth)
    return looked, number if number in looked.bits else -1


def loss(seen: Sequence[tuple[Looked, int | None]], scale: float, elsewhere: float) -> float:
    """Mean surprise at the truth, in bits."""
    total = 0.0
    for looked, truth in seen:
        found = odds(looked.bits, looked.others, scale=scale, elsewhere=elsewhere)
        sure = found.none if truth is None else found.others if truth < 0 else found.each[truth]
        total -= math.log2(max(sure, 1e-6))
    return total / len(seen)


def fit(seen: Sequence[tuple[Looked, int | None]]) -> tuple[float, float]:
    """The largest scale whose loss is within `FLAT` of the least, and its best elsewhere.

    The loss is flat there, and made cases are poorer in rare words than real code: the least loss alone would say less than the
    clues do.
    """
    losses = {(s, e): loss(seen, s, e) for s in SCALES for e in ELSEWHERES}
    least = min(losses.values())
    scale = max(s for (s, _), lost in losses.items() if lost <= least + FLAT)
    return scale, min(ELSEWHERES, key=lambda e: (losses[scale, e], e))


def wilson(right: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson)."""
    if not of:
        return 0.0, 1.0
    z, p = 1.96, right / of
    middle, half = p + z * z / (2 * of), z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)


def reliability(results: Iterable[tuple[Case, Tracing]]) -> list[tuple[str, int, float, int, float, float]]:
    """Per range of confidence: candidates shown with it, their mean confidence, how many were right, and the interval."""
    pairs: list[tuple[float, bool]] = []
    for case, traced in results:
        pairs += [(o.confidence, o.path is not None and o.path == case.truth) for o in traced.origins]
    rows = []
    for low, high in pairwise(BINS):
        mine = [(c, right) for c, right in pairs if low <= c < high or (high == 1.0 and c == 1.0)]
        count, right = len(mine), sum(r for _, r in mine)
        mean = sum(c for c, _ in mine) / count if count else 0.0
        rows.append((f"{low:.1f}–{high:.1f}", count, mean, right, *wilson(right, count)))
    return rows


def outcomes(results: Iterable[tuple[Case, Tracing]]) -> dict[str, Counter[str]]:
    """Per scenario: `right` (the sender first, or "not in this build" where it is not), `among` several, `wrong`, `undecided`."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for case, traced in results:
        (answer,) = traced.attributions
        paths = [o.path for o in traced.origins]
        if answer.outcome == "undecided":
            said = "undecided"
        elif answer.outcome == "not-in-build":
            said = "right" if case.truth is None else "wrong"
        elif case.truth is None or case.truth not in paths:
            said = "wrong"
        else:
            said = "right" if answer.outcome == "found" else "among several"
        table[case.scenario][said] += 1
    return table


def not_in_build(results: Iterable[tuple[Case, Tracing]]) -> dict[str, float]:
    """How often "not in this build" is said, and how often it is so."""
    said = [
        (a.confidence, case.truth is None) for case, traced in results for a in traced.attributions if a.outcome == "not-in-build"
    ]
    return {
        "said": len(said),
        "right": sum(right for _, right in said),
        "mean confidence": round(sum(c for c, _ in said) / len(said), 3) if said else 0.0,
    }


def measured(each: int) -> tuple[dict[str, object], str]:
    """The numbers, and the same as Markdown."""
    first, second = cases(FIRST, each), cases(THIRD, each)
    scale, elsewhere = fit([looked_at(case) for case in first])
    seen = [looked_at(case) for case in second]
    results = [(case, trace_origins([case.sighting], BuildInMemory(case.build))) for case in second]
    rows, table = reliability(results), outcomes(results)
    numbers: dict[str, object] = {
        "cases": {"fitted on": len(first), "measured on": len(second)},
        "fitted": {"scale": scale, "elsewhere": elsewhere},
        "used": {"scale": SCALE, "elsewhere": ELSEWHERE},
        "surprise in bits": {
            "held out": round(loss(seen, SCALE, ELSEWHERE), 3),
            "refitted on the held-out half": round(loss(seen, *fit(seen)), 3),
        },
        "reliability": [
            {"confidence": name, "shown": count, "mean": round(mean, 3), "right": right, "from": round(a, 3), "to": round(b, 3)}
            for name, count, mean, right, a, b in rows
        ],
        "not in build": not_in_build(results),
        "outcomes": {name: dict(sorted(table[name].items())) for name in SCENARIOS},
    }
    return numbers, as_markdown(numbers, rows, table)


def as_markdown(
    numbers: dict[str, object], rows: list[tuple[str, int, float, int, float, float]], table: dict[str, Counter[str]]
) -> str:
    """Two tables and a line."""
    surprise = json.dumps(numbers["surprise in bits"])[1:-1]
    lines = [
        f"Fitted on {EACH} cases of each scenario, measured on as many others: {surprise} (mean surprise at the truth).",
        "",
        "| Confidence | Candidates shown | Mean confidence | Right | 95 % interval |",
        "|---|---|---|---|---|",
    ]
    for name, count, mean, right, low, high in rows:
        share = f"{right / count:.2f}" if count else "–"
        lines.append(
            f"| {name} | {count} | {mean:.2f} | {share} | {low:.2f} to {high:.2f} |" if count else f"| {name} | 0 | – | – | – |"
        )
    absent = numbers["not in build"]
    lines += ["", f"“Not in this build”: {json.dumps(absent)[1:-1]}."]
    heads = ("right", "among several", "undecided", "wrong")
    lines += ["", f"| Scenario | {' | '.join(h.capitalize() for h in heads)} |", "|---|---|---|---|---|"]
    lines += [f"| {name} | {' | '.join(str(table[name][h]) for h in heads)} |" for name in SCENARIOS]
    return "\n".join(lines)


def main() -> int:
    """Measure, print, write or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    numbers, text = measured(EACH)
    page = PAGE.read_text() if PAGE.exists() else f"{BEGIN}\n{END}\n"
    head, _, rest = page.partition(BEGIN)
    new = f"{head}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}"
    kept = json.dumps(numbers, indent=2) + "\n"
    if options.check:
        stale = [p.name for p, wanted in ((PAGE, new), (NUMBERS, kept)) if not p.exists() or p.read_text() != wanted]
        if stale:
            print(f"stale: {', '.join(stale)}; run bench/attribution.py --write")
        return 1 if stale else 0
    if options.write:
        PAGE.write_text(new)
        NUMBERS.write_text(kept)
    print(text)
    print(f"\nfitted {numbers['fitted']}, used {numbers['used']}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
