"""Language, region and time zone of the device (BCP 47; IANA time zone database)."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.checks import is_missing
from vuoto.disclosures.identifier import Identifier, Reading, phrases

_TAG: Final = re.compile(r"([a-z]{2,3})(?:[-_]([A-Z][a-z]{3}))?(?:[-_]#?([A-Z]{2}|\d{3}|[a-z]{2}))?(?:[-_]#[A-Za-z]{4})?")
_ZONE: Final = re.compile(
    r"(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)/[A-Za-z_+0-9-]{2,30}(?:/[A-Za-z_]{2,30})?"
)
_OFFSET: Final = re.compile(r"(?:GMT|UTC)?[+-]\d{1,2}:?\d{2}")


def read(value: str) -> Reading | None:
    """A language tag with a region (BCP 47 §2.1), or a zone of the IANA database; a language alone has nothing to check."""
    text = value.strip()
    if len(text) > 64 or is_missing(text):
        return None
    if _ZONE.fullmatch(text):
        return Reading(text, "holds", "has the form of a zone of the IANA time zone database")
    tag = _TAG.fullmatch(text)
    if tag is not None:
        if tag[3]:
            return Reading(text, "holds", "a language tag with a region (BCP 47 §2.1)")
        return Reading(text, "none", "a language tag (BCP 47 §2.1)")
    return Reading(text, "none", "an offset from UTC") if _OFFSET.fullmatch(text) else None


IDENTIFIER = Identifier(
    kind="locale_timezone",
    names=phrases(
        "locale, device locale, user locale, system locale, timezone, time zone, tz, device language, device timezone",
        "user language, system language, timezone id, time zone id, timezone name, local timezone, device time zone",
        "os language, timezone offset, os locale, app locale, preferred language",
    ),
    hints=phrases("language, lang"),
    vague=phrases("accept language, hl"),
    read=read,
    clause="BCP 47 §2.1; IANA time zone database",
    reasoning="Alone it singles nobody out; with others it helps to recognise a device.",
    limitations="It may be the language of the page rather than of the person.",
)
