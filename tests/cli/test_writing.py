"""Files are there whole or not at all, and nothing else is left, even where we are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from vuoto.cli._writing import write_whole

# A file that grows beyond the limit kills whoever writes it, in the midst of writing.
KILLED = """
import resource, signal, sys
from pathlib import Path
from vuoto.cli._writing import write_whole
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
write_whole(Path(sys.argv[1]), bytes(1_000_000))
"""


def nameless_files(folder: Path) -> bool:
    """Whether the file system has files without a name."""
    try:
        os.close(os.open(folder, getattr(os, "O_TMPFILE", -1) | os.O_WRONLY))
    except (OSError, OverflowError):
        return False
    return True


def test_a_killed_writer_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    if not nameless_files(tmp_path):
        pytest.skip("this file system has no files without a name")
    target = tmp_path / "build.vfx"
    target.write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", KILLED, str(target)], timeout=60, check=False)
    assert done.returncode == -signal.SIGXFSZ
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("build.vfx", b"old")]


def test_a_new_file_may_be_read_by_whom_the_mask_lets(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "build.vfx", b"new")
    finally:
        os.umask(before)
    assert (tmp_path / "build.vfx").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("lacks", ["O_TMPFILE", "link"])
def test_without_nameless_files_it_is_written_all_the_same(tmp_path: Path, lacks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_arguments: object, **_named: object) -> None:
        raise FileNotFoundError

    if lacks == "link":
        monkeypatch.setattr(os, "link", refuses)
    else:
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    target = tmp_path / "build.vfx"
    for content in (b"one", b"two"):
        write_whole(target, content)
        assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("build.vfx", content)]
