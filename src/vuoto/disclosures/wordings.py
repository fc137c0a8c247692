"""Values that are no values: the label of a field, a text of a program, a place in a site.

`{"labels": {"password": "Passord"}}` holds no password. Only what no check bears out can be such a wording.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from vuoto.disclosures.judging import Judgement
from vuoto.disclosures.names import NameBook
from vuoto.facts.parts import Part
from vuoto.facts.vocabulary import kind_of

MOST_PLACES: Final = 4_096
"""Places in messages remembered."""

LONGEST_PLACE: Final = 256
"""Characters of one that is remembered."""

_FORMS: Final = frozenset(("form", "query", "multipart"))
"""Syntaxes in which browsers send forms."""

_WORDS: Final = re.compile(r"[A-Za-z]+(?:[ -][A-Za-z]+){0,2}:?")

_STEP: Final = re.compile(r"[a-z]+(?:[-_][a-z]+){0,3}")
"""A segment of a path that is nothing but words: what is to be done."""

_WORDINGS: Final = re.compile(r"(?i)(?:^|/)(?:labels?|strings|i18n|l10n|translations?|placeholders?|errors|tooltips|captions)/")
"""Groups of a program's texts: `{"labels": {"password": "Passord"}}`."""

_WORDING_FILES: Final = re.compile(
    r"(?i)\b(?:strings|i18n|l10n|translations?|locales?)\b[\w/-]*\.(?:json|xml|properties|yml|yaml|plist)"
)


def may_be_wording(judgement: Judgement) -> bool:
    """Whether a judgement is one that the label of a field or a text of a program could have caused."""
    if judgement.checked or judgement.certainty == "possible" or judgement.digest:
        return False
    return kind_of(judgement.kind).family != "technical"


def is_wording(judgement: Judgement, part: Part, names: NameBook) -> bool:
    """Whether an unchecked value speaks about such values: the label of a field, a text of the program, a place in a site."""
    if not may_be_wording(judgement):
        return False
    if part.syntax == "path" and (judgement.kind == "account" or _STEP.fullmatch(part.value)):
        return True  # `/sms/send`, `/password/reset`
    if _among_wordings(part.pointer, part.layer.path):
        return True
    if part.value.casefold() == part.name.casefold() and part.syntax in _FORMS:
        return True  # a button of the form, which is sent with it
    return _WORDS.fullmatch(part.value) is not None and bool(names.sense(part.value, "").strong)


def _among_wordings(pointer: str, path: str) -> bool:
    """Whether a place is one where a program keeps its texts."""
    if len(pointer) + len(path) > LONGEST_PLACE:
        return _WORDINGS.search(pointer) is not None or _WORDING_FILES.search(path) is not None
    return _among_wordings_remembered(pointer, path)


@lru_cache(maxsize=MOST_PLACES)
def _among_wordings_remembered(pointer: str, path: str) -> bool:
    return _WORDINGS.search(pointer) is not None or _WORDING_FILES.search(path) is not None
