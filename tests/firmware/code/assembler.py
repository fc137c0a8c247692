"""Builds small DEX files from text in a part of smali's notation, so that a test's input can be read and no compiler is needed.

The notation is described and read in `notation.py`, the instructions are those of `instructions.py`.
"""

from __future__ import annotations

import hashlib
import struct
import zlib

from firmware.code.instructions import FORMATS, UNITS
from firmware.code.notation import Class, FieldName, Method, MethodName, field_name, method_name, parse, types_of, unquote


def assemble(text: str, version: str = "035") -> bytes:
    """The DEX file that `text` describes, with valid checksum and sorted tables."""
    return Assembly(parse(text), version).build()


def container(*texts: str) -> bytes:
    """A file of version 041 that holds one header per text, each with data of its own; offsets count from the file's start."""
    parts: list[bytes] = []
    at = 0
    for text in texts:
        part = Assembly(parse(text), "041", base=at).build()
        part += bytes(-len(part) % 4)
        part = part[:32] + struct.pack("<I", len(part)) + part[36:]
        parts.append(part)
        at += len(part)
    begins = [sum(len(part) for part in parts[:index]) for index in range(len(parts))]
    return b"".join(p[:0x70] + struct.pack("<II", at, begin) + p[0x78:] for p, begin in zip(parts, begins, strict=True))


def uleb(value: int) -> bytes:
    out = bytearray()
    while True:
        out.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(out)


def mutf8(text: str) -> bytes:
    units = text.encode("utf-16-be", "surrogatepass")
    return b"".join(
        b"\xc0\x80" if unit == 0 else chr(unit).encode("utf-8", "surrogatepass") for (unit,) in struct.iter_unpack(">H", units)
    )


class Assembly:
    def __init__(self, classes: list[Class], version: str, base: int = 0) -> None:
        self.classes, self.version, self.base = classes, version, base
        self.header = 0x78 if version == "041" else 0x70
        strings: set[str] = set()
        types: set[str] = set()
        protos: set[str] = set()
        self.field_set: set[FieldName] = set()
        self.method_set: set[MethodName] = set()
        for one in classes:
            types |= {one.name, *([one.superclass] if one.superclass else []), *one.interfaces}
            for name, kind, _, value in one.fields:
                self.field_set.add(FieldName(one.name, name, kind))
                if isinstance(value, str):
                    strings.add(value)
            for method in one.methods:
                self.method_set.add(MethodName(one.name, method.name, method.proto))
                for head, rest in method.code:
                    self._collect(head, rest, strings, types, protos)
            for _, _, kind, element, value in one.annotations:
                types.add(kind)
                strings |= {element, value}
        for called in self.method_set:
            types.add(called.owner)
            strings.add(called.name)
            protos.add(called.proto)
        for item in self.field_set:
            types |= {item.owner, item.type}
            strings.add(item.name)
        for proto in protos:
            parameters, returned = types_of(proto)
            types |= {*parameters, returned}
            strings.add(self.shorty(proto))
        strings |= types
        # Sorted as the format demands: strings by their UTF-16 units, the rest by the indices they are made of.
        self.strings = sorted(strings, key=lambda s: s.encode("utf-16-be", "surrogatepass"))
        self.s = {s: i for i, s in enumerate(self.strings)}
        self.types = sorted(types, key=self.s.__getitem__)
        self.t = {t: i for i, t in enumerate(self.types)}
        self.protos = sorted(protos, key=lambda p: (self.t[types_of(p)[1]], [self.t[x] for x in types_of(p)[0]]))
        self.p = {p: i for i, p in enumerate(self.protos)}
        self.fields = sorted(self.field_set, key=lambda f: (self.t[f.owner], self.s[f.name], self.t[f.type]))
        self.f = {f: i for i, f in enumerate(self.fields)}
        self.methods = sorted(self.method_set, key=lambda m: (self.t[m.owner], self.s[m.name], self.p[m.proto]))
        self.m = {m: i for i, m in enumerate(self.methods)}

    @staticmethod
    def shorty(proto: str) -> str:
        parameters, returned = types_of(proto)
        return "".join("L" if kind[0] in "L[" else kind for kind in [returned, *parameters])

    def _collect(self, head: str, rest: str, strings: set[str], types: set[str], protos: set[str]) -> None:
        if head not in FORMATS:
            return
        form = FORMATS[head][1]
        operand = rest.rpartition("}, ")[2] if form[:3] in ("35c", "3rc") else rest.partition(", ")[2]
        if form == "45cc":
            name, _, proto = rest.rpartition("}, ")[2].partition(", ")
            self.method_set.add(method_name(name))
            protos.add(proto)
        elif form.endswith("string"):
            strings.add(unquote(operand))
        elif form.endswith("type"):
            types.add(operand.rpartition(", ")[2])
        elif form.endswith("field"):
            self.field_set.add(field_name(operand.rpartition(", ")[2]))
        elif form.endswith("method"):
            self.method_set.add(method_name(operand))

    def units(self, method: Method) -> tuple[list[int], list[tuple[int, int, int]]]:
        """The code, and begin, end and handler of what is caught."""
        labels: dict[str, int] = {}
        at = 0
        for head, rest in method.code:
            if head.startswith(":"):
                labels[head] = at
            elif head == ".units":
                at += len(rest.split())
            elif head != ".catchall":
                at += UNITS[FORMATS[head][1].partition("-")[0]]
        out: list[int] = []
        for head, rest in method.code:
            if head == ".units":
                out.extend(int(word, 0) for word in rest.split())
            elif not head.startswith((":", ".")):
                out.extend(self._instruction(head, rest, labels, len(out)))
        caught = [tuple(labels[word] for word in rest.split()) for head, rest in method.code if head == ".catchall"]
        return out, [(begin, end, handler) for begin, end, handler in caught]

    def _instruction(self, head: str, rest: str, labels: dict[str, int], at: int) -> list[int]:
        opcode, form = FORMATS[head]
        shape, _, refers = form.partition("-")
        if shape in ("35c", "3rc", "45cc"):
            inside, _, target = rest.partition("}, ")
            registers = [int(word.strip()[1:]) for word in inside[1:].replace(" .. ", ",").split(",") if word.strip()]
            if shape == "45cc":
                name, _, proto = target.partition(", ")
                return [*self._five(opcode, registers, self.m[method_name(name)]), self.p[proto]]
            index = self._index(refers, target)
            if shape == "3rc":
                return [opcode | (registers[-1] - registers[0] + 1) << 8, index, registers[0]]
            return self._five(opcode, registers, index)
        words = [word.strip() for word in rest.split(",", 1 if refers == "string" else -1)] if rest else []
        a = int(words[0][1:]) if words and words[0].startswith("v") else 0
        tail = words[-1] if words else ""
        match shape:
            case "10x":
                return [opcode]
            case "11x":
                return [opcode | a << 8]
            case "12x":
                return [opcode | a << 8 | int(tail[1:]) << 12]
            case "11n":
                return [opcode | a << 8 | (int(tail, 0) & 15) << 12]
            case "10t":
                return [opcode | ((labels[tail] - at) & 0xFF) << 8]
            case "22x":
                return [opcode | a << 8, int(tail[1:])]
            case "21s":
                return [opcode | a << 8, int(tail, 0) & 0xFFFF]
            case "31i":
                return [opcode | a << 8, int(tail, 0) & 0xFFFF, int(tail, 0) >> 16 & 0xFFFF]
            case "51l":
                return [opcode | a << 8, *(int(tail, 0) >> shift & 0xFFFF for shift in (0, 16, 32, 48))]
            case "21t":
                return [opcode | a << 8, (labels[tail] - at) & 0xFFFF]
            case "31t":
                return [opcode | a << 8, (labels[tail] - at) & 0xFFFF, (labels[tail] - at) >> 16 & 0xFFFF]
            case "23x":
                return [opcode | a << 8, int(words[1][1:]) | int(words[2][1:]) << 8]
            case "22s":
                return [opcode | a << 8 | int(words[1][1:]) << 12, int(tail, 0) & 0xFFFF]
            case "22b":
                return [opcode | a << 8, int(words[1][1:]) | (int(tail, 0) & 0xFF) << 8]
            case "22c":
                return [opcode | a << 8 | int(words[1][1:]) << 12, self._index(refers, tail)]
            case "21c":
                return [opcode | a << 8, self._index(refers, tail)]
            case _:
                index = self._index(refers, tail)
                return [opcode | a << 8, index & 0xFFFF, index >> 16]

    @staticmethod
    def _five(opcode: int, registers: list[int], index: int) -> list[int]:
        padded = [*registers, 0, 0, 0, 0, 0][:5]
        packed = padded[0] | padded[1] << 4 | padded[2] << 8 | padded[3] << 12
        return [opcode | padded[4] << 8 | len(registers) << 12, index, packed]

    def _index(self, refers: str, text: str) -> int:
        match refers:
            case "string":
                return self.s[unquote(text)]
            case "type":
                return self.t[text]
            case "field":
                return self.f[field_name(text)]
            case "method":
                return self.m[method_name(text)]
            case _:
                return int(text)

    def build(self) -> bytes:
        counts = (len(self.strings), len(self.types), len(self.protos), len(self.fields), len(self.methods), len(self.classes))
        sizes = (4, 4, 12, 8, 8, 32)
        begins, at = [], self.base + self.header
        for count, size in zip(counts, sizes, strict=True):
            begins.append(at)
            at += count * size
        self.data, self.data_start = bytearray(), at
        self.sections: dict[int, list[int]] = {}
        # One kind of item after the other, as the map demands.
        lists = {proto: self._list(types_of(proto)[0]) for proto in self.protos}
        interfaces = [self._list(one.interfaces) for one in self.classes]
        codes = [[self._code(method) for method in one.methods] for one in self.classes]
        members = [self._members(one, code) for one, code in zip(self.classes, codes, strict=True)]
        values = [self._values(one) for one in self.classes]
        annotations = self._annotations()
        defs = b"".join(
            struct.pack(
                "<8I",
                self.t[one.name],
                one.access,
                self.t[one.superclass] if one.superclass else 0xFFFFFFFF,
                interfaces[row],
                0xFFFFFFFF,
                annotations[row],
                members[row],
                values[row],
            )
            for row, one in enumerate(self.classes)
        )
        string_offsets = [
            self._put(uleb(len(s.encode("utf-16-le", "surrogatepass")) // 2) + mutf8(s) + b"\0", 0x2002) for s in self.strings
        ]
        tables = b"".join(
            (
                struct.pack(f"<{len(self.strings)}I", *string_offsets),
                struct.pack(f"<{len(self.types)}I", *(self.s[t] for t in self.types)),
                b"".join(struct.pack("<III", self.s[self.shorty(p)], self.t[types_of(p)[1]], lists[p]) for p in self.protos),
                b"".join(struct.pack("<HHI", self.t[f.owner], self.t[f.type], self.s[f.name]) for f in self.fields),
                b"".join(struct.pack("<HHI", self.t[m.owner], self.p[m.proto], self.s[m.name]) for m in self.methods),
                defs,
            )
        )
        map_at = self._map(counts, begins)
        pairs = [word for count, begin in zip(counts, begins, strict=True) for word in (count, begin if count else 0)]
        size = self.header + len(tables) + len(self.data)
        words = [size, self.header, 0x12345678, 0, 0, map_at, *pairs, len(self.data), self.data_start]
        body = struct.pack("<20I", *words) + bytes(self.header - 0x70) + tables + bytes(self.data)
        signed = hashlib.sha1(body).digest() + body  # the format's own signature
        return b"dex\n" + self.version.encode() + b"\0" + struct.pack("<I", zlib.adler32(signed)) + signed

    def _put(self, raw: bytes, kind: int, align: int = 1) -> int:
        self.data += bytes(-(self.data_start + len(self.data)) % align)
        at = self.data_start + len(self.data)
        self.data += raw
        self.sections.setdefault(kind, []).append(at)
        return at

    def _list(self, kinds: list[str]) -> int:
        if not kinds:
            return 0
        return self._put(struct.pack(f"<I{len(kinds)}H", len(kinds), *(self.t[k] for k in kinds)), 0x1001, 4)

    def _map(self, counts: tuple[int, ...], begins: list[int]) -> int:
        at = self._put(b"", 0x1000, 4)
        rows = [(kind, count, begin) for kind, (count, begin) in enumerate(zip(counts, begins, strict=True), 1) if count]
        rows = [(0, 1, self.base), *rows, *((kind, len(items), items[0]) for kind, items in self.sections.items())]
        self.data += struct.pack("<I", len(rows)) + b"".join(
            struct.pack("<HHII", kind, 0, count, begin) for kind, count, begin in rows
        )
        return at

    def _members(self, one: Class, codes: list[int]) -> int:
        members: list[bytes] = []
        counts = []
        accesses = {self.f[FieldName(one.name, n, k)]: access for n, k, access, _ in one.fields}
        for static in (True, False):
            fields = sorted(index for index, access in accesses.items() if bool(access & 8) is static)
            counts.append(len(fields))
            members.extend(uleb(b - a) + uleb(accesses[b]) for a, b in zip([0, *fields], fields, strict=False))
        for direct in (True, False):
            rows = [
                (self.m[MethodName(one.name, m.name, m.proto)], m.access, code)
                for m, code in zip(one.methods, codes, strict=True)
                if bool(m.access & 0x1000A) is direct
            ]
            counts.append(len(rows))
            last = 0
            for index, access, code in sorted(rows):
                members.append(uleb(index - last) + uleb(access) + uleb(code))
                last = index
        return self._put(b"".join([*(uleb(count) for count in counts), *members]), 0x2000) if any(counts) else 0

    def _code(self, method: Method) -> int:
        units, caught = self.units(method)
        if not units:
            return 0
        parameters, _ = types_of(method.proto)
        ins = sum(2 if kind in "JD" else 1 for kind in parameters) + (0 if method.access & 8 else 1)
        registers = max(method.registers, ins)
        code = struct.pack(f"<4HII{len(units)}H", registers, ins, 5, len(caught), 0, len(units), *units)
        if caught:
            # The list of handlers: how many, then for each no typed ones and the address of the one for everything.
            handlers = [uleb(len(caught))]
            code += bytes(len(code) & 2)
            for begin, end, handler in caught:
                code += struct.pack("<IHH", begin, end - begin, sum(map(len, handlers)))
                handlers.append(b"\0" + uleb(handler))
            code += b"".join(handlers)
        return self._put(code, 0x2001, 4)

    def _encoded(self, value: str | int | None) -> bytes:
        if isinstance(value, str):
            return b"\x77" + struct.pack("<I", self.s[value])
        return b"\x64" + struct.pack("<i", value) if isinstance(value, int) else b"\x1e"

    def _values(self, one: Class) -> int:
        static = {self.f[FieldName(one.name, n, k)]: value for n, k, access, value in one.fields if access & 8}
        if all(value is None for value in static.values()):
            return 0
        return self._put(uleb(len(static)) + b"".join(self._encoded(static[index]) for index in sorted(static)), 0x2005)

    def _annotations(self) -> list[int]:
        items: dict[tuple[int, str, int], list[int]] = {}
        for row, one in enumerate(self.classes):
            for target, name, kind, element, value in one.annotations:
                index = 0
                if target == "method":
                    index = self.m[method_name(f"{one.name}->{name}")]
                elif target == "field":
                    index = self.f[field_name(f"{one.name}->{name}")]
                item = b"\x01" + uleb(self.t[kind]) + b"\x01" + uleb(self.s[element]) + self._encoded(value)
                items.setdefault((row, target, index), []).append(self._put(item, 0x2004))
        sets = {
            key: self._put(struct.pack(f"<I{len(offsets)}I", len(offsets), *offsets), 0x1003, 4) for key, offsets in items.items()
        }
        result = []
        for row, one in enumerate(self.classes):
            if not one.annotations:
                result.append(0)
                continue
            on = {
                target: sorted((i, at) for (r, t, i), at in sets.items() if (r, t) == (row, target))
                for target in ("field", "method")
            }
            head = struct.pack("<4I", sets.get((row, "class", 0), 0), len(on["field"]), len(on["method"]), 0)
            pairs = b"".join(struct.pack("<2I", *pair) for pair in (*on["field"], *on["method"]))
            result.append(self._put(head + pairs, 0x2006, 4))
        return result
