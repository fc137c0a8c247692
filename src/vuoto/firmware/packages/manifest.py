"""AndroidManifest.xml: what a package is, asks for, offers, and what starts it (AOSP's ParsingPackageUtils is the reference).

Not read: instrumentation, feature and screen filters, property and metadata elements, key sets, `queries`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from vuoto.facts.packages import Component, IntentFilter, Permission
from vuoto.facts.problems import Problem
from vuoto.firmware.packages.elements import Attribute, Element, XmlDocument

_KINDS: Final = ("activity", "activity-alias", "service", "receiver", "provider")
_ASKED: Final = ("uses-permission", "uses-permission-sdk-23", "uses-permission-sdk-m")
_LEVELS: Final = ("normal", "dangerous", "signature", "signatureOrSystem", "internal")  # PermissionInfo.PROTECTION_*, bits 0 to 3
_FLAGS: Final = {
    0x10: "privileged",
    0x20: "development",
    0x40: "appop",
    0x80: "pre23",
    0x100: "installer",
    0x200: "verifier",
    0x400: "preinstalled",
    0x800: "setup",
    0x1000: "instant",
    0x2000: "runtime",
    0x4000: "oem",
    0x8000: "vendorPrivileged",
}  # PermissionInfo.PROTECTION_FLAG_*


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a manifest says; the fields are those of `vuoto.facts.packages.Package` of the same names."""

    name: str | None
    version_name: str | None
    version_code: int | None
    label: str | None
    shared_user_id: str | None
    process: str | None
    split: str | None
    min_sdk: int | None
    target_sdk: int | None
    enabled: bool
    """Whether the application is on when installed."""

    persistent: bool
    debuggable: bool
    has_code: bool
    permissions: tuple[str, ...]
    permissions_defined: tuple[Permission, ...]
    components: tuple[Component, ...]
    libraries: tuple[str, ...]
    cleartext: bool | None
    network_security: str | None
    """The file of the package that holds the configuration, or the reference as it stands where that cannot be resolved."""

    problems: tuple[Problem, ...]


def read_manifest(document: XmlDocument, value_of: Callable[[int], str | None], where: str) -> Manifest:
    """What the manifest in `document` says; `value_of` gives a resource's value by its id, where references point.

    Never raises; a document without a `manifest` element gives a `Manifest` with nothing in it and a `Problem`.
    """
    return _Reading(document, value_of, where).manifest()


class _Reading:
    def __init__(self, document: XmlDocument, value_of: Callable[[int], str | None], where: str) -> None:
        self.document = document
        self.children = document.children()
        self.value_of = value_of
        self.where = where
        self.problems: list[Problem] = []

    def problem(self, what: str) -> None:
        self.problems.append(Problem(where=self.where, what=what))

    def below(self, index: int, *names: str) -> Iterator[tuple[int, Element]]:
        for i in self.children.get(index, ()):
            if self.document.elements[i].name in names:
                yield i, self.document.elements[i]

    def text(self, element: Element | None, name: str) -> str | None:
        return self.resolved(element.attribute(name)) if element is not None else None

    def resolved(self, attribute: Attribute | None) -> str | None:
        if attribute is None:
            return None
        if attribute.reference is None:
            return attribute.value
        return self.value_of(attribute.reference) or attribute.value

    def flag(self, element: Element | None, name: str) -> bool | None:
        """A boolean; what is neither true nor false, a reference that leads nowhere for one, is taken as not said."""
        text = self.text(element, name)
        return {"true": True, "1": True, "-1": True, "0xffffffff": True, "false": False, "0": False, "0x0": False}.get(text or "")

    def number(self, element: Element | None, name: str) -> int | None:
        text = self.text(element, name)
        try:
            return int(text, 0) if text is not None and len(text) <= 24 else None
        except ValueError:
            return None

    def manifest(self) -> Manifest:
        root, element = next(self.below(-1, "manifest"), (-2, None))
        if element is None:
            self.problem("has no manifest element")
        applications = list(self.below(root, "application"))
        if len(applications) > 1:
            self.problem(f"has {len(applications)} application elements; Android takes the first and warns")
        at, app = applications[0] if applications else (-2, None)
        sdk = self.sdk(root)
        package = element.get("package") if element is not None else None
        return Manifest(
            name=package,
            version_name=self.text(element, "versionName"),
            version_code=self.version_code(element),
            label=self.text(app, "label"),
            shared_user_id=self.text(element, "sharedUserId"),
            process=self.process(app, package),
            split=self.text(element, "split"),
            min_sdk=sdk[0],
            target_sdk=sdk[1],
            enabled=self.flag(app, "enabled") is not False,
            persistent=bool(self.flag(app, "persistent")),
            debuggable=bool(self.flag(app, "debuggable")),
            has_code=self.flag(app, "hasCode") is not False,
            permissions=self.names(self.below(root, *_ASKED)),
            permissions_defined=self.permissions(root),
            components=tuple(self.components(at, app, package or "", sdk[1])),
            libraries=self.names(self.below(at, "uses-library", "uses-native-library", "uses-static-library")),
            cleartext=self.flag(app, "usesCleartextTraffic"),
            network_security=self.text(app, "networkSecurityConfig"),
            problems=tuple(self.problems),
        )

    def version_code(self, element: Element | None) -> int | None:
        low, high = self.number(element, "versionCode"), self.number(element, "versionCodeMajor")
        if low is None:
            return None
        return (high or 0) << 32 | low & 0xFFFFFFFF if high else low

    def sdk(self, root: int) -> tuple[int | None, int | None]:
        """The last `uses-sdk` that says something counts, as attributes of a repeated one replace the earlier."""
        least = target = None
        for _, e in self.below(root, "uses-sdk"):
            least = self.number(e, "minSdkVersion") or least
            target = self.number(e, "targetSdkVersion") or target
        return least, target if target is not None else least

    def names(self, elements: Iterable[tuple[int, Element]]) -> tuple[str, ...]:
        return tuple(sorted({n for _, e in elements if (n := self.text(e, "name"))}))

    def permissions(self, root: int) -> tuple[Permission, ...]:
        found: dict[str, Permission] = {}
        for _, e in self.below(root, "permission"):
            name = self.text(e, "name")
            if name:
                found.setdefault(name, Permission(name=name, level=_level(self.text(e, "protectionLevel"))))
        return tuple(found[n] for n in sorted(found))

    def process(self, element: Element | None, package: str | None) -> str | None:
        name = self.text(element, "process")
        if name is None or name == package:
            return None
        return f"{package or ''}{name}" if name.startswith(":") else name

    def components(self, at: int, app: Element | None, package: str, target: int | None) -> Iterator[Component]:
        shared = self.process(app, package)
        permission = self.text(app, "permission")
        off = self.flag(app, "enabled") is False
        for i, e in self.below(at, *_KINDS):
            kind, name = e.name, self.text(e, "name")
            if not name:
                self.problem(f"has a {kind} without a name in line {e.line}")
                continue
            filters = tuple(self.filter(j) for j, _ in self.below(i, "intent-filter"))
            declared = self.flag(e, "exported")
            # Where nothing is said: providers were open to all until API 17, the rest is open when it has a filter (until API 31,
            # where saying nothing is refused).
            rule = (target or 1) < 17 if kind == "provider" else bool(filters)
            own = self.text(e, "permission")
            yield Component(
                kind=kind,
                name=_class(name, package),
                exported=declared if declared is not None else rule,
                exported_declared=declared is not None,
                enabled=not off and self.flag(e, "enabled") is not False,
                process=self.process(e, package) or shared,
                permission=own if own is not None else permission,
                authorities=tuple(a for a in (self.text(e, "authorities") or "").split(";") if a),
                filters=filters,
                target=_class(goal, package) if (goal := self.text(e, "targetActivity")) else None,
                line=e.line,
            )

    def filter(self, at: int) -> IntentFilter:
        def said(kind: str) -> tuple[str, ...]:
            return tuple(n for _, e in self.below(at, kind) if (n := self.text(e, "name")))

        return IntentFilter(
            actions=said("action"),
            categories=said("category"),
            data=self.data(at),
            priority=self.number(self.document.elements[at], "priority") or 0,
        )

    def data(self, at: int) -> tuple[str, ...]:
        """Each data element as one line.

        Android combines all schemes and hosts of a filter; here they stand as written, with the filter's one scheme before a host
        that has none of its own.
        """
        elements = [e for _, e in self.below(at, "data")]
        schemes = sorted({s for e in elements if (s := self.text(e, "scheme"))})
        result: list[str] = []
        for e in elements:
            scheme = self.text(e, "scheme") or (schemes[0] if len(schemes) == 1 else "")
            host, port = self.text(e, "host") or "", self.text(e, "port")
            part = self.text(e, "ssp") or self.text(e, "sspPrefix") or self.text(e, "sspPattern")
            path = next((p for n in ("path", "pathPattern", "pathAdvancedPattern", "pathSuffix") if (p := self.text(e, n))), "")
            prefix = self.text(e, "pathPrefix")
            path = path or (f"{prefix}*" if prefix else "")
            kind = self.text(e, "mimeType")
            if part:
                result.append(f"{scheme}:{part}")
            elif host or path:
                result.append(f"{scheme or '*'}://{host}{':' + port if port else ''}{path}")
            elif scheme and not kind:
                result.append(f"{scheme}:")
            if kind:
                result.append(kind)
        return tuple(dict.fromkeys(result))


def _class(name: str, package: str) -> str:
    """A class in full (ParsingUtils.buildClassName): a leading dot or no dot at all means the package."""
    if name.startswith("."):
        return package + name
    return f"{package}.{name}" if "." not in name and package else name


def _level(text: str | None) -> str:
    """A protection level in words, from the number it is compiled to or as it is written."""
    try:
        value = int(text or "0", 0)
    except ValueError:
        return text or "normal"
    base = value & 0xF
    words = [_LEVELS[base] if base < len(_LEVELS) else f"level {base}"]
    return "|".join(words + [word for bit, word in _FLAGS.items() if value & bit])
