"""SSID: name of a Wi-Fi network (IEEE 802.11-2020 §9.4.2.2)."""

from __future__ import annotations

from vuoto.disclosures.checks import is_missing, is_opaque
from vuoto.disclosures.identifier import Identifier, Reading, phrases


def read(value: str) -> Reading | None:
    """1 to 32 octets; Android writes it in quotes, and `<unknown ssid>` without location permission."""
    text = value.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        text = text[1:-1]
    if (
        not text
        or len(text.encode("utf-8", "replace")) > 32
        or is_missing(text)
        or text.lower() in ("<unknown ssid>", "unknown ssid")
    ):
        return None
    if is_opaque(text, 20):
        return Reading(text, "fails", "looks like the number of a session, not like a network's name")
    return Reading(text, "none", "at most 32 octets (IEEE 802.11-2020 §9.4.2.2)")


IDENTIFIER = Identifier(
    kind="ssid",
    names=phrases("ssid, essid, wifi ssid, wifi name, wifi network name, wlan ssid, ap ssid, network ssid, current ssid"),
    vague=phrases("ap name"),  # mostly what the operator calls the access point: `ap-12`
    read=read,
    clause="IEEE 802.11-2020 §9.4.2.2",
    reasoning="Names of home networks are often unique, and public maps give their place.",
    limitations="Any text of up to 32 octets can be one; the field's name alone tells.",
)
