"""The images of `examples/firmware`: they hold what their README says, and are what their tool builds."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

import build_firmware_example as example
import incident
from android import compilers
from vuoto.facts.builds import ReadBuild, ReadPackage
from vuoto.firmware.building import read_build
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.image import open_image
from vuoto.firmware.walking import walk

CLIENT = "com.example.carrier.activation"
BUILDS = ("global.ota.zip", "china.ota.zip", "batch-2019-02.ota.zip", "china.super.img")
TOOLS = ("aapt", "zipalign", "dexdump")
PERSONAL = {"cell_id", "iccid", "imei", "imsi", "mac_address", "meid"}


def have(program: str) -> bool:
    return bool(shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin"))


def missing() -> str:
    """What of the tool's programs is not here."""
    try:
        compilers.dexers()
        compilers.jdk()
    except compilers.MissingCompilerError as error:
        return str(error)
    absent = [name for name in ("mkfs.erofs", "mke2fs", "debugfs") if not have(name)]
    return f"{', '.join(absent)} not here" if absent else ""


MISSING = missing()


@cache
def build(name: str) -> ReadBuild:
    return read_build(BytesBlob((example.HERE / name).read_bytes()), name)


def package(build_name: str, name: str) -> ReadPackage:
    (found,) = (read for read in build(build_name).packages if read.package.name == name)
    return found


def names(build_name: str) -> set[str | None]:
    return {read.package.name for read in build(build_name).packages}


@pytest.mark.parametrize("name", BUILDS)
def test_images_are_read_without_a_problem(name: str) -> None:
    read = build(name)
    assert read.problems == ()
    assert [p for one in read.packages for p in (*one.package.problems, *(one.code.problems if one.code else ()))] == []
    assert read.build is not None
    assert read.build.problems == ()
    assert read.build.device == "B2N"
    assert {partition for partition, _ in read.build.fingerprints} == {"product", "system", "vendor"}
    schemes = {(one.scheme, one.verification) for each in read.packages for one in each.package.signers}
    assert ("v2", "verified") in schemes
    assert "wrong" not in {verification for _, verification in schemes}


def test_client_is_in_the_china_build_and_in_the_batch_alone() -> None:
    assert CLIENT not in names("global.ota.zip")
    assert names("china.ota.zip") == names("batch-2019-02.ota.zip") == names("global.ota.zip") | {CLIENT}
    mixed_in = package("batch-2019-02.ota.zip", CLIENT).package
    assert mixed_in.sha256 == package("china.ota.zip", CLIENT).package.sha256


@pytest.mark.parametrize(("name", "value"), [(name, "false" if name == "global.ota.zip" else "true") for name in BUILDS])
def test_property_lets_the_client_speak_or_not(name: str, value: str) -> None:
    facts = build(name).build
    assert facts is not None
    assert {p.value for p in facts.properties if p.name == "persist.vendor.radio.ps.registration.enabled"} == {value}


def test_super_image_holds_the_china_build() -> None:
    def held(name: str) -> dict[str, str]:
        return {read.package.path: read.package.sha256 for read in build(name).packages}

    assert held("china.super.img") == held("china.ota.zip")


def test_updates_cannot_tell_the_variants_apart() -> None:
    said = [open_image(BytesBlob((example.HERE / name).read_bytes()), name).properties for name in BUILDS[:3]]
    assert {properties["pre-device"] for properties in said} == {"B2N"}
    assert len({properties["post-build"] for properties in said}) == 3


def test_client_can_send_what_it_reads() -> None:
    client = package("batch-2019-02.ota.zip", CLIENT)
    code = client.code
    assert code is not None
    assert {path.read.kind for path in code.paths if path.strength == "value" and path.send.channel == "http"} == PERSONAL
    assert {text.host for text in code.strings if text.host} == {incident.HOST}
    assert {trigger.kind for trigger in client.package.triggers} == {"boot", "connectivity", "secret code"}
    assert client.package.cleartext is True
    assert client.package.shared_user_id == "android.uid.phone"
    # R8 left their names to the classes of the manifest alone.
    assert not any("Registration" in send.place.method for send in code.sends)


def test_older_client_can_send_it_as_well() -> None:
    (older,) = build("activation-2.0.apk").packages
    assert older.package.name == CLIENT
    assert older.code is not None
    assert {path.read.kind for path in older.code.paths if path.strength == "value"} == PERSONAL - {"meid"}


@pytest.mark.parametrize("name", ["global.ota.zip", "batch-2019-02.ota.zip"])
def test_look_alikes_send_nothing_undeclared(name: str) -> None:
    ways = {
        read.package.name: {path.read.kind for path in read.code.paths if path.strength == "value"}
        for read in build(name).packages
        if read.code is not None and read.package.name != CLIENT
    }
    declared = {"com.example.updater": {"imei"}, "com.example.store": {"android_id"}}
    assert {package_name: kinds for package_name, kinds in ways.items() if kinds} == declared
    dialer, hotspot = package(name, "com.example.dialer"), package(name, "com.example.tethering")
    assert dialer.code is not None
    assert hotspot.code is not None
    assert {read.kind for read in dialer.code.reads} == {"imei"}
    assert dialer.code.sends == ()
    assert {read.kind for read in hotspot.code.reads} == {"mac_address"}
    assert {send.channel for send in hotspot.code.sends} == {"datagram"}
    assert {trigger.kind for trigger in package(name, "com.example.clock").package.triggers} == {"boot", "time"}


def test_sources_have_the_wire_format_of_the_capture() -> None:
    source = example.SOURCES / "activation-3.0/com/example/carrier/activation"
    fields = re.findall(r'fields\.put\("(\w+)"', (source / "Registration.java").read_text())
    assert sorted(fields) == sorted(incident.body("C"))
    task = (source / "RegistrationTask.java").read_text()
    assert f'"http://{incident.HOST}"' in task
    assert '"application/encrypted-json"' in task
    older = (example.SOURCES / "activation-2.0/com/example/carrier/activation/PhoneValues.java").read_text()
    assert set(re.findall(r'put\("(\w+)"', older)) <= incident.body("B").keys()


def test_examples_stay_small() -> None:
    assert sum(path.stat().st_size for path in example.HERE.rglob("*") if path.is_file()) < 1_500_000


@pytest.mark.skipif(not have("apksigner"), reason="apksigner, the oracle of this test, is not installed")
def test_packages_verify_elsewhere() -> None:
    command = ["apksigner", "verify", "--min-sdk-version", "21", "--verbose", str(example.HERE / "activation-2.0.apk")]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Verified using v1 scheme (JAR signing): true" in said
    assert "Verified using v2 scheme (APK Signature Scheme v2): true" in said


@pytest.mark.skipif(not all(map(have, TOOLS)), reason="needs Debian's aapt, zipalign and dexdump, the oracles of this test")
def test_packages_are_read_elsewhere(tmp_path: Path) -> None:
    def said(*command: str) -> str:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    image = open_image(BytesBlob((example.HERE / "global.ota.zip").read_bytes()), "global.ota.zip")
    (store,) = (entry for entry in walk(image) if entry.path.endswith("/Store.apk"))
    path = tmp_path / "Store.apk"
    path.write_bytes(store.open().read_at(0, store.size))
    badging = said("aapt", "dump", "badging", str(path))
    assert "package: name='com.example.store' versionCode='630' versionName='6.30'" in badging
    assert "application-label:'Apps'" in badging
    assert "uses-permission: name='android.permission.INTERNET'" in badging
    manifest = said("aapt", "dump", "xmltree", str(path), "AndroidManifest.xml")
    assert "android:networkSecurityConfig(0x01010527)=@0x7f020000" in manifest
    assert "store.example.test" in said("aapt", "dump", "xmltree", str(path), "res/xml/network_security_config.xml")
    assert "Lcom/example/store/StoreActivity;" in said("dexdump", str(path))
    said("zipalign", "-c", "4", str(path))


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
def test_images_are_what_the_tool_builds() -> None:
    made = dict(example.files())
    assert set(made) == {path.name for path in example.HERE.iterdir() if path.suffix in {".zip", ".img", ".apk"}}
    assert example.differences(made) == []


def test_difference_is_told_by_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(example, "HERE", tmp_path)
    batch = (Path(__file__).parents[2] / "examples/firmware/batch-2019-02.ota.zip").read_bytes()
    (tmp_path / "global.ota.zip").write_bytes((Path(__file__).parents[2] / "examples/firmware/global.ota.zip").read_bytes())
    wrong = example.differences({"global.ota.zip": batch})
    assert "global.ota.zip: system/priv-app/Activation/Activation.apk is another" in wrong
    assert "global.ota.zip: system/app/Clock/Clock.apk is another" not in wrong
