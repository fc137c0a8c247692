"""What the code of a package can collect and send, each with its place."""

from __future__ import annotations

from dataclasses import dataclass

from vuoto.facts.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class CodePlace:
    """A place in the code of a package."""

    dex: str
    """Which DEX file: `classes2.dex`."""

    method: str
    """Class, method and signature in DEX notation: `Lcom/example/Foo;->bar(I)V`; a field or a class outside methods."""

    offset: int | None
    """16-bit units from the beginning of the method's code to the instruction, as `dexdump` counts; `None` outside code."""


def place_order(place: CodePlace) -> tuple[str, str, int]:
    """Sort key of places: file, method, instruction; a place outside code comes before those in it."""
    return place.dex, place.method, -1 if place.offset is None else place.offset


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class CodeString:
    """A text in the code that says where or how something may be sent."""

    kind: str
    """`url`, `host`, `ip`, `path`, `header`, `parameter`, `media-type` or `user-agent`."""

    value: str
    """The text."""

    host: str | None
    """The host in it, lower case, or `None`."""

    certainty: str
    """`validated`: its form or the call it is given to leaves no other reading; `likely`; `possible`: looks like it."""

    why: str
    """What speaks for it, half a sentence."""

    places: tuple[CodePlace, ...]
    """Where it is used, sorted; at most `endpoints.MAX_PLACES`."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class IdentifierRead:
    """A place where code asks for personal data."""

    kind: str
    """The contract's word for the kind of data."""

    api: str
    """What is asked: `Landroid/os/Build;->getSerial()Ljava/lang/String;`, a key, a file, an address of a provider."""

    how: str
    """`call`, `field`, `key` (a call whose constant argument says what), `constant` (the text alone), `reflection`."""

    certainty: str
    """`validated`: the call or the field of the system's class; `likely`: one step of reasoning; `possible`."""

    why: str
    """Half a sentence."""

    source: str
    """Name of the table of sources that knows it."""

    place: CodePlace
    """Where."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class CodeSend:
    """A place where code may send."""

    channel: str
    """`http`, `socket`, `datagram`, `web-view`, `sms`, `download`, `mqtt` …"""

    api: str
    """What is called."""

    place: CodePlace
    """Where."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class CodeTransform:
    """An encoding, digest or cipher in the code."""

    kind: str
    """`base64`, `digest`, `mac`, `cipher`, `compression` or `constant-key`."""

    what: str
    """The call, or the algorithm it is given: `MD5`, `AES/ECB/PKCS5Padding`."""

    key: str | None
    """The constant from which a key is made, as far as it is text or its bytes in hex; `None` otherwise."""

    near_send: bool
    """Whether a class that sends calls it, or it stands in one."""

    place: CodePlace
    """Where."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class TrustFlaw:
    """Code that takes any server for the right one."""

    what: str
    """`trust-manager`, `hostname-verifier` or `web-view-ssl-error`."""

    why: str
    """What the code does instead of checking."""

    place: CodePlace
    """Where."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PathStep:
    """One step on the way from a read to a send."""

    how: str
    """`reads`, `returns to`, `passes to`, `keeps in`, `hands over to`, `calls`, `sends`."""

    what: str
    """The method, field or call that the step leads to."""

    place: CodePlace
    """Where the step is taken."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class DataPath:
    """A way on which what was read may reach a send. Static presence is no proof of use."""

    read: IdentifierRead
    """Where it begins."""

    send: CodeSend
    """Where it ends."""

    strength: str
    """`value`: the value was followed through registers, parameters, results and fields; `calls`: only the order of calls
    connects the two."""

    steps: tuple[PathStep, ...]
    """The way, from the read to the send."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class CodeWord:
    """A constant text of the code that is shaped like a name: a key of a body, a preference, a field."""

    value: str
    """The text."""

    classes: tuple[str, ...]
    """The classes that use it, in DEX notation, sorted; bounded."""

    how: str = "constant"
    """`constant`: a text that the code holds; `field`: the name of a field of a class that looks like a serialised model."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ClassPrint:
    """What of a class survives renaming: the texts it uses, the calls into the framework, its constants."""

    name: str
    """The class, in DEX notation."""

    print: str
    """Sixteen hex digits: equal for classes of equal features; empty where there are too few to tell classes apart."""

    features: tuple[int, ...]
    """32-bit hashes of the features, sorted; bounded."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class CodeProperty:
    """A system property that code asks for: a switch that the maker sets for each build, unseen by whoever uses the phone."""

    name: str
    """Its name: `persist.vendor.radio.ps.registration.enabled`."""

    how: str
    """`call`: given to `SystemProperties` as a constant; `text`: a text of that form, as reflection and `getprop` use it."""

    place: CodePlace
    """Where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFacts:
    """What the code of one package can collect and send."""

    strings: tuple[CodeString, ...]
    """Hosts, addresses, paths and names, sorted."""

    reads: tuple[IdentifierRead, ...]
    """Reads of identifiers, sorted."""

    sends: tuple[CodeSend, ...]
    """Sends, sorted."""

    transforms: tuple[CodeTransform, ...]
    """Encodings, digests and ciphers, sorted."""

    trust_flaws: tuple[TrustFlaw, ...]
    """Code that checks no certificate or no host name, sorted."""

    paths: tuple[DataPath, ...]
    """Ways from a read to a send, sorted; one, the shortest, per read and channel."""

    limits: tuple[str, ...]
    """What was not followed, as sentences: what this analysis cannot see, and what bounds it met in this code."""

    classes: int
    """Classes defined."""

    methods: int
    """Methods defined."""

    instructions: int
    """Instructions of these methods; where several share their code, it counts for each."""

    words: tuple[CodeWord, ...] = ()
    """Constant texts shaped like names, sorted."""

    loads: tuple[CodePlace, ...] = ()
    """Where code is loaded that is not among these files (a class loader made at run time), sorted: what it does is not known."""

    prints: tuple[ClassPrint, ...] = ()
    """The classes' prints, by name; classes of the package's own and of libraries alike."""

    properties: tuple[CodeProperty, ...] = ()
    """System properties that are asked for, sorted; bounded."""

    problems: tuple[Problem, ...] = ()
    """What could not be read."""
