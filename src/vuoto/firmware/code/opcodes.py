"""The instruction set of Dalvik bytecode as tables indexed by the opcode.

Source: "Dalvik bytecode format" and "Dalvik executable instruction formats" of the Android Open Source Project, including
`invoke-polymorphic` and `invoke-custom` (DEX 038) and `const-method-handle` and `const-method-type` (DEX 039). Opcodes that the
documents call unused have the format 10x and so a length of one unit. Quickened opcodes of an ODEX are not read.
"""

from __future__ import annotations

from typing import Final

CONST_STRING: Final = 0x1A
CONST_STRING_JUMBO: Final = 0x1B
CONST_CLASS: Final = 0x1C
NEW_INSTANCE: Final = 0x22
FILL_ARRAY_DATA: Final = 0x26
INVOKE_STATIC: Final = 0x71
INVOKE_STATIC_RANGE: Final = 0x77


def _table(default: int, *rows: tuple[int, int, int]) -> bytes:
    table = bytearray([default]) * 256
    for first, last, value in rows:
        for opcode in range(first, last + 1):
            table[opcode] = value
    return bytes(table)


LENGTH: Final = _table(
    1,
    (0x02, 0x02, 2),
    (0x03, 0x03, 3),
    (0x05, 0x05, 2),
    (0x06, 0x06, 3),
    (0x08, 0x08, 2),
    (0x09, 0x09, 3),
    (0x13, 0x13, 2),
    (0x14, 0x14, 3),
    (0x15, 0x16, 2),
    (0x17, 0x17, 3),
    (0x18, 0x18, 5),
    (0x19, 0x1A, 2),
    (0x1B, 0x1B, 3),
    (0x1C, 0x1C, 2),
    (0x1F, 0x20, 2),
    (0x22, 0x23, 2),
    (0x24, 0x26, 3),
    (0x29, 0x29, 2),
    (0x2A, 0x2C, 3),
    (0x2D, 0x3D, 2),
    (0x44, 0x6D, 2),
    (0x6E, 0x72, 3),
    (0x74, 0x78, 3),
    (0x90, 0xAF, 2),
    (0xD0, 0xE2, 2),
    (0xFA, 0xFB, 4),
    (0xFC, 0xFD, 3),
    (0xFE, 0xFF, 2),
)
"""Length of an instruction in 16-bit code units. A `nop` whose high byte is 1, 2 or 3 begins a payload
(`walk.payload_lengths`)."""

STRING: Final = 1
METHOD: Final = 2
TYPE: Final = 3
FIELD: Final = 4
INTEGER: Final = 5
CALL_SITE: Final = 6
METHOD_HANDLE: Final = 7

MEANING: Final = _table(
    0,
    (0x1A, 0x1B, STRING),
    (0x13, 0x19, INTEGER),
    (0xD0, 0xD7, INTEGER),
    (0x1C, 0x1C, TYPE),
    (0x1F, 0x20, TYPE),
    (0x22, 0x25, TYPE),
    (0x52, 0x6D, FIELD),
    (0x6E, 0x72, METHOD),
    (0x74, 0x78, METHOD),
    (0xFA, 0xFB, METHOD),
    (0xFC, 0xFD, CALL_SITE),
    (0xFE, 0xFE, METHOD_HANDLE),
)
"""What an instruction refers to. `INTEGER` marks those that carry a literal of 16 bits or more."""

NIBBLE: Final = 1
BYTE: Final = 2
WORD: Final = 3

DESTINATION: Final = _table(
    0,
    (0x01, 0x01, NIBBLE),
    (0x02, 0x02, BYTE),
    (0x03, 0x03, WORD),
    (0x04, 0x04, NIBBLE),
    (0x05, 0x05, BYTE),
    (0x06, 0x06, WORD),
    (0x07, 0x07, NIBBLE),
    (0x08, 0x08, BYTE),
    (0x09, 0x09, WORD),
    (0x0A, 0x0D, BYTE),
    (0x12, 0x12, NIBBLE),
    (0x13, 0x1C, BYTE),
    (0x20, 0x21, NIBBLE),
    (0x22, 0x22, BYTE),
    (0x23, 0x23, NIBBLE),
    (0x2D, 0x31, BYTE),
    (0x44, 0x4A, BYTE),
    (0x52, 0x58, NIBBLE),
    (0x60, 0x66, BYTE),
    (0x7B, 0x8F, NIBBLE),
    (0x90, 0xAF, BYTE),
    (0xB0, 0xD7, NIBBLE),
    (0xD8, 0xE2, BYTE),
    (0xFE, 0xFF, BYTE),
)
"""Where the register that an instruction writes is encoded: bits 8 to 11, bits 8 to 15, or the next unit; 0 where it writes none.
`check-cast` writes none: the value in the register stays what it was."""

WIDE: Final = _table(
    0,
    (0x04, 0x06, 1),
    (0x0B, 0x0B, 1),
    (0x16, 0x19, 1),
    (0x45, 0x45, 1),
    (0x53, 0x53, 1),
    (0x61, 0x61, 1),
    (0x7D, 0x7E, 1),
    (0x80, 0x81, 1),
    (0x83, 0x83, 1),
    (0x86, 0x86, 1),
    (0x88, 0x89, 1),
    (0x8B, 0x8B, 1),
    (0x9B, 0xA5, 1),
    (0xAB, 0xAF, 1),
    (0xBB, 0xC5, 1),
    (0xCB, 0xCF, 1),
)
"""1 where the register after the destination is written as well (long and double)."""
