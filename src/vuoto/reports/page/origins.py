"""Which code can have sent it: per recipient the answer, its candidates, and every clue with its weight and its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vuoto.facts.document import AuditDocument
from vuoto.facts.origins import Attribution, Clue, Origin, SearchedBuild
from vuoto.reports.attributing import FOUND_WORDS, NO_PROOF, origins_of
from vuoto.reports.page.element import Html, h
from vuoto.reports.page.table import Cell, table
from vuoto.reports.showing import counted, kind_title, listed, reading_order, recipient_name

MOST_ANSWERS: Final = 60
"""Answers written out in full; `audit.json` holds all."""

MOST_OTHERS: Final = 200
"""Rows on recipients to which nothing personal was seen to go."""

MOST_CLUES: Final = 24
MOST_PLACES: Final = 3
"""Places per clue; they repeat themselves soon."""

TONES: Final = {"found": "good", "several": "open", "not-in-build": "bad", "undecided": "open"}
LIMITS: Final = (
    f"{NO_PROOF} A weight of +3 makes a package eight times likelier to be the sender, one of -3 eight times less likely; how "
    "the confidences were measured stands in docs/reference/origins.md."
)


def origins_section(document: AuditDocument) -> Html | None:
    """The section, or nothing where no code was looked for."""
    if not document.attributions and not document.origins:
        return None
    told = [a for a in document.attributions if a.disclosures]
    others = [a for a in document.attributions if not a.disclosures]
    names = {r.id: recipient_name(r) for r in document.recipients}
    kinds = {d.id: d.kind for d in document.disclosures}
    loose = document.origins if not document.attributions else ()
    over = len(told) - MOST_ANSWERS
    return h(
        "section",
        {"id": "origins"},
        h("h2", None, "Which code can have sent it"),
        _build(document.build) if document.build else None,
        h("p", {"class": "note"}, LIMITS),
        [_answer(a, names, kinds, document.origins, number) for number, a in enumerate(told[:MOST_ANSWERS])],
        [_candidate(origin, "h3") for origin in loose[:MOST_ANSWERS]],
        h("p", {"class": "note"}, f"{counted(over, 'more answer')}: audit.json holds all.") if over > 0 else None,
        _others(others, names, document.origins) if others else None,
    )


def _build(build: SearchedBuild) -> Html:
    about = " · ".join(part for part in (build.model, build.fingerprint) if part)
    unread = f"; the code of {counted(len(build.unread), 'package')} could not be read whole" if build.unread else ""
    return h(
        "p",
        None,
        "Searched: ",
        h("b", None, build.name),
        f" ({about})" if about else None,
        f", {counted(build.packages, 'package')}{unread}.",
    )


def _answer(
    attribution: Attribution, names: dict[str, str], kinds: dict[str, str], origins: Sequence[Origin], number: int
) -> Html:
    mine = sorted({kinds[d] for d in attribution.disclosures if d in kinds}, key=reading_order)
    sure = f", confidence {attribution.confidence:.2f}" if attribution.confidence else ""
    return h(
        "article",
        {"class": "party", "aria-labelledby": f"answer-{number}"},
        h("h3", {"id": f"answer-{number}"}, names.get(attribution.recipient, attribution.recipient)),
        h(
            "div",
            {"class": f"verdict {TONES[attribution.outcome]}"},
            h("h4", None, h("span", {"class": "outcome"}, FOUND_WORDS[attribution.outcome]), sure),
            h("p", {"class": "note"}, f"About {listed([kind_title(k) for k in mine])}.") if mine else None,
            h("ul", None, [h("li", None, reason) for reason in attribution.because]),
        ),
        [_candidate(origin) for origin in origins_of(attribution, origins)],
    )


def _candidate(origin: Origin, heading: str = "h4") -> Html:
    facts = [
        ("Confidence", f"{origin.confidence:.2f}"),
        ("File", origin.path or "named by the capture; not in a build that was searched"),
        ("Class", origin.class_),
        ("Method", origin.method),
        ("Other classes with clues", listed(origin.classes) if origin.classes else None),
    ]
    version = f" {origin.version}" if origin.version else ""
    caption = f"Clues for {origin.package}"
    return h(
        "div",
        {"class": "candidate"},
        h(heading, None, f"{origin.package}{version}"),
        h("dl", {"class": "facts"}, [Html(h("dt", None, name) + h("dd", None, value)) for name, value in facts if value]),
        table(caption, ("Bits", "Clue", "The package …", "Where"), [_clue(c) for c in origin.clues[:MOST_CLUES]], named=1)
        if origin.clues
        else None,
        h(
            "details",
            {"class": "words"},
            h("summary", None, "A way in the code that may be taken"),
            h("ol", {"class": "steps"}, [h("li", None, step) for step in origin.steps]),
        )
        if origin.steps
        else None,
    )


def _clue(clue: Clue) -> tuple[str | Cell, ...]:
    more = len(clue.places) - MOST_PLACES
    places: list[str | Html] = [h("code", {"class": "place"}, place) for place in clue.places[:MOST_PLACES]]
    if more > 0:
        places.append(f" and {more:,} more")
    return Cell(f"{clue.weight:+.1f}", "number bits"), clue.trace, clue.what, Cell(places, "source")


def _others(others: Sequence[Attribution], names: dict[str, str], origins: Sequence[Origin]) -> Html:
    caption = "Recipients to which nothing personal was seen to go"
    heads = ("Recipient", "Answer", "Package and class", "Confidence")
    return h(
        "details",
        {"class": "words"},
        h("summary", None, f"{caption}: {len(others):,}"),
        table(caption, heads, [_other(a, names, origins) for a in others[:MOST_OTHERS]], named=0),
        h("p", {"class": "note"}, f"{len(others) - MOST_OTHERS:,} more: audit.json holds all.")
        if len(others) > MOST_OTHERS
        else None,
    )


def _other(attribution: Attribution, names: dict[str, str], origins: Sequence[Origin]) -> tuple[str | Cell, ...]:
    best = origins_of(attribution, origins)[:4]
    return (
        names.get(attribution.recipient, attribution.recipient),
        FOUND_WORDS[attribution.outcome],
        "; ".join(f"{o.package}{f', class {o.class_}' if o.class_ else ''}" for o in best) or "–",
        Cell(f"{attribution.confidence:.2f}" if attribution.confidence else "–", "number"),
    )
