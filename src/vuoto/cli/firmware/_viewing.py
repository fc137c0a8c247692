"""What `vuoto firmware show` and `vuoto firmware scan` share: choosing packages, and writing what was seen."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vuoto.cli._terminal import coloured, columns
from vuoto.cli.firmware._opening import opened_index
from vuoto.errors import InputError

if TYPE_CHECKING:
    from vuoto.facts.firmware_view import FirmwareView

FORMATS = ("terminal", "json", "html", "sarif")


def viewed(image: str, wanted: str | None, *, old: str | None = None, only_odd: bool = False) -> FirmwareView:
    """The build or package at `image`, or one package of it. Raises `InputError` where there is none of the name."""
    from vuoto.audit.firmware_view import view_firmware
    from vuoto.recipients import load_registers

    index = opened_index(Path(image), old=Path(old) if old else None)
    chosen = [number for number, one in enumerate(index.packages()) if wanted is None or wanted in (one.name, one.path)]
    if wanted is not None and not chosen:
        from difflib import get_close_matches

        names = sorted({one.name or one.path for one in index.packages()})
        meant = " or ".join(get_close_matches(wanted, names, 2))
        hint = f"Did you mean --package {meant}?" if meant else "Leave --package out to see all"
        raise InputError(f"no package {wanted!r} in it", where=image, next_step=hint)
    return view_firmware(index.read(chosen), load_registers(), only_odd=only_odd)


def write_view(view: FirmwareView, format_: str, out: str | None, *, scan: bool, command: list[str]) -> None:
    """Print it, or write it where `--out` says."""
    from vuoto.reports import render_firmware

    colour = out is None and coloured()
    put_out(render_firmware(view, format_, width=columns(), colour=colour, scan=scan, command=shlex.join(command)), out)


def put_out(data: bytes, out: str | None) -> None:
    """Print a document, or write it where `--out` says. Raises `InputError` where that cannot be written."""
    from vuoto.cli._writing import write_whole

    if out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        write_whole(Path(out), data)
    except OSError as error:
        raise InputError(error.strerror or "cannot be written", where=out, next_step="Give another name") from None


def command_of(name: str, image: str, **options: str | None) -> list[str]:
    """The command as it could be typed again beside the file: names without their folders, nothing of the machine."""
    words = ["vuoto", "firmware", name, Path(image).name or image]
    for option, value in options.items():
        if value:
            words += [f"--{option.replace('_', '-')}", value]
    return words
