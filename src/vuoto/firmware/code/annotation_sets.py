"""Which classes have an annotation that says anything: most say that something is there (`@NonNull`), and hold no value.

Source: "Dalvik executable format", `annotations_directory_item`, `annotation_set_ref_list`, `annotation_set_item`,
`annotation_item`. All classes are followed at once, and nothing is read of a value; those that may hold one, and those that do
not lie whole inside the file, are left to `encoded.read_annotations`.
"""

from __future__ import annotations

import numpy as np

from vuoto.firmware.code.encoded import VISIBILITY_SYSTEM
from vuoto.firmware.code.leb128 import I64, U8, Mask


def worth_reading(data: bytes, directories: I64, passed_over: int, most: int) -> Mask:
    """Per directory: whether it may hold a value that counts, or is broken; all where there are more than `most` items."""
    octets = np.frombuffer(data, np.uint8)
    worth = np.zeros(len(directories), np.bool_)
    every = np.ones(len(directories), np.bool_)
    heads = [_words(octets, directories, 4 * place) for place in range(4)]
    worth |= heads[0][1] | heads[1][1] | heads[2][1] | heads[3][1]
    on_class, fields, methods, parameters = (np.where(worth, 0, words) for words, _ in heads)
    members = fields + methods
    if int(np.minimum(members + parameters, most + 1).sum()) > most:
        return every
    owners = np.flatnonzero(on_class)
    sets = [(owners, on_class[owners])]
    # Pairs of a member and the offset of its set, or for parameters of its list of sets.
    at, owner = _spread(directories + 16, members, 8)
    offsets, broken = _words(octets, at, 4)
    worth[owner[broken]] = True
    sets.append((owner[~broken], offsets[~broken]))
    at, owner = _spread(directories + 16 + 8 * members, parameters, 8)
    lists, broken = _words(octets, at, 4)
    worth[owner[broken]] = True
    owner, lists = owner[~broken], lists[~broken]
    sizes, broken = _words(octets, lists, 0)
    worth[owner[broken]] = True
    sizes = np.where(broken, 0, sizes)
    if int(np.minimum(sizes, most + 1).sum()) > most:
        return every
    at, which = _spread(lists + 4, sizes, 4)
    offsets, broken = _words(octets, at, 0)
    worth[owner[which[broken]]] = True
    kept = ~broken & (offsets > 0)
    sets.append((owner[which[kept]], offsets[kept]))
    owner, offset = (np.concatenate(column) for column in zip(*sets, strict=True))
    distinct, which = np.unique(offset, return_inverse=True)
    speaks = _set_speaks(octets, distinct, passed_over, most)
    if speaks is None:
        return every
    worth[owner[speaks[which]]] = True
    return worth


def _set_speaks(octets: U8, sets: I64, passed_over: int, most: int) -> Mask | None:
    """Per set: whether one of its annotations has an element, or is broken; `None` where there are too many."""
    sizes, speaks = _words(octets, sets, 0)
    sizes = np.where(speaks, 0, sizes)
    if int(np.minimum(sizes, most + 1).sum()) > most:
        return None
    at, owner = _spread(sets + 4, sizes, 4)
    items, broken = _words(octets, at, 0)
    speaks[owner[broken]] = True
    owner, items = owner[~broken], items[~broken]
    # Behind the visibility: the type, of five bytes at most, and the number of elements, whose first byte is 0 where it is none.
    last = len(octets) - 1
    there = items + 7 <= last
    kind = np.zeros(len(items), np.int64)
    place = items + 1
    more = there.copy()
    for turn in range(5):
        octet = octets[np.minimum(place, last)].astype(np.int64)
        kind = np.where(more, kind | (octet & 0x7F) << (7 * turn), kind)
        place += more
        more &= octet >= 0x80
    says = (octets[np.minimum(items, last)] != VISIBILITY_SYSTEM) & (kind & 0xFFFFFFFF != passed_over)
    says &= octets[np.minimum(place, last)] != 0
    speaks[owner[says | ~there]] = True
    return speaks


def _words(octets: U8, at: I64, beside: int) -> tuple[I64, Mask]:
    """The numbers of 32 bits at these offsets, and which of them lie beyond the file."""
    at = at + beside
    beyond = at + 4 > len(octets)
    at = np.where(beyond, 0, at)
    result = np.zeros(len(at), np.int64)
    for place in range(4 if len(octets) >= 4 else 0):
        result |= octets[at + place].astype(np.int64) << (8 * place)
    return result, beyond


def _spread(first: I64, sizes: I64, width: int) -> tuple[I64, I64]:
    """The offsets of items that follow each other from each of `first` on, and to which each belongs."""
    owner = np.repeat(np.arange(len(sizes)), sizes)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return first[owner] + width * within, owner
