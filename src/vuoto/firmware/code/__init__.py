"""DEX code: `read_dexes` reads a file, `examine` says what the code of a package can collect and send."""

from __future__ import annotations

from vuoto.firmware.code.dex import Dex, read_dex, read_dexes
from vuoto.firmware.code.examining import examine

__all__ = ["Dex", "examine", "read_dex", "read_dexes"]
