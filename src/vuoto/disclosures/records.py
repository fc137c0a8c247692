"""Values that nothing names, in one record: checked identifiers of different kinds side by side speak for each other.

`REGREQ|3520…|02:1a:…|24201…|1.0` has no names, but a telephone's number, a subscription's and a radio's in one line are no order
numbers. A record is a line of fields with separators between, a list, an object whose names say nothing, the strings of a binary
message near each other. One that holds a number as long as an IMEI which is neither that nor an IMSI is a row of numbers.

An IMSI has no check digit, and a quarter of all numbers begin with a country of its plan: beside one other number it counts only
where the name of a network or of a maker of telephones, its network's own number, or a value of a third kind in the same message
speaks for it. So does a pair in a line that begins with a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from vuoto.disclosures.identifier import Identifier, Reading
from vuoto.disclosures.judging import Judgement
from vuoto.disclosures.operators import is_operator
from vuoto.disclosures.places import is_loose
from vuoto.disclosures.weighing import Candidate
from vuoto.facts.parts import Layer, Opened, Part

ASKING: Final = frozenset(("imei", "iccid"))
"""Kinds of which one must be there: their check digit alone is not enough, but no kind of the others has one."""

MOST_FIELDS: Final = 64
"""Fields of a record; what has more is a table or a text."""

MOST_DEVICES: Final = 4
"""Different IMEIs and ICCIDs in one message that records may tell: a telephone has two of each, a table of others more."""

LONGEST_LINE: Final = 2_048
"""Characters of a line that is looked at."""

SHORT_TEXT: Final = 512
"""Characters of a text whose lines are one record where each holds one field."""

NEAR: Final = "@"
"""The group of the strings of a binary message: each has those near it as its record."""

_REACH: Final = 256
"""Bytes before and after a string of a binary message within which others belong to the same record."""

_TYPE_ALLOCATION: Final = ("35", "86", "010", "011", "012", "013", "014", "015", "016", "001", "0044", "004999", "990")
"""First digits of the type allocation codes of nearly all telephones (GSMA TS.06): the check holds for one other in ten."""

_DATED: Final = re.compile(r"\W{0,2}(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?!\d)", re.ASCII)
"""How a line of a log or of a table of what happened begins: with the day."""

_JOINTS: Final = r"|_(?=\d{15}(?!\d)|[0-9A-Fa-f]{2}:)|(?<=\d{15})_"
"""An underscore counts only beside what could be one of the values: names have them too."""

_SEPARATORS: Final = re.compile(r"\s*[|;,\t\r\n#$~^&=\x1e\x1f\x00\[\](){}<>\"']\s*" + _JOINTS)
_BLANKS: Final = re.compile(r"\s+" + _JOINTS)
_WORD: Final = re.compile(r"(?<![^\s,;|])[A-Za-z]{2,}(?![^\s,.;:|])")
_MOST_WORDS: Final = 2
"""Words in a line of fields with blanks between: one with more is a sentence."""

_MUTE: Final = re.compile(
    r"[A-Za-z]{0,2}\d{0,3}|(?:arg|param|field|col|column|val|value|item|data|extra|ext|text|str|body|line|msg|content)s?_?\d{0,3}",
    re.IGNORECASE,
)
"""Names that say nothing of what stands under them."""

_MAKERS: Final = re.compile(
    r"(?<![a-z])(?:alcatel|blackberry|fairphone|hmd|honor|htc|huawei|infinix|iphone|itel|lenovo|lge|meizu|motorola|nokia"
    r"|oneplus|oppo|quectel|realme|redmi|samsung|simcom|sony|tecno|telit|u-blox|ulefone|vivo|wiko|xiaomi|zte)"
    r"(?![a-z])",
    re.IGNORECASE,
)
"""Who makes telephones and modems, as `Build.BRAND` has it: no register, and never more than one witness of three.
Makers whose names are words of other things too (apple, google, nothing) are left out."""

_ADDRESS: Final = re.compile(r"[0-9A-Fa-f]{2}([:-])[0-9A-Fa-f]{2}(?:\1[0-9A-Fa-f]{2}){4}")
_WORDS: Final = {"imei": "an IMEI", "iccid": "an ICCID", "imsi": "an IMSI", "mac_address": "a hardware address"}
_TREES: Final = frozenset(("json", "msgpack", "cbor", "smile", "bson", "plist", "php"))


class Field(NamedTuple):
    """One field of a record."""

    text: str
    part: Part | None
    layer: Layer
    start: int
    """Where in the part's value, or in the layer, it begins."""

    length: int
    """How many characters it takes there; -1 for the whole value of the part."""


class Records:
    """Looks for records around the values of one message that nothing names."""

    def __init__(self, identifiers: Sequence[Identifier]) -> None:
        self._by_kind = {i.kind: i for i in identifiers if i.kind in _WORDS}

    def corroborated(self, one: Opened, unnamed: Iterable[Candidate]) -> list[Candidate]:
        """The values of `one` that their neighbours make likely, from the shapes found where nothing names them. Linear."""
        found: list[Candidate] = []
        unnamed = list(unnamed)
        told = {(judgement.kind, judgement.value) for judgement, *_ in unnamed if judgement.checked and judgement.kind in _WORDS}
        siblings: dict[tuple[int, str], list[Part]] | None = None
        near = 0
        done: set[tuple[int, int | str]] = set()
        for candidate in unnamed:
            judgement, layer, part, *_ = candidate
            if judgement.kind not in ASKING or judgement.certainty != "possible":
                continue
            whole = part is not None and judgement.length in (-1, len(part.value)) and len(part.value) == len(part.value.strip())
            if part is not None and whole:
                group = _group(part)
                if group is None or (id(layer), group) in done or near > MOST_FIELDS:
                    continue
                if group == NEAR:
                    near += 1
                else:
                    done.add((id(layer), group))
                if siblings is None:
                    siblings = _siblings(one.parts)
                fields = _near(part, siblings.get((id(layer), group), []))
            else:
                text = part.value if part is not None else layer.data.decode("latin-1")
                begin, end = _line(text, judgement.start)
                if (id(part or layer), begin) in done:
                    continue
                done.add((id(part or layer), begin))
                fields = list(_fields(text, begin, end, part, layer))
            found += self._judged(fields, told)
        devices = {(c.judgement.kind, c.judgement.value) for c in found if c.judgement.kind in ASKING}
        return found if len(devices) <= MOST_DEVICES else []

    def _judged(self, fields: list[Field], told: set[tuple[str, str]]) -> list[Candidate]:
        if len(fields) > MOST_FIELDS:
            return []
        read: list[tuple[str, Reading, Field]] = []
        for field in fields:
            known = self._read(field.text)
            if known is not None:
                read.append((*known, field))
            elif _is_row_number(field.text):
                return []
        values: dict[str, set[str]] = {}
        for kind, reading, _ in read:
            values.setdefault(kind, set()).add(reading.value)
        if len(values) < 2 or values.keys().isdisjoint(ASKING):
            return []
        if len(values.get("mac_address", ())) > 1:  # its own, or those around it
            del values["mac_address"]
        if len(values) < 2 or any(len(of_kind) > 2 for of_kind in values.values()):
            return []
        weak = "imsi" in values or ("iccid" not in values and _DATED.match(fields[0].text) is not None)
        own = frozenset().union(*values.values())
        third = any(kind not in values and value not in own for kind, value in told)
        if len(values) == 2 and weak and not third and not _is_mobile(fields, values.get("imsi", ())):
            return []
        found = []
        for kind, reading, field in read:
            if kind not in values:
                continue
            beside = " and ".join(_WORDS[k] for k in sorted(values) if k != kind)
            why = f"{reading.why}; no name says so, but {beside} stands beside it in the same record"
            judgement = Judgement(kind, reading.value, "likely", why, field.start, field.length, checked=True)
            found.append(Candidate(judgement, field.layer, field.part, field.part is None or is_loose(field.part)))
        return found

    def _read(self, text: str) -> tuple[str, Reading] | None:
        """What a field is, by its value alone."""
        size = len(text)
        if size == 15 and text.isascii() and text.isdigit():
            reading = self._by_kind["imei"].read(text)
            if reading is not None and reading.check == "holds" and text.startswith(_TYPE_ALLOCATION):
                return "imei", reading
            if text.startswith("35"):  # codes of the Caribbean; but here rather a number that fails the check of an IMEI
                return None
            kind = "imsi"
        elif 19 <= size <= 20:
            kind = "iccid"
        elif size == 17 and _ADDRESS.fullmatch(text):
            kind = "mac_address"
        else:
            return None
        reading = self._by_kind[kind].read(text)
        return (kind, reading) if reading is not None and reading.check == "holds" else None


def _is_row_number(text: str) -> bool:
    return len(text) == 15 and text.isascii() and text.isdigit()


def _is_mobile(fields: Iterable[Field], subscriptions: Iterable[str]) -> bool:
    """Whether something in the record other than the numbers says that it is about a telephone in a network."""
    networks = {imsi[:n] for imsi in subscriptions for n in (5, 6)}
    for field in fields:
        text = field.text.strip()[:64]
        if text in networks or (len(text) > 2 and is_operator(text)) or _MAKERS.search(text):
            return True
    return False


def _group(part: Part) -> str | None:
    """Which record a whole value belongs to, within its layer; `None` where it has a name that says something else."""
    pointer = part.pointer
    if part.syntax == "protobuf":
        return pointer.rpartition(".")[0]
    if part.syntax == "text" and pointer.startswith(NEAR):
        return NEAR
    if part.syntax in _TREES:
        parent, _, last = pointer.rpartition("/")
        return parent if last.isdigit() or _MUTE.fullmatch(part.name) else None
    if part.syntax in ("form", "query", "xml", "multipart"):
        return part.syntax if _MUTE.fullmatch(part.name) else None
    return None


def _siblings(parts: Iterable[Part]) -> dict[tuple[int, str], list[Part]]:
    found: dict[tuple[int, str], list[Part]] = {}
    for part in parts:
        group = _group(part)
        if group is not None:
            found.setdefault((id(part.layer), group), []).append(part)
    return found


def _near(part: Part, others: list[Part]) -> list[Field]:
    if part.syntax == "text":
        low, high = part.offset - _REACH, part.offset + _REACH
        others = [other for other in others if low <= other.offset <= high]
    if len(others) > MOST_FIELDS:
        return []
    return [Field(other.value.strip(), other, other.layer, 0, -1) for other in others]


def _line(text: str, at: int) -> tuple[int, int]:
    """The line around `at`; the whole of a short text whose lines are single fields."""
    begin = max(text.rfind("\n", max(0, at - LONGEST_LINE), at), text.rfind("\r", max(0, at - LONGEST_LINE), at)) + 1
    ends = [end for end in (text.find("\n", at, at + LONGEST_LINE), text.find("\r", at, at + LONGEST_LINE)) if end >= 0]
    begin, end = max(begin, at - LONGEST_LINE, 0), min(ends, default=min(len(text), at + LONGEST_LINE))
    if len(text) <= SHORT_TEXT and not _SEPARATORS.search(text[begin:end].strip()):
        return 0, len(text)
    return begin, end


def _fields(text: str, begin: int, end: int, part: Part | None, layer: Layer) -> Iterator[Field]:
    line = text[begin:end]
    blanks = len(_WORD.findall(line)) <= _MOST_WORDS and not any(mark in line for mark in "|;,\t#$~^&=")
    at = 0
    for separator in (*(_BLANKS if blanks else _SEPARATORS).finditer(line), None):
        stop = len(line) if separator is None else separator.start()
        if stop > at:
            yield Field(line[at:stop], part, layer, begin + at, stop - at)
        at = stop if separator is None else separator.end()
