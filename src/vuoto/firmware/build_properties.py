"""Build properties of a device: `build.prop` and its kin from several partitions, merged as Android's init merges them.

Source: AOSP's system/core/init/property_service.cpp, PropertyLoadBootDefaults and LoadProperties. Not known from an image: what
comes at run time (the boot loader's `ro.boot.*`, what init scripts set, `persist.*` once a phone has changed it).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from vuoto.facts.builds import BuildFacts, BuildProperty
from vuoto.facts.problems import Problem

MAX_FILE: Final = 4 << 20
"""Bytes of one property file read; they are some ten kilobytes."""

MAX_PROPERTIES: Final = 50_000
"""Properties of one build; phones have some two thousand."""

MAX_IMPORTS: Final = 16
"""Imports followed one from another; init follows them without a bound, and makers use one or two."""

LOAD_ORDER: Final = (
    "default.prop",
    "prop.default",
    "system/etc/prop.default",
    "system/build.prop",
    "system_ext/build.prop",
    "system_ext/etc/build.prop",
    "system_dlkm/etc/build.prop",
    "vendor/default.prop",
    "vendor/build.prop",
    "vendor_dlkm/etc/build.prop",
    "odm_dlkm/etc/build.prop",
    "odm/default.prop",
    "odm/build.prop",
    "odm/etc/build.prop",
    "product/build.prop",
    "product/etc/build.prop",
)
"""The files in the order init loads them: the more specific to a product a partition is, the later, and the last value counts. Up
to Android 9 each value was set as it was read, so of `ro.` properties, which cannot be set twice, the first counts there. Other
files come last, by path: nothing says that init loads them, unless one of these imports them."""

LAST_FIRST_WINS: Final = 28
"""The API level up to which the first value of a `ro.` property counts."""

PRODUCT_SOURCES: Final = ("product", "odm", "vendor", "system_ext", "system")
"""Where `ro.product.device` and its kin come from where no file sets them (the default of `ro.product.property_source_order`)."""

_MAX_PROBLEMS: Final = 100  # of one build: a file of nothing but wrong imports would tell as many
_DERIVED: Final = ("brand", "device", "manufacturer", "model", "name")
_VARIANT: Final = re.compile(
    r"carrier|operator|customer|variant|region|\bsku|skuid|\bcust\b|\bcsc\b|\bopt[ab]\b|clientid|sales_?code|registration"
    r"|simlock|target\.product|country|\bta_?code\b|hwversion",
    re.IGNORECASE,
)
_IMPORT: Final = re.compile(r"import\s+(\S+)(?:\s+(\S+))?")
_EXPANSION: Final = re.compile(r"\$\{([A-Za-z0-9_.:@-]{1,128})\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyFile:
    """A file of properties."""

    path: str
    """Where it stands in the build: `vendor/build.prop`, or `system/system/build.prop` in an image that is the root."""

    data: bytes
    """Its bytes."""


def is_property_file(path: str) -> bool:
    """Whether a path is one of those that hold build properties, by its name."""
    return path.rpartition("/")[2] in ("build.prop", "default.prop", "prop.default", "local.prop")


def read_build_properties(files: Iterable[PropertyFile]) -> BuildFacts:
    """What the files of one build say together; the order in which they are given does not matter. Never raises."""
    loading = _Loading(sorted(files, key=lambda f: (_rank(f.path), f.path)))
    loading.run()
    return loading.facts()


def _rank(path: str) -> int:
    found = [i for i, name in enumerate(LOAD_ORDER) if path == name or path.endswith("/" + name)]
    return max(found, key=lambda i: len(LOAD_ORDER[i]), default=len(LOAD_ORDER))


@dataclass(slots=True)
class _Loading:
    files: list[PropertyFile]
    rows: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Each property's values and their files, in the order of loading."""
    problems: list[Problem] = field(default_factory=list)
    full: bool = False

    def problem(self, where: str, what: str) -> None:
        found = Problem(where=where, what=what)
        if len(self.problems) < _MAX_PROBLEMS and found not in self.problems:
            self.problems.append(found)

    def run(self) -> None:
        imported: set[str] = set()
        for file in self.files:
            if _rank(file.path) < len(LOAD_ORDER):
                self.load(file, None, (), imported)
        for file in self.files:
            if _rank(file.path) == len(LOAD_ORDER) and file.path not in imported:
                self.load(file, None, (), imported)

    def load(self, file: PropertyFile, wanted: str | None, chain: tuple[str, ...], imported: set[str]) -> None:
        if file.path in chain or len(chain) == MAX_IMPORTS:
            self.problem(file.path, "is imported in a circle, or too deep; it is not read again")
            return
        if len(file.data) > MAX_FILE:
            self.problem(file.path, f"is longer than the {MAX_FILE} bytes that are read")
        for raw in file.data[:MAX_FILE].decode("utf-8", "backslashreplace").split("\n"):
            line = raw.strip()
            if not line or line.startswith("#"):
                continue
            found = _IMPORT.fullmatch(line)
            if found is not None:
                self.import_file(file, found[1], found[2], chain, imported)
                continue
            name, equals, value = line.partition("=")
            if equals and name.strip() and _wanted(name.strip(), wanted):
                self.set(name.strip(), value.strip(), file.path)

    def import_file(
        self, file: PropertyFile, target: str, wanted: str | None, chain: tuple[str, ...], imported: set[str]
    ) -> None:
        path = _EXPANSION.sub(lambda m: self.rows[m[1]][-1][0] if m[1] in self.rows else "", target).lstrip("/")
        other = next((f for f in self.files if f.path == path or f.path.endswith("/" + path)), None)
        if other is None:
            self.problem(file.path, f"imports {path!r}, which is not among the files")
            return
        if other.path in imported:
            return  # what a file sets once it sets again to the same, and many imports of one file cost time
        imported.add(other.path)
        self.load(other, wanted, (*chain, file.path), imported)

    def set(self, name: str, value: str, file: str) -> None:
        if name not in self.rows and len(self.rows) == MAX_PROPERTIES:
            if not self.full:
                self.full = True
                self.problem(file, f"the build has more than {MAX_PROPERTIES} properties; the rest is not read")
            return
        rows = self.rows.setdefault(name, [])
        if len(rows) < len(LOAD_ORDER) + MAX_IMPORTS:
            rows.append((value, file))

    def facts(self) -> BuildFacts:
        sdk = _number(next((v for v, _ in self.rows.get("ro.build.version.sdk", ())), None))
        first = sdk is not None and sdk <= LAST_FIRST_WINS
        chosen: dict[str, BuildProperty] = {}
        for name, rows in self.rows.items():
            index = 0 if first and name.startswith("ro.") else len(rows) - 1
            value, file = rows[index]
            others = tuple(dict.fromkeys((v, f) for i, (v, f) in enumerate(rows) if i != index and v != value))
            chosen[name] = BuildProperty(name=name, value=value, file=file, replaced=others)
        self.derive(chosen)
        get = {n: p.value for n, p in chosen.items() if p.value}.get
        fingerprints = tuple(
            (name.split(".")[1], p.value)
            for name, p in sorted(chosen.items())
            if name.startswith("ro.") and name.endswith(".build.fingerprint") and name.count(".") == 3 and p.value
        )
        whole = get("ro.build.fingerprint") or get("ro.system.build.fingerprint")
        for partition, fingerprint in fingerprints:
            if whole and fingerprint != whole:
                self.problem("build properties", f"{partition} says that it is of {fingerprint!r}, the build of {whole!r}")
        return BuildFacts(
            fingerprint=whole,
            fingerprints=fingerprints,
            security_patch=get("ro.build.version.security_patch"),
            incremental=get("ro.build.version.incremental"),
            device=get("ro.product.device"),
            model=get("ro.product.model"),
            brand=get("ro.product.brand"),
            product=get("ro.product.name"),
            release=get("ro.build.version.release"),
            sdk=sdk,
            variant=tuple(p for n, p in sorted(chosen.items()) if _VARIANT.search(n)),
            properties=tuple(p for _, p in sorted(chosen.items())),
            problems=tuple(self.problems),
        )

    def derive(self, chosen: dict[str, BuildProperty]) -> None:
        """`ro.product.*` and the fingerprint as init derives them where no file sets them (property_derive_build_fingerprint)."""
        given = chosen.get("ro.product.property_source_order")
        order = tuple(s.strip() for s in given.value.split(",")) if given is not None and given.value else PRODUCT_SOURCES
        for word in _DERIVED:
            name = f"ro.product.{word}"
            if name in chosen and chosen[name].value:
                continue
            source = next((p for s in order[:16] if (p := chosen.get(f"ro.product.{s}.{word}")) is not None and p.value), None)
            if source is not None:
                chosen[name] = BuildProperty(name=name, value=source.value, file=source.file)
        if "ro.build.fingerprint" in chosen:
            return
        parts = [
            "ro.product.brand",
            "ro.product.name",
            "ro.product.device",
            "ro.build.version.release",
            "ro.build.id",
            "ro.build.version.incremental",
            "ro.build.type",
            "ro.build.tags",
        ]
        if all(p in chosen and chosen[p].value for p in parts):
            brand, name, device, release, number, incremental, kind, tags = (chosen[p].value for p in parts)
            value = f"{brand}/{name}/{device}:{release}/{number}/{incremental}:{kind}/{tags}"
            chosen["ro.build.fingerprint"] = BuildProperty(name="ro.build.fingerprint", value=value, file="")


def _wanted(name: str, wanted: str | None) -> bool:
    """Whether an import's filter lets a property through: a name, or a prefix with a star."""
    return wanted is None or (name.startswith(wanted[:-1]) if wanted.endswith("*") else name == wanted)


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 6 else None
