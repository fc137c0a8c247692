"""The words of the contract: kinds of data, certainties, questions and outcomes, and how a person calls them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Certainty = Literal["known", "validated", "likely", "possible"]
"""`known`: equals a value of the device profile. `validated`: its own check holds *and* its field's name or place says so.
`likely`: one of the two, and nothing speaks against it. `possible`: looks like it."""

CERTAINTIES: Final[tuple[Certainty, ...]] = ("known", "validated", "likely", "possible")
"""Strongest first."""

Protection = Literal["none", "tls1.0", "tls1.1", "tls1.2", "tls1.3", "quic", "dtls", "unknown"]
PROTECTIONS: Final[tuple[Protection, ...]] = ("none", "unknown", "tls1.0", "tls1.1", "tls1.2", "dtls", "tls1.3", "quic")
"""Weakest first."""

HostSource = Literal["http", "tls-sni", "quic-sni", "dns"]
Transport = Literal["tcp", "udp"]
Question = Literal["transfer", "security", "transparency", "terminal-equipment", "minimisation"]
Note = Literal["law-assumed", "cover-unproven", "recipient-declared"]
"""What a verdict rests on, where a reader must know it at once: no known place brings that law into play and it is assumed to
apply; a decision was in force and nothing here proves that it covers the recipient; the declaration names the recipient."""

Outcome = Literal[
    "within-eea",
    "adequate",
    "declared-safeguard",
    "declared-derogation",
    "no-declared-basis",
    "declared",
    "undeclared",
    "protected",
    "unprotected",
    "undecided",
]

Family = Literal["device", "subscriber", "network", "software", "place", "person", "content", "technical"]
"""What a kind is about. `technical` alone (model, build, locale …) singles nobody out; the rest does, or may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of personal data, as the contract and as a person names it."""

    id: str
    """The contract's word: `imei`."""

    title: str
    """What a report calls it: `IMEI`, `Wi-Fi MAC address`."""

    family: Family
    """What it is about."""

    keep_first: int = 0
    """How many characters may be shown at the start when the value is masked."""

    keep_last: int = 0
    """How many characters may be shown at the end when the value is masked."""


def _kinds(*rows: tuple[str, str, Family, int, int]) -> dict[str, Kind]:
    return {i: Kind(id=i, title=t, family=f, keep_first=a, keep_last=b) for i, t, f, a, b in rows}


# The first eight digits of an IMEI name the model (TS 23.003 §6.2.1), the first six of an ICCID the issuer (E.118 §4), the first
# three of an IMSI the country (TS 23.003 §2.2), the first three octets of a MAC the maker (IEEE 802): none of them a person.
KINDS: Final[dict[str, Kind]] = _kinds(
    ("imei", "IMEI", "device", 8, 1),
    ("imeisv", "IMEISV", "device", 8, 2),
    ("meid", "MEID", "device", 4, 1),
    ("imsi", "IMSI", "subscriber", 3, 2),
    ("iccid", "ICCID", "subscriber", 6, 2),
    ("msisdn", "own phone number (MSISDN)", "subscriber", 3, 2),
    ("serial_number", "serial number", "device", 2, 2),
    ("mac_address", "Wi-Fi MAC address", "device", 8, 2),
    ("bssid", "BSSID of a Wi-Fi network", "place", 8, 2),
    ("ssid", "name of a Wi-Fi network", "place", 1, 1),
    ("bluetooth_address", "Bluetooth address", "device", 8, 2),
    ("android_id", "Android ID", "software", 2, 2),
    ("advertising_id", "advertising ID", "software", 2, 2),
    ("vendor_id", "vendor ID (IDFV)", "software", 2, 2),
    ("installation_id", "installation ID", "software", 2, 2),
    ("cell_id", "cell id", "place", 0, 2),
    ("coordinates", "coordinates", "place", 2, 0),
    ("local_ip", "local IP address", "network", 3, 0),
    ("email", "e-mail address", "person", 1, 3),
    ("phone_number", "phone number", "person", 3, 2),
    ("person_name", "person's name", "person", 1, 0),
    ("account", "account name", "person", 1, 1),
    ("credential", "credential", "content", 0, 0),
    ("installed_apps", "list of installed apps", "content", 4, 0),
    ("contact", "contact", "content", 1, 0),
    ("message_content", "message content", "content", 0, 0),
    ("browsing_history", "browsing history", "content", 8, 0),
    ("device_model", "device model", "technical", 64, 0),
    ("os_build", "system build", "technical", 64, 0),
    ("carrier", "carrier", "technical", 64, 0),
    ("locale_timezone", "locale or time zone", "technical", 64, 0),
    ("usage_event", "usage event", "technical", 64, 0),
)


def kind_of(kind_id: str) -> Kind:
    """The `Kind` for a contract word; `custom:<name>` gives a kind that masks everything but its first character."""
    known = KINDS.get(kind_id)
    if known is not None:
        return known
    return Kind(id=kind_id, title=kind_id.removeprefix("custom:"), family="content", keep_first=1, keep_last=0)


def mask(kind_id: str, value: str) -> str:
    """`value` with everything but the first and last characters that its kind allows as `•` (separators stay readable)."""
    kind = kind_of(kind_id)
    if kind.keep_first >= len(value) and kind.family == "technical":
        return value
    first = min(kind.keep_first, max(0, len(value) // 2))
    last = min(kind.keep_last, max(0, len(value) - first - 1))
    end = len(value) - last
    return value[:first] + "".join(c if c in ":-. @" else "•" for c in value[first:end]) + value[end:]


def weaker(one: Protection, other: Protection) -> Protection:
    """The weaker of the two."""
    return min(one, other, key=PROTECTIONS.index)
