"""Home-made text formats: `imei=…;mac=…`, `IMEI:…|ICCID:…`, `key: value` lines, tables with a header line, `$ID,…` sentences.

Each line is judged on its own: the separator that gives the most pairs wins. A line without pairs is a value of syntax `line`.
"""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Leaf, Reading
from vuoto.payloads.limits import MAX_PARTS, MAX_TEXT, MAX_VALUE
from vuoto.payloads.meaning import text_of

_KEY: Final = rb"[A-Za-z_$@+][A-Za-z0-9_.$\-\[\]]{0,63}(?: [A-Za-z0-9_#]{1,24}){0,2}"
_NO_ADDRESS: Final = rb"(?![0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}(?![\w:]))"
# The octets of a hardware address (IEEE 802) are no name and value: `f8:8f:ca:…`.
# A pair as a whole chunk. Quotes around either side belong to the format. `://` and times (`12:30`) are no pairs.
_PAIR: Final = re.compile(
    rb"""(?:[A-Za-z0-9_.]{0,64}[{(\[<])?[^A-Za-z0-9_$@+]*"""
    + _NO_ADDRESS
    + rb"""("""
    + _KEY
    + rb""")["']?\]?[ \t]*(?:=>|:=|=|:(?!//))[ \t]*(.*)""",
    re.DOTALL,
)
_SPACED: Final = re.compile(
    rb"""(?:^|(?<=[\s,;|(\[{<]))"""
    + _NO_ADDRESS
    + rb"""([A-Za-z_$@][A-Za-z0-9_.$\-]{0,63})(?:=|:(?!//))("[^"\r\n]*"|'[^'\r\n]*'|[^\s;,|&]+)"""
)
_TWO: Final = re.compile(rb"\s*([A-Za-z_$][A-Za-z0-9_.\-]{1,47})[ \t]+(?=\S*\d)(?![A-Za-z]{2,32}:)([^\s=,;|]{4,256})\s*\Z")
"""A name and a value with a digit in it, and nothing else on the line; `MAIL FROM:<…>` is a pair whose name has two words."""
_COMPARED: Final = re.compile(
    rb"""(?:^|(?<=[\s(]))([A-Za-z_$@][A-Za-z0-9_.$/\-]{0,63})[ ](?:eq|={1,2})[ ]("[^"\r\n]{1,256}"|'[^'\r\n]{1,256}')"""
)
"""A condition on one value: `SerialNumber eq 'R58…'` (OData 4.01 URL conventions §5.1.1), `WHERE imei = '35…'` (SQL)."""
_LAST: Final = re.compile(
    rb"""(?<=[\s(\[{])([A-Za-z_$@][A-Za-z0-9_.$\-]{1,47})[ \t]?[:=][ \t]{1,2}["']?([^\s,;|=:"']{4,64})["']?[\s,;|&]{1,4}\Z"""
)
"""A name and a value at the end of what stands before the first pair: `01-02 03:04:05 I Tag: boot: imei: 3520…, ` of a log."""
_SHORTEST_HEAD: Final = 8
"""Bytes before the first pair in which there may be one more."""
_MAX_HEAD: Final = 128
"""Bytes of it that are looked at: the longest such name and value."""
_SHORTEST_LEFT: Final = 12
"""Bytes between pairs that may hold a value: those of a hardware address without separators."""
_SHAPE: Final = re.compile(rb"[0-9]{14}|(?:[0-9A-Fa-f]{2}[:-]){5}|[\w.]@[\w-]|[0-9]{4}\.[0-9]{3,7},[NS],")
"""What values look like that nothing needs to name: long numbers, hardware addresses, mail addresses, positions."""
_POSITION: Final = re.compile(rb"[0-9]{4}\.[0-9]{3,7},[NS],[0-9]{5}\.[0-9]{3,7},[EW]")
"""Degrees and minutes as receivers write them (NMEA 0183), in four fields."""
_SCHEME: Final = re.compile(rb"(?:Digest|OAuth|Hawk)[ \t]+(?=[A-Za-z_]{1,32}=)", re.IGNORECASE)
"""Schemes of HTTP authentication whose parameters follow (RFC 9110 §11.4)."""
_CELL: Final = re.compile(rb"""\s*["']?[A-Za-z_$#][A-Za-z0-9_.$# \-/()]{0,63}["']?\s*""")
_DRAWN: Final = re.compile(rb"^[ \t]{0,8}[|+]?[ \t]{0,2}:?-{3,}[|+:\- \t]{0,512}\r?$", re.MULTILINE)
"""A rule of a table: `|---|:-:|`, `+----+---+`."""
_SENTENCE: Final = re.compile(rb"[$!+#*]{1,2}[A-Z][A-Za-z0-9_]{1,23}[,:]")
_RECEIVER: Final = re.compile(rb"\$[A-Z]{2}(?:RMC|GGA|GLL|GNS),[^*]{16,100}\*[0-9A-Fa-f]{2}\s*\Z")
"""A receiver's sentence of positions (NMEA 0183): its checksum is over the whole of it, so it is one value."""
_DATA_URL: Final = re.compile(rb"data:[A-Za-z0-9/+.\-]*")
_SEPARATORS: Final = (b";", b"|", b"\t", b"&", b",", b"~", b"^", b"\x1f", b"][", b")(")
_DOCUMENT: Final = re.compile(rb"\{\s{0,8}\"|\[\s{0,8}\{")
_QUOTES: Final = b"\"' \t"
_CLOSERS: Final = b"\"' \t\r})]>"
_OPENERS: Final = {ord("}"): ord("{"), ord(")"): ord("("), ord("]"): ord("["), ord(">"): ord("<")}


def _recognise(data: bytes, _hint: str) -> int:
    if len(data) < 5:
        return 0
    if any(mark in data for mark in (b"=", b":", b"\t", b",", b"|", b";")):
        return 20
    if b"\n" in data and b"  " in data:  # columns of a fixed width
        return 20
    return 20 if b" eq " in data and _COMPARED.search(data, 0, MAX_VALUE) else 0


def _open(data: bytes, ask: Ask) -> Reading | None:
    end = min(len(data), MAX_TEXT)
    lines: list[tuple[int, int]] = []
    pos = 0
    while pos < end and len(lines) <= MAX_PARTS:
        stop = data.find(b"\n", pos, end)
        if stop < 0:
            stop = end
        if stop > pos and data[pos:stop].strip():
            lines.append((pos, stop))
        pos = stop + 1
    table = _table(data, lines)
    if table is not None:
        return Reading(leaves=table, whole=True)
    leaves: list[Leaf] = []
    named = 0
    for start, stop in lines:
        found = _line(data, start, stop)
        named += len(found)
        if found:
            leaves += found
        else:
            leaves += _leaf(ask.name, "", data, start, stop, "line")
        if len(leaves) > MAX_PARTS:
            break
    return Reading(leaves=leaves, whole=named * 2 >= len(lines)) if named else None


def _leaf(name: str, pointer: str, data: bytes, start: int, stop: int, syntax: str = "text") -> list[Leaf]:
    piece = data[start:stop]
    begin = start + len(piece) - len(piece.lstrip(_QUOTES))
    piece = piece.strip(_QUOTES + b"\r")
    if not piece:
        return []
    if len(piece) > MAX_VALUE:
        return [Leaf(name, pointer or name, None, begin, len(piece), piece)]
    value = text_of(piece)
    if value is None:
        return []
    return [Leaf(name, pointer or name, value, begin, len(piece), None if value.isascii() else piece, syntax=syntax)]


def _line(data: bytes, start: int, stop: int) -> list[Leaf]:
    line = data[start:stop]
    document = _DOCUMENT.search(line)
    if document is not None:  # the rest of the line is JSON, read as such
        stop = start + document.start()
        line = data[start:stop]
    scheme = _SCHEME.match(line)
    if scheme is not None:
        start += scheme.end()
        line = data[start:stop]
    two = _TWO.match(line)
    if two is not None:
        return _found(data, start, line, [(*two.span(1), *two.span(2))])
    sentence = _SENTENCE.match(line)
    if sentence is not None and _RECEIVER.match(line):
        return []
    if sentence is not None:
        found = _sentence(data, start, stop, sentence.group()[:-1].decode("ascii"))
        if found:
            return found
    best: list[tuple[int, int, int, int]] = []
    for separator in _SEPARATORS:
        if separator in line:
            pairs = _pairs(line, separator)
            # Most chunks have to be pairs, so that a comma in a sentence or in a value does not cut.
            if len(pairs) > len(best) and len(pairs) * 2 > line.count(separator):
                best = pairs
    spaced = [(m.start(1), m.end(1), m.start(2), m.end(2)) for m in _SPACED.finditer(line[:MAX_VALUE])]
    if len(spaced) > max(len(best), 1):
        best = spaced
    if not best and not spaced and b" " in line:
        best = [(*m.span(1), *m.span(2)) for m in _COMPARED.finditer(line[:MAX_VALUE])]
    if not best:
        whole = _PAIR.fullmatch(line.rstrip(b"\r"))
        if whole is None or (len(whole.group(2).split()) > 12 and not spaced):
            return _found(data, start, line, spaced) + _unexplained(data, start, line, spaced) if spaced else []
        best = [(*whole.span(1), *whole.span(2))]
    if best[0][0] >= _SHORTEST_HEAD:
        last = _LAST.search(line, max(0, best[0][0] - _MAX_HEAD), best[0][0])
        if last is not None:
            best.insert(0, (*last.span(1), *last.span(2)))
    return _found(data, start, line, best) + _unexplained(data, start, line, best)


def _unexplained(data: bytes, start: int, line: bytes, pairs: list[tuple[int, int, int, int]]) -> list[Leaf]:
    """What stands between the pairs of a line, where it has the shape of a value: `encap:Ethernet  HWaddr 02:1a:…`."""
    leaves: list[Leaf] = []
    at = 0
    for begin, end in (*((pair[0], pair[3]) for pair in pairs), (len(line), 0)):
        if begin - at >= _SHORTEST_LEFT and _SHAPE.search(line, at, begin) is not None:
            leaves += _leaf("", "", data, start + at, start + begin, "line")
        at = end
    return leaves


def _found(data: bytes, start: int, line: bytes, pairs: list[tuple[int, int, int, int]]) -> list[Leaf]:
    leaves: list[Leaf] = []
    for key_start, key_end, value_start, value_end in pairs:
        name = line[key_start:key_end].decode("ascii")
        begin, end = value_start, _value_end(line, value_start, value_end)
        if name[-1] == "]" and line[key_start - 1 : key_start] == b"[" and line[value_start:end].startswith(b"["):
            name = name[:-1]  # `[ro.serialno]: [R58…]`, as Android's getprop prints its properties
            begin, end = value_start + 1, end - line[value_start:end].endswith(b"]")
        if line[begin:end].strip(b"= "):
            leaves += _leaf(name, name, data, start + begin, start + end)
    return leaves


def _value_end(line: bytes, start: int, end: int) -> int:
    """The end of the value without quotes and closing brackets, unless it opened them itself: `Nokia (7)`, `{…}`."""
    excess: dict[int, int] = {}
    while end > start and line[end - 1] in _CLOSERS:
        last = line[end - 1]
        opener = _OPENERS.get(last)
        if opener is not None:
            if last not in excess:
                excess[last] = line.count(last, start, end) - line.count(opener, start, end)
            if not excess[last]:
                break
            excess[last] -= 1
        end -= 1
    return end


def _pairs(line: bytes, separator: bytes) -> list[tuple[int, int, int, int]]:
    pairs: list[tuple[int, int, int, int]] = []
    pos = 0
    for chunk in line.split(separator):
        if pairs and chunk.startswith(b"base64,") and _DATA_URL.fullmatch(line, pairs[-1][2], pairs[-1][3]):
            pairs[-1] = (*pairs[-1][:3], pos + len(chunk))  # the `;` belongs to a data: URL (RFC 2397 §3)
            pos += len(chunk) + len(separator)
            continue
        found = _PAIR.fullmatch(chunk) if len(chunk) <= MAX_VALUE else None
        if found is not None and found.group(2).strip():
            pairs.append((pos + found.start(1), pos + found.end(1), pos + found.start(2), pos + found.end(2)))
        pos += len(chunk) + len(separator)
        if len(pairs) > MAX_PARTS:
            break
    return pairs


def _sentence(data: bytes, start: int, stop: int, name: str) -> list[Leaf]:
    """NMEA 0183 and trackers' protocols: an identifier, then fields in an order that only the format knows."""
    leaves: list[Leaf] = []
    pos = start + len(name) + 1
    number = 0
    while pos <= stop and number < 256:
        end = data.find(b",", pos, stop)
        if end < 0:
            end = stop
        number += 1
        pair = _PAIR.fullmatch(data[pos:end])
        if pair is not None and pair.group(2):
            leaves += _leaf(pair.group(1).decode("ascii"), f"{name}/{number}", data, pos + pair.start(2), end)
        else:
            leaves += _leaf(name.lstrip("$!+#*"), f"{name}/{number}", data, pos, end)
        pos = end + 1
    position = _POSITION.search(data, start, stop)
    if position is not None:
        leaves += _leaf(name.lstrip("$!+#*"), f"{name}/position", data, *position.span())
    return leaves if number >= 2 else []


def _table(data: bytes, lines: list[tuple[int, int]]) -> list[Leaf] | None:
    """CSV (RFC 4180, without quoted line breaks) or the like: a first line of labels, then lines of as many cells."""
    if len(lines) >= 2:
        lines = _without_frame(data, lines)
    if len(lines) < 2:
        return None
    head = data[lines[0][0] : lines[0][1]].rstrip(b"\r")
    if len(head) > MAX_VALUE or b"=" in head:
        return None
    for separator in (b"\t", b";", b"|", b","):
        labels = head.split(separator)
        if not 2 <= len(labels) <= 512 or not all(_CELL.fullmatch(label) for label in labels):
            continue
        leaves: list[Leaf] = []
        names = [label.strip(_QUOTES).decode("ascii") for label in labels]
        for row, (start, stop) in enumerate(lines[1:]):
            cells = _cells(data[start:stop].rstrip(b"\r"), separator)
            if len(cells) != len(labels):
                return None
            for name, (begin, end) in zip(names, cells, strict=True):
                leaves += _leaf(name, f"{row}/{name}", data, start + begin, start + end)
            if len(leaves) > MAX_PARTS:
                break
        if any(any(c.isdigit() for c in leaf.value or "") for leaf in leaves):
            return leaves
    return None


def _without_frame(data: bytes, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The lines of a table of Markdown (GitHub Flavored Markdown §4.10), or of a database's shell, without what is drawn."""
    if not _DRAWN.search(data, lines[0][0], lines[min(2, len(lines) - 1)][1]):
        return lines
    inside = []
    for start, stop in lines:
        line = data[start:stop]
        if line.strip(b" \t\r|+:=-"):  # or it is a rule between rows
            begin = start + len(line) - len(line.lstrip())
            line = line.strip()
            row = line.removeprefix(b"|")
            begin += len(line) - len(row)
            inside.append((begin, begin + len(row.removesuffix(b"|"))))
    return inside


def _cells(line: bytes, separator: bytes) -> list[tuple[int, int]]:
    cells: list[tuple[int, int]] = []
    pos = 0
    while True:
        end = line.find(separator, pos)
        if line[pos : pos + 1] == b'"':
            quote = line.find(b'"', pos + 1)
            while quote >= 0 and line[quote + 1 : quote + 2] == b'"':
                quote = line.find(b'"', quote + 2)
            end = line.find(separator, quote + 1) if quote >= 0 else end
        if end < 0 or len(cells) > 512:
            cells.append((pos, len(line)))
            return cells
        cells.append((pos, end))
        pos = end + 1


DECODER = Decoder(name="text", reads="text", recognise=_recognise, open=_open)
