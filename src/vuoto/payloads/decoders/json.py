"""JSON (RFC 8259): one document, several in sequence (NDJSON), JSONP, behind a guard or a length, or inside a longer text.

Numbers keep the digits that were sent; repeated members are all kept; true, false and null are nobody's data. A valid document
takes the fast path, whose parts have no position until `payloads.locate` asks the reader with positions.
"""

from __future__ import annotations

import json
import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Leaf, Reading
from vuoto.payloads.decoders.printable_runs import runs
from vuoto.payloads.json_documents import read_document
from vuoto.payloads.json_reader import Document, read
from vuoto.payloads.limits import MAX_PARTS, MAX_RUNS, MAX_TREE_DEPTH
from vuoto.payloads.meaning import text_of

_START: Final = re.compile(rb'[ \t\r\n]*(?:\{\s*(?:["}]|\\?$)|\[\s*(?:[\[{"\]\-0-9tfn]))')
_INSIDE: Final = re.compile(rb'\{\s{0,64}"|\[\s{0,64}[{"\[]')
# Nothing of it is taken back (`*+`), or the expression would keep half a kilobyte for each escape.
_STRING: Final = re.compile(rb'\s*"(?:[^"\\]++|\\.)*+"\s*\Z', re.DOTALL)
_NUMBERISH: Final = re.compile(rb"[ \t\r\n\x00]*(?=[{\[])")
_SEPARATORS: Final = b" \t\r\n,;\x00\x1e"


def _recognise(data: bytes, hint: str) -> int:
    first = data[:1]
    if first in (b"{", b"["):
        return 90 if _START.match(data) else 40
    if _START.match(data):
        return 90
    if first == b'"' and data.rstrip()[-1:] == b'"':
        return 60
    if _INSIDE.search(data, 0, 4096) or ("json" in hint and _INSIDE.search(data)):
        return 45
    return 0


def positions(data: bytes) -> list[Leaf]:
    """The leaves of the document that the fast path reads, with positions."""
    found = _NUMBERISH.match(data)
    return read(data, found.end()).leaves if found is not None else []


def _open(data: bytes, ask: Ask) -> Reading | None:
    if _NUMBERISH.match(data):
        try:
            return Reading(plain=read_document(data.decode(), ask.name), whole=True)
        except (ValueError, RecursionError):
            pass
    elif _STRING.match(data):
        return _string(data)
    return _sequence(data, ask)


def _string(data: bytes) -> Reading | None:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, str) or not value:
        return None
    begin = data.index(b'"') + 1
    return Reading(leaves=[Leaf("", "", value, begin, data.rindex(b'"') - begin)], whole=True)


def _sequence(data: bytes, ask: Ask) -> Reading | None:
    reading = Reading()
    pos = 0
    outside = 0
    documents: list[list[Leaf]] = []
    between: list[tuple[int, int]] = []
    read_to = 0
    # In a text, what opens like a document is one, even cut off; amid binary it must prove itself.
    trusted = text_of(data) is not None
    while len(documents) < MAX_PARTS:
        found = _NUMBERISH.match(data, pos)
        start = found.end() if found is not None and found.end() < len(data) and _START.match(data, found.end()) else -1
        if start < 0:
            inside = _INSIDE.search(data, pos)
            if inside is None:
                break
            start = inside.start()
        outside += len(data[pos:start].strip(_SEPARATORS))
        document = read(data, start, f"/{len(documents)}", ask.name)
        if document.deep and not reading.problems:
            reading.problems.append(f"json: nested deeper than {MAX_TREE_DEPTH} levels; what is below was passed over")
        pos = max(document.end, start + 1)
        if document.leaves and not (trusted or _believable(document, data)):
            outside += pos - start
            continue
        if document.leaves:
            documents.append(document.leaves)
            between.append((read_to, start))
            read_to = document.end
        if not (document.complete or document.deep) and (not document.leaves or len(documents) >= MAX_RUNS):
            outside += pos - start
            if len(documents) + outside > MAX_RUNS * 64:
                break
        while pos < len(data) and data[pos] in _SEPARATORS:
            pos += 1
    if not documents and not reading.problems:
        return None
    if len(documents) == 1:
        reading.leaves = [leaf._replace(pointer=leaf.pointer[2:]) for leaf in documents[0]]
    else:
        reading.leaves = [leaf for leaves in documents for leaf in leaves]
    if not trusted:  # what stands beside it in the binary is its header, or the rest of a record: text there counts as well
        for begin, end in (*between, (read_to, len(data))):
            reading.leaves += [leaf._replace(syntax="text") for leaf in runs(data, begin, end, ask.name)]
    outside += len(data) - pos
    # Guards and lengths before the document and a callback around it are short; anything longer is a text of its own.
    reading.whole = outside <= 16 + 8 * len(documents) or outside * 20 < len(data)
    return reading


def _believable(document: Document, data: bytes) -> bool:
    """Whether a document in the midst of binary is one: closed or with a name, and every value of it text."""
    if not document.complete and not document.leaves[0].name:
        return False
    return all(text_of(data[leaf.offset : leaf.offset + leaf.length]) is not None for leaf in document.leaves)


DECODER = Decoder(name="json", reads="any", begins=b"{[", recognise=_recognise, open=_open)
