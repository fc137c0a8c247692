"""What the controller says it does: `vuoto.declaration/1`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Controller:
    """The controller (GDPR art. 4(7))."""

    name: str
    """Legal name."""

    country: str
    """Country of its main establishment, ISO 3166-1 alpha-2."""

    contact: str
    """Where a person writes to."""

    authority: str | None
    """Country of the lead supervisory authority (art. 56)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferTool:
    """The basis under chapter V that the controller names for a recipient."""

    tool: str
    """`adequacy`, `scc`, `bcr`, `code-of-conduct`, `certification`, `ad-hoc` or `derogation`."""

    reference: str | None
    """Which one: `EU-US-DPF`, `2021/914 module 2`, `49(1)(a)`."""

    since: date | None
    """From which day it is relied on."""

    until: date | None = None
    """To which day, inclusive; `None` while it lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredRecipient:
    """A recipient that people are told about (art. 13(1)(e))."""

    key: str
    """Its key in the file."""

    name: str
    """What people are told it is called."""

    hosts: tuple[str, ...]
    """Host names, lower case; `*.` matches one or more labels in front."""

    country: str | None
    """Country it is established in, ISO 3166-1 alpha-2."""

    role: str
    """`controller`, `processor`, `joint-controller` or `third-party`."""

    transfer: TransferTool | None
    """The basis for a transfer, or `None`."""

    def covers(self, host: str) -> bool:
        """Whether `host` is one of `hosts`: equal, or one or more labels in front of what follows `*.`."""
        name = host.lower().rstrip(".")
        return any(
            len(name) > len(pattern) - 1 and name.endswith(pattern[1:]) if pattern.startswith("*.") else name == pattern
            for pattern in self.hosts
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing:
    """One declared purpose."""

    key: str
    """Its key in the file."""

    title: tuple[tuple[str, str], ...]
    """`(language, title)`, sorted."""

    purpose: str
    """Why (art. 5(1)(b))."""

    legal_basis: str
    """Art. 6(1): `consent`, `contract`, `legal-obligation`, `vital-interests`, `public-task`, `legitimate-interests`."""

    data: tuple[str, ...]
    """Kinds of the contract."""

    recipients: tuple[str, ...]
    """Keys of declared recipients."""

    retention: str | None
    """ISO 8601 duration, counted from the last event."""

    opt_out: bool
    """Whether a person can switch it off."""

    events: tuple[str, ...]
    """Names of the events that carry it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A hardware variant and what may not ship in it."""

    key: str
    """`TA-1046`."""

    region: str | None
    """`EEA`."""

    forbidden_packages: tuple[str, ...]
    """Android package names."""

    models: tuple[str, ...] = ()
    """What builds of it call themselves, beside the key: values of the model, the product, or a property of variants."""

    packages: tuple[str, ...] = ()
    """Names of packages that belong to this variant; those that only others list may not ship in it."""

    certificates: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Name of a package, or a pattern (`com.example.*`, `*`), and SHA-256 digests of the certificates that may sign it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """The whole file."""

    version: str
    """The controller's own version of it."""

    controller: Controller
    """Who declares."""

    recipients: tuple[DeclaredRecipient, ...]
    """By key."""

    processing: tuple[Processing, ...]
    """By key."""

    variants: tuple[Variant, ...]
    """By key."""

    def recipient_of(self, host: str) -> DeclaredRecipient | None:
        """The declared recipient whose `hosts` cover `host`, exact names before patterns and longer patterns before shorter."""
        name = host.lower().rstrip(".")
        found = [(name in r.hosts, _longest(r, name), r) for r in self.recipients if r.covers(name)]
        return max(found, key=lambda item: (item[0], item[1]))[2] if found else None


def _longest(recipient: DeclaredRecipient, host: str) -> int:
    return max((len(p) for p in recipient.hosts if p.startswith("*.") and host.endswith(p[1:])), default=0)
