"""EROFS file systems; see `vuoto.firmware.layouts.erofs_inodes` and `erofs_clusters` for what is read of them."""

from __future__ import annotations

from vuoto.firmware.content import Blob, Image
from vuoto.firmware.image import ImageFormat, Opening
from vuoto.firmware.layouts.directories import mounted
from vuoto.firmware.layouts.erofs_inodes import MAGIC, Erofs


def _recognise(head: bytes, name: str, size: int) -> int:
    del name, size
    return 100 if head.startswith(MAGIC.to_bytes(4, "little"), 1_024) else 0


def _open(blob: Blob, opening: Opening) -> Image:
    system = Erofs(blob, opening)
    return mounted(system, opening, IMAGE.name, volume_name=system.label, uuid=system.uuid, built=str(system.built or ""))


IMAGE = ImageFormat(name="erofs", title="an EROFS file system", recognise=_recognise, open=_open, naming="mounted")
