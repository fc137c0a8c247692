"""What a manifest says: identity, permissions, components, and what starts them."""

from __future__ import annotations

from typing import Any

import pytest

from firmware.packages.builders import Tag, make_axml, manifest
from vuoto.facts.packages import Component, Permission, Trigger
from vuoto.firmware.packages.axml import read_xml
from vuoto.firmware.packages.manifest import Manifest, read_manifest
from vuoto.firmware.packages.triggers import triggers_of

VALUES = {0x7F010000: "Weather", 0x7F010001: "true", 0x7F010002: "com.example.Resolved"}


def read(root: Tag) -> Manifest:
    return read_manifest(read_xml(make_axml(root), "m"), VALUES.get, "m")


def app(*inside: Tag, **attributes: Any) -> Tag:
    return manifest(Tag("application", attributes, list(inside)))


def named(kind: str, name: str, *inside: Tag, **attributes: Any) -> Tag:
    return Tag(kind, {"android:name": name} | attributes, list(inside))


def answering(*actions: str, data: tuple[dict[str, Any], ...] = ()) -> Tag:
    return Tag("intent-filter", {}, [named("action", a) for a in actions] + [Tag("data", d) for d in data])


def component(tag: Tag, **attributes: Any) -> Component:
    return read(app(tag, **attributes)).components[0]


def test_identity() -> None:
    found = read(
        manifest(
            Tag("uses-sdk", {"android:minSdkVersion": 19, "android:targetSdkVersion": 26}),
            Tag("application", {"android:label": "@0x7f010000", "android:persistent": True, "android:process": ":core"}),
            **{
                "android:versionName": "1.2",
                "android:sharedUserId": "android.uid.phone",
                "android:versionCodeMajor": 1,
                "split": "config.fr",
            },
        )
    )
    assert (found.name, found.version_name, found.version_code) == ("com.example.app", "1.2", (1 << 32) + 7)
    assert (found.shared_user_id, found.label, found.split) == ("android.uid.phone", "Weather", "config.fr")
    assert (found.min_sdk, found.target_sdk, found.persistent, found.process) == (19, 26, True, "com.example.app:core")
    assert (found.debuggable, found.has_code, found.cleartext, found.network_security) == (False, True, None, None)


def test_a_reference_that_leads_nowhere_stays_a_reference_and_says_no_flag() -> None:
    found = read(app(**{"android:label": "@0x7f0100ff", "android:usesCleartextTraffic": "@0x7f0100ff"}))
    assert (found.label, found.cleartext) == ("@0x7f0100ff", None)


@pytest.mark.parametrize(("value", "flag"), [(True, True), (False, False), ("@0x7f010001", True), ("maybe", None)])
def test_cleartext(value: object, flag: bool | None) -> None:
    assert read(app(**{"android:usesCleartextTraffic": value})).cleartext is flag


def test_permissions_asked_and_defined() -> None:
    found = read(
        manifest(
            named("uses-permission", "android.permission.READ_PHONE_STATE"),
            named("uses-permission", "android.permission.INTERNET"),
            named("uses-permission-sdk-23", "android.permission.INTERNET"),
            named("permission", "com.example.B", **{"android:protectionLevel": 0x12}),
            named("permission", "com.example.A", **{"android:protectionLevel": "signature"}),
            named("permission", "com.example.C"),
            named("permission-group", "com.example.G"),
        )
    )
    assert found.permissions == ("android.permission.INTERNET", "android.permission.READ_PHONE_STATE")
    assert found.permissions_defined == (
        Permission(name="com.example.A", level="signature"),
        Permission(name="com.example.B", level="signature|privileged"),
        Permission(name="com.example.C", level="normal"),
    )


@pytest.mark.parametrize(
    ("written", "full"),
    [
        (".Boot", "com.example.app.Boot"),
        ("Boot", "com.example.app.Boot"),
        ("org.example.Boot", "org.example.Boot"),
        ("@0x7f010002", "com.example.Resolved"),
    ],
)
def test_class_names_in_full(written: str, full: str) -> None:
    assert component(named("service", written)).name == full


@pytest.mark.parametrize(
    ("tag", "exported", "declared"),
    [
        (named("receiver", ".R"), False, False),
        (named("receiver", ".R", answering("a")), True, False),
        (named("receiver", ".R", answering("a"), **{"android:exported": False}), False, True),
        (named("service", ".S", **{"android:exported": True}), True, True),
        (named("provider", ".P"), True, False),
    ],
)
def test_exported_as_declared_or_by_rule(tag: Tag, exported: bool, declared: bool) -> None:
    found = component(tag)
    assert (found.exported, found.exported_declared) == (exported, declared)


def test_a_provider_is_closed_from_api_17_on() -> None:
    root = app(named("provider", ".P", **{"android:authorities": "a.example;b.example"}))
    root.children.insert(0, Tag("uses-sdk", {"android:minSdkVersion": 17}))
    found = read(root).components[0]
    assert (found.exported, found.authorities) == (False, ("a.example", "b.example"))


def test_components_inherit_process_permission_and_being_off() -> None:
    shared = {"android:process": "org.example.p", "android:permission": "org.example.P", "android:enabled": False}
    found = component(named("service", ".S"), **shared)
    assert (found.process, found.permission, found.enabled) == ("org.example.p", "org.example.P", False)
    own = component(named("service", ".S", **{"android:process": ":own", "android:permission": "x"}), **shared)
    assert (own.process, own.permission) == ("com.example.app:own", "x")


def test_an_alias_names_its_target() -> None:
    found = component(named("activity-alias", ".A", **{"android:targetActivity": ".Main"}))
    assert (found.kind, found.target) == ("activity-alias", "com.example.app.Main")


def test_a_component_without_a_name_is_a_problem() -> None:
    found = read(app(Tag("service"), named("service", ".S")))
    assert [c.name for c in found.components] == ["com.example.app.S"]
    assert "service without a name" in found.problems[0].what


def test_filters_hold_actions_categories_data_and_priority() -> None:
    data = (
        {"android:scheme": "https"},
        {"android:host": "example.com", "android:pathPrefix": "/p"},
        {"android:mimeType": "text/plain"},
    )
    tag = answering("a", data=data)
    tag.attributes["android:priority"] = 1000
    tag.children.append(named("category", "c"))
    found = component(named("activity", ".A", tag)).filters[0]
    assert (found.actions, found.categories, found.priority) == (("a",), ("c",), 1000)
    assert found.data == ("https:", "https://example.com/p*", "text/plain")


def test_a_host_among_several_schemes_is_not_given_one() -> None:
    data = ({"android:scheme": "http"}, {"android:scheme": "https"}, {"android:host": "example.com"})
    assert component(named("activity", ".A", answering("a", data=data))).filters[0].data == ("http:", "https:", "*://example.com")


def test_triggers_are_found_and_look_alikes_are_not() -> None:
    secret = ({"android:scheme": "android_secret_code", "android:host": "9999"},)
    found = read(
        app(
            named("receiver", ".Boot", answering("android.intent.action.BOOT_COMPLETED", "com.example.BOOT_COMPLETED")),
            named("receiver", ".Code", answering("android.provider.Telephony.SECRET_CODE", data=secret)),
            named("receiver", ".Any", answering("android.telephony.action.SECRET_CODE")),
            named("receiver", ".Net", answering("android.net.conn.CONNECTIVITY_CHANGE")),
            named("activity", ".Main", answering("android.intent.action.MAIN", data=({"android:scheme": "android_secret"},))),
        )
    )
    assert triggers_of(found.components) == (
        Trigger(kind="boot", component="com.example.app.Boot", clue="android.intent.action.BOOT_COMPLETED"),
        Trigger(kind="connectivity", component="com.example.app.Net", clue="android.net.conn.CONNECTIVITY_CHANGE"),
        Trigger(kind="secret code", component="com.example.app.Any", clue="android_secret_code:"),
        Trigger(kind="secret code", component="com.example.app.Code", clue="android_secret_code://9999"),
    )


def test_what_is_off_starts_nothing_by_itself_and_says_so() -> None:
    boot = answering("android.intent.action.BOOT_COMPLETED")
    off = {"android:enabled": False}
    found = read(app(named("receiver", ".On", boot, **{"android:enabled": True}), named("receiver", ".Off", boot, **off)))
    assert found.enabled
    assert [(t.component.rpartition(".")[2], t.enabled) for t in triggers_of(found.components)] == [("Off", False), ("On", True)]
    found = read(app(named("receiver", ".On", boot, **{"android:enabled": True}), **off))
    assert not found.enabled
    assert [t.enabled for t in triggers_of(found.components)] == [False]


def test_only_the_first_application_and_what_is_directly_in_it_count() -> None:
    nested = named("activity", ".A", named("service", ".Nested"))
    found = read(manifest(Tag("application", {}, [nested]), Tag("application", {}, [named("service", ".Second")])))
    assert [c.name for c in found.components] == ["com.example.app.A"]
    assert "2 application elements" in found.problems[0].what


def test_another_document_is_no_manifest() -> None:
    found = read(Tag("resources"))
    assert (found.name, found.components) == (None, ())
    assert [p.what for p in found.problems] == ["has no manifest element"]


def test_a_plain_manifest_reads_the_same() -> None:
    text = b"""<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.example.app">
      <uses-sdk android:targetSdkVersion="Q"/>
      <application><receiver android:name=".Boot"><intent-filter>
        <action android:name="android.intent.action.BOOT_COMPLETED"/></intent-filter></receiver></application></manifest>"""
    found = read_manifest(read_xml(text, "m"), VALUES.get, "m")
    assert [(c.name, c.exported, c.line) for c in found.components] == [("com.example.app.Boot", True, 3)]
    assert found.target_sdk is None
