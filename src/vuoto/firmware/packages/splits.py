"""Puts a split of an app to its base, so that the app is one package (AOSP, "App bundles"; PackageParser's `parseSplitApk`)."""

from __future__ import annotations

from dataclasses import replace

from vuoto.facts.packages import Package
from vuoto.facts.problems import Problem


def with_split(base: Package, split: Package, path: str) -> Package:
    """The base with what the split adds: code, components, permissions, libraries, strings. Paths inside it begin with its own.

    A split of another package, another version or another signer is a problem, since Android refuses to install such a set.
    """
    inside = path.rpartition("/")[2]
    problems = [*base.problems, *split.problems]
    if (split.name, split.version_code) != (base.name, base.version_code) and split.name is not None:
        problems.append(
            Problem(
                where=path,
                what=f"is a split of {split.name!r}, version {split.version_code}, beside the base of {base.name!r}, "
                f"version {base.version_code}",
            )
        )
    if {s.certificate.sha256 for s in split.signers} != {s.certificate.sha256 for s in base.signers}:
        problems.append(Problem(where=path, what="is signed by other certificates than its base"))
    return replace(
        base,
        permissions=tuple(sorted({*base.permissions, *split.permissions})),
        permissions_defined=tuple(
            sorted({p.name: p for p in (*split.permissions_defined, *base.permissions_defined)}.values(), key=lambda p: p.name)
        ),
        components=(*base.components, *split.components),
        triggers=tuple(sorted({*base.triggers, *split.triggers}, key=lambda t: (t.kind, t.component, t.clue))),
        libraries=tuple(sorted({*base.libraries, *split.libraries})),
        native_libraries=tuple(
            sorted(
                (*base.native_libraries, *(replace(n, path=f"{inside}!{n.path}") for n in split.native_libraries)),
                key=lambda n: n.path,
            )
        ),
        strings=tuple(
            sorted(
                (*base.strings, *(replace(s, path=f"{inside}!{s.path}") for s in split.strings)),
                key=lambda s: (s.path, s.name, s.value),
            )
        ),
        hidden=(*base.hidden, *(replace(f, path=f"{inside}!{f.path}") for f in split.hidden)),
        dex=(*base.dex, *(replace(d, path=f"{inside}!{d.path}") for d in split.dex)),
        problems=tuple(dict.fromkeys(problems)),
    )
