"""`vuoto audit INPUT...`: from captures to a verdict."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import click

from vuoto.cli._inputs import Opening, list_inputs
from vuoto.cli._writing import write_out
from vuoto.errors import InputError, UsageError

if TYPE_CHECKING:
    # The rooms are imported when the command runs, so that `vuoto --help` answers at once.
    from vuoto.facts.declarations import Declaration
    from vuoto.facts.device import DeviceProfile
    from vuoto.facts.document import AuditDocument
    from vuoto.facts.origins import SocketTrace
    from vuoto.facts.problems import Problem
    from vuoto.firmware.index import BuildIndex
    from vuoto.recipients import Registers

FORMATS = ("terminal", "json", "csv", "sarif", "html")
MAX_GIVEN = 1 << 30
"""Bytes of one file of the user's that is read whole; what has no end, such as /dev/zero, ends here."""

WORTH_A_BAR = 32 << 20
"""Input bytes from which a progress bar is shown; shorter ones are done before it is drawn."""


@click.command(
    name="audit",
    short_help="What left this phone, to whom, and on what declared basis.",
    epilog="Exit codes: 0 done, 1 a finding at or above --fail-on, 2 usage, 3 an input that cannot be read, 70 our bug.",
)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--device", type=click.Path(), help="Known values of the device, TOML or JSON (TrackHAR's names too).")
@click.option("--device-address", multiple=True, metavar="IP", help="Address of the device in the capture; may be repeated.")
@click.option("--device-country", metavar="CC", help="Country where the device was used, ISO 3166-1 alpha-2.")
@click.option("--declaration", type=click.Path(), help="What the controller declares (vuoto.declaration/1, TOML).")
@click.option("--as-of", metavar="DATE", help="Judge by the law of this day, YYYY-MM-DD. Default: the day of each disclosure.")
@click.option("--networks", type=click.Path(), help="Your own MMDB of networks, asked before the one that comes with Vuoto.")
@click.option("--organisations", type=click.Path(), help="Your own table of organisations behind domains, beside Vuoto's (TOML).")
@click.option(
    "--firmware", type=click.Path(), help="A build in which to look for the code that sent it: an index (.vfx), image or folder."
)
@click.option(
    "--socket-trace", type=click.Path(), help="What was recorded on the device of its sockets (PiRogue's socket_trace.json)."
)
@click.option("--format", "format_", type=click.Choice(FORMATS), default="terminal", show_default=True, help="What to print.")
@click.option(
    "--out", type=click.Path(), metavar="DIR", help="Write audit.json and report.html there (and --format, if another)."
)
@click.option("--reveal", is_flag=True, help="Show values in full. Without it they are masked.")
@click.option("--redact", is_flag=True, help="A copy to share: no values, no excerpts, no addresses of the device.")
@click.option("--fail-on", multiple=True, metavar="KIND[:CERTAINTY]|OUTCOME", help="Exit 1 where this is found; may be repeated.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes to use. Default: one per core.")
@click.option(
    "--quiet", is_flag=True, help="No report and no progress. Another --format is still printed, unless --out writes it."
)
def audit_command(inputs: tuple[str, ...], **options: Any) -> int:  # noqa: ANN401 - click passes them by name
    """Audit captures: pcap, pcapng or HAR, plain or compressed, files, folders or - for standard input.

    Says which personal data left the device, in what form, unprotected or not, to whom, in which country, and whether a basis for
    that was declared, with the bytes to prove it.
    """
    workers = options["workers"] or len(os.sched_getaffinity(0))
    with Opening(workers) as opening:
        # Before the rooms are imported: by then a good part of a large input is hashed.
        opening.begin(inputs[0])
        return audited(inputs, options, workers, opening)


def audited(inputs: tuple[str, ...], options: dict[str, Any], workers: int, opening: Opening) -> int:
    """The audit, and what it makes the process end with."""
    from vuoto.audit import Question, audit

    if options["redact"] and options["reveal"]:
        raise UsageError("--redact and --reveal contradict each other", next_step="Leave one of them out")
    thresholds = [read_threshold(text) for text in options["fail_on"]]
    sources = list_inputs(inputs)
    build = build_of(options["firmware"], quiet=options["quiet"])
    recorded, unread = recorded_in(options["socket_trace"])
    with progress_bar(sources, quiet=options["quiet"]) as progress:
        document = audit(
            opening.sources(sources),
            Question(
                profile=profile_of(options),
                declaration=declaration_of(options["declaration"]),
                registers=registers_of(options["networks"], options["organisations"]),
                as_of=read_day(options["as_of"]),
                reveal=options["reveal"],
                build=build,
                socket_traces=recorded,
                workers=workers,
                spool=spool,
                progress=progress,
            ),
        )
    if unread:
        document = replace(document, problems=(*unread, *document.problems))
    if options["redact"]:
        from vuoto.reports import redact

        document = redact(document)
    write_out(
        document,
        options["format_"],
        options["out"],
        command=command_line(inputs, options),
        quiet=options["quiet"],
        workers=workers,
    )
    return 1 if any(met(document) for met in thresholds) else 0


COMMAND = audit_command


# ── what is asked ──


def spool() -> BinaryIO:
    """A temporary file that goes with the process, for inputs that cannot be read twice."""
    return cast("BinaryIO", tempfile.TemporaryFile(prefix="vuoto-"))


def profile_of(options: dict[str, Any]) -> DeviceProfile:
    """The device profile, with what the other options say of the device."""
    from ipaddress import ip_address

    from vuoto.disclosures import read_profile
    from vuoto.facts.countries import COUNTRIES
    from vuoto.facts.device import DeviceProfile

    profile = DeviceProfile()
    if options["device"]:
        path = Path(options["device"])
        profile = read_profile(read_file(path), path.name)
    if options["device_address"]:
        try:
            addresses = tuple(str(ip_address(a)) for a in options["device_address"])
        except ValueError as error:
            raise UsageError(f"--device-address: {error}", next_step="Give an IPv4 or IPv6 address, as 192.168.1.23") from None
        profile = replace(profile, addresses=addresses)
    if country := options["device_country"]:
        if country.upper() not in COUNTRIES:
            raise UsageError(
                f"--device-country: {country!r} is no country",
                next_step="Give two letters of ISO 3166-1, as FI (or GB for the UK)",
            )
        profile = replace(profile, country=country.upper())
    return profile


def declaration_of(name: str | None) -> Declaration | None:
    """The declaration, checked, or `None` where none was given."""
    if not name:
        return None
    from vuoto.declarations import read_declaration

    return read_declaration(read_file(Path(name)), Path(name).name)


def registers_of(networks: str | None, organisations: str | None) -> Registers:
    """The registers that come with Vuoto, or the user's own instead of them or beside them."""
    from vuoto.recipients import load_registers

    return load_registers(
        read_file(Path(networks)) if networks else None,
        Path(networks).name if networks else "",
        organisations=read_file(Path(organisations)) if organisations else None,
        organisations_name=Path(organisations).name if organisations else "",
    )


def build_of(name: str | None, *, quiet: bool) -> BuildIndex | None:
    """The build to search, or `None` where none was given."""
    from vuoto.cli.firmware._opening import opened_index

    return opened_index(Path(name), quiet=quiet) if name else None


def recorded_in(name: str | None) -> tuple[tuple[SocketTrace, ...], tuple[Problem, ...]]:
    """What was recorded of the device's sockets, and what of it could not be read."""
    if not name:
        return (), ()
    from vuoto.origins import read_socket_traces

    return read_socket_traces(read_file(Path(name)), Path(name).name)


def read_day(text: str | None) -> date | None:
    """The day of the law."""
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day of law has no zone
    except ValueError:
        raise UsageError(f"--as-of: {text!r} is no day", next_step="Write it as 2019-02-20") from None


def read_file(path: Path) -> bytes:
    """A file of the user's, whole."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_GIVEN + 1)
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", where=str(path), next_step="Check the path") from None
    if len(data) > MAX_GIVEN:
        raise InputError("is larger than any such file that is read", where=str(path), next_step="Check the path")
    return data


def read_threshold(text: str) -> Callable[[AuditDocument], bool]:
    """What `--fail-on` names, as a question to the document."""
    from difflib import get_close_matches
    from typing import get_args

    from vuoto.facts.vocabulary import CERTAINTIES, KINDS, Outcome

    if text in get_args(Outcome):
        return lambda document: any(verdict.outcome == text for verdict in document.verdicts)
    kind, _, certainty = text.partition(":") if not text.startswith("custom:") else (text, "", "")
    known = kind in KINDS or kind == "any" or kind.startswith("custom:")
    if not known or (certainty and certainty not in CERTAINTIES):
        what = f"{certainty!r} is no certainty" if known else f"{text!r} is neither a kind nor an outcome"
        words: Sequence[str] = CERTAINTIES if known else (*KINDS, *get_args(Outcome))
        meant = " or ".join(get_close_matches(certainty if known else kind, words, 2))
        raise UsageError(
            f"--fail-on: {what}",
            next_step=(f"Did you mean {meant}? " if meant else "")
            + f"Write imei, imei:validated (of {', '.join(CERTAINTIES)}), any:likely, or an outcome such as no-declared-basis",
        )
    enough = CERTAINTIES[: CERTAINTIES.index(certainty) + 1] if certainty in CERTAINTIES else CERTAINTIES[:3]
    return lambda document: any(kind in ("any", d.kind) and d.certainty in enough for d in document.disclosures)


# ── what is written ──


def command_line(inputs: tuple[str, ...], options: dict[str, Any]) -> str:
    """The command as it could be typed again beside the files, for the page's last section.

    Names without their folders, and nothing that does not change the document: the page is the same wherever it was made, and
    says nothing of the machine.
    """
    words = ["vuoto", "audit", *(name if name == "-" else Path(name).name or name for name in inputs)]
    for name in ("device", "declaration", "networks", "organisations", "firmware", "socket_trace"):
        if options[name]:
            words += [f"--{name.replace('_', '-')}", Path(options[name]).name]
    if not options["redact"]:
        words += [word for address in options["device_address"] for word in ("--device-address", address)]
    for name in ("device_country", "as_of"):
        if options[name]:
            words += [f"--{name.replace('_', '-')}", options[name]]
    words += [f"--{name}" for name in ("reveal", "redact") if options[name]]
    return shlex.join([*words, "--out", "audit"])


@contextlib.contextmanager
def progress_bar(sources: list[tuple[Path | None, bool]], *, quiet: bool) -> Iterator[Callable[[str, int], None]]:
    """A bar on standard error for long inputs, on a terminal only."""
    total = sum(path.stat().st_size for path, _ in sources if path is not None)
    if quiet or total < WORTH_A_BAR or not sys.stderr.isatty():
        yield lambda _step, _done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        reading = bar.add_task("reading", total=total)
        looking = bar.add_task("looking through conversations", total=None, visible=False)

        def progress(step: str, done: int) -> None:
            if step == "reading":
                bar.update(reading, completed=done)
            elif done % 256 == 1:
                bar.update(looking, completed=done, visible=True)

        yield progress
