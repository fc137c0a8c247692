"""`vuoto firmware index`: the file, its summary, the cache."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.test_audit import vuoto
from cli.test_firmware import package
from vuoto.cli import VuotoGroup, audit, main
from vuoto.cli._writing import write_whole
from vuoto.cli.firmware._memory import FolderMemory
from vuoto.cli.firmware._opening import file_blob
from vuoto.errors import InputError
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.index import open_index
from vuoto.shards import KilledError, in_shards


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("Registration", "Other"):
        apps = tmp_path / "phone" / "system" / "app" / name
        apps.mkdir(parents=True)
        (apps / f"{name}.apk").write_bytes(package())
    (tmp_path / "phone" / "system" / "build.prop").write_text("ro.product.model=TA-1046\n")
    return tmp_path / "phone"


def index(folder: Path, target: Path, *more: str | Path) -> dict[str, object]:
    done = vuoto("firmware", "index", folder, "-o", target, "--json", *more)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_the_cache_changes_no_byte(folder: Path, tmp_path: Path) -> None:
    plain, first, second = (tmp_path / f"{name}.vfx" for name in ("plain", "first", "second"))
    cache = tmp_path / "cache"
    assert index(folder, plain, "--no-cache", "--workers", "1")["remembered"] == 0
    assert index(folder, first, "--cache", cache)["remembered"] == 0
    told = index(folder, second, "--cache", cache)
    assert (told["packages"], told["remembered"], told["bytes"]) == (2, 2, plain.stat().st_size)
    assert plain.read_bytes() == first.read_bytes() == second.read_bytes()
    for path in cache.glob("??/*.pack"):
        path.write_bytes(path.read_bytes()[:-1])
    assert index(folder, second, "--cache", cache)["remembered"] == 0
    assert plain.read_bytes() == second.read_bytes()


def test_other_commands_take_the_index(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "build.vfx"
    index(folder, target, "--no-cache")
    assert open_index(BytesBlob(target.read_bytes())).build_facts
    told = [vuoto("firmware", "show", path, "--format", "json").stdout for path in (folder, target)]
    assert told[0] == told[1]


def test_other_commands_use_what_was_read_and_keep_nothing(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    before = vuoto("firmware", "show", folder, "--format", "json").stdout
    assert not (tmp_path / "vuoto").exists()
    index(folder, tmp_path / "build.vfx")
    kept = sorted((tmp_path / "vuoto").rglob("*.pack"))
    assert len(kept) == 2
    assert vuoto("firmware", "show", folder, "--format", "json").stdout == before
    assert sorted((tmp_path / "vuoto").rglob("*.pack")) == kept


def test_a_package_alone_and_the_default_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Registration.apk").write_bytes(package())
    monkeypatch.chdir(tmp_path)
    done = vuoto("firmware", "index", "Registration.apk", "--no-cache")
    assert done.stdout.decode().startswith("Registration.vfx: 1 package, 1 kB of code, a file of ")
    assert done.stderr.decode().endswith(" s\n")
    assert open_index(BytesBlob((tmp_path / "Registration.vfx").read_bytes())).format == "apk"


def test_errors_say_what_and_the_next_step(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "build.vfx"
    index(folder, target, "--no-cache")
    (tmp_path / "cut.vfx").write_bytes(target.read_bytes()[:-5])
    for arguments, says in (
        (("index", target, "-o", tmp_path / "two.vfx"), "index already"),
        (("index", target, "-o", target), "the image itself"),
        (("index", tmp_path / "none.zip"), "No such file"),
        (("index", folder, "-o", tmp_path / "none" / "build.vfx", "--no-cache"), "with -o"),
        (("show", tmp_path / "cut.vfx"), "vuoto firmware index"),
    ):
        done = vuoto("firmware", *arguments)
        assert done.returncode == 3
        assert says in done.stderr.decode()
        assert b"Traceback" not in done.stderr


def test_memory_forgets_the_oldest(tmp_path: Path) -> None:
    import os

    memory = FolderMemory(tmp_path)
    for number in range(4):
        memory.keep(f"{number:064x}", bytes(1000))
        os.utime(tmp_path / "00" / f"{number:064x}.pack", (number + 1000, number + 1000))
    assert memory.get(f"{0:064x}") == bytes(1000)  # used now, so no longer the oldest
    memory.forget_oldest(2500)
    assert [memory.get(f"{number:064x}") is not None for number in range(4)] == [True, False, False, True]


def test_memory_in_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = FolderMemory(tmp_path / "file")
    memory.keep("ab" * 32, b"x")
    memory.forget_oldest()
    assert memory.get("ab" * 32) is None


def test_a_cache_of_links_pipes_and_folders_is_none(tmp_path: Path) -> None:
    memory = FolderMemory(tmp_path / "cache")
    makers: list[Callable[[Path], None]] = [lambda path: path.symlink_to("/dev/zero"), os.mkfifo, Path.mkdir]
    for place, make in enumerate(makers):
        key = f"{place}" * 64
        memory.keep(key, b"what was read")
        assert memory.get(key) == b"what was read"
        path = next((tmp_path / "cache").glob(f"{key[:2]}/*.pack"))
        path.unlink()
        make(path)
        assert memory.get(key) is None
        memory.keep(key, b"again")


def test_what_a_killed_run_left_in_the_cache_goes(tmp_path: Path) -> None:
    memory = FolderMemory(tmp_path)
    memory.keep("ab" * 32, b"whole")
    old, young = (tmp_path / "ab" / f".{'ab' * 32}.pack.{number}" for number in (1, 2))
    for half in (old, young):
        half.write_bytes(b"half")
    os.utime(old, (0, 0))
    memory.forget_oldest()
    assert (old.exists(), young.exists()) == (False, True)
    assert memory.get("ab" * 32) == b"whole"


def test_a_pipe_is_no_image_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.vfx")
    with pytest.raises(InputError, match="neither a file nor a folder"):
        file_blob(tmp_path / "pipe.vfx")


def test_a_name_longer_than_any_file_has_is_said() -> None:
    for words in (("show", "a" * 300), ("scope", "--host", "x", "--builds", "a" * 300)):
        done = vuoto("firmware", *words)
        assert (done.returncode, b"a name longer than any file has" in done.stderr) == (3, True)


def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe, link, real = tmp_path / "pipe", tmp_path / "link", tmp_path / "real"
    os.mkfifo(pipe)
    link.symlink_to(real)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, b"document")
    assert (os.read(reader, 99), pipe.is_fifo()) == (b"document", True)
    os.close(reader)
    write_whole(link, b"document")
    assert (link.is_symlink(), real.read_bytes()) == (True, b"document")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "pipe", "real"]


def test_a_file_without_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "MAX_GIVEN", 1000)
    with pytest.raises(InputError, match="larger than any"):
        audit.read_file(Path("/dev/zero"))


def test_a_process_that_is_killed_is_said_and_is_no_bug() -> None:
    def work(part: int, _of: int) -> int:
        if part:
            os.kill(os.getpid(), signal.SIGKILL)
        return part

    with pytest.raises(KilledError, match="signal 9"):
        in_shards(work, 3)


def test_a_killed_process_ends_a_command_with_the_code_of_an_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def killed(_group: object, **_options: object) -> None:
        raise KilledError(9)

    monkeypatch.setattr(VuotoGroup, "main", killed)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    assert "fewer --workers" in capsys.readouterr().err


def test_an_index_of_half_a_build_says_so(tmp_path: Path) -> None:
    """What could not be read of the image is told with the summary, and counted where it is much."""
    folder = tmp_path / "phone"
    for number in range(7):
        (folder / f"system/p{number}").mkdir(parents=True)
        (folder / f"system/p{number}.img").write_bytes(bytes(1024) + bytes(56) + b"\x53\xef" + bytes(3000))
    done = vuoto("firmware", "index", folder, "-o", tmp_path / "b.vfx", "--no-cache")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.decode().splitlines()
    told = json.loads(vuoto("firmware", "index", folder, "-o", tmp_path / "b.vfx", "--no-cache", "--json").stdout)["problems"]
    assert len(told) == 7
    assert lines[1] == "Could not be read:"
    assert lines[2] == f"  {told[0]['where']}: {told[0]['what']}."
    assert lines[7].startswith("  and 2 more: vuoto firmware show ")
    assert vuoto("firmware", "index", folder, "-o", tmp_path / "b.vfx", "--no-cache", "--quiet").stdout == b""


def test_links_that_lead_nowhere_stop_nobody(folder: Path, tmp_path: Path) -> None:
    """A folder pulled off a device may hold links to themselves, out of it, and to names that no file can have."""
    plain, linked = tmp_path / "plain.vfx", tmp_path / "linked.vfx"
    index(folder, plain, "--no-cache")
    for number, target in enumerate(("y" * 300, "loop.apk", "/", "../../..", "/dev/zero")):
        (folder / "system" / ("loop.apk" if number == 1 else f"{number}.apk")).symlink_to(target)
    index(folder, linked, "--no-cache")
    assert plain.read_bytes() == linked.read_bytes()
