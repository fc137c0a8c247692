"""`vuoto firmware provenance`: a folder, revisions of a repository, and what is refused."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.test_audit import vuoto
from firmware.code.assembler import assemble
from firmware.packages.builders import Put, Tag, make_axml, make_zip, manifest
from firmware.provenance.test_comparing import AGENT_CODE, AGENT_SOURCE, HOSTS_SOURCE, OTHER_SOURCE, filler
from vuoto.cli.firmware import _sources
from vuoto.errors import InputError

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    texts = {"Agent.java": AGENT_SOURCE, "Hosts.java": HOSTS_SOURCE, "Fetcher.java": OTHER_SOURCE}
    for name, text in (texts | {f"F{number}.java": filler(number) for number in range(24)}).items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def dex(tmp_path: Path) -> Path:
    (tmp_path / "classes.dex").write_bytes(assemble(AGENT_CODE))
    return tmp_path / "classes.dex"


def run(*words: str | Path, cache: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    kept = ("--cache", cache) if cache else ("--no-cache",)
    return vuoto("firmware", "provenance", *words, *kept)


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=A Writer", "-c", "user.email=writer@vendor.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


def test_says_class_and_file_and_line(dex: Path, source: Path) -> None:
    done = run(dex, "--source", source)
    text = done.stdout.decode()
    assert done.returncode == 0, done.stderr
    assert "La/b; → Agent.java" in text
    assert "same code after renaming" in text
    assert "Agent.java:17 · La/b;->a(Landroid/telephony/TelephonyManager;Ljava/lang/String;)V+0x2" in text


def test_the_document(dex: Path, source: Path, tmp_path: Path) -> None:
    first, second = (run(dex, "--source", source, "--format", "json", cache=tmp_path / "kept") for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert list((tmp_path / "kept").glob("??/*.pack"))
    document = json.loads(first.stdout)
    assert document["schema"] == "vuoto.provenance/1"
    assert [match["files"][0]["path"] for match in document["matches"]] == ["Agent.java"]


def test_a_change_of_the_source_is_seen_in_spite_of_the_cache(dex: Path, source: Path, tmp_path: Path) -> None:
    run(dex, "--source", source, cache=tmp_path / "kept")
    (source / "Agent.java").write_text("class Agent {}")
    assert "insufficient evidence" in run(dex, "--source", source, cache=tmp_path / "kept").stdout.decode()


def test_fails_on_a_match_where_asked(dex: Path, source: Path) -> None:
    assert run(dex, "--source", source, "--fail-on-match").returncode == 1
    (source / "Agent.java").unlink()
    assert run(dex, "--source", source, "--fail-on-match").returncode == 0


def test_one_class(dex: Path, source: Path) -> None:
    assert "La/b; →" in run(dex, "--source", source, "--class", "a.*").stdout.decode()
    done = run(dex, "--source", source, "--class", "a.c")
    assert done.returncode == 3
    assert "a.c" in done.stderr.decode()


@needs_git
def test_revisions_of_a_repository(dex: Path, source: Path) -> None:
    git(source, "init", "-q")
    (source / "Agent.java").write_text(AGENT_SOURCE.replace("37 * 1000", "21 * 1000"))
    git(source, "add", ".")
    git(source, "commit", "-qm", "one")
    git(source, "tag", "v1")
    (source / "Agent.java").write_text(AGENT_SOURCE)
    git(source, "commit", "-qam", "two")
    git(source, "tag", "v2")
    done = run(dex, "--source", f"{source}@v1,v2")
    text = done.stdout.decode()
    assert done.returncode == 0, done.stderr
    assert "revision: v2" in text
    assert 'because "37000" (Agent.java:10) is not in v1' in text


@needs_git
def test_a_bare_repository_is_read_at_its_head(dex: Path, source: Path, tmp_path: Path) -> None:
    git(source, "init", "-q")
    git(source, "add", ".")
    git(source, "commit", "-qm", "one")
    git(tmp_path, "clone", "-q", "--bare", str(source), "bare.git")
    assert "La/b; → Agent.java" in run(dex, "--source", tmp_path / "bare.git").stdout.decode()


@needs_git
@pytest.mark.parametrize("revision", ["nothing", "--upload-pack=x", "HEAD:Agent.java"])
def test_a_revision_that_is_none(dex: Path, source: Path, revision: str) -> None:
    git(source, "init", "-q")
    git(source, "add", ".")
    git(source, "commit", "-qm", "one")
    done = run(dex, "--source", f"{source}@{revision}")
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr


def test_what_is_no_source(dex: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for given in (tmp_path / "empty", tmp_path / "nowhere"):
        assert run(dex, "--source", given).returncode == 3


def test_a_package_of_a_folder(source: Path, tmp_path: Path) -> None:
    (tmp_path / "phone").mkdir()
    for name in ("one", "two"):
        members = [
            Put("AndroidManifest.xml", make_axml(manifest(Tag("application", {}, [])))),
            Put("classes.dex", assemble(AGENT_CODE)),
        ]
        (tmp_path / "phone" / f"{name}.apk").write_bytes(make_zip(members))
    several = run(tmp_path / "phone", "--source", source)
    assert several.returncode == 3
    assert b"--package" in several.stderr
    assert "La/b; → Agent.java" in run(tmp_path / "phone", "--source", source, "--package", "one.apk").stdout.decode()


def test_an_index_of_a_build_holds_no_code(source: Path, tmp_path: Path) -> None:
    members = [
        Put("AndroidManifest.xml", make_axml(manifest(Tag("application", {}, [])))),
        Put("classes.dex", assemble(AGENT_CODE)),
    ]
    (tmp_path / "one.apk").write_bytes(make_zip(members))
    assert vuoto("firmware", "index", tmp_path / "one.apk", "-o", tmp_path / "build.vfx").returncode == 0
    done = run(tmp_path / "build.vfx", "--source", source)
    assert done.returncode == 3
    assert b"not the code" in done.stderr


def test_a_folder_that_goes_while_it_is_read_holds_no_source(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (source / "gone").mkdir()
    scan = os.scandir

    def scandir(path: Path) -> Iterator[os.DirEntry[str]]:
        if Path(path).name == "gone":
            raise FileNotFoundError(2, "No such file or directory")
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert len(list(_sources._files(source))) == 27


def test_a_folder_with_more_files_than_are_looked_at_is_refused(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(40):
        (source / f"{number}.txt").write_text("no source")
    assert len(list(_sources._files(source))) == 27
    monkeypatch.setattr(_sources, "MAX_ENTRIES", 50)
    with pytest.raises(InputError, match="more than 50 files and folders"):
        list(_sources._files(source))


def test_a_revision_with_more_files_than_are_looked_at_is_refused(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sources, "git", lambda *_: b"100644 blob 00 1\ta.txt\0" * 60)
    monkeypatch.setattr(_sources, "MAX_ENTRIES", 50)
    with pytest.raises(InputError, match="more than 50 files are in the revision"):
        _sources._revision(source, "HEAD", "00")


def test_a_folder_with_more_source_than_is_read_is_refused(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_sources, "MAX_TREE", 1000)
    with pytest.raises(InputError, match="more source than is read"):
        list(_sources._files(source))
