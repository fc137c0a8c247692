"""The code that may have sent something: what was seen on the wire, the clues that join it to code, and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vuoto.facts.problems import Problem

Found = Literal["found", "several", "not-in-build", "undecided"]
"""`found`: one candidate stands out. `several`: more than one is within reach of the best. `not-in-build`: nothing in the build
that was searched points to it, and all of the build could be read. `undecided`: nothing points to it, and parts of the build
could not be read, or what is known is too little to tell packages apart; `because` says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackFrame:
    """One call of a stack that was recorded on the device."""

    name: str
    """The class, in full, as Java writes it: `com.example.Sender`."""

    method: str
    """The method."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketTrace:
    """An operation on a socket, recorded on the device with the calls that led to it."""

    process: str
    """The process: on Android the package's name, or it and `:part`."""

    transport: str
    """`tcp` or `udp`."""

    local: str
    """`ip:port` of the device's side (IPv6 in brackets)."""

    remote: str
    """`ip:port` of the other side."""

    time_ns: int
    """By the device's clock, nanoseconds since 1970 UTC; 0 where it is not told."""

    stack: tuple[StackFrame, ...]
    """Innermost first, as recorded; empty where no Java code was on the stack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What was seen of messages to one recipient that look alike, as far as code could have words for it."""

    recipient: str
    """Id of the recipient."""

    host: str | None
    """Its name, lower case, or `None`."""

    domain: str | None
    """Its registrable domain, or `None`."""

    addresses: tuple[str, ...] = ()
    """Addresses it was reached at, sorted."""

    disclosures: tuple[str, ...] = ()
    """Ids of the disclosures in these messages, sorted."""

    kinds: tuple[str, ...] = ()
    """Kinds of personal data in them, sorted; also those that are merely technical."""

    flows: tuple[str, ...] = ()
    """Ids of the conversations, in order of time."""

    paths: tuple[str, ...] = ()
    """Request paths without their queries, sorted."""

    parameters: tuple[str, ...] = ()
    """Names of query parameters, sorted."""

    fields: tuple[str, ...] = ()
    """Names of fields of bodies, inside every wrapping, sorted."""

    headers: tuple[str, ...] = ()
    """Names of request headers as sent, sorted."""

    media_types: tuple[str, ...] = ()
    """Media types as the sender gives them, lower case, sorted."""

    agents: tuple[str, ...] = ()
    """`User-Agent` headers, sorted."""

    forms: tuple[str, ...] = ()
    """Unwrappings and digests by which values went, sorted: `base64`, `gzip`, `md5`."""

    apps: tuple[str, ...] = ()
    """Apps that the capture itself names for these conversations, sorted."""

    traces: tuple[SocketTrace, ...] = ()
    """What the device recorded of their sockets, in order of time."""

    seconds: float | None = None
    """From the device's first sign in the capture (`since`) to the first of these messages, or `None` where no time is known."""

    since: str | None = None
    """Which first sign that is: half a sentence."""

    started: bool = False
    """Whether that first sign is one of a device that has just been switched on or has just joined a network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """One reason to think that a package sent something, or that it did not."""

    trace: str
    """Which trace found it."""

    what: str
    """What it saw, half a sentence."""

    weight: float
    """How much it counts, in bits: +3 makes the package eight times likelier than before, -3 eight times less likely."""

    places: tuple[str, ...] = ()
    """Classes and methods where it stands, in DEX notation, sorted; files and resources of the package likewise; bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The code that may have sent something. Written with `class` for `class_`."""

    disclosures: tuple[str, ...]
    """Ids of the disclosures."""

    package: str
    """Android package name, or the app that the capture names, or the file's name where a package has none."""

    version: str | None
    """Its version."""

    path: str | None
    """Where it stands in the image, or `None` where it is known from the capture alone."""

    class_: str | None
    """Fully qualified name of the class in which most of the evidence stands."""

    clues: tuple[Clue, ...]
    """Why, strongest first; those that speak against it last."""

    confidence: float
    """0 to 1: of a hundred answers with this number, about so many named the right package (see the reference for how it was
    measured). Static presence is no proof of use."""

    recipient: str = ""
    """Id of the recipient."""

    method: str | None = None
    """The method of that class in which most of it stands, in DEX notation, or `None` where none can be told."""

    classes: tuple[str, ...] = ()
    """Further classes in which evidence stands, most first; bounded."""

    steps: tuple[str, ...] = ()
    """The way in the code from a read of such data to a send, step by step, where there is one: it *may* be taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The answer for one recipient, or for those of its messages that look alike."""

    id: str
    """Stable, from content."""

    recipient: str
    """Id of the recipient."""

    disclosures: tuple[str, ...]
    """Ids of the disclosures it is about; empty where nothing personal was seen."""

    outcome: Found
    """The answer."""

    confidence: float
    """Of the best candidate; for `not-in-build`, that no package of this build sent it; 0 for `undecided`."""

    packages: tuple[str, ...]
    """Names of the candidates, best first, as in `origins[]` with the same recipient and disclosures."""

    because: tuple[str, ...]
    """Reasons, as sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchedBuild:
    """The build that was searched."""

    name: str
    """File name, without its folder."""

    fingerprint: str | None
    """The build's own fingerprint, or `None` where it tells none."""

    model: str | None
    """The model it is for, or `None`."""

    packages: int
    """Packages in it."""

    unread: tuple[str, ...]
    """Paths of packages whose code could not be read whole, sorted; bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracing:
    """What was found for all sightings."""

    origins: tuple[Origin, ...] = ()
    """Candidates, best first within a recipient."""

    attributions: tuple[Attribution, ...] = ()
    """One answer per recipient, or per part of its messages that has another answer."""

    build: SearchedBuild | None = None
    """What was searched, or `None`."""

    problems: tuple[Problem, ...] = ()
    """What was left out."""
