"""Somebody from the address book."""

from __future__ import annotations

from vuoto.disclosures.checks import is_missing
from vuoto.disclosures.identifier import Identifier, Reading, phrases


def read(value: str) -> Reading | None:
    """A name, number or address of 3 to 120 characters; nothing can be checked."""
    text = value.strip()
    if not 3 <= len(text) <= 120 or is_missing(text) or (text.isdigit() and len(text) < 7) or "://" in text:
        return None
    return Reading(text, "none", "an entry of an address book, which has no check")


IDENTIFIER = Identifier(
    kind="contact",
    names=phrases(
        "contact name, contact phone, contact number, contacts, contacts name, contacts phone, contacts number",
        "contact phone number, address book, addressbook, phonebook, phone book, contact list, contacts phone number",
        "contacts email, contacts phones, contact display name, address book name, address book phone, phonebook name",
        "address book number, address book email, contact list name, contact list number, contact list phone",
        "phonebook number, phonebook phone, contacts display name, contacts numbers",
    ),
    read=read,
    clause="GDPR art. 4(1)",
    reasoning="It is personal data of somebody who never used the app.",
    limitations="It has no check; the field's name alone tells.",
)
