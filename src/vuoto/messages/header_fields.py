"""Header fields of HTTP-like text protocols: RFC 9112 §5, read tolerantly (RFC 5322 §2.2 for the older habits).

Two ways: a fast one for blocks with CRLF line ends and a colon in each line, which keeps what it made of each line (the same
`Accept: */*` comes a hundred thousand times), and a slow one for everything else: LF-only line ends, folded lines (obs-fold),
lines without a colon, NUL and high bytes, a head that the capture cuts.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from vuoto.facts.messages import Section

MAX_HEAD = 256 * 1024
"""Bytes of one head: servers stop at 8 to 64 KiB. What stands beyond is still scanned, as bytes."""

_BLANK: Final = (b" ", b"\t")

_MAX_KEPT_LINE = 256
"""Longer lines (cookies, tokens) hardly ever repeat."""

_MAX_KEPT = 16_384
"""Lines kept: at most 8 MB. When full, all are forgotten; the outcome does not depend on it."""

_ROLES: Final[dict[bytes, str]] = {
    b"host": "host",
    b"content-length": "length",
    b"transfer-encoding": "coding",
    b"content-type": "type",
    b"content-encoding": "encoding",
    b"upgrade": "upgrade",
}
"""Fields that frame a message or say what its body claims to be."""

Roles = dict[str, list[bytes]]
"""Values of those fields, in order."""


class Field(NamedTuple):
    """What a line of a header block says, wherever it stands."""

    label: str
    name: str
    value: bytes
    shift: int
    role: str


class Fields:
    """Reads header blocks; `label` is what a person calls one line (`request header`)."""

    __slots__ = ("_kept", "_label")

    def __init__(self, label: str) -> None:
        self._label = label
        self._kept: dict[bytes, Field] = {}

    def read_block(self, block: bytes, offset: int, sections: list[Section]) -> Roles | None:
        """Appends a section per line of `block` (lines joined by CRLF, `offset` in the stream).

        `None`, with nothing appended, where a line is not `name: value`.
        """
        roles: Roles = {}
        kept = self._kept
        new = tuple.__new__
        before = len(sections)
        for line in block.split(b"\r\n"):
            known = kept.get(line)
            if known is None:
                known = self._read_line(line)
                if known is None:
                    del sections[before:]
                    return None
            label, name, value, shift, role = known
            sections.append(new(Section, (label, name, value, offset + shift, (), "")))
            if role:
                if role in roles:
                    roles[role].append(value)
                else:
                    roles[role] = [value]
            offset += len(line) + 2
        return roles

    def _read_line(self, line: bytes) -> Field | None:
        if b"\n" in line or b":" not in line or line[:1] in b" \t":
            return None
        made = self._field(line)
        if len(line) <= _MAX_KEPT_LINE:
            if len(self._kept) >= _MAX_KEPT:
                self._kept.clear()
            self._kept[line] = made
        return made

    def _field(self, line: bytes) -> Field:
        head, colon, tail = line.partition(b":")
        if not colon:
            return Field(self._label, "", line, 0, "")
        value = tail.lstrip(b" \t")
        shift = len(line) - len(value)
        name = head.strip()
        text = name.decode("latin-1")
        return Field(f"{self._label} {text}", text, value.rstrip(b" \t\r"), shift, _ROLES.get(name.lower(), ""))

    def read_slowly(self, data: bytes, at: int, end: int, sections: list[Section]) -> tuple[Roles, int, bool]:
        """The same, line by line from `data[at]` to an empty line: `(roles, offset after it, whether the empty line came)`."""
        roles: Roles = {}
        end = min(end, at + MAX_HEAD)
        first = len(sections)
        folded = 0  # where the continuation lines of the last field end; joined once, as there may be 80,000
        while at < end:
            stop = data.find(b"\n", at, end)
            after = end if stop < 0 else stop + 1
            line = data[at : end if stop < 0 else stop].rstrip(b"\r")
            if line[:1] in _BLANK and line and len(sections) > first:  # obs-fold, RFC 9112 §5.2
                folded = at + len(line)
                at = after
                continue
            if folded:
                _unfold(data, folded, sections, roles)
                folded = 0
            if not line:
                return roles, after, stop >= 0
            made = self._field(line)
            sections.append(Section(made.label, made.name, made.value, at + made.shift))
            if made.role:
                roles.setdefault(made.role, []).append(made.value)
            at = after
        if folded:
            _unfold(data, folded, sections, roles)
        return roles, at, False


def _unfold(data: bytes, end: int, sections: list[Section], roles: Roles) -> None:
    """Makes the last field reach to `end`, its line ends blanks: the same length, so that offsets still hold."""
    last = sections[-1]
    value = data[last.offset : end].replace(b"\r", b" ").replace(b"\n", b" ")
    sections[-1] = last._replace(data=value)
    role = _ROLES.get(last.name.lower().encode("latin-1"))
    if role is not None:
        roles[role][-1] = value.strip()
