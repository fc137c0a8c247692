"""Doubts about a device profile: a number that somebody mistyped is looked for in vain, and its absence would be believed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from vuoto.disclosures.identifier import Identifier
from vuoto.facts.device import DeviceProfile
from vuoto.facts.problems import Problem
from vuoto.facts.vocabulary import kind_of

CHECKED: Final = frozenset(
    [
        *("advertising_id", "android_id", "bluetooth_address", "bssid", "coordinates", "email", "iccid"),
        *("imei", "imeisv", "imsi", "local_ip", "mac_address", "meid"),
    ]
)
"""Kinds whose values all have one of a few shapes; a name, a model or an account may be anything."""

MOST_CHECKED: Final = 1_000
"""Values that are looked at: a profile of more was not typed."""


def doubts(profile: DeviceProfile, identifiers: Iterable[Identifier]) -> list[Problem]:
    """What in the profile does not look like what it is said to be. It is looked for all the same; values are not repeated."""
    readers = {identifier.kind: identifier.read for identifier in identifiers if identifier.kind in CHECKED}
    found: Counter[tuple[str, str]] = Counter()
    for kind, value in profile.values[:MOST_CHECKED]:
        if kind in readers:
            reading = readers[kind](value)
            if reading is None:
                size = len(value.strip())
                found[kind, f"does not look like one ({size} character{'' if size == 1 else 's'})"] += 1
            elif reading.check == "fails":
                found[kind, f"cannot be one: {reading.why}"] += 1
    return [
        Problem(
            where=f"--device, `{kind}`",
            what=f"{'a value' if number == 1 else f'{number} values'} given as {kind_of(kind).title} {why}; "
            "looked for as it was written",
            next_step="Compare it with the device",
        )
        for (kind, why), number in sorted(found.items())
    ]
