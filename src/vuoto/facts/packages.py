"""What a package is made of: its manifest, its signers, its libraries."""

from __future__ import annotations

from dataclasses import dataclass, field

from vuoto.facts.problems import Problem


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

    enabled: bool = True
    """Whether the component is on when installed. One that is off starts nothing until code or a setting turns it on."""


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


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class HiddenFile:
    """A file in which a package keeps code that Android does not load by itself, or data in which nobody sees what it is."""

    path: str
    """Where it stands in the package; behind each `!` what it was taken out of: `assets/x.jar!classes.dex`."""

    kind: str
    """`dex`: code; `native`: a program or library; `package`: a package of its own; `dense`: data as dense as encrypted or
    compressed one, of no known format, which could not be read."""

    how: str
    """`beside`: under a name that says so; `archive`: in an archive whose name says so; `foreign-name`: under a name that does
    not; `embedded`: in the middle of another file; `scrambled`: made unreadable by base64 or one byte."""

    size: int
    """Bytes."""

    sha256: str
    """SHA-256 of its bytes, in hex."""

    name: str | None = None
    """The name of a package, or `None`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """An APK, JAR or APEX."""

    path: str
    """Where it stands in its build."""

    kind: str
    """`apk`, `apex`, `jar`, or `zip` for an archive that is none of them; `dex`, `vdex` or `oat` for code that belongs to no
    package; `native` for a program or library outside packages that names hosts or sources of identifiers."""

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

    enabled: bool = True
    """Whether the application is on when installed; one that is off has no component that is on."""

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
    """Its DEX files, in the order Android loads them; behind them those of `hidden`."""

    hidden: tuple[HiddenFile, ...] = ()
    """Where it keeps code, or what may be code, that Android does not load by itself; by path, bounded."""

    problems: tuple[Problem, ...] = ()
    """What was broken or contradictory."""
