"""List of the apps on the device."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.identifier import Identifier, Reading, phrases

_PACKAGE: Final = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){1,9}", re.IGNORECASE)
_SPLIT: Final = re.compile(r"[,;|\s]+")
SHORTEST: Final = 3
"""Package names that make a list of the person's apps; fewer are the sender's own and its parts."""
LONGEST: Final = 65_536
"""Characters of a list that are looked at: some two thousand names."""
_FILES: Final = frozenset(["js", "css", "html", "png", "jpg", "json", "txt", "so", "dex", "xml", "com", "net", "org", "io"])


def read(value: str) -> Reading | None:
    """Three package names or more (Java Language Specification §6.1), with commas, semicolons, bars or spaces between them.

    Two of different makers are a list where the field's name says so.
    """
    text = value[:LONGEST].strip().strip("[]\"'")
    if text.count(".") < SHORTEST - 1:
        return None
    names = [item.strip("\"'").partition(":")[0] for item in _SPLIT.split(text)]
    names = [name for name in names if name]
    packages = sorted({n for n in names if _PACKAGE.fullmatch(n) and n.rpartition(".")[2] not in _FILES})
    if len(packages) == len(set(names)) == SHORTEST - 1 and len({_maker(name) for name in packages}) > 1:
        return Reading(",".join(packages), "none", "package names of two makers (Java Language Specification §6.1)")
    if len(packages) < SHORTEST or len(packages) * 10 < len(set(names)) * 8:
        return None
    return Reading(",".join(packages), "holds", f"{len(packages)} package names (Java Language Specification §6.1)")


def _maker(package: str) -> str:
    """Whose it is: a domain written backwards, as packages are named."""
    return ".".join(package.split(".")[:2])


IDENTIFIER = Identifier(
    kind="installed_apps",
    names=phrases(
        "installed apps, installed app, installed packages, apps, app list, applist, packages, package list",
        "installed, package names, installed applications, applications, application list, apps installed, pkgs",
        "pkg list, running apps, installed app list, app packages, installed package, pkg names, install list",
        "app list package name, app list package, installed apps package name, installed packages package name",
        "installed list, installed app packages, soft list, app infos, user apps, all apps, app package list, pkgs installed",
    ),
    hints=phrases("package name, package, pkg, pkg name, bundle id, app id, installed app name, apps package name"),
    lists=True,
    read=read,
    clause="Java Language Specification §6.1; Android PackageManager.getInstalledPackages",
    reasoning="What a person has installed tells of health, faith, politics and habits, and is often unique.",
    limitations="A fixed list of apps that the sender asks about looks the same.",
)
