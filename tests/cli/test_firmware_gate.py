"""`vuoto firmware diff`, `gate` and `scope` as a person calls them: what they print, write and end with."""

from __future__ import annotations

import json
import os
import subprocess
from html import unescape
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import pytest

from cli.test_audit import vuoto
from cli.test_firmware import package
from firmware.comparing.devices import load, write
from firmware.images.file_systems import erofs
from firmware.images.makers import BLOCK, Op, full_payload, payload, zipped
from vuoto.cli.firmware._builds import builds_in
from vuoto.errors import InputError

GATE: Final = Path(__file__).resolve().parents[1] / "firmware" / "gate"
CASES: Final = GATE / "cases"
PRIVACY: Final = GATE / "privacy.toml"


def folder(description: Path, at: Path) -> Path:
    return write(load(description), at)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """The case of waivers as folders of a device's files."""
    for name in ("build", "baseline"):
        folder(CASES / "waivers" / f"{name}.toml", tmp_path / name)
    return tmp_path


def gate(shelf: Path, *more: str | Path, variant: str = "TA-1046") -> subprocess.CompletedProcess[bytes]:
    asked = ("--declaration", PRIVACY, "--variant", variant, "--baseline", shelf / "baseline")
    return vuoto("firmware", "gate", shelf / "build", *asked, *more)


def test_refuses_with_reasons_and_writes_all_forms(shelf: Path) -> None:
    forms = (
        "--sarif",
        shelf / "out" / "gate.sarif",
        "--junit",
        shelf / "out" / "gate.xml",
        "--json",
        shelf / "out" / "gate.json",
    )
    done = gate(shelf, *forms)
    text = " ".join(done.stdout.decode().split())
    assert done.returncode == 1, done.stderr
    assert text.startswith("Refused: build may not ship as TA-1046, for 2 reasons.")
    assert "boot-trigger: it is started with the phone" in text
    assert "undeclared-host: it names ads.example.org" in text
    assert all(len(line) <= 80 for line in done.stdout.decode().splitlines())
    sarif = json.loads((shelf / "out" / "gate.sarif").read_bytes())
    results = sarif["runs"][0]["results"]
    assert [r["ruleId"] for r in results] == ["gate/boot-trigger", "gate/undeclared-host"]
    assert results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "system/app/app/app.apk"
    assert results[1]["locations"][0]["logicalLocations"][1]["fullyQualifiedName"].startswith("Lcom/example/quiet/Page;->open(")
    rules = sarif["runs"][0]["tool"]["driver"]["rules"]
    assert all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in results)
    told = json.loads((shelf / "out" / "gate.json").read_bytes())
    assert (told["schema"], told["outcome"], len(told["findings"])) == ("vuoto.gate/1", "refused", 2)


def test_waivers_let_it_pass_until_they_expire(shelf: Path) -> None:
    waivers = ("--waivers", CASES / "waivers" / "waivers.toml")
    held = gate(shelf, *waivers, "--as-of", "2019-02-01", "--format", "junit")
    assert held.returncode == 0, held.stderr
    counts = junit(held.stdout)
    assert (counts["failures"], counts["errors"], counts["skipped"]) == (0, 0, 2)
    late = gate(shelf, *waivers, "--as-of", "2019-02-02")
    assert late.returncode == 1
    assert "expired on 2019-02-01" in " ".join(late.stdout.decode().split())
    suppressed = json.loads(gate(shelf, *waivers, "--as-of", "2019-02-01", "--format", "sarif").stdout)
    assert all(r["suppressions"][0]["kind"] == "external" for r in suppressed["runs"][0]["results"])


def junit(data: bytes) -> dict[str, int]:
    """The totals, after the shape was checked: totals add up, each case has a name and at most one outcome."""
    root = ET.fromstring(data)
    assert root.tag == "testsuites"
    names = ("tests", "failures", "errors", "skipped")
    totals = {name: int(root.attrib[name]) for name in names}
    elements = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    for name in names:
        assert totals[name] == sum(int(suite.attrib[name]) for suite in root)
    for suite in root:
        assert suite.tag == "testsuite"
        cases = suite.findall("testcase")
        assert len(cases) == int(suite.attrib["tests"]) > 0
        for one in cases:
            assert one.attrib["name"]
            assert one.attrib["classname"] == suite.attrib["name"]
            assert len(one) <= 1
        for name, element in elements.items():
            assert int(suite.attrib[name]) == len(suite.findall(f"testcase/{element}"))
    return totals


def test_junit_tells_refusals_as_failures_and_the_undecided_as_errors(tmp_path: Path) -> None:
    for case in ("clear-text-path", "unread-code"):
        for name in ("build", "baseline"):
            folder(CASES / case / f"{name}.toml", tmp_path / case / name)
    counts = junit(gate(tmp_path / "clear-text-path", "--format", "junit").stdout)
    assert (counts["failures"], counts["errors"]) == (2, 1)
    undecided = gate(tmp_path / "unread-code", "--format", "junit")
    assert undecided.returncode == 1
    counts = junit(undecided.stdout)
    assert (counts["failures"], counts["errors"]) == (0, 2)
    assert gate(tmp_path / "unread-code", "--allow-undecided").returncode == 0
    assert b"Undecided: whether build may ship as TA-1046 cannot be said" in gate(tmp_path / "unread-code").stdout


def test_learns_from_a_folder_of_builds_and_says_which_it_could_not_read(tmp_path: Path) -> None:
    case = CASES / "other-variants-package"
    for name in ("build", "baseline"):
        folder(case / f"{name}.toml", tmp_path / name)
    others = tmp_path / "others"
    others.mkdir()
    done = vuoto("firmware", "index", folder(case / "other-cn.toml", tmp_path / "cn"), "-o", others / "cn.vfx")
    assert done.returncode == 0, done.stderr
    (others / "half.vfx").write_bytes((others / "cn.vfx").read_bytes()[:200])
    done = gate(tmp_path, "--builds", others)
    text = " ".join(done.stdout.decode().split())
    assert done.returncode == 1, done.stderr
    assert "com.example.tele is known from builds of other variants, TA-1062 (cn.vfx), and from none of TA-1046" in text
    assert "Could not be read half.vfx" in text


def test_usage_says_what_would_be_right(shelf: Path) -> None:
    wrong = shelf / "waivers.toml"
    wrong.write_text((CASES / "waivers" / "waivers.toml").read_text().replace("boot-trigger", "boot-triger"))
    for done, code, says in (
        (gate(shelf, variant="TA-1064"), 2, "Did you mean TA-1"),
        (gate(shelf, "--as-of", "tomorrow"), 2, "Write it as"),
        (gate(shelf, "--waivers", wrong), 3, 'did you mean "boot-trigger"?'),
        (gate(shelf, "--builds", shelf / "none"), 3, "is no folder"),
        (gate(shelf, "--baseline", shelf / "none.img"), 3, "No such file"),
        (vuoto("firmware", "diff", shelf / "baseline", shelf / "build", "--fail-on", "hosts"), 2, "Did you mean host"),
        (vuoto("firmware", "scope", "--builds", shelf, "--package", "a", "--host", "b"), 2, "ask for two things"),
        (vuoto("firmware", "scope", "--builds", shelf, "--package", "a"), 3, "no build in this folder"),
    ):
        assert done.returncode == code, done.stderr
        assert says in done.stderr.decode()
        assert b"Traceback" not in done.stderr


def test_scope_of_the_code_of_a_file_or_of_a_package_by_name(tmp_path: Path) -> None:
    case = CASES / "same-code"
    builds = tmp_path / "builds"
    builds.mkdir()
    for name in ("other-cn", "build"):
        at = folder(case / f"{name}.toml", tmp_path / name)
        assert vuoto("firmware", "index", at, "-o", builds / f"{name}.vfx").returncode == 0
    file = tmp_path / "other-cn" / "system" / "app" / "client" / "client.apk"
    by_file = vuoto("firmware", "scope", "--builds", builds, "--like", file)
    by_name = vuoto("firmware", "scope", "--builds", builds, "--like", "com.example.client")
    for done in (by_file, by_name):
        assert done.returncode == 0, done.stderr
        text = " ".join(done.stdout.decode().split())
        assert "is in 2 of 2 builds that could be read" in text
        assert "com.example.innocent 1.0: the same code" in text
        assert all(len(line) <= 80 for line in done.stdout.decode().splitlines())
    told = json.loads(
        vuoto("firmware", "scope", "--builds", builds, "--package", "com.example.client", "--format", "json").stdout
    )
    assert (told["schema"], [row["state"] for row in told["rows"]]) == ("vuoto.scope/1", ["absent", "present"])
    (builds / "nowhere.img").symlink_to("y" * 300)
    asked = ("firmware", "scope", "--builds", builds, "--like", file, "--format", "html")
    printed = vuoto(*asked).stdout
    assert vuoto(*asked, "--out", tmp_path / "page.html").stdout == b""
    assert (tmp_path / "page.html").read_bytes() == printed
    assert f"vuoto firmware scope --builds {builds.name} --like client.apk --format html".encode() in printed
    nowhere = vuoto("firmware", "scope", "--builds", builds, "--like", "com.example.none")
    assert (nowhere.returncode, b"no package of these builds" in nowhere.stderr) == (3, True)


def test_the_answer_as_a_page_and_the_command_that_makes_it_again(shelf: Path, tmp_path: Path) -> None:
    options = ("--as-of", "2019-02-01")
    printed = gate(shelf, *options, "--format", "html")
    assert printed.returncode == 1
    assert gate(shelf, *options, "--html", tmp_path / "new" / "page.html").stdout.startswith(b"Refused: ")
    assert (tmp_path / "new" / "page.html").read_bytes() == printed.stdout
    said = unescape(printed.stdout.decode())
    assert "--variant TA-1046 --baseline baseline --as-of 2019-02-01 --format html" in said
    assert str(tmp_path) not in said


def test_a_difference_as_a_page(shelf: Path, tmp_path: Path) -> None:
    command = ("firmware", "diff", shelf / "baseline", shelf / "build", "--format", "html")
    printed = vuoto(*command)
    assert printed.returncode == 0
    assert vuoto(*command, "--out", tmp_path / "page.html").stdout == b""
    assert (tmp_path / "page.html").read_bytes() == printed.stdout
    assert b"vuoto firmware diff baseline build --format html" in printed.stdout
    assert str(shelf).encode() not in printed.stdout
    refused = vuoto(*command, "--out", tmp_path / "none" / "page.html")
    assert refused.returncode == 3
    assert b"No such file" in refused.stderr


def test_diff_says_what_changed_and_fails_where_asked(shelf: Path) -> None:
    command = ("firmware", "diff", shelf / "baseline", shelf / "build")
    done = vuoto(*command)
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode()
    assert "+ names ads.example.org, in Page.open" in text
    assert "Of the packages 1 changed" in text
    assert all(len(line) <= 80 for line in text.splitlines())
    assert vuoto(*command, "--fail-on", "high").returncode == 1
    assert vuoto(*command, "--fail-on", "signer").returncode == 0
    assert vuoto(*command, "--fail-on", "signer", "--fail-on", "host").returncode == 1
    back = ("firmware", "diff", shelf / "build", shelf / "baseline")
    assert vuoto(*back, "--fail-on", "low").returncode == 0
    told = json.loads(vuoto(*command, "--format", "json").stdout)
    assert told["schema"] == "vuoto.difference/1"
    sarif: dict[str, Any] = json.loads(vuoto(*command, "--format", "sarif").stdout)["runs"][0]
    assert len(sarif["results"]) == len(told["changes"])
    assert {r["level"] for r in sarif["results"]} <= {"error", "warning", "note", "none"}


def test_the_same_bytes_whatever_the_hash_seed(shelf: Path) -> None:
    asked = ("firmware", "gate", shelf / "build", "--declaration", PRIVACY, "--variant", "TA-1046", "--as-of", "2019-02-01")
    one, two = (vuoto(*asked, "--format", "json", PYTHONHASHSEED=seed).stdout for seed in "12")
    assert one == two
    one, two = (
        vuoto("firmware", "diff", shelf / "baseline", shelf / "build", "--format", "json", PYTHONHASHSEED=s).stdout for s in "12"
    )
    assert one == two


def test_an_incremental_update_is_judged_with_the_build_that_it_starts_from(tmp_path: Path) -> None:
    system = erofs({"system": {"app": {"A": {"A.apk": package()}}}}).ljust(65_536, b"\0")
    (tmp_path / "old.zip").write_bytes(zipped({"payload.bin": full_payload({"system": system})}))
    copies: list[Op] = [(4, b"", [(0, len(system) // BLOCK)], [(0, len(system) // BLOCK)])]
    new = payload({"system": (len(system), copies)}, old=True)
    (tmp_path / "new.zip").write_bytes(zipped({"payload.bin": new}))
    asked = ("firmware", "gate", tmp_path / "new.zip", "--declaration", PRIVACY, "--variant", "TA-1046", "--format", "json")
    packages = {}
    for name, more in (("alone", ()), ("with", ("--old", tmp_path / "old.zip"))):
        told = json.loads(vuoto(*asked, *more).stdout)
        packages[name] = told["build"]["packages"]
        assert ("which was not given" in str(told["findings"])) == (name == "alone")
    assert packages == {"alone": 0, "with": 1}


def test_a_folder_of_builds_that_may_not_be_read_is_not_taken_for_an_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "a.img").write_bytes(erofs({"a": b"1"}))
    (tmp_path / "shut").mkdir()
    scandir = os.scandir

    def guarded(path: str) -> object:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    assert {name: isinstance(found, str) and found for name, found in builds_in(tmp_path)} == {
        "shut": "is a folder that may not be read",
        "open/a.img": False,
    }
    (tmp_path / "open" / "a.img").unlink()
    with pytest.raises(InputError, match="as far as it may be read"):
        list(builds_in(tmp_path))
