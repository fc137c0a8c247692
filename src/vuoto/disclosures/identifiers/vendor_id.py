"""Vendor ID: Apple's identifierForVendor, Google's app set ID: a UUID per device and developer."""

from __future__ import annotations

from vuoto.disclosures.checks import uuid_text
from vuoto.disclosures.identifier import Identifier, Reading, phrases


def read(value: str) -> Reading | None:
    """A UUID that is not all zeros."""
    text = uuid_text(value)
    return None if text is None else Reading(text, "holds", "a UUID (RFC 9562 §4)")


IDENTIFIER = Identifier(
    kind="vendor_id",
    names=phrases(
        "idfv, ifv, vendor id, vendor identifier, identifier for vendor, ios vendor id, ios idfv, app set id",
        "appset id, developer scoped id, apple idfv, ios ifv, device vendor id, app set identifier, vaid, vendor uuid",
    ),
    anywhere=phrases("idfv, app set id"),
    vague=("asid",),
    read=read,
    clause="Apple UIDevice.identifierForVendor; Google AppSetIdClient; RFC 9562 §4",
    reasoning="It recognises one person's device across all apps of one developer.",
    limitations="Any UUID looks the same; so without a name it is not reported.",
)
