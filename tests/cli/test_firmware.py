"""`vuoto firmware show`: a folder, an image and a package, from their bytes to what a person reads."""

from __future__ import annotations

import json
import os
import tarfile
from pathlib import Path
from typing import Final

import pytest

from cli.test_audit import vuoto
from firmware.code.assembler import assemble
from firmware.packages.builders import Put, Tag, make_axml, make_zip, manifest
from vuoto.cli.firmware._opening import opened, opened_image

CASES: Final = Path(__file__).resolve().parents[1] / "firmware" / "code" / "cases"
BOOT: Final = Tag("intent-filter", {}, [Tag("action", {"android:name": "android.intent.action.BOOT_COMPLETED"})])


def package() -> bytes:
    """An app that starts at boot, reads an identifier and sends."""
    application = Tag("application", {}, [Tag("receiver", {"android:name": ".Boot"}, [BOOT])])
    code = next(path for path in sorted(CASES.iterdir()) if json.loads((path / "expect.json").read_text()).get("paths"))
    members = [
        Put("AndroidManifest.xml", make_axml(manifest(application))),
        Put("classes.dex", assemble((code / "input.dexasm").read_text())),
    ]
    return make_zip(members)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as `adb pull` leaves it."""
    apps = tmp_path / "phone" / "system" / "app" / "Registration"
    apps.mkdir(parents=True)
    (apps / "Registration.apk").write_bytes(package())
    (tmp_path / "phone" / "system" / "build.prop").write_text(
        "ro.product.model=TA-1046\nro.build.version.security_patch=2019-01-01\n"
    )
    return tmp_path / "phone"


def test_says_what_starts_reads_sends_and_may_reach(folder: Path) -> None:
    done = vuoto("firmware", "show", folder)
    text = done.stdout.decode()
    assert done.returncode == 0, done.stderr
    for part in (
        "TA-1046",
        "system/app/Registration/Registration.apk",
        "boot: android.intent.action.BOOT_COMPLETED",
        "Can read",
        "May reach",
    ):
        assert part in text


def test_an_image_and_a_package_alone_tell_the_same(folder: Path, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "build.tar", "w") as tar:
        tar.add(folder, arcname=".")
    (tmp_path / "Registration.apk").write_bytes(package())
    told = [
        json.loads(vuoto("firmware", "show", path, "--format", "json").stdout)
        for path in (folder, tmp_path / "build.tar", tmp_path / "Registration.apk")
    ]
    codes = [build["packages"][0]["code"] for build in told]
    assert codes[0] == codes[1] == codes[2]
    assert codes[0]["paths"]
    assert told[0]["build"]["model"] == told[1]["build"]["model"] == "TA-1046"


def test_errors_say_what_and_the_next_step(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing of the kind")
    for arguments, says in (
        (("firmware", "show", tmp_path / "none.img"), "No such file"),
        (("firmware", "show", tmp_path / "notes.txt"), "OTA zip"),
        (("firmware", "show", folder, "--package", "com.example.none"), "--package"),
    ):
        done = vuoto(*arguments)
        assert done.returncode == 3
        assert says in done.stderr.decode()
        assert b"Traceback" not in done.stderr


def test_scan_says_what_is_odd_and_fails_on_it(folder: Path, tmp_path: Path) -> None:
    done = vuoto("firmware", "scan", folder)
    assert done.returncode == 0, done.stderr
    assert "may reach a send" in done.stdout.decode()
    for word, code in (("high", 0), ("medium", 1), ("low", 1), ("way-to-send", 1), ("debuggable", 0)):
        assert vuoto("firmware", "scan", folder, "--fail-on", word).returncode == code, word
    done = vuoto("firmware", "scan", folder, "--fail-on", "grave")
    assert done.returncode == 2
    assert b"way-in-clear-text" in done.stderr
    for form in ("json", "html", "sarif"):
        target = tmp_path / f"scan.{form}"
        done = vuoto("firmware", "scan", folder, "--format", form, "--out", target)
        assert (done.returncode, done.stdout) == (0, b"")
        assert b"may reach a send" in target.read_bytes()


def test_what_may_not_be_read_of_a_folder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "open.apk").write_bytes(package())
    (tmp_path / "app" / "shut.apk").write_bytes(package())
    whole = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "shut.apk" and whole(path, mode))
    build = opened(tmp_path)
    assert [p.package.path for p in build.packages] == ["app/open.apk"]
    assert [(p.where, "may not be read" in p.what) for p in build.problems] == [("app/shut.apk", True)]


def test_a_file_that_goes_while_a_folder_is_read_is_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "gone.apk").write_bytes(package())
    image = opened_image(tmp_path)
    (tmp_path / "gone.apk").unlink()
    assert [entry.size for entry in image.entries()] == [0]
