"""F2FS file systems; see `vuoto.firmware.layouts.f2fs_inodes` for what is read of them."""

from __future__ import annotations

from vuoto.firmware.content import Blob, Image
from vuoto.firmware.image import ImageFormat, Opening
from vuoto.firmware.layouts.directories import mounted
from vuoto.firmware.layouts.f2fs_inodes import MAGIC, F2fs


def _recognise(head: bytes, name: str, size: int) -> int:
    del name, size
    return 100 if head.startswith(MAGIC.to_bytes(4, "little"), 1_024) else 0


def _open(blob: Blob, opening: Opening) -> Image:
    system = F2fs(blob, opening)
    return mounted(system, opening, IMAGE.name, volume_name=system.label, uuid=system.uuid)


IMAGE = ImageFormat(name="f2fs", title="an F2FS file system", recognise=_recognise, open=_open, naming="mounted")
