"""ext2, ext3 and ext4 file systems; see `vuoto.firmware.layouts.ext4_inodes` for what is read of them."""

from __future__ import annotations

from vuoto.firmware.content import Blob, Image
from vuoto.firmware.image import ImageFormat, Opening
from vuoto.firmware.layouts.directories import mounted
from vuoto.firmware.layouts.ext4_inodes import Ext4


def _recognise(head: bytes, name: str, size: int) -> int:
    del name, size
    # The magic number has two bytes only; block size and creator's revision must make sense too.
    if head[1080:1082] != b"\x53\xef" or len(head) < 2_048:
        return 0
    return 90 if head[1048] <= 6 and head[1100] <= 1 else 20


def _open(blob: Blob, opening: Opening) -> Image:
    system = Ext4(blob, opening)
    return mounted(system, opening, IMAGE.name, volume_name=system.label, last_mounted=system.mounted_at, uuid=system.uuid)


IMAGE = ImageFormat(name="ext4", title="an ext4 file system", recognise=_recognise, open=_open, naming="mounted")
