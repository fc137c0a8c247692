"""BELL: one file per command. A command opens and writes files, and says errors; the work is done on the staircase."""

from __future__ import annotations

import errno
import gc
import os
import sys
from typing import NoReturn

import click

from vuoto import __version__
from vuoto.cli._allocator import keep_freed
from vuoto.errors import InputError, VuotoError
from vuoto.seams import plugins
from vuoto.shards import KilledError

OUR_BUG = 70
"""Exit code of a bug of ours (sysexits.h EX_SOFTWARE)."""


class VuotoGroup(click.Group):
    """The `vuoto` command: each file beside this one is a sub-command."""

    def __init__(self) -> None:
        super().__init__(
            name="vuoto",
            help="From a phone's packets to a verdict: what personal data left it, to whom, and on what declared basis.",
            epilog="Begin with: vuoto audit capture.pcapng",
            no_args_is_help=True,
            context_settings={"help_option_names": ["-h", "--help"]},
            params=[
                click.Option(
                    ["--version"], is_flag=True, expose_value=False, is_eager=True, callback=_say_version, help="Say the version."
                )
            ],
        )
        for command in plugins("vuoto.cli", click.Command, "COMMAND"):
            self.add_command(command)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that was named; where a file was, the one that it was meant for."""
        if self.get_command(ctx, args[0]) is None and os.path.exists(args[0]):  # noqa: PTH110 - never fails, whatever the name
            ctx.fail(f"No such command {args[0]!r}. Did you mean 'vuoto audit {args[0]}'?")
        return super().resolve_command(ctx, args)


def _say_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        click.echo(f"vuoto {__version__}")
        context.exit()


def main() -> None:
    """Run the command line; never a traceback, always an exit code of the contract."""
    # NumPy's linear algebra, which nothing here uses, would start a thread for each processor (13 ms).
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    keep_freed()
    gc.set_threshold(2_000_000, 50, 50)  # facts are many and hold no cycles: looking for them costs a tenth of the time
    # Closed by whoever started us: what would be said there goes nowhere.
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: PTH123, SIM115 - for the whole run
    sys.stderr = sys.stderr or sys.stdout
    try:
        code = VuotoGroup().main(standalone_mode=False) or 0
        gc.freeze()  # or the interpreter would look through everything for cycles before it ends (0.06 s)
        sys.exit(code)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except VuotoError as error:
        click.echo(f"vuoto: {printable(str(error))}", err=True)
        sys.exit(error.exit_code)
    except KilledError as error:
        click.echo(f"vuoto: {error}. Run it again with fewer --workers", err=True)
        sys.exit(InputError.exit_code)
    except BrokenPipeError:
        # Whoever read our output has left (`| head`): nothing more to say, and nothing for the interpreter to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            click.echo("vuoto: no space left where the output goes. Make room, or send it elsewhere", err=True)
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(InputError.exit_code)
        if error.errno != errno.ENAMETOOLONG:
            _own_up(error)
        click.echo(f"vuoto: {printable(str(error.filename))[:80]}…: a name longer than any file has", err=True)
        sys.exit(InputError.exit_code)
    except Exception as error:  # noqa: BLE001 - the one place where our own bug meets a person
        _own_up(error)


def _own_up(error: Exception) -> NoReturn:
    click.echo(f"vuoto: a bug of ours: {printable(describe_bug(error))}", err=True)
    click.echo("vuoto: please report it with the command, and the input if you may share it; see SECURITY.md", err=True)
    sys.exit(OUR_BUG)


def describe_bug(error: BaseException) -> str:
    """Type, message and the place in our code, in one line."""
    place = ""
    trace = error.__traceback__
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__}: {error} ({place})"


def printable(text: str) -> str:
    """`text` without what a terminal would obey: control characters are shown as escapes."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)
