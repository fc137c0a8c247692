"""Opens an input: takes off its compression, tells its format, and is the `Capture` that the other rooms are handed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from vuoto.errors import InputError
from vuoto.facts.flows import Flow
from vuoto.facts.frames import FrameBatch, Input
from vuoto.facts.messages import Message
from vuoto.facts.problems import Problem
from vuoto.intake.background import Background
from vuoto.intake.compression import Compression
from vuoto.intake.format import Format, Reading
from vuoto.intake.given import Given
from vuoto.intake.strangers import name_stranger
from vuoto.intake.unpacked import Unpacked
from vuoto.intake.windows import Windows
from vuoto.seams import plugins

HEAD_BYTES: Final = 64 << 10
"""How much of an input formats are told by: a HAR may begin with long comments before anything that marks it as one."""

MAX_COMPRESSIONS: Final = 2
"""Compressions taken off, one inside the other: once on purpose, once more by mistake."""


class OpenedCapture:
    """An opened input (`facts.frames.Capture`). Keep the stream open until `read_at` is no longer called."""

    __slots__ = ("_background", "_digest", "_format", "_given", "_read", "_reading", "_windows", "name")

    def __init__(self, *, name: str, form: str, given: Given, windows: Windows, reading: Reading, background: Background) -> None:
        self.name = name
        self._format = form
        self._given = given
        self._windows = windows
        self._reading = reading
        self._background = background
        self._read = False
        self._digest: str | None = None

    @property
    def position(self) -> int:
        """Bytes of the input, as given, read so far."""
        return self._given.position

    @property
    def secrets(self) -> tuple[tuple[int, bytes], ...]:
        """Decryption secrets that the input carries: `(type, bytes)`, as in a pcapng Decryption Secrets Block."""
        return tuple(self._reading.secrets)

    def batches(self) -> Iterator[FrameBatch]:
        """The frames, window by window, in file order; read once, to the end, for a HAR (which has none) as well.

        Raises `InputError` where the copy of a pipe's or a compressed input's bytes cannot be written.
        """
        try:
            yield from self._reading.batches
            if not self._read:
                self._windows.finish()
                self._read = True
        except InputError as error:
            error.where = error.where or self.name
            raise
        finally:
            self._background.finish()

    def messages(self) -> Iterator[Message]:
        """The ready messages of a HAR, in the order of its entries."""
        return self._reading.messages()

    def flows(self) -> tuple[Flow, ...]:
        """The conversations of the ready messages; `Message.flow` is an index into it. `Flow.input` is 0: the caller sets it."""
        return self._reading.flows

    def read_at(self, offset: int, length: int) -> bytes:
        """Bytes of the unpacked input; fewer only at the end. After `batches`; safe in forked processes at the same time."""
        return self._windows.read_at(offset, length)

    def describe(self) -> Input:
        """The input's facts; raises `RuntimeError` before `batches` was read to its end. Before the stream is closed."""
        if not self._read:
            raise RuntimeError("describe() before batches() was read to its end")
        if self._digest is None:
            self._digest = self._windows.digest()
        return Input(
            name=self.name,
            sha256=self._digest,
            size=self._given.position,
            format=self._format,
            frames=self._reading.frames,
            first=self._reading.span.first,
            last=self._reading.span.last,
        )

    def problems(self) -> tuple[Problem, ...]:
        """What could not be read so far."""
        next_step = "Copy or unpack the capture again; what was read so far stands"
        stopped = tuple(Problem(where=self.name, what=what, next_step=next_step) for what in self._windows.stopped())
        written: tuple[Problem, ...] = ()
        if self._given.changed():
            what = f"the file was written to while it was read; this is what its first {self._given.position:,} bytes held then"
            written = (Problem(where=self.name, what=what, next_step="Audit a copy that nothing writes to"),)
        return stopped + written + tuple(self._reading.problems)


def open_capture(
    stream: BinaryIO, name: str, *, spool: Callable[[], BinaryIO], digest: Callable[[int], str | None] | None = None
) -> OpenedCapture:
    """Opens the input that `stream` gives from where it stands: a file or a pipe, raw or buffered.

    `spool` gives a fresh file to write and read; it is called only where `read_at` could not otherwise work (a pipe, a compressed
    input), and the caller closes it when `read_at` is no longer needed. `digest` gives the SHA-256 of so many first bytes of the
    stream's file, where somebody else makes it, or `None` where it could not; without it the bytes are hashed as they are read.
    Raises `InputError` for an empty input, an unknown format, and a known one of which nothing can be read.
    """
    background = Background()
    try:
        return _open(Given(stream, background, digest), name, spool, background)
    except InputError as error:
        background.finish()
        error.where = error.where or name
        raise
    except BaseException:
        background.finish()
        raise


def _open(given: Given, name: str, spool: Callable[[], BinaryIO], background: Background) -> OpenedCapture:
    source: Given | Unpacked = given
    unpacked: Unpacked | None = None
    names: list[str] = []
    head = given.head(HEAD_BYTES)
    if given.failure is not None and not head:
        reason = given.failure.strerror or given.failure
        refused = isinstance(given.failure, PermissionError)
        step = "Check its permissions" if refused else "Give a file, a folder, or - for a pipe"
        raise InputError(f"cannot be read: {reason}", next_step=step)
    while (compression := _compression(head)) is not None:
        if len(names) == MAX_COMPRESSIONS:
            raise InputError(f"compressed more than {MAX_COMPRESSIONS} times over", next_step="Unpack it and give what is inside")
        names.append(compression.name)
        unpacked = source = Unpacked(compression, source.take, lambda: given.position)
        head = unpacked.head(HEAD_BYTES)
        if not head:
            why = unpacked.broken or f"the {compression.name} compression holds nothing"
            raise InputError(why, next_step="Copy or compress the capture again")
    if not head:
        raise InputError(
            "empty: not one byte", next_step="Record the capture again; a capture without packets still has a header"
        )
    form, ties = _format(head)
    windows = Windows(given, unpacked, background, spool)
    reading = form.open(windows, name)
    reading.problems.extend(Problem(where=name, what=tie) for tie in ties)
    return OpenedCapture(
        name=name,
        form="+".join([form.name, *reversed(names)]),
        given=given,
        windows=windows,
        reading=reading,
        background=background,
    )


def _compression(head: bytes) -> Compression | None:
    known = plugins("vuoto.intake.compressions", Compression, "COMPRESSION")
    return next((compression for compression in known if compression.recognise(head)), None)


def _format(head: bytes) -> tuple[Format, list[str]]:
    known = [(form.recognise(head), form) for form in plugins("vuoto.intake.formats", Format, "FORMAT")]
    best = max(confidence for confidence, _ in known)
    if best == 0:
        what, next_step = name_stranger(head)
        raise InputError(what, next_step=next_step)
    likely = [form for confidence, form in known if confidence == best]
    ties = [f"reads as {likely[0].name} and as {other.name} alike; read as {likely[0].name}" for other in likely[1:]]
    return likely[0], ties
