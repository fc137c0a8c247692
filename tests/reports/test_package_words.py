"""What a person reads of one package: the same at the terminal and on the page, and which facts stand in the JSON alone."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, Final

import pytest

from firmware.index.builds import agent, build, place
from vuoto.audit.firmware_view import view_firmware
from vuoto.facts.code import CodeFacts, TrustFlaw
from vuoto.facts.firmware_view import FirmwareView
from vuoto.facts.packages import (
    Certificate,
    Component,
    HiddenFile,
    IntentFilter,
    NativeLibrary,
    Package,
    Permission,
    Signer,
    Trigger,
    TrustRule,
)
from vuoto.recipients import load_registers
from vuoto.reports import render_firmware
from vuoto.reports.package_words import collects, holds, identity

LATER: Final = Certificate(
    sha256="cd" * 32, subject="CN=New", not_before="2019-01-01T00:00:00Z", not_after="2049-01-01T00:00:00Z"
)
EARLIER: Final = Certificate(sha256="ab" * 32, subject="CN=Old", not_before=None, not_after=None)
SHOWN: Final[dict[str, tuple[Any, str]]] = {
    "path": ("system/a.apk", "system/a.apk"),
    "kind": ("apk", "apk, 12,345 bytes"),
    "size": (12_345, "12,345 bytes"),
    "sha256": ("12" * 32, "12" * 32),
    "name": ("com.example.shown", "com.example.shown"),
    "version_name": ("7.5", "7.5"),
    "version_code": (7005, "(7005)"),
    "label": ("The Label", "The Label"),
    "shared_user_id": ("android.uid.phone", "android.uid.phone"),
    "process": ("com.example.other", "com.example.other"),
    "min_sdk": (21, "API 21 to 27"),
    "target_sdk": (27, "API 21 to 27"),
    "enabled": (False, "off when installed"),
    "persistent": (True, "kept running from boot on"),
    "debuggable": (True, "allowed by the manifest"),
    "has_code": (True, "5 classes"),
    "cleartext": (False, "forbidden by the manifest"),
    "permissions": (("android.permission.INTERNET",), "android.permission.INTERNET"),
    "permissions_defined": ((Permission(name="com.example.DO", level="signature"),), "com.example.DO (signature)"),
    "components": (
        (
            Component(
                kind="service",
                name="com.example.Open",
                exported=True,
                exported_declared=True,
                enabled=True,
                process=None,
                permission="com.example.DO",
                filters=(IntentFilter(actions=("com.example.action.GO",)),),
            ),
        ),
        "service com.example.Open, answers GO, for who has com.example.DO",
    ),
    "triggers": ((Trigger(kind="boot", component="com.example.Boot", clue="B"),), "boot: B → com.example.Boot"),
    "libraries": (("org.apache.http.legacy",), "org.apache.http.legacy"),
    "network_security": (
        (TrustRule(hosts=("*.example.com",), cleartext=True, trust=("user",), pins=("SHA-256:x",), pins_expire="2030-01-01"),),
        "*.example.com: clear text allowed, trusts user, 1 pinned key until 2030-01-01",
    ),
    "signers": (
        (Signer(scheme="v3", certificate=LATER, verification="wrong", note="it differs", lineage=(EARLIER, LATER)),),
        f"wrong: {'cd' * 32} · CN=New · valid 2019-01-01 to 2049-01-01 · it differs · rotated from CN=Old",
    ),
    "native_libraries": (
        (NativeLibrary(path="lib/liba.so", machine="arm64", soname=None, needed=(), imports=(), exports=(), strings=()),),
        "lib/liba.so (arm64)",
    ),
    "hidden": (
        (HiddenFile(path="assets/x.bin", kind="dex", how="foreign-name", size=9, sha256="ef" * 32),),
        "assets/x.bin: code, under a name that does not say so, 9 bytes",
    ),
}
ELSEWHERE: Final = {
    "strings": "the hosts in them stand in the list of hosts",
    "dex": "no index keeps it",
    "problems": "shown; see the test of what could not be read",
    "split": "a base's own is none, and a split is read as a part of its base",
}
CODE_ELSEWHERE: Final = {
    "strings": "hosts stand in the list of hosts, other words under what it may send",
    "words": "thousands of names, which origins ask for one by one",
    "prints": "numbers that tell classes apart",
    "problems": "as above",
    "methods": "",
    "instructions": "",
    "classes": "",
}
CODE_SHOWN: Final = {
    "reads": "Can read",
    "sends": "Can send",
    "transforms": "Encodes by",
    "trust_flaws": "Checks no server",
    "paths": "May reach a send",
    "limits": "Not followed",
    "loads": "Loads code at run time",
    "properties": "Asks for properties",
}


@pytest.fixture(scope="module")
def view() -> FirmwareView:
    read = agent()
    assert read.code is not None
    flaw = TrustFlaw(what="trust-manager", why="returns without a check", place=place())
    code = replace(read.code, trust_flaws=(flaw,), loads=(place(),), limits=("A limit",), classes=5)
    package = replace(read.package, **{name: value for name, (value, _) in SHOWN.items()})
    return view_firmware(build(replace(read, package=package, code=code)), load_registers())


def test_every_fact_of_a_package_is_shown_or_has_its_place() -> None:
    assert {field.name for field in fields(Package)} == SHOWN.keys() | ELSEWHERE.keys()
    assert {field.name for field in fields(CodeFacts)} == CODE_SHOWN.keys() | CODE_ELSEWHERE.keys()


@pytest.mark.parametrize("name", SHOWN)
def test_a_fact_stands_at_the_terminal_and_on_the_page(view: FirmwareView, name: str) -> None:
    says = SHOWN[name][1]
    rows = [value for _, value in identity(view.packages[0])]
    rows += [row for _, found in (*collects(view.packages[0]), *holds(view.packages[0])) for row in found]
    assert any(says in row for row in rows) or name == "name"
    for format_ in ("terminal", "html"):
        assert says in " ".join(render_firmware(view, format_, width=200).decode().split()), format_


def test_lists_of_code(view: FirmwareView) -> None:
    titles = [title for title, _ in (*collects(view.packages[0]), *holds(view.packages[0]))]
    assert {CODE_SHOWN[name] for name in ("reads", "sends", "trust_flaws", "paths", "limits", "loads")} <= set(titles)
    assert len(titles) == len(set(titles))


def test_what_says_nothing_is_left_out() -> None:
    bare = Package(path="a.jar", kind="jar", size=1, sha256="00" * 32)
    shown = view_firmware(build(replace(agent(), package=bare, code=None)), load_registers()).packages[0]
    assert [label for label, _ in identity(shown)] == ["Path", "Kind", "SHA-256"]
    assert [*collects(shown), *holds(shown)] == []
