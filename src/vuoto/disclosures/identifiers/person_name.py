"""A person's name."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.checks import is_missing
from vuoto.disclosures.identifier import Identifier, Reading, phrases

_NAME: Final = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .'’,-]){1,79}")


def read(value: str) -> Reading | None:
    """2 to 80 letters, spaces, dots, hyphens and apostrophes; nothing can be checked."""
    text = value.strip()
    if len(text) > 80 or is_missing(text) or _NAME.fullmatch(text) is None:
        return None
    return Reading(text, "none", "letters of a name, which has no check")


IDENTIFIER = Identifier(
    kind="person_name",
    names=phrases(
        "first name, last name, full name, given name, family name, surname, real name, middle name, person name",
        "owner name, customer name, firstname, lastname, fullname, nick name, nickname, profile name, legal name",
        "customer name, user details name, user info name, user profile name, member name, passenger name, driver name",
        "patient name, student name, guest name, account holder name, contact name, traits name",
        "name on card, cardholder name, card holder, cardholder, recipient name",
    ),
    shy=phrases("user name, display name"),
    never=phrases("theme family name, font family name, product family name, device family name, processor family name"),
    company=phrases("email, phone, phone number, birthday, date of birth, gender, last name, surname"),
    read=read,
    clause="GDPR art. 4(1)",
    reasoning="It is the first example of an identifier in GDPR art. 4(1).",
    limitations="Any word can be a name; the field's name alone tells.",
)
