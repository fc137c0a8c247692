"""The answer to "which batch?" as sentences."""

from __future__ import annotations

from collections.abc import Sequence

from vuoto.facts.scopes import ScopeRow


def sentences_of(kind: str, what: str, rows: Sequence[ScopeRow]) -> tuple[str, ...]:
    """The sentences; `rows` are in the order in which the builds were made."""
    present = [row for row in rows if row.state == "present"]
    unknown = [row for row in rows if row.state == "unknown"]
    subject = {"package": what, "class": f"The class {what}", "host": f"The host {what}", "like": f"The code of {what}"}[kind]
    known = len(rows) - len(unknown)
    if not present:
        told = [f"{subject} is in none of the {_counted(known, 'build')} that could be read."]
    else:
        told = [f"{subject} is in {len(present)} of {_counted(known, 'build')} that could be read."]
        for variant in dict.fromkeys(_variant(row) for row in rows if row.state != "unknown"):
            of = [row for row in rows if _variant(row) == variant and row.state != "unknown"]
            told.append(_of_variant(variant, of))
        told += _likeness(kind, present)
    if unknown:
        names = ", ".join(row.build for row in unknown[:5]) + (" …" if len(unknown) > 5 else "")
        told.append(f"{_counted(len(unknown), 'build')} could not be read, or not in whole: it is not known of {names}.")
    return tuple(told)


def _of_variant(variant: str, rows: Sequence[ScopeRow]) -> str:
    present = [row for row in rows if row.state == "present"]
    if not present:
        return f"Of {variant}: in none of {_counted(len(rows), 'build')}."
    if len(present) == len(rows):
        if len(rows) == 1:
            return f"Of {variant}: in the one build, {_named(rows[0])}."
        return f"Of {variant}: in all {len(rows)} builds, from {_named(rows[0])} to {_named(rows[-1])}."
    first, last = rows.index(present[0]), rows.index(present[-1])
    since = f"since {_named(present[0])}" if first else f"from the first, {_named(present[0])}"
    if len(present) == 1 and last + 1 < len(rows):
        since = f"in {_named(present[0])} alone"
    until = "" if last + 1 < len(rows) else ", the last"
    if last + 1 < len(rows) and len(present) > 1:
        until = f", and no more in {_named(rows[last + 1])}"
    gaps = "" if last - first + 1 == len(present) else ", with builds between that do not have it"
    return f"Of {variant}: in {len(present)} of {len(rows)} builds, {since}{until}{gaps}."


def _likeness(kind: str, present: Sequence[ScopeRow]) -> list[str]:
    hits = [hit for row in present for hit in row.hits]
    loose = sum(hit.likeness == "in-a-text" for hit in hits)
    if loose:
        return [f"In {loose} of the {_counted(len(hits), 'package')} found it stands in a text that is no address."]
    if kind not in ("package", "like"):
        return []
    against = "as in the first of them" if kind == "package" else "as the package given"
    counts = [
        (sum(hit.likeness == "identical" for hit in hits), f"byte for byte {against}"),
        (sum(hit.likeness == "same-code" for hit in hits), "the same code in other bytes"),
        (sum(hit.likeness == "like-code" for hit in hits), "much of the code in other bytes"),
        (sum(hit.likeness == "other-code" for hit in hits), "other code under the same name"),
    ]
    told = [f"{count} {words}" for count, words in counts if count]
    return [f"Of the {_counted(len(hits), 'package')} found: {', '.join(told)}."] if told else []


def _variant(row: ScopeRow) -> str:
    parts = [part for part in (row.model, row.product) if part]
    return (
        f"{parts[0]} ({parts[1]})"
        if len(parts) == 2 and parts[0] != parts[1]
        else parts[0]
        if parts
        else "builds that do not say what they are for"
    )


def _named(row: ScopeRow) -> str:
    parts = [part for part in (row.incremental, f"patch level {row.security_patch}" if row.security_patch else None) if part]
    return f"{row.build} ({', '.join(parts)})" if parts else row.build


def _counted(number: int, one: str) -> str:
    return f"{number:,} {one if number == 1 else one + 's'}"
