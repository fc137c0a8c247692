"""ext2, ext3 and ext4 file systems; see `vuoto.firmware.layouts.ext4_inodes` for what is read of them."""

from __future__ import annotations

from vuoto.firmware.content import Blob, Image
from vuoto.firmware.image import ImageFormat, Opening
from vuoto.firmware.layouts.directories import root_names, walk_directories
from vuoto.firmware.layouts.ext4_inodes import ROOT, Ext4


def _recognise(head: bytes, name: str, size: int) -> int:
    del name, size
    # The magic number has two bytes only; block size and creator's revision must make sense too.
    if head[1080:1082] != b"\x53\xef" or len(head) < 2_048:
        return 0
    return 90 if head[1048] <= 6 and head[1100] <= 1 else 20


def _open(blob: Blob, opening: Opening) -> Image:
    system = Ext4(blob, opening)
    properties = {"volume_name": system.label, "last_mounted": system.mounted_at, "uuid": system.uuid}
    return Image(
        format=IMAGE.name,
        name=opening.name,
        entries=lambda: walk_directories(ROOT, system.node, system.names, opening),
        top=lambda: root_names(ROOT, system.node, system.names, opening),
        properties={key: value for key, value in properties.items() if value},
        problems=opening.problems,
    )


IMAGE = ImageFormat(name="ext4", title="an ext4 file system", recognise=_recognise, open=_open, naming="mounted")
