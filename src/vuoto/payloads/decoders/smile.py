"""Smile, the binary form of JSON (github.com/FasterXML/smile-format-specification, version 1.0.6), with positions.

Read: objects and arrays, strings, numbers, back references to names and to short strings. Not read: big decimals, which are
passed over; raw binary stays bytes.
"""

from __future__ import annotations

import struct
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Leaf, Reading
from vuoto.payloads.json_reader import escape
from vuoto.payloads.limits import MAX_PARTS, MAX_TREE_DEPTH, MAX_VALUE
from vuoto.payloads.meaning import text_of

_HEAD: Final = b":)\n"
_SHARED: Final = 1024
"""Names and strings that can be referred to (§ shared strings); then the memory starts afresh."""


class _Reader:
    """One document. `pos` is the place of the next token."""

    def __init__(self, data: bytes, name: str) -> None:
        self.data = data
        self.pos = 4
        self.names_shared = bool(data[3] & 1)
        self.values_shared = bool(data[3] & 2)
        self.names: list[str] = []
        self.values: list[str] = []
        self.leaves: list[Leaf] = []
        self.stack: list[tuple[bool, str, str, int]] = []  # (is object, pointer, name, index)
        self.frame = (False, "", name, -1)

    def read(self) -> bool:
        """Read all; `False` where it is broken."""
        data = self.data
        key: str | None = None
        while self.pos < len(data) and len(self.leaves) <= MAX_PARTS:
            token = data[self.pos]
            self.pos += 1
            if token == 0xFF:
                return not self.stack
            is_object, pointer, name, index = self.frame
            if token in (0xF9, 0xFB):
                if not self.stack or (token == 0xFB) != is_object:
                    return False
                self.frame = self.stack.pop()
                key = None
                continue
            if is_object and key is None:
                key = self._key(token)
                if key is None:
                    return False
                continue
            here = f"{pointer}/{escape(key) if key is not None else index + 1}" if self.stack else ""
            self.frame = (is_object, pointer, name, index + 1)
            called = key or name
            key = None
            if token in (0xF8, 0xFA):
                if len(self.stack) >= MAX_TREE_DEPTH:
                    return False
                self.stack.append(self.frame)
                self.frame = (token == 0xFA, here, called, -1)
            elif not self._value(token, called, here):
                return False
        return not self.stack

    def _key(self, token: int) -> str | None:
        if token == 0x20:
            return ""
        if 0x40 <= token <= 0x7F or 0x30 <= token <= 0x33:
            number = token - 0x40
            if token < 0x40:
                number = (token & 3) << 8 | self.data[self.pos] if self.pos < len(self.data) else 1 << 16
                self.pos += 1
            return self.names[number] if number < len(self.names) else None
        if 0x80 <= token <= 0xBF:
            return self._share(self._take(token - 0x7F), self.names, shared=self.names_shared)
        if 0xC0 <= token <= 0xF7:
            return self._share(self._take(token - 0xBE), self.names, shared=self.names_shared)
        if token == 0x34:
            return self._long()
        return None

    def _value(self, token: int, name: str, pointer: str) -> bool:
        begin = self.pos
        if 1 <= token <= 0x1F or 0xEC <= token <= 0xEF:
            number = token - 1
            if token > 0x1F:
                number = (token & 3) << 8 | self.data[self.pos] if self.pos < len(self.data) else 1 << 16
                self.pos += 1
            if number < len(self.values):
                self._append(name, pointer, self.values[number], begin - 1, self.pos - begin + 1)
                return True
            return False
        if 0x20 <= token <= 0x23:
            return True  # empty, null, false, true
        if 0x40 <= token <= 0xBF:
            size = (token & 0x1F) + (1, 33, 2, 34)[(token - 0x40) >> 5]
            text = self._share(self._take(size), self.values, shared=self.values_shared)
            if text is not None:
                self._append(name, pointer, text, begin, size)
            return text is not None
        if token & 0xFC in (0xE0, 0xE4):
            text = self._long()
            if text is not None:
                self._append(name, pointer, text, begin, self.pos - begin - 1)
            return text is not None
        if 0xC0 <= token <= 0xDF:
            number = token & 0x1F
            self._append(name, pointer, str(number >> 1 ^ -(number & 1)), begin - 1, 1)
            return True
        if token in (0x24, 0x25):
            number = self._varint()
            self._append(name, pointer, str(number >> 1 ^ -(number & 1)), begin, self.pos - begin)
            return True
        if token in (0x28, 0x29):
            return self._real(token == 0x29, name, pointer)
        return self._skip(token)

    def _real(self, double: bool, name: str, pointer: str) -> bool:
        size, bits = (10, 64) if double else (5, 32)
        piece = self.data[self.pos : self.pos + size]
        if len(piece) < size:
            return False
        number = 0
        for byte in piece:
            number = number << 7 | byte & 0x7F
        raw = (number & (1 << bits) - 1).to_bytes(bits // 8, "big")
        real: float = struct.unpack(">d" if double else ">f", raw)[0]
        self._append(name, pointer, repr(real) if double else f"{real:.8g}", self.pos, size)
        self.pos += size
        return True

    def _skip(self, token: int) -> bool:
        if token in (0x26, 0x2A, 0xE8):
            if token == 0x2A:
                self._varint()
            size = self._varint()
            self.pos += -(-size * 8 // 7)
        elif token == 0xFD:
            self.pos += self._varint()
        else:
            return False
        return self.pos <= len(self.data)

    def _varint(self) -> int:
        number = 0
        for _ in range(10):
            if self.pos >= len(self.data):
                return 0
            byte = self.data[self.pos]
            self.pos += 1
            if byte & 0x80:
                return number << 6 | byte & 0x3F
            number = number << 7 | byte
        return 0

    def _take(self, size: int) -> str | None:
        piece = self.data[self.pos : self.pos + size]
        self.pos += size
        return text_of(piece) if len(piece) == size else None

    def _long(self) -> str | None:
        end = self.data.find(b"\xfc", self.pos)
        if end < 0:
            return None
        text = self._take(end - self.pos)
        self.pos = end + 1
        return text

    def _share(self, text: str | None, memory: list[str], *, shared: bool) -> str | None:
        if shared and text is not None:
            if len(memory) >= _SHARED:
                memory.clear()
            memory.append(text)
        return text

    def _append(self, name: str, pointer: str, text: str, begin: int, size: int) -> None:
        value = text if len(text) <= MAX_VALUE else None
        self.leaves.append(Leaf(name, pointer, value, begin, size, text.encode()))


def _recognise(data: bytes, _hint: str) -> int:
    return 98 if data[:3] == _HEAD and len(data) > 5 else 0


def _open(data: bytes, ask: Ask) -> Reading | None:
    reader = _Reader(data, ask.name)
    complete = reader.read()
    return Reading(leaves=reader.leaves, whole=complete) if reader.leaves else None


DECODER = Decoder(name="smile", reads="binary", recognise=_recognise, open=_open)
