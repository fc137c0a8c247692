"""What a build and its packages are made of, and what their code can collect and send."""

from __future__ import annotations

from dataclasses import dataclass, field

from vuoto.facts.problems import Problem

# --- packages ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A signer's certificate; nothing here says that anyone vouches for it, as Android's certificates are their own."""

    sha256: str
    """SHA-256 of the certificate's bytes as they stand in the package, in hex: what Android compares."""

    subject: str | None
    """The name in it (RFC 4514), or `None` where the certificate cannot be read."""

    not_before: str | None
    """Begin of validity, `2019-03-21T00:00:00Z`, or `None` likewise."""

    not_after: str | None
    """End of validity, or `None` likewise. Android does not look at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """One signature of a package by one scheme."""

    scheme: str
    """`v1` (JAR), `v2`, `v3`, `v3.1` or `v4`."""

    certificate: Certificate
    """The certificate whose key signed."""

    verification: str
    """`verified`: signature and content digest were computed and agree; `wrong`: they do not; `not verified`: see `note`."""

    note: str | None = None
    """Why it is wrong or was not verified, or `None`."""

    lineage: tuple[Certificate, ...] = ()
    """Earlier certificates of the same signer, oldest first, and this one (proof of rotation, v3 and v3.1); else empty."""

    min_sdk: int | None = None
    """First API level the signature is for (v3, v3.1), or `None`."""

    max_sdk: int | None = None
    """Last API level the signature is for (v3, v3.1), or `None`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentFilter:
    """What a component answers to."""

    actions: tuple[str, ...]
    """Actions: `android.intent.action.BOOT_COMPLETED`."""

    categories: tuple[str, ...] = ()
    """Categories."""

    data: tuple[str, ...] = ()
    """What data it takes, as far as it is spelled: `android_secret_code://9999`, `https://example.com/p*`, `text/plain`."""

    priority: int = 0
    """Its priority among filters; receivers of ordered broadcasts with a higher one see them first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """An activity, service, receiver or provider."""

    kind: str
    """`activity`, `activity-alias`, `service`, `receiver` or `provider`."""

    name: str
    """The class, in full."""

    exported: bool
    """Whether other apps reach it: as declared, or by Android's rule where nothing is declared."""

    exported_declared: bool
    """Whether the manifest says so itself."""

    enabled: bool
    """Whether it is on when installed; code can turn it on."""

    process: str | None
    """The process it runs in where that is not the package's, or `None`."""

    permission: str | None
    """The permission a caller needs, or `None`."""

    authorities: tuple[str, ...] = ()
    """A provider's authorities."""

    filters: tuple[IntentFilter, ...] = ()
    """Its intent filters, in the order of the manifest."""

    target: str | None = None
    """The activity behind an alias, or `None`."""

    line: int = 0
    """The line of the manifest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """Something outside the app that starts its code."""

    kind: str
    """What happens: `boot`, `secret code`, `connectivity`, `sim`, `telephony`, `sms`, `package`, `time`, `power` or `user`."""

    component: str
    """The class that is started."""

    clue: str
    """The action, or the secret code's URI."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """A permission that a package defines."""

    name: str
    """Its name."""

    level: str
    """Its protection level in words: `normal`, `dangerous`, `signature`, `signature|privileged`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustRule:
    """What a network security configuration says for some hosts."""

    hosts: tuple[str, ...]
    """The hosts, `*.` before those with all below them; empty for the base configuration (all others)."""

    cleartext: bool | None
    """Whether connections without TLS are allowed, or `None` where this rule does not say and the one above it counts."""

    trust: tuple[str, ...] = ()
    """Trust anchors: `system`, `user`, or a file of the package; empty where not said."""

    pins: tuple[str, ...] = ()
    """Pinned keys, `SHA-256:` and base64."""

    pins_expire: str | None = None
    """The day from which pins are not looked at, as written, or `None`."""

    debug_only: bool = False
    """Whether the rule counts for debuggable builds alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundString:
    """A string that names a host, a URL or an address, and where it stands."""

    path: str
    """The file within the package."""

    name: str
    """What names it there: a resource (`string/server_url`), or `""`."""

    value: str
    """The string."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeLibrary:
    """An ELF file of a package or an image."""

    path: str
    """Where it stands."""

    machine: str
    """`arm`, `arm64`, `x86`, `x86_64`, `mips`, `riscv64`, or `machine N`."""

    soname: str | None
    """The name it gives itself, or `None`."""

    needed: tuple[str, ...]
    """The libraries it asks for, in order."""

    imports: tuple[str, ...]
    """Symbols it takes from others, sorted."""

    exports: tuple[str, ...]
    """Symbols it offers, sorted; `Java_…` are the bodies of native methods."""

    strings: tuple[str, ...]
    """Printable strings that name hosts, URLs, addresses, or identifiers' system files and properties, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DexFile:
    """A DEX file of a package."""

    path: str
    """The file within the package."""

    data: bytes = field(repr=False)
    """Its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """An APK, JAR or APEX."""

    path: str
    """Where it stands in its build."""

    kind: str
    """`apk`, `apex`, `jar`, or `zip` for an archive that is none of them."""

    size: int
    """Bytes."""

    sha256: str
    """SHA-256 of its bytes, in hex."""

    name: str | None = None
    """The package's name, or `None` where nothing in it says one."""

    version_name: str | None = None
    """The version for people, or `None`."""

    version_code: int | None = None
    """The version for Android, with its upper half, or `None`."""

    label: str | None = None
    """The app's label in the default language, or `None`."""

    shared_user_id: str | None = None
    """The user id it shares with other packages of the same signer, or `None`."""

    process: str | None = None
    """The process its components run in where that is not its name, or `None`."""

    split: str | None = None
    """The name of the split, or `None` for a base."""

    min_sdk: int | None = None
    """Lowest API level, or `None`; preview code names are not numbers."""

    target_sdk: int | None = None
    """The API level it was made for, or `None`."""

    persistent: bool = False
    """Whether it is kept running from boot on, which Android grants to system apps."""

    debuggable: bool = False
    """Whether it may be debugged."""

    has_code: bool = True
    """What the manifest says of code in it; a split or an overlay may have none."""

    permissions: tuple[str, ...] = ()
    """Permissions it asks for, sorted."""

    permissions_defined: tuple[Permission, ...] = ()
    """Permissions it defines, by name."""

    components: tuple[Component, ...] = ()
    """In the order of the manifest."""

    triggers: tuple[Trigger, ...] = ()
    """What starts its code without a person opening it, sorted."""

    libraries: tuple[str, ...] = ()
    """Shared libraries it uses, sorted."""

    cleartext: bool | None = None
    """`usesCleartextTraffic`, or `None` where not said; then API 28 and later mean no."""

    network_security: tuple[TrustRule, ...] | None = None
    """Its network security configuration, base first, or `None` where it names none."""

    signers: tuple[Signer, ...] = ()
    """Its signatures, by scheme."""

    native_libraries: tuple[NativeLibrary, ...] = ()
    """ELF files in it, by path."""

    strings: tuple[FoundString, ...] = ()
    """Strings of its resources and assets that name hosts, by path, name and value; code's are read from `dex`."""

    dex: tuple[DexFile, ...] = ()
    """Its DEX files, in the order Android loads them."""

    problems: tuple[Problem, ...] = ()
    """What was broken or contradictory."""


# --- build properties ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildProperty:
    """One property of a build."""

    name: str
    """Its name: `ro.product.model`."""

    value: str
    """The value that counts."""

    file: str
    """The file that sets it, or `""` where it is derived from others."""

    replaced: tuple[tuple[str, str], ...] = ()
    """Other values and their files, in the order of loading, that do not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildFacts:
    """What a build says of itself; `None` where it does not."""

    fingerprint: str | None
    """`brand/product/device:release/id/incremental:type/tags`."""

    fingerprints: tuple[tuple[str, str], ...]
    """Each partition's own fingerprint, by partition: parts of different builds show here."""

    security_patch: str | None
    """The day of the security patch level, `2019-03-01`."""

    incremental: str | None
    """The build's number."""

    device: str | None
    """The device's code name, which variants share."""

    model: str | None
    """The model on the box: `TA-1046` or a trade name."""

    brand: str | None
    """The brand."""

    product: str | None
    """The product's name, which tells variants apart where makers wish."""

    release: str | None
    """Android's version for people."""

    sdk: int | None
    """Android's API level."""

    variant: tuple[BuildProperty, ...]
    """Properties that speak of carrier, operator, region, customer or registration, by name."""

    properties: tuple[BuildProperty, ...]
    """All properties, by name."""

    problems: tuple[Problem, ...] = ()
    """What was broken or contradictory."""


# --- code ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class CodePlace:
    """A place in the code of a package."""

    dex: str
    """Which DEX file: `classes2.dex`."""

    method: str
    """Class, method and signature in DEX notation: `Lcom/example/Foo;->bar(I)V`; a field or a class outside methods."""

    offset: int | None
    """16-bit units from the beginning of the method's code to the instruction, as `dexdump` counts; `None` outside code."""


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
    """Instructions walked."""

    problems: tuple[Problem, ...] = ()
    """What could not be read."""


# --- builds --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPackage:
    """A package with what its code can do."""

    package: Package
    """The package, without the bytes of its code."""

    code: CodeFacts | None
    """What its code can collect and send, or `None` where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBuild:
    """A build, or a package alone, as it was read."""

    name: str
    """What it was opened as."""

    format: str
    """The outermost container: `ota-zip`, `super`, `ext4`, `tree`, `apk`."""

    build: BuildFacts | None
    """What it says of itself, or `None` where it holds no properties."""

    packages: tuple[ReadPackage, ...]
    """By path."""

    problems: tuple[Problem, ...]
    """What could not be read of its containers."""
