"""Whole packages: what is joined from archive, manifest, resources, code and libraries; and any bytes at all."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.packages.builders import Put, Tag, make_arsc, make_axml, make_elf, make_zip, manifest, signing_block
from vuoto.facts.packages import DexFile, FoundString, Package, TrustRule
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.packages import inflating
from vuoto.firmware.packages import package as package_module
from vuoto.firmware.packages.package import read_package

CONFIG = make_axml(Tag("network-security-config", {}, [Tag("base-config", {"cleartextTrafficPermitted": True})]))
MANIFEST = make_axml(
    manifest(
        Tag("uses-permission", {"android:name": "android.permission.READ_PHONE_STATE"}),
        Tag(
            "application",
            {
                "android:label": "@0x7f010000",
                "android:networkSecurityConfig": "@0x7f010002",
                "android:usesCleartextTraffic": True,
            },
            [
                Tag(
                    "receiver",
                    {"android:name": ".Boot"},
                    [Tag("intent-filter", {}, [Tag("action", {"android:name": "android.intent.action.BOOT_COMPLETED"})])],
                )
            ],
        ),
    )
)
TABLE = make_arsc({"app_name": "Weather", "server": "https://collect.example.net", "config": "res/xml/net.xml"})
LIBRARY = make_elf(needed=["libc.so"], soname="liba.so", imports=["send"], exports=["JNI_OnLoad"])
MEMBERS = [
    Put("AndroidManifest.xml", MANIFEST, deflate=True),
    Put("resources.arsc", TABLE),
    Put("res/xml/net.xml", CONFIG),
    Put("classes10.dex", b"dex\n035\0ten"),
    Put("classes.dex", b"dex\n035\0one"),
    Put("classes2.dex", b"dex\n035\0two", deflate=True),
    Put("lib/arm64-v8a/liba.so", LIBRARY),
    Put("assets/config.json", b'{"url": "http://192.0.2.15/register"}', deflate=True),
    Put("assets/picture.png", b"http://192.0.2.99/not-searched"),
]


def read(members: list[Put]) -> Package:
    return read_package(BytesBlob(make_zip(members)), "system/app/A/A.apk")


def test_an_apk_as_a_whole() -> None:
    data = make_zip(MEMBERS, block=signing_block(MEMBERS, [(0x7109871A, "maker", ())]))
    found = read_package(BytesBlob(data), "system/app/A/A.apk")
    assert (found.kind, found.size, found.sha256) == ("apk", len(data), hashlib.sha256(data).hexdigest())
    assert (found.name, found.version_code, found.label) == ("com.example.app", 7, "Weather")
    assert found.permissions == ("android.permission.READ_PHONE_STATE",)
    assert [(t.kind, t.component) for t in found.triggers] == [("boot", "com.example.app.Boot")]
    assert (found.cleartext, found.network_security) == (True, (TrustRule(hosts=(), cleartext=True),))
    assert [(s.scheme, s.verification, s.certificate.subject) for s in found.signers] == [("v2", "verified", "CN=maker")]
    assert [(n.path, n.imports) for n in found.native_libraries] == [("lib/arm64-v8a/liba.so", ("send",))]
    assert [d.path for d in found.dex] == ["classes.dex", "classes2.dex", "classes10.dex"]
    assert [d.data[8:] for d in found.dex] == [b"one", b"two", b"ten"]
    assert found.strings == (
        FoundString(path="assets/config.json", name="", value='{"url": "http://192.0.2.15/register"}'),
        FoundString(path="resources.arsc", name="string/server", value="https://collect.example.net"),
    )
    assert found.problems == ()


def test_kinds() -> None:
    assert read([Put("AndroidManifest.xml", MANIFEST)]).kind == "apk"
    assert read([Put("classes.dex", b"dex\n")]).kind == "jar"
    assert read([Put("META-INF/MANIFEST.MF", b"")]).kind == "jar"
    assert read([Put("notes.txt", b"")]).kind == "zip"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("apex_manifest.pb", b"\x0a\x10com.example.apex\x10\xb9\x60"),
        ("apex_manifest.json", b'{"name": "com.example.apex", "version": "12345"}'),
    ],
)
def test_an_apex_is_named_by_its_own_manifest(name: str, content: bytes) -> None:
    found = read([Put(name, content), Put("apex_payload.img", b"http://192.0.2.1/ is in an image")])
    assert (found.kind, found.name, found.version_code) == ("apex", "com.example.apex", 12345)
    assert found.strings == ()


def test_an_apex_with_a_package_is_called_by_it() -> None:
    found = read(
        [Put("apex_manifest.pb", b"\x0a\x10com.example.apex\x10\x05"), Put("AndroidManifest.xml", make_axml(manifest()))]
    )
    assert (found.name, found.version_code, found.problems) == ("com.example.app", 5, ())


def test_code_under_other_names_is_found() -> None:
    found = read(
        [
            Put("assets/a.bin", b"dex\n039\0hidden"),
            Put("assets/b.dat", LIBRARY),
            Put("assets/c.bin", make_zip([]) + b""),
            Put("d", b"PK\3\4x"),
        ]
    )
    assert [d.path for d in found.dex] == ["assets/a.bin"]
    assert [n.path for n in found.native_libraries] == ["assets/b.dat"]
    assert [p.what for p in found.problems] == [
        "'d': has no end of central directory record; members are taken from local headers, as no Android would"
    ]
    assert [(h.path, h.kind, h.how) for h in found.hidden] == [("assets/a.bin", "dex", "foreign-name")]


def test_a_configuration_that_is_not_there() -> None:
    found = read([m for m in MEMBERS if m.name != "res/xml/net.xml"])
    assert found.network_security is None
    assert any("which is not in the package" in p.what for p in found.problems)


def test_a_plain_manifest_is_read_and_told() -> None:
    found = read([Put("AndroidManifest.xml", b'<manifest package="com.example.plain"/>')])
    assert found.name == "com.example.plain"
    assert [p.what for p in found.problems] == ["has a manifest in plain text, which Android does not install"]


def test_a_package_that_inflates_to_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflating, "MAX_READ", 5000)
    found = read([Put(f"assets/{i}", bytes(4000), deflate=True) for i in range(4)])
    said = [p.what for p in found.problems]
    assert "'assets/1' is larger than the 1000 bytes that are read" in said
    assert any(p.startswith("'assets/3' is not read") for p in said)


def test_problems_are_bounded_and_small_packages_do_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read([Put(f"lib/{i}.so", b"no library") for i in range(500)])
    assert len(found.problems) == package_module.MAX_PROBLEMS + 1
    assert found.problems[-1].what == "300 more problems of this package are not listed one by one"
    monkeypatch.setattr(inflating, "MAX_FREE", 1000)
    bomb = read([Put("assets/zeros", bytes(5 << 20), deflate=True)])
    assert any(p.what.startswith("'assets/zeros' is larger than the") for p in bomb.problems)


def test_dex_files_and_strings_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_module, "MAX_DEX_FILES", 2)
    monkeypatch.setattr(package_module, "MAX_STRINGS", 1)
    found = read(MEMBERS)
    assert [d for d in found.dex if isinstance(d, DexFile)] == list(found.dex)[:2]
    assert (len(found.dex), len(found.strings)) == (2, 1)
    said = [p.what for p in found.problems]
    assert "holds 3 DEX files; 2 are read" in said
    assert "has more than 1 strings that name addresses; the rest is left out" in said


def test_the_same_bytes_give_the_same_fact() -> None:
    assert read(MEMBERS) == read(MEMBERS)


SEED = make_zip(MEMBERS)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SEED) - 1), st.integers(0, 255)), max_size=12), st.integers(0, len(SEED)))
def test_flipped_and_cut_packages_give_a_package(flips: list[tuple[int, int]], end: int) -> None:
    data = bytearray(SEED)
    for place, value in flips:
        data[place] = value
    found = read_package(BytesBlob(bytes(data[:end])), "a.apk")
    assert found.size == end


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_package(data: bytes) -> None:
    assert read_package(BytesBlob(data), "a.apk").sha256 == hashlib.sha256(data).hexdigest()
