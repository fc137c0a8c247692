"""What is known about the device before the capture is read."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceProfile:
    """The values that belong to the device under test. They never appear in the document unless they were seen leaving."""

    values: tuple[tuple[str, str], ...] = ()
    """`(kind, value)` as the owner wrote them, sorted, without repeats."""

    addresses: tuple[str, ...] = ()
    """IP addresses of the device in the capture, as told."""

    country: str | None = None
    """Where the device was used, ISO 3166-1 alpha-2."""

    def kinds(self) -> tuple[str, ...]:
        """The kinds known, sorted, never the values."""
        return tuple(sorted({kind for kind, _ in self.values}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """The device as the document lists it."""

    addresses: tuple[str, ...] = ()
    """Its IP addresses in the capture."""

    addresses_why: str = ""
    """How they were told from the other side's."""

    profile: tuple[str, ...] = field(default=())
    """Kinds of known values that were looked for, never the values."""

    country: str | None = None
    """ISO 3166-1 alpha-2, or `None` where nobody said."""
