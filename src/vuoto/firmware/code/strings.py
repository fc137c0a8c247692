"""The strings of a DEX file, from modified UTF-8.

Source: "Dalvik executable format", MUTF-8: U+0000 is written `C0 80`, so that a zero byte ends the string; characters beyond
U+FFFF are two surrogates of three bytes each. What is not valid becomes U+FFFD, as facts must be writable as UTF-8.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from vuoto.facts.problems import Problem
from vuoto.firmware.code.header import Section

# Strings of a whole file lie side by side, so together they are shorter than it. Offsets into the same long string could make
# them quadratic: what they hold together is bounded by twice the file.
OVERLAP: Final = 2


def read_strings(data: bytes, section: Section, where: str) -> tuple[list[str], list[Problem]]:
    """Every string by its index; the empty string stands for one that cannot be read. Linear in the file."""
    if not section.count:
        return [], []
    problems: list[Problem] = []
    offsets = np.frombuffer(data, "<u4", section.count, section.offset).astype(np.int64)
    inside = offsets < len(data)
    if not inside.all():
        problems.append(Problem(where=where, what=f"{int((~inside).sum()):,} strings lie beyond the end of the file"))
        if not inside.any():
            return [""] * section.count, problems
    low = int(offsets[inside].min())
    octets = np.frombuffer(data, np.uint8, offset=low)
    # Only the stretch of the string data is searched for zeros: the code behind it is full of them.
    stop = data.find(b"\0", int(offsets[inside].max()))
    if stop < 0:
        problems.append(Problem(where=where, what="a string is cut off at the end of the file"))
        stop = len(data)
    octets = octets[: stop - low + 1]
    zeros = np.append(np.flatnonzero(octets == 0), stop - low) + low
    offsets = np.where(inside, offsets, stop)
    # The length in UTF-16 units stands before the characters as ULEB128. It may itself be the byte 0, of the empty string.
    begins = offsets.copy()
    for _ in range(5):
        begins += octets[np.minimum(begins, stop - 1) - low] >= 0x80 if stop > low else 0
    begins = np.minimum(begins + 1, stop)
    ends = zeros[np.minimum(np.searchsorted(zeros, begins), len(zeros) - 1)]
    sizes = np.maximum(ends - begins, 0)
    total = np.cumsum(sizes)
    fits = int(np.searchsorted(total, OVERLAP * len(data), side="right"))
    if fits < section.count:
        problems.append(Problem(where=where, what=f"strings overlap: {fits:,} of {section.count:,} are read"))
    begins, ends = begins[:fits], ends[:fits]
    # Nearly all are ASCII: they are cut from one text; the others are read again, each by itself.
    whole = octets.tobytes().decode("latin-1")
    result = [whole[a:b] for a, b in zip((begins - low).tolist(), (ends - low).tolist(), strict=True)]
    high = np.flatnonzero(octets >= 0x80)
    others = np.flatnonzero(np.searchsorted(high, begins - low) < np.searchsorted(high, ends - low))
    for at in others.tolist():
        result[at] = _text(data[int(begins[at]) : int(ends[at])])
    result.extend([""] * (section.count - fits))
    return result, problems


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        pass
    try:
        loose = raw.replace(b"\xc0\x80", b"\0").decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace")
    return loose.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
