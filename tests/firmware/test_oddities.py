"""What is odd in packages: for each rule a hit and a look-alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from firmware.index.builds import agent, build, clock, place
from vuoto.facts.builds import BuildProperty, ReadBuild, ReadPackage
from vuoto.facts.code import CodeFacts, CodeProperty, CodeString, CodeTransform, TrustFlaw
from vuoto.facts.packages import Certificate, Component, HiddenFile, Package, Signer, Trigger, TrustRule
from vuoto.firmware.clear_text import is_clear
from vuoto.firmware.oddity import MAX_OF_ONE_RULE, find_oddities, finders

SWITCH = "persist.vendor.radio.ps.registration.enabled"


def package(**changes: Any) -> ReadPackage:
    read = agent()
    return replace(read, package=replace(read.package, signers=(signer("v2"),), components=(), **changes))


def code(**changes: Any) -> ReadPackage:
    read = package()
    assert read.code is not None
    return replace(read, code=replace(read.code, **changes))


def facts(read: ReadPackage) -> CodeFacts:
    assert read.code is not None
    return read.code


def signer(scheme: str, verification: str = "verified", note: str | None = None) -> Signer:
    certificate = Certificate(sha256="ab" * 32, subject="CN=Example", not_before=None, not_after=None)
    return Signer(scheme=scheme, certificate=certificate, verification=verification, note=note)


def component(kind: str, *, exported: bool = True, permission: str | None = None, enabled: bool = True) -> Component:
    return Component(
        kind=kind,
        name="com.example.agent.Part",
        exported=exported,
        exported_declared=True,
        enabled=enabled,
        process=None,
        permission=permission,
    )


def by_calls(read: ReadPackage) -> CodeFacts:
    first = facts(read).paths[0]
    return replace(facts(read), paths=(first, replace(first, strength="calls")))


def channel(name: str) -> CodeFacts:
    read = package()
    first = facts(read).paths[0]
    return replace(facts(read), paths=(replace(first, send=replace(first.send, channel=name)),))


def strings(name: str, *found: CodeString) -> CodeFacts:
    return replace(channel(name), strings=found)


def key(kind: str) -> CodeTransform:
    return CodeTransform(kind=kind, what="AES", key="00" * 16, near_send=True, place=place())


def hidden(path: str, how: str, kind: str = "dex") -> HiddenFile:
    return HiddenFile(path=path, kind=kind, how=how, size=9, sha256="ab" * 32)


def loading(*files: HiddenFile) -> ReadPackage:
    read = code(loads=(place(),))
    return replace(read, package=replace(read.package, hidden=files))


def url(value: str) -> CodeString:
    host = value.partition("://")[2].partition("/")[0].partition(":")[0]
    return CodeString(kind="url", value=value, host=host, certainty="validated", why="a URL", places=(place(),))


FLAW = TrustFlaw(what="trust-manager", why="does nothing", place=place())
PROPERTY = CodeProperty(name=SWITCH, how="text", place=place())
HITS: dict[str, list[tuple[ReadPackage, str, str]]] = {
    "way-in-clear-text": [
        (package(), "high", "IMEI may reach a send without TLS, by http; it names http://zzhc.vnet.cn:9999/"),
        (package(cleartext=True, target_sdk=33), "high", "IMEI may reach"),
        (
            package(target_sdk=33, network_security=(TrustRule(hosts=("*.vnet.cn",), cleartext=True),)),
            "high",
            "IMEI may reach",
        ),
        (replace(package(cleartext=False), code=channel("socket")), "high", "IMEI may reach a send without TLS, by socket"),
        (replace(package(cleartext=False), code=channel("sms")), "high", "IMEI may reach a send without TLS, by sms"),
        (
            replace(package(cleartext=False), code=strings("mqtt", url("tcp://zzhc.vnet.cn:1883"))),
            "high",
            "IMEI may reach a send without TLS, by mqtt; it names tcp://zzhc.vnet.cn:1883",
        ),
        (
            replace(package(), code=strings("http", replace(url("http://%s/up"), host=None))),
            "high",
            "IMEI may reach a send without TLS, by http; it names http://%s/up",
        ),
    ],
    "way-to-send": [
        (package(cleartext=False), "medium", "IMEI may reach a send by http"),
        (package(target_sdk=28), "medium", "IMEI may reach a send by http"),
    ],
    "trusts-any-server": [(code(trust_flaws=(FLAW,)), "high", "trust manager: does nothing")],
    "signature": [
        (replace(package(), package=replace(package().package, signers=())), "medium", "no signature was found"),
        (replace(package(), package=replace(package().package, signers=(signer("v1"),))), "medium", "signed by scheme v1 alone"),
        (
            replace(package(), package=replace(package().package, signers=(signer("v2", "wrong", "it does not fit"),))),
            "high",
            "the signature of scheme v2 is wrong: it does not fit",
        ),
    ],
    "secret-code": [
        (
            package(triggers=(Trigger(kind="secret code", component="C", clue="android_secret_code://9999"),)),
            "medium",
            "*#*#9999#*#* starts it",
        ),
        (
            package(triggers=(Trigger(kind="secret code", component="C", clue="x://1", enabled=False),)),
            "medium",
            "*#*#1#*#* starts it once it is turned on",
        ),
    ],
    "system-user": [
        (package(shared_user_id="android.uid.phone"), "medium", "shares the user id android.uid.phone, and its code sends"),
        (replace(package(shared_user_id="android.uid.system"), code=None), "low", "shares the user id android.uid.system"),
    ],
    "debuggable": [(package(debuggable=True), "high", "the manifest allows debugging")],
    "open-component": [
        (replace(package(), package=replace(package().package, components=(component("provider"),))), "medium", "the provider"),
        (replace(package(), package=replace(package().package, components=(component("service"),))), "low", "the service"),
    ],
    "constant-key": [(code(transforms=(key("constant-key"),)), "medium", "a key is made from a constant, beside a send")],
    "clear-text": [(package(), "low", "may connect without TLS, and names http://zzhc.vnet.cn:9999/")],
    "hidden-switch": [
        (code(properties=(PROPERTY,)), "medium", f"asks for the property {SWITCH}, which is '1' in this build"),
        (code(properties=(PROPERTY,), paths=()), "low", f"asks for the property {SWITCH}"),
    ],
    "loads-code": [(code(loads=(place(),)), "medium", "makes a class loader")],
    "hidden-code": [
        (package(hidden=(hidden("assets/a.bin", "foreign-name"),)), "medium", "keeps code in assets/a.bin, under a name that"),
        (
            package(hidden=(hidden("assets/a.jar!classes.dex", "archive"),)),
            "low",
            "keeps code in assets/a.jar!classes.dex, in an",
        ),
        (
            package(hidden=(replace(hidden("assets/a.apk", "archive"), kind="package", name="com.example.b"),)),
            "low",
            "keeps the package com.example.b in assets/a.apk, in an archive",
        ),
        (loading(hidden("assets/a.dat", "beside", "dense")), "medium", "keeps 9 bytes in assets/a.dat that look encrypted"),
    ],
}
LOOK_ALIKES: dict[str, list[ReadPackage]] = {
    "way-in-clear-text": [
        package(cleartext=False),
        package(target_sdk=28),
        package(target_sdk=33, network_security=(TrustRule(hosts=(), cleartext=None),)),
        package(target_sdk=26, network_security=(TrustRule(hosts=(), cleartext=False),)),
        package(cleartext=True, target_sdk=26, network_security=(TrustRule(hosts=(), cleartext=False),)),
        package(target_sdk=33, network_security=(TrustRule(hosts=(), cleartext=True, debug_only=True),)),
        code(strings=(url("https://www.example.com/"),)),
        package(target_sdk=33, network_security=(TrustRule(hosts=("vnet.cn",), cleartext=True),)),
        replace(package(), code=strings("mqtt", url("ssl://zzhc.vnet.cn:8883"))),
        replace(package(), code=strings("http", url("http://192.168.1.1/set"))),
        replace(package(), code=strings("http", replace(url("http://localhost:8080/"), host=None))),
        code(paths=()),
    ],
    "way-to-send": [package(), replace(package(cleartext=False), code=None)],
    "trusts-any-server": [package()],
    "signature": [package(), replace(package(kind="jar"), code=None)],
    "secret-code": [package()],
    "system-user": [package(shared_user_id="com.example.shared"), package()],
    "debuggable": [package()],
    "open-component": [
        replace(package(), package=replace(package().package, components=(one,)))
        for one in (
            component("activity"),
            component("receiver", exported=False),
            component("receiver", permission="android.permission.DUMP"),
            component("receiver", enabled=False),
        )
    ],
    "constant-key": [code(transforms=(key("cipher"),)), package()],
    "clear-text": [package(cleartext=False), clock()],
    "hidden-switch": [
        code(properties=(replace(PROPERTY, name="ro.build.version.release"),)),
        code(properties=(PROPERTY,), sends=()),
        code(properties=(PROPERTY,), reads=()),
        package(),
    ],
    "loads-code": [package(), clock()],
    "hidden-code": [package(hidden=(hidden("assets/a.dat", "beside", "dense"),)), loading(), clock()],
}


def of(rule: str, read: ReadPackage) -> list[tuple[str, str]]:
    return [(one.concern, one.says) for one in find_oddities(build(read)) if one.rule == rule]


def test_every_rule_has_a_hit_and_a_look_alike() -> None:
    names = {finder.rule.name for finder in finders()}
    assert set(HITS) == set(LOOK_ALIKES) == names


@pytest.mark.parametrize(("rule", "at"), [(rule, at) for rule, rows in HITS.items() for at in range(len(rows))])
def test_hits(rule: str, at: int) -> None:
    read, concern, says = HITS[rule][at]
    found = of(rule, read)
    assert [one[0] for one in found] == [concern]
    assert found[0][1].startswith(says)


@pytest.mark.parametrize(("rule", "at"), [(rule, at) for rule, rows in LOOK_ALIKES.items() for at in range(len(rows))])
def test_look_alikes(rule: str, at: int) -> None:
    assert of(rule, LOOK_ALIKES[rule][at]) == []


def test_a_way_by_calls_is_not_told_beside_one_that_was_followed() -> None:
    assert of("way-in-clear-text", replace(package(), code=by_calls(package()))) == of("way-in-clear-text", package())


def test_a_switch_that_the_build_does_not_set() -> None:
    read = code(properties=(PROPERTY,))
    whole = build(read)
    assert whole.build is not None
    other = (BuildProperty(name="ro.product.model", value="TA-1046", file="system/build.prop"),)
    unset = replace(whole, build=replace(whole.build, properties=other))
    alone = ReadBuild(name="a.apk", format="apk", build=None, packages=(read,), problems=())
    for given, says in ((unset, "which is not set in this build"), (alone, "whose value only a build tells")):
        told = [one.says for one in find_oddities(given) if one.rule == "hidden-switch"]
        assert told == [f"asks for the property {SWITCH}, {says}"]


def test_the_gravest_first_and_each_once() -> None:
    found = find_oddities(build(package(debuggable=True), package(), clock("z.apk")))
    order = [("high", "medium", "low").index(one.concern) for one in found]
    assert order == sorted(order)
    assert found == find_oddities(build(clock("z.apk"), package(), package(debuggable=True)))
    assert len({(one.id, one.package) for one in find_oddities(build(package()))}) == len(find_oddities(build(package())))


def test_the_number_of_one_rule_is_bounded() -> None:
    many = tuple(replace(component("receiver"), name=f"com.example.R{n}") for n in range(MAX_OF_ONE_RULE + 10))
    read = ReadPackage(package=Package(path="a.apk", kind="apk", size=1, sha256="", components=many), code=None)
    assert len(of("open-component", read)) == MAX_OF_ONE_RULE


def test_a_scheme_in_capitals_is_the_same_scheme() -> None:
    for text in ("http://zzhc.vnet.cn/", "HTTP://zzhc.vnet.cn/", "Mqtt://zzhc.vnet.cn"):
        assert is_clear(text), text
    for text in ("https://zzhc.vnet.cn/", "HTTPS://zzhc.vnet.cn/", "http://", "zzhc.vnet.cn"):
        assert not is_clear(text), text
