"""Wi-Fi (or other network) hardware address of the device (IEEE 802-2014 §8.2)."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.checks import administered, hardware_address
from vuoto.disclosures.identifier import Bare, Identifier, Reading, phrases

_WITHIN: Final = re.compile(
    r"(?:(?<![\w:.-])|(?<=[mM][aA][cC][-_]))(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}(?![\w:-])"
    r"|(?:(?<![\w:.-])|(?<=[mM][aA][cC][-_]))(?:[0-9a-fA-F]{2}-){5}[0-9a-fA-F]{2}(?![\w:-])"
)
_URN: Final = re.compile(r"urn:dev:mac:([0-9a-f]{6})(?:ff(?:fe|ff))?([0-9a-f]{6})", re.IGNORECASE)
"""Its name as a URN (RFC 9039 §4.1), where 48 bits are mostly widened to 64."""

_NAMED: Final = re.compile(r"(?<!\w)urn:dev:mac:[0-9a-f]{12}(?:[0-9a-f]{4})?(?![0-9a-z])", re.IGNORECASE)


def read(value: str) -> Reading | None:
    """An EUI-48 that is neither masked, broadcast nor a group address."""
    urn = _URN.fullmatch(value.strip())
    address = hardware_address(urn[1] + urn[2] if urn is not None else value)
    if address is None:
        return None
    if urn is not None:
        return Reading(address, "holds", f"a hardware address in its URN, {administered(address)} (RFC 9039 §4.1)")
    why = f"a 48-bit hardware address of one device, {administered(address)} (IEEE 802-2014 §8.2)"
    if len(value.strip()) == 12:
        return Reading(address, "none", f"12 hexadecimal digits, {why} without its separators")
    return Reading(address, "holds", why)


IDENTIFIER = Identifier(
    kind="mac_address",
    names=phrases(
        "mac, mac address, mac addr, mac id, wifi mac, wifi mac address, wifi mac addr, wlan mac, wlan mac address",
        "wlan mac addr, wifi address, wlan address, hw addr, hwaddr, hardware address, ethernet mac, ether, eth mac",
        "ethernet address, lan mac, physical address, macaddress, station mac, sta mac, device mac address",
        "l2 address, chaddr, macsha1, macmd5, macsha256",
    ),
    hints=phrases(
        "device id, did, hardware id, hwid, dev id, udid, wifi, wlan, device identifier, serial number, sn, mc, wm",
        "device, devices",
    ),
    vague=phrases("id, uid, address, addr"),
    read=read,
    anywhere=phrases("mac, mac address, mac addr, macaddress, macaddr, lmac, umac, wmac, pmac, mmac, smac"),
    bare=(
        Bare(b"hh:hh:hh:hh:hh:hh", "hexadecimal", _WITHIN, "possible"),
        Bare(b"urn:dev:mac:", "digits", _NAMED, "validated", "validated"),
    ),
    clause="IEEE 802-2014 §8.2",
    reasoning="It is built into the radio, or stays the same per network, and so tells one device from all others.",
    limitations="It may be another device's (a router's); a locally administered one may be randomised per network.",
)
