"""The app behind each frame, as PCAPdroid writes it into its captures where "dump extensions" is on.

In pcap every packet gets an Ethernet header of zeros and a trailer behind it: magic number, user id, name of the app, check sum
(`pcap_dump.h` of PCAPdroid: `pcapdroid_trailer`; 32 bytes, 28 in its first versions). In pcapng a custom block per app
(enterprise number 62652) holds user id, package and name, and each packet a comment `u-<user id>`. The check sum is not verified:
editors of captures leave it as it was. What keeps a payload that looks like a trailer apart is that the trailer stands behind the
end of the IP packet, in a frame whose addresses are zeros.
"""

from __future__ import annotations

import re
import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vuoto.facts.app_tags import AppTag

ETHERNET: Final = 1
"""Link type of captures with trailers."""

LOOKED: Final = 64
"""First frames that are looked at: PCAPdroid tags all frames or none, but those that its snap length leaves no room to tag."""

MAX_APPS: Final = 4_096
"""Different apps kept per capture: a phone has some hundred, so more are made up."""

ENTERPRISE: Final = 62652
"""PCAPdroid's private enterprise number (IANA)."""

_MAGIC: Final = 0x01072021
_HEADER: Final = 14
_SIZES: Final = (32, 28)
_UNKNOWN: Final = -1
"""User id of a connection whose app Android did not tell."""

_VERSION, _UID_MAP = 1, 1
_COMMENT_OPTION, _FLAGS_OPTION = 1, 2
_COMMENT: Final = re.compile(rb"u-(-?\d{1,10})")
_LONGEST_COMMENT: Final = 16

Tagged = tuple[tuple[int, str], ...]
"""Rows and apps, as in `FrameBatch.apps`."""


def clean(name: bytes) -> str:
    """A name up to its first zero; a character that was cut off is left out, and one that cannot be shown is replaced."""
    raw = name.partition(b"\0")[0]
    for cut in range(4):  # UTF-8 has at most four bytes a character
        try:
            text = raw[: len(raw) - cut].decode()
            break
        except UnicodeDecodeError:
            continue
    else:
        text = raw.decode(errors="replace")
    return "".join(c if c.isprintable() else "\ufffd" for c in text).strip()


class Trailers:
    """Reads the trailers of a pcap's frames, if its first ones have any."""

    __slots__ = ("_known", "_looked", "_on")

    def __init__(self) -> None:
        self._known: dict[bytes, str] = {}
        self._on = False
        self._looked = 0

    def read(
        self, data: NDArray[np.uint8], start: NDArray[np.int64], caplen: NDArray[np.int64], linktype: NDArray[np.int32]
    ) -> Tagged:
        """The apps of one window's frames."""
        if not self._on:
            left = LOOKED - self._looked
            if left <= 0:
                return ()
            self._looked += len(start)
            self._on = bool(self._apps(data, start[:left], caplen[:left], linktype[:left]))
            if not self._on:
                return ()
        return self._apps(data, start, caplen, linktype)

    def _apps(
        self, data: NDArray[np.uint8], start: NDArray[np.int64], caplen: NDArray[np.int64], linktype: NDArray[np.int32]
    ) -> Tagged:
        found: list[tuple[int, str]] = []
        # The shortest packet is an IPv4 header.
        rows = np.flatnonzero((linktype == ETHERNET) & (caplen >= _HEADER + 20 + min(_SIZES)))
        if not len(rows) or len(data) < 8:
            return ()
        u16 = np.ndarray((len(data) - 1,), ">u2", data, strides=(1,))
        u32 = np.ndarray((len(data) - 3,), ">u4", data, strides=(1,))
        at, end = start[rows], start[rows] + caplen[rows]
        plain = (u32[at] == 0) & (u32[at + 4] == 0) & (u32[at + 8] == 0)
        rows, at, end = rows[plain], at[plain], end[plain]
        six = u16[at + 12] == 0x86DD
        length = np.where(six, u16[at + 18].astype(np.int64) + 40, u16[at + 16].astype(np.int64))
        for size in _SIZES:
            # The trailer is aligned to four bytes, so up to three zeros may stand before it.
            room = end - size - (at + _HEADER + length)
            mine = np.flatnonzero((room >= 0) & (room <= 3) & (u32[end - size] == _MAGIC) & (six | (u16[at + 12] == 0x0800)))
            for row, place in zip(rows[mine].tolist(), (end[mine] - size).tolist(), strict=True):
                app = self._app(data[place + 4 : place + size - 4].tobytes())
                if app:
                    found.append((row, app))
        return tuple(sorted(found))

    def _app(self, raw: bytes) -> str:
        app = self._known.get(raw)
        if app is None:
            uid = struct.unpack_from(">i", raw)[0]
            app = "" if uid == _UNKNOWN else AppTag(clean(raw[4:]), uid=uid).text()
            if len(self._known) < MAX_APPS:
                self._known[raw] = app
        return app


class Comments:
    """Reads the apps of a pcapng's packets from its custom blocks and comments."""

    __slots__ = ("_apps", "_known")

    def __init__(self) -> None:
        self._apps: dict[int, AppTag] = {}
        self._known: dict[bytes, str] = {}

    def take(self, body: memoryview, order: str) -> None:
        """Take a custom block's body (behind type and length), whoever wrote it."""
        if len(body) < 14 or struct.unpack_from(order + "I", body)[0] != ENTERPRISE:
            return
        version, kind = struct.unpack_from(order + "HB", body, 4)
        if (version, kind) != (_VERSION, _UID_MAP) or len(self._apps) >= MAX_APPS:
            return
        uid, package, label = struct.unpack_from(order + "iBB", body, 8)
        names = bytes(body[14 : 14 + package + label])
        if len(names) == package + label:
            self._apps[uid] = AppTag(clean(names[package:]), package=clean(names[:package]) or None, uid=uid)
            self._known.clear()

    def read(self, data: NDArray[np.uint8], behind: NDArray[np.int64], end: NDArray[np.int64], big: NDArray[np.bool_]) -> Tagged:
        """The apps of a window's packets, whose options begin at `behind` and end at `end` at the latest."""
        if not self._apps:
            return ()
        found: list[tuple[int, str]] = []
        rows = np.flatnonzero(end - behind >= 8)
        view = data.data
        heads = struct.Struct("<HH").unpack_from, struct.Struct(">HH").unpack_from
        for row, first, stop in zip(rows.tolist(), behind[rows].tolist(), end[rows].tolist(), strict=True):
            head = heads[int(big[row])]
            code, length = head(view, first)
            at = first
            if code == _FLAGS_OPTION and length == 4 and first + 12 <= stop:
                at = first + 8
                code, length = head(view, at)
            if code == _COMMENT_OPTION and length <= _LONGEST_COMMENT and at + 4 + length <= stop:
                app = self._app(bytes(view[at + 4 : at + 4 + length]))
                if app:
                    found.append((row, app))
        return tuple(found)

    def _app(self, comment: bytes) -> str:
        app = self._known.get(comment)
        if app is None:
            match = _COMMENT.fullmatch(comment)
            uid = int(match[1]) if match else _UNKNOWN
            app = "" if uid == _UNKNOWN else self._apps.get(uid, AppTag("", uid=uid)).text()
            if len(self._known) < MAX_APPS:
                self._known[comment] = app
        return app
