"""Names from hostile containers made into safe relative paths, and the partitions that names tell of."""

from __future__ import annotations

import re
from typing import Final

MAX_PATH: Final = 4_096
"""Linux's PATH_MAX, in characters here: a longer path could not exist on a device."""

_SUFFIXES: Final = (".img", ".ext4", ".erofs", ".raw", ".bin", ".image")
_SLOT: Final = re.compile(r"_[ab]$")

PARTITIONS: Final = frozenset(
    (
        "apex",
        "boot",
        "cust",
        "data",
        "my_product",
        "my_carrier",
        "my_region",
        "my_stock",
        "my_heytap",
        "my_engineering",
        "my_company",
        "my_preload",
        "my_bigball",
        "my_manifest",
        "odm",
        "odm_dlkm",
        "oem",
        "prism",
        "product",
        "optics",
        "recovery",
        "system",
        "system_dlkm",
        "system_ext",
        "system_other",
        "vendor",
        "vendor_boot",
        "vendor_dlkm",
    )
)
"""Folders at the root of a tree that are named for the partition mounted there."""


def text(raw: bytes) -> str:
    r"""A name as text; bytes that are not UTF-8 as `\xNN`."""
    return raw.decode("utf-8", "backslashreplace")


def safe_path(name: str) -> tuple[str, bool]:
    """`name` as a relative POSIX path without empty, `.` and `..` parts, and whether it tried to leave its folder.

    Empty where nothing of it is a path: the name is empty, only dots, holds a NUL or is longer than `MAX_PATH`.
    """
    if len(name) > MAX_PATH or "\0" in name:
        return "", True
    if name.isascii() and "//" not in name and "." not in name and name[:1] != "/" and name[-1:] != "/":
        return name, False
    parts = [part for part in name.split("/") if part not in {"", "."}]
    kept = [part for part in parts if part != ".."]
    return "/".join(kept), name.startswith("/") or len(kept) != len(parts)


def partition_of(name: str) -> str | None:
    """The partition that a file's name tells of: `IMAGES/system_a.img` → `system`; `None` where it is not named as an image."""
    base = name.rpartition("/")[2]
    for suffix in _SUFFIXES:
        if base.endswith(suffix) and len(base) > len(suffix):
            return _SLOT.sub("", base.removesuffix(suffix)) or None
    return None


def partition_at(path: str) -> str | None:
    """The partition that a path in an archive or a folder tells of: of the image it names, or of the folder it begins with."""
    first, slash, _ = path.partition("/")
    return first if slash and first in PARTITIONS else partition_of(path)


def without_slot(partition: str) -> str:
    """`system_a` → `system`."""
    return _SLOT.sub("", partition)
