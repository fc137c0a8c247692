"""Standard output that is closed or full: a clear end, never a bug of ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

RUN = "import sys; from vuoto.cli import main; sys.argv = ['vuoto', 'audit', 'examples/nokia-7-plus.pcapng']; main()"
ROOT = Path(__file__).parents[2]


def run(redirection: str) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", "-c", f'exec "$0" -c "$1" {redirection}', sys.executable, RUN]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_closed_output_is_no_bug() -> None:
    ended = run(">&-")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_full_output_is_said() -> None:
    ended = run(">/dev/full")
    assert ended.returncode == 3
    assert ended.stderr.startswith("vuoto: no space left")
