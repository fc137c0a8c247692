"""One compressed file: `system.img.gz`, `super.img.zst`, `AP.tar.lz4`, `factory.tgz` (gzip, xz, zstd, LZ4, bzip2, LZMA).

It is unpacked from its beginning when it is opened, into the spool that the caller gave (`vuoto.firmware.content.Spool`).
"""

from __future__ import annotations

from typing import Final

from vuoto.firmware.content import Blob, Entry, Image
from vuoto.firmware.image import BrokenImageError, ImageFormat, Opening
from vuoto.firmware.layouts.paths import partition_of
from vuoto.firmware.layouts.unpacked import compression_of, unpacked_blob

_ENDINGS: Final = (".gz", ".xz", ".zst", ".lz4", ".bz2", ".lzma")
_TARS: Final = {".tgz": ".tar", ".txz": ".tar", ".tbz2": ".tar", ".tzst": ".tar"}
_WEAK: Final = frozenset(("lzma", "bzip2"))  # three bytes that other files may begin with


def _recognise(head: bytes, name: str, size: int) -> int:
    del size
    found = compression_of(head)
    if found is None or (found in _WEAK and not name.lower().endswith((*_ENDINGS, *_TARS))):
        return 0
    return 60


def _open(blob: Blob, opening: Opening) -> Image:
    compression = compression_of(blob.read_at(0, 16))
    if compression is None:
        raise BrokenImageError("its beginning is cut off")
    whole = unpacked_blob(blob, compression, opening.spool, opening.note)
    base = _plain_name(opening.name.rpartition("/")[2] or "image")
    entry = Entry(path=base, kind="file", size=whole.size, open=lambda: whole, partition=partition_of(base))
    return Image(
        format=IMAGE.name,
        name=opening.name,
        entries=lambda: iter((entry,)),
        properties={"compression": compression, "unpacked_bytes": str(whole.size)},
        problems=opening.problems,
    )


def _plain_name(name: str) -> str:
    for ending, plain in (*_TARS.items(), *((e, "") for e in _ENDINGS)):
        if name.lower().endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)] + plain
    return name


IMAGE = ImageFormat(name="compressed", title="a compressed file", recognise=_recognise, open=_open, naming="beside")
