"""DEX code: `read_dexes` reads a file, `examine` says what the code of a package can collect and send."""

from __future__ import annotations

from vuoto.firmware.code.dex import Dex, read_dex, read_dexes
from vuoto.firmware.code.examining import CodeColumns, examine, examine_in_columns

__all__ = ["CodeColumns", "Dex", "examine", "examine_in_columns", "read_dex", "read_dexes"]
