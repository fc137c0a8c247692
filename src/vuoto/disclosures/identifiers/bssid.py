"""BSSID: hardware address of a Wi-Fi access point (IEEE 802.11-2020 §9.2.4.3.4)."""

from __future__ import annotations

from vuoto.disclosures.checks import administered, hardware_address
from vuoto.disclosures.identifier import Identifier, Reading, phrases


def read(value: str) -> Reading | None:
    """An EUI-48 that is neither masked nor a group address; Android masks it as 02:00:00:00:00:00 without location permission."""
    address = hardware_address(value)
    if address is None:
        return None
    return Reading(address, "holds", f"a 48-bit hardware address, {administered(address)} (IEEE 802.11-2020 §9.2.4.3.4)")


IDENTIFIER = Identifier(
    kind="bssid",
    names=phrases(
        "bssid, bss id, wifi bssid, wifi bss id, ap mac, ap mac address, router mac, router mac address, gateway mac",
        "gateway mac address, access point mac, access point mac address, access point, connected mac, ap bssid",
        "scan mac, scan results mac, scan result mac, access points mac, access points mac address, wifi scan mac",
        "nearby mac, wifi access points mac address, wifi networks mac, networks mac, hotspot mac, wifis mac",
        "wifis mac address, wifi list mac, wifi list mac address, wifi info list mac, wifi towers mac, wifi towers mac address",
        "wifi aps mac, aps mac, wifi ap mac, linked mac, wlan list mac, hot spot mac, wifi results mac, wifi list address",
    ),
    anywhere=("bssid",),
    read=read,
    clause="IEEE 802.11-2020 §9.2.4.3.4",
    reasoning="Public maps give the place of an access point to within metres: it tells where the person is.",
    limitations="The check cannot tell an access point's address from the device's own; the field's name does.",
)
