"""FRONT DOOR: opens an input, hashes it, hands on frames or ready messages.

`open_capture` is the whole of it. Formats are the plug-ins of `intake/formats`, compressions those of `intake/compressions`.
"""

from __future__ import annotations

import re
from typing import Final

from vuoto.intake.capture import OpenedCapture, open_capture

__all__ = ["OpenedCapture", "is_capture_name", "open_capture"]

_CAPTURE_NAME: Final = re.compile(r"(?s).*[^/]\.(?:pcap|pcapng|cap|ntar|har)(?:\.(?:gz|zst|xz|lz4))?", re.IGNORECASE)


def is_capture_name(name: str) -> bool:
    """Whether a file of a folder is worth opening, by its name alone; a file given by name is opened whatever it is called."""
    return _CAPTURE_NAME.fullmatch(name) is not None
