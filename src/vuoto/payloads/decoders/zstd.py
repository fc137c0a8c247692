"""Zstandard frames (RFC 8878), recognised by their magic number."""

from __future__ import annotations

from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading

_MAGIC: Final = b"\x28\xb5\x2f\xfd"
_HEAD: Final = 64 * 1024
"""Bytes searched for a frame behind a home-made head."""
_MAX_WINDOW: Final = 8 * 1024 * 1024
"""RFC 8878 §3.1.1.1.2 recommends decoders to support at least 8 MB; more is memory at a stranger's wish."""


def _recognise(data: bytes, _hint: str) -> int:
    if data[:4] == _MAGIC:
        return 100
    return 26 if data.find(_MAGIC, 0, _HEAD) > 0 else 0


def _open(data: bytes, ask: Ask) -> Reading | None:
    import zstandard

    start = data.find(_MAGIC, 0, _HEAD)
    out = bytearray()
    problem = ""
    reader = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW).stream_reader(data[start:], read_across_frames=True)
    try:
        while len(out) < ask.room:
            piece = reader.read(min(65536, ask.room - len(out)))
            if not piece:
                break
            out += piece
        else:
            if reader.read(1):
                problem = "it unpacks to more than the bound allows, as a decompression bomb does; only the first bytes were read"
    except zstandard.ZstdError:
        problem = "the compressed stream is broken"
    if not out:
        return None
    problems = [f"zstd: {problem}"] if problem else []
    return Reading(
        inners=[Inner(bytes(out), start, len(data) - start)],
        problems=problems,
        whole=not start,
        embedded=start > 0,
        expanded=len(out),
    )


DECODER = Decoder(name="zstd", reads="binary", recognise=_recognise, open=_open)
