"""Bluetooth device address (Bluetooth Core 5.4, vol. 2 part B §1.2)."""

from __future__ import annotations

from vuoto.disclosures.checks import administered, hardware_address
from vuoto.disclosures.identifier import Identifier, Reading, phrases


def read(value: str) -> Reading | None:
    """An EUI-48 that is neither masked nor a group address."""
    address = hardware_address(value)
    if address is None:
        return None
    return Reading(
        address, "holds", f"a 48-bit hardware address, {administered(address)} (Bluetooth Core 5.4 vol. 2 part B §1.2)"
    )


IDENTIFIER = Identifier(
    kind="bluetooth_address",
    names=phrases(
        "bluetooth address, bluetooth addr, bluetooth mac, bluetooth mac address, bluetooth mac addr, bt mac",
        "bt address, bt addr, bt mac address, bd addr, bd address, bdaddr, ble mac, ble address, ble mac address",
        "bluetooth id, btmac, blue mac, blue tooth mac, blue tooth address, bluetooth",
    ),
    anywhere=phrases("bluetooth mac, bluetooth address, bt mac, ble mac, bdaddr"),
    read=read,
    hashed=True,
    clause="Bluetooth Core 5.4 vol. 2 part B §1.2",
    reasoning="It is built into the radio and tells one device from all others nearby.",
    limitations="The check cannot tell it from a Wi-Fi address, nor the device's own from a neighbour's; the field's name does.",
)
