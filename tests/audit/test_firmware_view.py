"""A build joined with what the map room says of the hosts that its packages name."""

from __future__ import annotations

from dataclasses import replace

from firmware.index.builds import agent, build, clock
from vuoto.audit.firmware_view import view_firmware
from vuoto.facts.packages import FoundString
from vuoto.recipients import load_registers


def test_hosts_have_recipients_and_countries() -> None:
    view = view_firmware(build(agent(), clock()), load_registers())
    hosts = {use.host: use for use in view.packages[0].hosts}
    assert set(hosts) == {"zzhc.vnet.cn", "eu.example.net"}
    assert hosts["zzhc.vnet.cn"].clear_text
    assert not hosts["eu.example.net"].clear_text
    assert hosts["zzhc.vnet.cn"].texts == ("http://zzhc.vnet.cn:9999/",)
    who = {one.id: one for one in view.recipients}[hosts["zzhc.vnet.cn"].recipient]
    assert who.organisation is not None
    assert who.organisation.name == "China Telecom"
    assert who.domain_registry is not None
    assert who.domain_registry.country == "CN"
    assert view.packages[1].hosts == ()
    assert view.tool.reference


def test_only_the_odd() -> None:
    view = view_firmware(
        build(agent(), replace(clock(), package=replace(clock().package, kind="jar"))), load_registers(), only_odd=True
    )
    assert [package.package.name for package in view.packages] == ["com.example.agent"]
    assert view.packages_read == 2


def test_addresses_and_vocabularies() -> None:
    read = clock()
    texts = (
        "http://198.51.100.7:9999/x",
        "http://schemas.android.com/apk/res/android",
        "2001:db8::1",
        "not a host",
        "ftp://[2001:db8::2]/",
    )
    strings = tuple(FoundString(path="assets/a", name="", value=text) for text in texts)
    view = view_firmware(build(replace(read, package=replace(read.package, strings=strings))), load_registers())
    assert [use.host for use in view.packages[0].hosts] == ["198.51.100.7", "2001:db8::2"]
    assert {one.host for one in view.recipients} == {None}
