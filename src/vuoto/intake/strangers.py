"""What a file is that is no capture we read, so that the error can say the next step."""

from __future__ import annotations

import re
from typing import Final

_CONVERT: Final = "Convert it with `editcap -F pcapng IN OUT` (it comes with Wireshark) and give the result"
_UNPACK: Final = "Unpack it and give the capture inside"
_NO_CAPTURE: Final = "Give a capture: pcap, pcapng or HAR, plain or compressed with gzip, zstd, xz or lz4"

# (offset, bytes, what it is, next step). Capture formats: the magic numbers that Wireshark's wiretap lists; others: file(1).
_MAGICS: Final = (
    (0, b"snoop\0\0\0", "a Solaris snoop capture", _CONVERT),
    (0, b"btsnoop\0", "a Bluetooth HCI log (btsnoop), which holds no network traffic", _NO_CAPTURE),
    (0, b"GMBU", "a Microsoft Network Monitor 2 capture", _CONVERT),
    (0, b"RTSS", "a Microsoft Network Monitor 1 capture", _CONVERT),
    (0, b"TRSNIFF data    \x1a", "a Sniffer capture", _CONVERT),
    (0, b"XCP\0", "a Sniffer for Windows or NetXRay capture", _CONVERT),
    (0, b"iptrace ", "an AIX iptrace capture", _CONVERT),
    (0, b"\x7fver", "an OmniPeek capture", _CONVERT),
    (0, b"\x05VNF", "a Visual Networks capture", _CONVERT),
    (0, b"\x00\x00\x02\x00\x12\x05\x00\x10", "a Tektronix K12 capture", _CONVERT),
    (0, b"\x1c\x00\x01\xac", "an Ixia capture", _CONVERT),
    (0, b"\xac\x01\x00\x1c", "an Ixia capture", _CONVERT),
    (0, b"\x1c\x00\x01\xab", "an Ixia capture", _CONVERT),
    (0, b"\xab\x01\x00\x1c", "an Ixia capture", _CONVERT),
    (0, b"PK\x03\x04", "a ZIP archive", _UNPACK),
    (0, b"PK\x05\x06", "an empty ZIP archive", _UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (0, b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (257, b"ustar", "a tar archive", _UNPACK),
    (0, b"BZh", "compressed with bzip2", "Unpack it with `bunzip2` and give the capture inside"),
    (0, b"\x02\x21\x4c\x18", "compressed in the legacy LZ4 format", "Unpack it with `lz4 -d` and give the capture inside"),
    (0, b"]\0\0", "compressed in the old LZMA format", "Unpack it with `xz -d --format=lzma` and give the capture inside"),
    (0, b"\x89PNG\r\n\x1a\n", "a PNG image", _NO_CAPTURE),
    (0, b"\xff\xd8\xff", "a JPEG image", _NO_CAPTURE),
    (0, b"GIF8", "a GIF image", _NO_CAPTURE),
    (0, b"%PDF-", "a PDF document", _NO_CAPTURE),
    (0, b"\x7fELF", "a program (ELF)", _NO_CAPTURE),
    (0, b"SQLite format 3\0", "an SQLite database", _NO_CAPTURE),
)

# A mitmproxy flow dump is a row of netstrings: a length, a colon, and keys of a flow (mitmproxy/io/tnetstring.py).
_FLOW_DUMP: Final = re.compile(
    rb"\d{1,12}:\d{1,12}:.{0,4096}?(?:7:version|4:type|8:response|7:request|11:client_conn)", re.DOTALL
)
_KEY_LOG: Final = re.compile(rb"(?m)^(?:CLIENT_RANDOM|(?:CLIENT|SERVER)_(?:HANDSHAKE_)?TRAFFIC_SECRET(?:_0)?) [0-9a-fA-F]{64} ")
_HEX_DUMP: Final = re.compile(rb"\s*0{4,8}:?\s+(?:[0-9a-fA-F]{2}\s?){4}")
_MARKUP: Final = re.compile(rb"(?i)\s*<(?:!doctype|html|\?xml)")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def name_stranger(head: bytes) -> tuple[str, str]:
    """What an input of an unknown format looks like, by its first bytes, and the next step."""
    for offset, magic, what, next_step in _MAGICS:
        if head.startswith(magic, offset):
            return f"this looks like {what}", next_step
    if _FLOW_DUMP.match(head):
        return (
            "this looks like a mitmproxy flow dump",
            "Convert it with `mitmdump -n -r IN --set hardump=OUT.har` and give the HAR",
        )
    if _KEY_LOG.search(head):
        return "this looks like a TLS key log, not a capture", _NO_CAPTURE
    if _HEX_DUMP.match(head):
        return "this looks like a hex dump", "Convert it with `text2pcap IN OUT` (it comes with Wireshark) and give the result"
    if _MARKUP.match(head):
        return "this looks like a page or an XML document", _NO_CAPTURE
    if not _CONTROL.search(head):
        return "this looks like a text file", _NO_CAPTURE
    return "not a capture of a format that is known", _NO_CAPTURE
