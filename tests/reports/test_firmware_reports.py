"""A build in each format: for a person, for programs, for code review, on a page."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from firmware.index.builds import agent, build, clock, place
from vuoto.audit.firmware_view import view_firmware
from vuoto.errors import UsageError
from vuoto.facts.builds import ReadBuild, ReadPackage
from vuoto.facts.firmware_view import FirmwareView
from vuoto.facts.packages import FoundString, Trigger
from vuoto.facts.problems import Problem
from vuoto.recipients import load_registers
from vuoto.reports import render_firmware
from vuoto.reports.firmware_words import member_words, signature_words, starts_of
from vuoto.reports.showing import visible

FORMATS = ("terminal", "json", "html", "sarif")
EVIL = "</script><script>alert(1)</script>\x1b[31m\u202e\ud800<img src=x onerror=alert(1)>=cmd|' /C calc'!A0"


def hostile_package() -> ReadPackage:
    read = agent(path=f"system/app/{EVIL}.apk", host="evil.example.com")
    code = read.code
    assert code is not None
    where = replace(place(), method=f"Lcom/example/{EVIL};->{EVIL}(I)V", dex=EVIL)
    first = code.paths[0]
    steps = tuple(replace(step, place=where, what=where.method) for step in first.steps)
    path = replace(first, read=replace(first.read, place=where), steps=steps)
    strings = (replace(code.strings[0], value=f"http://evil.example.com/{EVIL}"),)
    package = replace(
        read.package,
        name=EVIL,
        version_name=EVIL,
        permissions=(EVIL,),
        shared_user_id=f"android.uid.{EVIL}",
        strings=(FoundString(path=EVIL, name=EVIL, value=EVIL),),
        triggers=(Trigger(kind="secret code", component=EVIL, clue=f"android_secret_code://{EVIL}"),),
        problems=(Problem(where=EVIL, what=EVIL),),
    )
    return ReadPackage(package=package, code=replace(code, paths=(path,), strings=strings))


def views() -> dict[str, FirmwareView]:
    registers = load_registers()
    hostile = replace(build(hostile_package()), name=EVIL, problems=(Problem(where=EVIL, what=EVIL, next_step=EVIL),))
    many = build(*(agent(path=f"system/app/A{n:03}.apk", host=f"h{n % 50}.example.com") for n in range(700)))
    alone = ReadBuild(name="agent.apk", format="apk", build=None, packages=(agent("agent.apk"),), problems=())
    return {
        "build": view_firmware(build(agent(), clock()), registers),
        "alone": view_firmware(alone, registers),
        "empty": view_firmware(ReadBuild(name="empty.img", format="ext4", build=None, packages=(), problems=()), registers),
        "hostile": view_firmware(hostile, registers),
        "many": view_firmware(many, registers),
    }


VIEWS = views()


@pytest.mark.parametrize("name", sorted(VIEWS))
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("scan", [False, True])
def test_same_bytes_and_nothing_unseen(form: str, name: str, scan: bool) -> None:
    data = render_firmware(VIEWS[name], form, scan=scan)
    assert data == render_firmware(VIEWS[name], form, scan=scan)
    assert data.endswith(b"\n")
    text = data.decode("utf-8")
    if form != "json":
        assert [line for line in text.splitlines() if visible(line, len(line)) != line] == []


def test_an_unknown_format_is_an_error_of_the_users() -> None:
    with pytest.raises(UsageError, match="unknown format 'pdf'"):
        render_firmware(VIEWS["build"], "pdf")


# ── JSON ──


def test_json_holds_everything() -> None:
    told = json.loads(render_firmware(VIEWS["build"], "json"))
    assert told["schema"] == "vuoto.firmware/1"
    assert told["build"]["variant"][0]["value"] == "1"
    assert told["packages"][0]["code"]["paths"][0]["read"]["kind"] == "imei"
    recipient = {one["id"]: one for one in told["recipients"]}[told["packages"][0]["hosts"][1]["recipient"]]
    assert recipient["organisation"]["name"] == "China Telecom"


# ── SARIF ──


@pytest.fixture(scope="module")
def sarif_schema(node_modules: Path) -> Any:
    return json.loads(
        (node_modules / "@microsoft" / "jest-sarif" / "lib" / "schemas" / "sarif-2.1.0-rtm.5.json").read_text("utf-8-sig")
    )


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_sarif_holds_against_its_schema(name: str, sarif_schema: Any) -> None:
    log = json.loads(render_firmware(VIEWS[name], "sarif"))
    jsonschema.Draft7Validator(sarif_schema).validate({k: v for k, v in log.items() if k != "$schema"})


def test_sarif_names_class_and_method_and_helps() -> None:
    run = json.loads(render_firmware(VIEWS["build"], "sarif"))["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert all(rule["help"]["text"] and rule["shortDescription"]["text"] for rule in rules)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    way = next(result for result in run["results"] if result["ruleId"] == "firmware/way-in-clear-text")
    assert way["level"] == "error"
    location = way["locations"][0]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "system/priv-app/Agent/Agent.apk"
    assert location["logicalLocations"] == [
        {"fullyQualifiedName": "com.example.agent", "kind": "package", "name": "com.example.agent"},
        {"fullyQualifiedName": "com.example.agent.Agent", "kind": "type", "name": "com.example.agent.Agent"},
        {"fullyQualifiedName": "com.example.agent.Agent.send(): void", "kind": "function", "name": "send"},
    ]
    assert way["codeFlows"][0]["threadFlows"][0]["locations"]
    prints = [result["partialFingerprints"]["vuotoOddity/v1"] for result in run["results"]]
    assert len(set(prints)) == len(prints)


@pytest.mark.parametrize(
    ("reference", "member", "signature"),
    [
        ("La/b/C;->d(I[Ljava/lang/String;J)Z", "a.b.C.d", "a.b.C.d(int, java.lang.String[], long): boolean"),
        ("La/b/C;->e:I", "a.b.C.e", "a.b.C.e"),
        ("La/b/C;", "a.b.C", "a.b.C"),
        ("La/b/C;-><init>()V", "a.b.C.<init>", "a.b.C.<init>(): void"),
        ("", "", ""),
    ],
)
def test_names_of_members(reference: str, member: str, signature: str) -> None:
    assert member_words(reference) == member
    assert signature_words(reference) == signature


# ── terminal ──


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("name", sorted(VIEWS))
@pytest.mark.parametrize("scan", [False, True])
def test_terminal_keeps_to_its_width(name: str, width: int, scan: bool) -> None:
    text = render_firmware(VIEWS[name], "terminal", width=width, scan=scan).decode("utf-8")
    assert max(len(line) for line in text.splitlines()) <= width


def test_terminal_says_the_worst_first() -> None:
    flat = " ".join(render_firmware(VIEWS["build"], "terminal", scan=True).decode("utf-8").split())
    order = (
        "com.example.agent may send IMEI without TLS, to zzhc.vnet.cn (China Telecom, China). It is started by boot.",
        "high: 1",
        "IMEI may reach a send without TLS",
        "medium:",
        "low:",
        "no proof that it runs",
    )
    places = [flat.index(words) for words in order]
    assert places == sorted(places)


def test_terminal_says_that_nothing_is_odd() -> None:
    assert "Nothing odd was found in it." in render_firmware(quiet(), "terminal").decode()


def test_what_could_not_be_read_is_not_called_harmless() -> None:
    unread = replace(quiet(), problems=(Problem(where="system", what="is cut off"),))
    assert "Nothing odd was found in what could be read." in render_firmware(unread, "terminal").decode()
    for view in (VIEWS["empty"], replace(VIEWS["empty"], problems=unread.problems)):
        told = render_firmware(view, "terminal").decode()
        assert "No package was found in it." in told
        assert "Nothing odd" not in told


def quiet() -> FirmwareView:
    return replace(VIEWS["alone"], oddities=())


def test_what_is_off_starts_nothing() -> None:
    view = VIEWS["alone"]
    triggers = tuple(replace(one, enabled=False) for one in view.packages[0].package.triggers)
    package = replace(view.packages[0], package=replace(view.packages[0].package, triggers=triggers))
    off = replace(view, packages=(package, replace(package, package=replace(package.package, path="b.apk"))))
    assert starts_of(view.packages[0]) == ["boot"]
    assert starts_of(package) == []
    for form in ("terminal", "html"):
        assert "is started by boot" in " ".join(render_firmware(view, form).decode().split())
        assert "tarted by boot" not in " ".join(render_firmware(off, form).decode().split())


def test_terminal_writes_colours_only_when_asked() -> None:
    assert b"\x1b[" not in render_firmware(VIEWS["build"], "terminal", scan=True)
    assert b"\x1b[" in render_firmware(VIEWS["build"], "terminal", scan=True, colour=True)


# ── the page ──


@pytest.mark.parametrize("name", sorted(VIEWS))
@pytest.mark.parametrize("scan", [False, True])
def test_the_page_has_no_script_and_no_dead_links(name: str, scan: bool) -> None:
    page = render_firmware(VIEWS[name], "html", scan=scan, command="vuoto firmware show x").decode("utf-8")
    assert "default-src 'none'; style-src 'sha256-" in page.replace("&#x27;", "'")
    assert "<script" not in page
    assert "<img" not in page
    assert " style=" not in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(set(ids)) == len(ids)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert not re.search(r'(?:src|href)="(?!#)', page)


def test_the_page_joins_hosts_with_their_owners() -> None:
    page = render_firmware(VIEWS["build"], "html").decode("utf-8")
    row = re.search(r"<tr[^>]*><th[^>]*>zzhc\.vnet\.cn.*?</tr>", page, re.DOTALL)
    assert row is not None
    assert "China Telecom, China" in row.group()
    assert "CNNIC" in row.group()
    assert "without TLS" in row.group()
    assert 'href="#p-0"' in row.group()
