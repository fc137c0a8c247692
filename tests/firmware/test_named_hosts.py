"""The one reading of hosts: what is a host, clear, open; and that all who use it say the same of every package."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from firmware.comparing.devices import load, read
from firmware.index.builds import agent, anything, place
from vuoto.audit.firmware_view import MAX_HOSTS, view_firmware
from vuoto.declarations import read_declaration
from vuoto.facts.builds import ReadBuild, ReadPackage
from vuoto.facts.code import CodeString
from vuoto.facts.packages import FoundString, NativeLibrary, TrustRule
from vuoto.firmware.building import read_build
from vuoto.firmware.comparing import compare
from vuoto.firmware.comparing.abilities import is_personal
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.gate import Question, judge
from vuoto.firmware.index import open_index, write_index
from vuoto.firmware.named_hosts import MAX_PLACES, HostTexts, hosts_of, is_local, open_hosts, outside
from vuoto.firmware.oddity import find_oddities
from vuoto.recipients import load_registers

HERE = Path(__file__).parent
EXAMPLES = Path(__file__).parents[2] / "examples" / "firmware"
IMAGES = sorted(path for path in EXAMPLES.iterdir() if path.suffix in (".apk", ".zip", ".img"))
MADE = sorted(HERE.glob("*/cases/*/*.toml"))
NOBODY = """
schema = "vuoto.declaration/1"
version = "1"
[controller]
name = "Example Oy"
country = "FI"
contact = "privacy@example.test"
[variants.any]
region = "EEA"
"""


def text(value: str, kind: str = "url", host: str | None = None, **changes: Any) -> CodeString:
    one = CodeString(kind=kind, value=value, host=host, certainty="validated", why="a URL", places=(place(),))
    return replace(one, **changes)


def holding(*strings: CodeString, **changes: Any) -> ReadPackage:
    read = agent()
    assert read.code is not None
    package = replace(read.package, strings=(), native_libraries=(), **changes)
    return replace(read, package=package, code=replace(read.code, strings=strings))


def told(read: ReadPackage) -> dict[str, tuple[bool, bool]]:
    return {name: (host.clear, host.open) for name, host in hosts_of(read).items()}


def test_each_url_of_a_text_by_itself() -> None:
    value = "http://plain.example.com/ then https://sealed.example.com/"
    read = holding(text(value, "header", "plain.example.com"))
    assert told(read) == {"plain.example.com": (True, True), "sealed.example.com": (False, False)}


def test_resources_and_native_libraries_name_hosts_as_code_does() -> None:
    library = NativeLibrary(
        path="lib/a.so",
        machine="arm",
        soname=None,
        needed=(),
        imports=(),
        exports=(),
        strings=("c.example.com", "/sys/class/net/"),
    )
    strings = (
        FoundString(path="assets/a", name="", value="http://b.example.com:8080/x"),
        FoundString(path="assets/a", name="", value="http://schemas.android.com/apk/res/android"),
    )
    read = holding(text("https://a.example.com/", host="a.example.com"))
    read = replace(read, package=replace(read.package, strings=strings, native_libraries=(library,)))
    found = hosts_of(read)
    assert {name: host.where for name, host in found.items()} == {
        "a.example.com": "code",
        "b.example.com": "assets/a",
        "c.example.com": "lib/a.so",
    }
    assert [name for name, host in found.items() if host.open] == ["b.example.com"]


@pytest.mark.parametrize(
    ("rules", "opened"),
    [
        (TrustRule(hosts=("example.com",), cleartext=True), []),
        (TrustRule(hosts=("*.example.com",), cleartext=True), ["a.example.com"]),
        (TrustRule(hosts=("a.example.com",), cleartext=True), ["a.example.com"]),
        (TrustRule(hosts=("*.example.com",), cleartext=True, debug_only=True), []),
    ],
)
def test_settings_count_for_each_host(rules: TrustRule, opened: list[str]) -> None:
    strings = (text("http://a.example.com/", host="a.example.com"), text("http://b.example.org/", host="b.example.org"))
    read = holding(*strings, target_sdk=33, network_security=(TrustRule(hosts=(), cleartext=None), rules))
    assert list(open_hosts(read)) == opened
    assert all(host.clear for host in hosts_of(read).values())
    assert hosts_of(read)["b.example.org"].how == " without TLS, which its settings forbid"


def test_settings_do_not_hold_what_asks_nobody() -> None:
    strings = [
        text(f"{scheme}://{scheme}.example.com:99", host=f"{scheme}.example.com") for scheme in ("mqtt", "tcp", "ws", "ftp")
    ]
    assert list(open_hosts(holding(*strings, cleartext=False))) == ["mqtt.example.com", "tcp.example.com"]


def test_an_address_whose_host_is_made_at_run_time_is_open_and_no_host() -> None:
    for value in ("http://%s/up", "http://{host}:99/"):
        read = holding(text(value))
        assert hosts_of(read) == {}
        assert [host.url for host in open_hosts(read).values()] == [value]
        assert not open_hosts(replace(read, package=replace(read.package, cleartext=False)))
    for value in ("http://", "https://%s/up", "http://localhost:8080/"):
        assert not open_hosts(holding(text(value))), value


def test_hosts_of_the_own_network() -> None:
    for host in ("localhost", "127.0.0.1", "10.1.2.3", "192.168.0.1", "router.lan", "printer.local", "[::1]", "169.254.1.1"):
        assert is_local(host), host
    for host in ("example.org", "203.0.113.7", "198.51.100.1", "42.99.2.15", "localhost.example.org", "[2001:db8::1]"):
        assert not is_local(host), host
    read = holding(text("http://192.168.1.1/", host="192.168.1.1"))
    assert list(hosts_of(read)) == ["192.168.1.1"]
    assert outside(read) == open_hosts(read) == {}


def test_places_are_those_of_what_is_open_first_and_bounded() -> None:
    sealed = tuple(replace(place(), offset=n) for n in range(100, 200))
    plain = replace(place(), offset=7)
    read = holding(
        text("https://a.example.com/", host="a.example.com", places=sealed),
        text("http://a.example.com/", host="a.example.com", places=(plain,)),
    )
    found = hosts_of(read)["a.example.com"]
    assert len(found.places) == MAX_PLACES
    assert plain in found.places
    assert found.url == "http://a.example.com/"


def agree(build: ReadBuild) -> int:
    """That `show`, `scan`, `diff` and `gate` say the same of each package; gives how many hosts and ways they spoke of."""
    declaration = read_declaration(NOBODY.encode(), "nobody.toml")
    question = Question(build=build, declaration=declaration, variant=declaration.variants[0])
    view = view_firmware(build, load_registers())
    spoken = 0
    for package, seen in zip(build.packages, view.packages, strict=True):
        alone = replace(question, build=replace(build, packages=(package,)))
        verdict = judge(alone, (), date(2019, 2, 1))
        by_rule = {rule: [f for f in verdict.findings if f.rule == rule] for rule in ("undeclared-host", "clear-text-path")}
        shown = {use.host: use for use in seen.hosts if not use.local}
        assert seen.hosts_left_out == 0
        asked = {found.subject: found.because for found in by_rule["undeclared-host"]}
        if alone.can_send(package):
            assert set(asked) == set(shown)
        else:
            assert not asked
        for host, because in asked.items():
            assert (f"names {host} without TLS, in " in because) == shown[host].open, because

        empty = replace(build, packages=())
        gained = {c.subject: c.says for c in compare(empty, alone.build).changes if c.aspect == "host" and c.direction == "added"}
        assert set(gained) == set(shown)
        assert {host for host, says in gained.items() if f"names {host} without TLS, in " in says} == {
            host for host, use in shown.items() if use.open
        }

        odd = find_oddities(alone.build)
        opened = {host for host, use in shown.items() if use.open}
        assert any(one.rule == "clear-text" for one in odd) == bool(open_hosts(package))
        ways = [one for one in odd if one.rule == "way-in-clear-text"]
        paths = {(one.place, one.steps) for one in ways}
        code_paths = package.code.paths if package.code is not None else ()
        told = {
            (path.read.kind, path.send.channel)
            for path in code_paths
            if (path.read.place, path.steps) in paths and is_personal(path.read.kind)
        }
        by_host = {found.subject for found in by_rule["clear-text-path"] if " to " not in found.subject}
        by_channel = {found.subject for found in by_rule["clear-text-path"] if " to " in found.subject}
        assert by_channel == {f"{kind} to {channel}" for kind, channel in told if channel in ("sms", "socket", "datagram")}
        assert bool(by_host) == any(channel not in ("sms", "socket", "datagram") for _, channel in told)
        if by_host:
            assert by_host == opened | {host.url for host in open_hosts(package).values() if not host.host}
        spoken += len(shown) + len(told)
    return spoken


@pytest.mark.parametrize("path", IMAGES, ids=lambda path: path.name)
def test_all_agree_on_the_example(path: Path) -> None:
    assert agree(read_build(BytesBlob(path.read_bytes()), path.name)) > 0


def test_all_agree_on_the_made_builds() -> None:
    descriptions = [load(path) for path in MADE]
    found = [agree(read(one)) for one in descriptions if set(one) <= {"properties", "package"}]
    assert sum(found) > 80


SETTINGS: list[dict[str, Any]] = [
    {},
    {"cleartext": False},
    {"target_sdk": 30},
    {"target_sdk": 30, "network_security": (TrustRule(hosts=("*.example.com",), cleartext=True),)},
]


@pytest.mark.parametrize("allowed", SETTINGS, ids=str)
@pytest.mark.parametrize(
    "value",
    [
        "http://a.example.com/",
        "https://a.example.com/",
        "tcp://b.example.org:1",
        "http://10.0.0.1/",
        "http://%s/",
        "c.example.net",
        "http://a.example.com/ https://b.example.com/",
    ],
)
def test_all_agree_whatever_stands_in_a_package(value: str, allowed: dict[str, Any]) -> None:
    found = holding(**allowed)
    found = replace(found, package=replace(found.package, strings=(FoundString(path="assets/a", name="", value=value),)))
    agree(ReadBuild(name="b", format="tree", build=None, packages=(found,), problems=()))


def test_what_is_open_is_not_left_out_behind_a_list() -> None:
    strings = [text(f"https://a{n}.example.com/", host=f"a{n}.example.com") for n in range(MAX_HOSTS + 5)]
    last = text("http://zz.example.com/", host="zz.example.com")
    view = view_firmware(
        ReadBuild(name="b", format="tree", build=None, packages=(holding(*strings, last),), problems=()), load_registers()
    )
    assert view.packages[0].hosts[-1].host == "zz.example.com"
    assert (len(view.packages[0].hosts), view.packages[0].hosts_left_out) == (MAX_HOSTS, 6)


def test_an_index_gives_the_same_hosts_without_the_rest() -> None:
    build = read(load(HERE / "gate" / "cases" / "clear-text-path" / "build.toml"))
    index = open_index(BytesBlob(write_index(build)), "b")
    for whole, part in zip(build.packages, index.read_as(HostTexts), strict=True):
        assert hosts_of(part) == hosts_of(whole)


@given(anything(ReadPackage))
@settings(max_examples=60, deadline=None)
def test_any_package_can_be_asked(package: ReadPackage) -> None:
    found = hosts_of(package)
    assert set(open_hosts(package)) - {""} <= set(outside(package)) <= set(found)
