"""How a report names what stands in packages, and the sentence that it begins with."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from vuoto.facts.code import CodeFacts, CodePlace
from vuoto.facts.firmware_view import Concern, FirmwareView, HostUse, Oddity, OddityRule, PackageView
from vuoto.facts.recipients import Recipient
from vuoto.reports.showing import capital, counted, country_title, kind_title, listed, reading_order, visible

NO_PROOF: Final = (
    "That code is there is no proof that it runs: what left a device is what `vuoto audit` says of a capture. "
    "What reflection, native code and servers decide is not seen here."
)

CONCERN_WORDS: Final[dict[Concern, str]] = {"high": "grave", "medium": "to look at", "low": "to know"}
WAYS: Final = ("way-in-clear-text", "way-to-send")
"""Rules whose oddities are ways from an identifier to a send."""

_TYPES: Final = {
    "V": "void",
    "Z": "boolean",
    "B": "byte",
    "S": "short",
    "C": "char",
    "I": "int",
    "J": "long",
    "F": "float",
    "D": "double",
}
_DESCRIPTOR: Final = re.compile(r"\[*(?:L[^;]*;|[VZBSCIJFD])")


def class_words(descriptor: str) -> str:
    """`com.example.Foo$Bar` for `Lcom/example/Foo$Bar;`."""
    name = descriptor.removeprefix("L").removesuffix(";") if descriptor.startswith("L") else descriptor
    return visible(name.replace("/", "."))


def member_words(reference: str) -> str:
    """`com.example.Foo.bar` for `Lcom/example/Foo;->bar(I)V`; a class alone stays one."""
    owner, arrow, rest = reference.partition("->")
    return f"{class_words(owner)}.{visible(re.split(r'[(:]', rest, maxsplit=1)[0])}" if arrow else class_words(owner)


def short_member(reference: str) -> str:
    """`Foo.bar`: without the package, for narrow places."""
    owner, arrow, rest = reference.partition("->")
    simple = owner.removesuffix(";").rpartition("/")[2].removeprefix("L")
    return visible(f"{simple}.{re.split(r'[(:]', rest, maxsplit=1)[0]}" if arrow else simple)


def signature_words(reference: str) -> str:
    """`com.example.Foo.bar(int): void`, as SARIF and Java people write it."""
    owner, arrow, rest = reference.partition("->")
    name, bracket, proto = rest.partition("(")
    if not arrow or not bracket:
        return member_words(reference)
    inside, _, returned = proto.partition(")")
    parameters = ", ".join(_type(one) for one in _DESCRIPTOR.findall(inside))
    return f"{class_words(owner)}.{visible(name)}({parameters}): {_type(returned)}"


def _type(descriptor: str) -> str:
    simple = descriptor.lstrip("[")
    name = _TYPES.get(simple) or class_words(simple)
    return name + "[]" * (len(descriptor) - len(simple))


def place_words(place: CodePlace) -> str:
    """`com.example.Foo.bar, classes2.dex +12`."""
    offset = f" +{place.offset}" if place.offset is not None else ""
    return f"{member_words(place.method)}, {visible(place.dex)}{offset}"


def package_words(view: PackageView) -> str:
    """Its name, else the last part of its path."""
    return visible(view.package.name or view.package.path.rpartition("/")[2])


def kinds_read(code: CodeFacts | None) -> list[str]:
    """The kinds of data that code asks for, as a person wants to hear them."""
    return sorted({read.kind for read in code.reads} if code is not None else (), key=reading_order)


def worst(oddities: Iterable[Oddity]) -> defaultdict[str, Counter[Concern]]:
    """By package's path: how many oddities of each concern."""
    found: defaultdict[str, Counter[Concern]] = defaultdict(Counter)
    for one in oddities:
        found[one.package][one.concern] += 1
    return found


def recipient_of(view: FirmwareView, use: HostUse) -> Recipient | None:
    """Who stands behind a host."""
    return next((one for one in view.recipients if one.id == use.recipient), None)


def whose_words(recipient: Recipient | None) -> str:
    """`China Telecom, China`, as far as the registers say; without addresses they say less than of a capture."""
    if recipient is None:
        return ""
    if recipient.local:
        return "the device's own network"
    organisation, registry = recipient.organisation, recipient.domain_registry
    if organisation is not None:
        country = f", {country_title(organisation.country)}" if organisation.country else ""
        return visible(organisation.name) + country
    if registry is not None and registry.country:
        return f"domain of {country_title(registry.country)}"
    return "not known"


def protection_words(uses: Iterable[HostUse]) -> str:
    """What is known of the way to a host: empty where its names say nothing, or ask for TLS."""
    uses = tuple(uses)
    if any(use.open for use in uses):
        return "without TLS"
    return "without TLS, which settings forbid" if any(use.clear_text for use in uses) else ""


def registry_words(recipient: Recipient | None) -> str:
    """The registry of the domain, and its country."""
    registry = recipient.domain_registry if recipient is not None else None
    if registry is None:
        return ""
    return visible(registry.name) + (f", {country_title(registry.country)}" if registry.country else "")


def sentences(view: FirmwareView) -> list[str]:
    """The findings in short, the gravest first."""
    by_path = {package.package.path: package for package in view.packages}
    said = []
    clear = [one for one in view.oddities if one.rule == WAYS[0] and one.concern == "high"]
    for path in dict.fromkeys(one.package for one in clear):
        package = by_path.get(path)
        if package is None or package.code is None:
            continue
        places = {one.place for one in clear if one.package == path}
        kinds = sorted({p.read.kind for p in package.code.paths if p.read.place in places}, key=reading_order)
        hosts = [use for use in package.hosts if use.open and not use.local]
        to = f", to {listed([_host_words(view, use) for use in hosts[:3]])}" if hosts else ""
        starts = starts_of(package)
        when = f" It is started by {listed(starts)}." if starts else ""
        titles = listed([kind_title(kind) for kind in kinds])
        said.append(f"{package_words(package)} may send {titles} without TLS{to}.{when}")
    grave = len({one.package for one in view.oddities if one.concern == "high"})
    number = len(view.oddities)
    if not said and not number:
        if not view.packages_read:
            said.append("No package was found in it.")
        else:
            said.append("Nothing odd was found in what could be read." if view.problems else "Nothing odd was found in it.")
    elif not said:
        about = f"{counted(number, 'thing')} to look at" + (f", in {counted(grave, 'package')} grave" if grave else "")
        said.append(f"{capital(about)}; no way was found on which an identifier reaches a send without TLS.")
    return said


def starts_of(view: PackageView) -> list[str]:
    """What starts the package as it is installed, by kind: what is off starts nothing."""
    return sorted({trigger.kind for trigger in view.package.triggers if trigger.enabled})


def _host_words(view: FirmwareView, use: HostUse) -> str:
    whose = whose_words(recipient_of(view, use))
    return visible(use.host) + (f" ({whose})" if whose not in ("", "not known") else "")


def build_lines(view: FirmwareView) -> list[tuple[str, str]]:
    """What the build says of itself: label and value."""
    build = view.build
    if build is None:
        return []
    rows = [
        ("Brand", build.brand),
        ("Model", build.model),
        ("Product", build.product),
        ("Device", build.device),
        ("Fingerprint", build.fingerprint),
        ("Build number", build.incremental),
        ("Android", f"{build.release or '?'} (API {build.sdk})" if build.sdk is not None else build.release),
        ("Security patch", build.security_patch),
    ]
    return [(label, visible(value)) for label, value in rows if value]


def by_rule(oddities: Sequence[Oddity], rules: Sequence[OddityRule]) -> list[tuple[OddityRule, list[Oddity]]]:
    """Oddities under their rules, in the order of the first of each."""
    known = {rule.name: rule for rule in rules}
    found: dict[str, list[Oddity]] = {}
    for one in oddities:
        found.setdefault(one.rule, []).append(one)
    return [(known[name], rows) for name, rows in found.items() if name in known]
