"""Properties of a build that matter to a person: what it is, how safe it is, and switches that keep code silent.

A switch is a property that speaks of carrier, region or registration (`BuildFacts.variant`), or one that the code of a package
of either build names, such as `persist.vendor.radio.ps.registration.enabled`. What a phone sets at run time is not seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final
from zlib import crc32

from vuoto.facts.builds import BuildFacts, ReadBuild, ReadPackage
from vuoto.facts.changes import Change, Concern
from vuoto.firmware.comparing.aspect import make_change

PROPERTY_CHANGES: Final = ("build-property", "patch-level", "switch")
"""What the changes are called."""

SAFETY: Final = {
    "ro.debuggable": "0",
    "ro.adb.secure": "1",
    "ro.secure": "1",
    "ro.build.type": "user",
    "ro.build.tags": "release-keys",
    "ro.control_privapp_permissions": "enforce",
    "persist.sys.usb.config": None,
    "ro.crypto.state": None,
}
"""Properties on which a phone's own protection rests, and the value of one that is sold (`None`: any change is told)."""

_ON: Final = ("1", "true", "yes", "on", "y", "enabled")
MAX_NAMED: Final = 6
"""Packages that a change names as those whose code asks for a property."""


def compare_properties(old: ReadBuild, new: ReadBuild) -> Iterator[Change]:
    """The changes between two builds' properties; none where one of them has no properties."""
    if old.build is None or new.build is None:
        return
    before, after = old.build, new.build
    yield from _identity(before, after)
    old_values = {p.name: p.value for p in before.properties}
    new_values = {p.name: p.value for p in after.properties}
    for name, wanted in SAFETY.items():
        was, now = old_values.get(name), new_values.get(name)
        if was != now:
            worse = wanted is not None and now is not None and now != wanted
            says = f"{name} is {now or 'not set'}, before {was or 'not set'}"
            yield _change("build-property", "high" if worse else "low", name, says, was, now)
    variant = {p.name for p in (*before.variant, *after.variant)}
    changed = {name for name in old_values.keys() | new_values.keys() if old_values.get(name) != new_values.get(name)}
    changed -= {*SAFETY, *_IDENTITY}
    asked = asked_by(changed, new.packages)
    for name in sorted(changed & (variant | asked.keys())):
        was, now = old_values.get(name), new_values.get(name)
        users = sorted(asked.get(name, ()))
        by = f"; asked for by {', '.join(users[:MAX_NAMED])}" if users else ""
        on = _is_on(now)
        concern: Concern = "high" if on and users else "medium" if on or users else "low"
        says = f"{name} is {now if now is not None else 'not set'}, before {was if was is not None else 'not set'}{by}"
        yield _change("switch", concern, name, says, was, now)


def turned_on(old: BuildFacts | None, new: BuildFacts | None) -> dict[str, tuple[str | None, str]]:
    """Properties that are on now and were not, with the value before and now; none where a build has no properties."""
    if old is None or new is None:
        return {}
    before = {p.name: p.value for p in old.properties}
    rows = {p.name: (before.get(p.name), p.value) for p in new.properties if _is_on(p.value) and not _is_on(before.get(p.name))}
    return {name: rows[name] for name in sorted(rows.keys() - {*SAFETY, *_IDENTITY})}


def _is_on(value: str | None) -> bool:
    return value is not None and value.lower() in _ON


_IDENTITY: Final = (
    "ro.build.fingerprint",
    "ro.build.version.security_patch",
    "ro.product.model",
    "ro.product.name",
    "ro.product.device",
)


def _identity(before: BuildFacts, after: BuildFacts) -> Iterator[Change]:
    if before.security_patch != after.security_patch:
        was, now = before.security_patch, after.security_patch
        back = was is not None and now is not None and now < was
        says = f"the security patch level {'went back' if back else 'went'} from {was or 'none'} to {now or 'none'}"
        yield _change("patch-level", "high" if back else "low", "security patch", says, was, now)
    for name, was, now in (
        ("model", before.model, after.model),
        ("product", before.product, after.product),
        ("device", before.device, after.device),
    ):
        if was != now:
            says = f"is a build for another {name}: {now or 'not said'}, before {was or 'not said'}"
            yield _change("build-property", "medium", name, says, was, now)
    if before.fingerprint != after.fingerprint:
        says = f"the fingerprint is {after.fingerprint or 'not said'}, before {before.fingerprint or 'not said'}"
        yield _change("build-property", "low", "fingerprint", says, before.fingerprint, after.fingerprint)
    foreign = [(partition, value) for partition, value in after.fingerprints if after.fingerprint and value != after.fingerprint]
    known = {(partition, value) for partition, value in before.fingerprints if value != before.fingerprint}
    for partition, value in foreign:
        if (partition, value) not in known:
            says = f"the partition {partition} says that it is of another build: {value}"
            yield _change("build-property", "high", f"fingerprint of {partition}", says, after.fingerprint, value)


def asked_by(names: Iterable[str], packages: Iterable[ReadPackage]) -> dict[str, set[str]]:
    """Which of the names stand as texts in the code of which packages (name or path), by the features of its classes.

    Features are kept as 32-bit hashes: of a million texts one is mistaken for a name in four thousand comparisons.
    """
    by_hash = {crc32(f"s{name}".encode("utf-8", "replace")): name for name in sorted(names)}
    wanted = frozenset(by_hash)
    found: dict[str, set[str]] = defaultdict(set)
    for read in packages if wanted else ():
        for one in read.code.prints if read.code is not None else ():
            for told in wanted.intersection(one.features):
                found[by_hash[told]].add(read.package.name or read.package.path)
    return found


def _change(aspect: str, concern: Concern, subject: str, says: str, before: str | None, after: str | None) -> Change:
    direction = "added" if before is None else "removed" if after is None else "changed"
    return make_change(aspect, direction, concern, subject, says, None, "", before=before, after=after)  # type: ignore[arg-type]
