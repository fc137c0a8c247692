"""Properties of several partitions, merged as init merges them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vuoto.facts.builds import BuildFacts
from vuoto.firmware import build_properties
from vuoto.firmware.build_properties import PropertyFile, is_property_file, read_build_properties

SYSTEM = """# begin build properties
ro.build.version.sdk=30
ro.build.version.release=11
ro.build.version.security_patch=2021-03-05
ro.build.version.incremental=00WW_3_12A
ro.build.fingerprint=Example/Phone_00WW/PHN:11/RP1A/00WW_3_12A:user/release-keys
ro.product.system.model=generic
ro.carrier=unknown
key with = spaces = kept
"""
VENDOR = """ro.product.vendor.model=TA-1046
ro.product.vendor.device=PHN
persist.vendor.radio.ps.registration.enabled=false
ro.carrier=wifi-only
"""


def read(**files: str) -> BuildFacts:
    return read_build_properties(PropertyFile(path=p.replace("__", "/") + ".prop", data=t.encode()) for p, t in files.items())


def value(facts: BuildFacts, name: str) -> str | None:
    return next((p.value for p in facts.properties if p.name == name), None)


def test_what_a_build_says_of_itself() -> None:
    facts = read(system__build=SYSTEM, vendor__build=VENDOR)
    assert facts.fingerprint == "Example/Phone_00WW/PHN:11/RP1A/00WW_3_12A:user/release-keys"
    assert (facts.security_patch, facts.incremental, facts.release, facts.sdk) == ("2021-03-05", "00WW_3_12A", "11", 30)
    assert (facts.model, facts.device, facts.brand, facts.product) == ("TA-1046", "PHN", None, None)
    assert [(p.name, p.value) for p in facts.variant] == [
        ("persist.vendor.radio.ps.registration.enabled", "false"),
        ("ro.carrier", "wifi-only"),
    ]
    assert value(facts, "key with") == "spaces = kept"
    assert facts.problems == ()


def test_the_later_partition_counts_and_the_earlier_value_is_told() -> None:
    facts = read(system__build=SYSTEM, vendor__build=VENDOR, product__etc__build="ro.carrier=op1\n")
    found = next(p for p in facts.properties if p.name == "ro.carrier")
    assert (found.value, found.file) == ("op1", "product/etc/build.prop")
    assert found.replaced == (("unknown", "system/build.prop"), ("wifi-only", "vendor/build.prop"))


def test_up_to_android_9_the_first_ro_value_counts_and_others_do_not() -> None:
    old = SYSTEM.replace("sdk=30", "sdk=28") + "persist.x=1\n"
    facts = read(system__build=old, vendor__build=VENDOR + "persist.x=2\n")
    assert (value(facts, "ro.carrier"), value(facts, "persist.x")) == ("unknown", "2")


def test_the_order_of_files_given_does_not_matter() -> None:
    files = [
        PropertyFile(path=p, data=t.encode())
        for p, t in [("system/build.prop", SYSTEM), ("vendor/build.prop", VENDOR), ("x.prop", "ro.carrier=x")]
    ]
    assert len({repr(read_build_properties(order)) for order in itertools.permutations(files)}) == 1


def test_a_system_that_is_the_root() -> None:
    facts = read(system__system__build=SYSTEM, system__vendor__build=VENDOR)
    assert value(facts, "ro.carrier") == "wifi-only"


def test_a_fingerprint_is_derived_as_init_derives_it() -> None:
    text = "ro.build.id=RP1A\nro.build.type=user\nro.build.tags=release-keys\n"
    text += "ro.product.product.brand=Example\nro.product.odm.name=Phone\n"
    facts = read(system__build=SYSTEM.replace("ro.build.fingerprint", "ro.other") + text, vendor__build=VENDOR)
    assert facts.fingerprint == "Example/Phone/PHN:11/RP1A/00WW_3_12A:user/release-keys"


def test_partitions_of_another_build_are_told() -> None:
    facts = read(
        system__build=SYSTEM,
        vendor__build="ro.vendor.build.fingerprint=Example/Phone_00CN/PHN:11/RP1A/00CN_3_12A:user/release-keys\n",
    )
    assert facts.fingerprints == (("vendor", "Example/Phone_00CN/PHN:11/RP1A/00CN_3_12A:user/release-keys"),)
    assert "vendor says that it is of" in facts.problems[0].what


def test_imports_are_followed_with_filter_and_expansion() -> None:
    facts = read(
        system__build="ro.sku=cn\nimport /vendor/extra_${ro.sku}.prop ro.x*\nimport /odm/none.prop\n",
        vendor__extra_cn="ro.x1=a\nro.y=b\n",
        vendor__extra_ww="ro.x1=ww\n",
    )
    assert (value(facts, "ro.x1"), value(facts, "ro.y")) == ("ww", None)
    assert [p.what for p in facts.problems] == ["imports 'odm/none.prop', which is not among the files"]


def test_imports_in_a_circle_end() -> None:
    facts = read(system__build="import /vendor/a.prop\nro.a=1\n", vendor__a="import /system/build.prop\nro.b=2\n")
    assert (value(facts, "ro.a"), value(facts, "ro.b")) == ("1", "2")
    assert "in a circle" in facts.problems[0].what


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_properties, "MAX_PROPERTIES", 2)
    facts = read(system__build="a=1\nb=2\nc=3\nd=4\na=5\n")
    assert [(p.name, p.value) for p in facts.properties] == [("a", "5"), ("b", "2")]
    assert len(facts.problems) == 1
    monkeypatch.setattr(build_properties, "MAX_FILE", 4)
    assert "longer than the 4 bytes" in read(system__build="a=1\nb=2\n").problems[0].what


@pytest.mark.parametrize(
    ("path", "is_one"), [("vendor/build.prop", True), ("prop.default", True), ("a/build.prop.txt", False), ("xbuild.prop", False)]
)
def test_names_of_property_files(path: str, is_one: bool) -> None:
    assert is_property_file(path) is is_one


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(max_size=100), max_size=4))
def test_any_bytes_give_properties(contents: list[bytes]) -> None:
    paths = ["system/build.prop", "vendor/build.prop", "a", "b"]
    facts = read_build_properties(PropertyFile(path=p, data=c) for p, c in zip(paths, contents, strict=False))
    assert [p.name for p in facts.properties] == sorted({p.name for p in facts.properties})
