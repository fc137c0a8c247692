"""The words of names: how a name is cut into them, and which of them leave its meaning as it is or change it."""

from __future__ import annotations

import re
from typing import Final

LONGEST_NAME: Final = 128
"""Characters of a name that are looked at; longer ones are not names but values."""

MOST_WORDS: Final = 12
"""Words of a name that are looked at: matching is quadratic in them."""

IN_LIST: Final = "[]"
"""Stands behind the name of a group that is a list."""

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\x00-\x7f]+")


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


NEUTRAL: Final = _words(
    "x http device dev phone sim slot card primary secondary second my user client mobile android ios app hw hardware",
    "current cur value val str string param raw plain enc encoded encrypted hash hashed md sha base b hex lower upper list",
    "array info data sub subscriber subscription lte gsm cdma wcdma umts nr g esim uicc modem radio telephony tel wifi wlan",
    "get property prop ro persist custom meta metadata extra ext system sys the main original origin physical local net",
    "network terminal handset mobileterminal own self unique number text s sz d p c m i u all default last input header field",
    "key common base64 attr attribute tag customer sdk google apple identifier identifiers ids en nic iface adapter eth",
    "sha1 sha256 md5 first secure settings mtk qti oem k one two tm 号 码 号码",
)
"""Words that leave a name's meaning as it is."""

_JOINED: Final = _words(
    "device dev phone sim user client mobile android lte gsm cdma wcdma umts md5 sha1 wifi wlan raw modem sha256 hash",
    "hashed str value list base64 terminal sub current",
)
PEELED: Final = tuple(sorted(_JOINED, key=lambda word: (-len(word), word)))
"""Neutral words that are taken off a word that is written together: `lteimsi`."""

SLOTS: Final = _words("slot sim card primary secondary first second")
"""Words of names that tell one of several apart and nothing else: the group's name says what it is (`{"imsi": {"slot0": …}}`)."""

ELSEWHERE: Final = _words(
    "audio video camera input output media usb pci display gpu block storage print printer vendor product class interface",
    "parent bus midi speaker microphone sound capture",
)
"""Words that make a `device id` that of a part or of another thing than the telephone."""

ABOUT: Final = _words(
    "count total length len size index type kind format status state flag enabled valid verified permission has is error",
    "time date interval version name label request",
)
"""Words that make a name speak of a value rather than hold it."""

PLACES: Final = _words(
    "location loc geo gps position place pickup home start end center point coord coords wgs gcj bd amap gaode baidu cell",
    "fused work dest destination from to fix taken",
)
"""Words that say of which place a latitude or a longitude is; both halves of a pair share them."""

MACHINES: Final = _words("host hostname node worker server uri url sip jid package dependency version from repo")
"""Words of names whose value may look like a person's address and is a machine's or a program's."""

LABELS: Final = _words("type kind idtype id_type idkind label param")
"""Names of fields whose value names the one beside it."""

LABELLED: Final = _words("value val v id identifier content number idvalue id_value idval")
"""Names of the fields beside them."""

HEADINGS: Final = _words(
    "columns columnnames column_names cols header headers heading headings fields fieldnames field_names keys names labels",
    "schema titles",
)
"""Names of lists whose members name the columns of the rows beside them."""


def split_name(name: str) -> tuple[str, ...]:
    """The words of a name, lower case."""
    return tuple(w.lower() for w in _WORD.findall(name[:LONGEST_NAME])[:MOST_WORDS])


def are_neutral(words: tuple[str, ...]) -> bool:
    """Whether none of the words, which may be none, changes what a name means."""
    return all(w in NEUTRAL or w.isdigit() for w in words)


def group_of(pointer: str) -> str:
    """The name of the group in which the field at `pointer` stands: the last component before its own that is no number.

    `IN_LIST` follows it where the group is a list: `/wifi/0/mac` is one of several networks, `/wifi/mac` the device's own.
    """
    listed = ""
    for component in reversed(pointer.split("/")[:-1][-4:]):
        if component and not component.isdigit():
            return component[:LONGEST_NAME] + listed
        listed = IN_LIST
    return ""
