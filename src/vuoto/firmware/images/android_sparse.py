"""Android sparse images, as `fastboot` takes them; see `vuoto.firmware.layouts.sparse`.

One that came in several files (`super.img_sparsechunk.0` …) is put together by the walker. Checksums of chunks are not checked.
"""

from __future__ import annotations

from vuoto.firmware.content import Blob, Entry, Image
from vuoto.firmware.image import BrokenImageError, ImageFormat, Opening
from vuoto.firmware.layouts.paths import partition_of
from vuoto.firmware.layouts.sparse import MAGIC, join_sparse


def _recognise(head: bytes, name: str, size: int) -> int:
    del name, size
    return 100 if head.startswith(MAGIC.to_bytes(4, "little")) else 0


def _open(blob: Blob, opening: Opening) -> Image:
    whole = join_sparse([blob], opening.note)
    if whole is None:
        raise BrokenImageError("its header is damaged or of an unknown version")
    base = opening.name.rpartition("/")[2] or "image"
    entry = Entry(path=base, kind="file", size=whole.size, open=lambda: whole, partition=partition_of(base))
    return Image(
        format=IMAGE.name,
        name=opening.name,
        entries=lambda: iter((entry,)),
        properties={"unpacked_bytes": str(whole.size)},
        problems=opening.problems,
    )


IMAGE = ImageFormat(name="android-sparse", title="an Android sparse image", recognise=_recognise, open=_open, naming="beside")
