"""Zstandard frames (RFC 8878), recognised by their magic number."""

from __future__ import annotations

from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading

_MAX_WINDOW: Final = 8 * 1024 * 1024
"""RFC 8878 §3.1.1.1.2 recommends decoders to support at least 8 MB; more is memory at a stranger's wish."""


def _recognise(data: bytes, _hint: str) -> int:
    return 100 if data[:4] == b"\x28\xb5\x2f\xfd" else 0


def _open(data: bytes, ask: Ask) -> Reading | None:
    import zstandard

    out = bytearray()
    problem = ""
    reader = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW).stream_reader(data, read_across_frames=True)
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
    return Reading(inners=[Inner(bytes(out), 0, len(data))], problems=problems, whole=True, expanded=len(out))


DECODER = Decoder(name="zstd", reads="binary", recognise=_recognise, open=_open)
