"""Small builds from a description in TOML: packages with manifests, signers and programs, and properties.

    [properties]
    "ro.product.model" = "TA-1046"

    [[package]]
    name = "com.example.client"
    code = "client"              # programs/client.dexasm
    rename = true                # its classes are called La/a; La/b; … as R8 would
    replace = { "http://" = "https://" }   # in the program's text
    boot = true                  # a receiver of BOOT_COMPLETED
    off = true                   # which is off when installed

Everything else of a package is in `Spec`. Programs are written by hand in the notation of `assembler.py`.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import lzma
import re
import tomllib
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

import brotli

from firmware.code.assembler import assemble
from firmware.packages.builders import Put, Tag, make_axml, make_elf, make_zip, signing_block
from vuoto.facts.builds import ReadBuild
from vuoto.firmware.building import read_image
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.tree import open_tree

PROGRAMS: Final = Path(__file__).parent / "programs"
V2: Final = 0x7109871A
V3: Final = 0xF05368C0
KNOWN: Final = {
    "name", "path", "code", "rename", "replace", "version", "permissions", "boot", "sms", "open", "guarded", "component",
    "shared_user", "signer", "lineage", "target", "cleartext", "debuggable", "broken", "texts", "trusts_users",
    "split", "native", "inside", "files", "off",
}  # fmt: skip


def files_of(spec: dict[str, Any]) -> dict[str, bytes]:
    """Path and bytes of each file of the build."""
    assert set(spec) <= {"properties", "package"}, spec.keys()
    files = {}
    if spec.get("properties"):
        files["system/build.prop"] = "".join(f"{name}={value}\n" for name, value in spec["properties"].items()).encode()
    for package in spec.get("package", ()):
        assert set(package) <= KNOWN, package.keys() - KNOWN
        short = package["name"].rpartition(".")[2]
        files[package.get("path", f"system/app/{short}/{short}.apk")] = apk(package)
    return files


def load(path: Path) -> dict[str, Any]:
    """A description."""
    return tomllib.loads(path.read_text())


def read(spec: dict[str, Any], name: str = "build") -> ReadBuild:
    """The build as a command reads it."""
    files = files_of(spec)
    return read_image(open_tree(((path, lambda data=data: BytesBlob(data)) for path, data in files.items()), name))  # type: ignore[misc]


def write(spec: dict[str, Any], folder: Path) -> Path:
    """The build as a folder of a device's files."""
    for path, data in files_of(spec).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def apk(package: dict[str, Any]) -> bytes:
    """The bytes of a package."""
    if package.get("broken"):
        return b"PK\3\4 and nothing that follows"
    if package.get("path", "").endswith(".jar"):
        return make_zip([Put("classes.dex", program(package["code"], (), rename=False))])
    members = [Put("AndroidManifest.xml", make_axml(_manifest(package)))]
    if "code" in package:
        replace = tuple(sorted(package.get("replace", {}).items()))
        members.append(Put("classes.dex", program(package["code"], replace, package.get("rename", False))))
    if package.get("trusts_users"):
        anchors = Tag("trust-anchors", {}, [Tag("certificates", {"src": "user"})])
        config = Tag("network-security-config", {}, [Tag("base-config", {}, [anchors])])
        members.append(Put("res/xml/network.xml", make_axml(config)))
    if "inside" in package:
        members.append(Put("assets/inside.apk", apk(package["inside"])))
    for name, function in package.get("native", {}).items():
        library = make_elf(needed=["libc.so"], soname=name, imports=[function], exports=["Java_com_example_Native_run"])
        members.append(Put(f"lib/arm64-v8a/{name}", library))
    members += [Put(path, content(what)) for path, what in package.get("files", {}).items()]
    members += [Put(f"assets/{n}.txt", text.encode()) for n, text in enumerate(package.get("texts", ()))]
    signer = package.get("signer", "maker")
    if signer == "":
        return make_zip(members)
    kind = V3 if package.get("lineage") else V2
    return make_zip(members, block=signing_block(members, [(kind, signer, tuple(package.get("lineage", ())))]))


def content(what: str) -> bytes:
    """The bytes of a file that is described as `xor dex client`: the program, and what was done to it, from right to left."""
    *done, kind, of = what.split(" ")
    made: dict[str, Callable[[], bytes]] = {
        "dex": lambda: program(of, (), rename=False),
        "package": lambda: apk({"name": of, "code": "client"}),
        "dense": lambda: hashlib.shake_256(of.encode()).digest(8192),
        "text": of.encode,
    }
    data = made[kind]()
    for way in reversed(done):
        data = _WAYS[way](data)
    return data


_WAYS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "xor": lambda data: bytes(byte ^ 0x5A for byte in data),
    "base64": base64.b64encode,
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "xz": lzma.compress,
    "zlib": zlib.compress,
    "brotli": brotli.compress,
    "jar": lambda data: make_zip([Put("classes.dex", data)]),
    "zip": lambda data: make_zip([Put("inner.bin", data)]),
    "behind": lambda data: b"\x89PNG\r\n\x1a\n" + bytes(64) + data,
    "png": lambda data: b"\x89PNG\r\n\x1a\n" + data,
    "seven": lambda data: b"7z\xbc\xaf\x27\x1c" + data,
    "tflite": lambda data: b"\x1c\0\0\0TFL3" + data,
}


def _manifest(package: dict[str, Any]) -> Tag:
    name = package["name"]
    inside: list[Tag] = []
    for flag, action in (("boot", "android.intent.action.BOOT_COMPLETED"), ("sms", "android.provider.Telephony.SMS_RECEIVED")):
        if package.get(flag):
            off = {"android:enabled": False} if package.get("off") else {}
            inside.append(_component("receiver", f"{name}.{flag.capitalize()}", off, action))
    if "open" in package:
        guard = {"android:permission": package["guarded"]} if "guarded" in package else {}
        owner = f"{name}.{package['open']}"
        inside.append(_component("service", package.get("component", owner), {"android:exported": True} | guard, f"{name}.CALL"))
    application: dict[str, Any] = {}
    if "cleartext" in package:
        application["android:usesCleartextTraffic"] = package["cleartext"]
    if package.get("trusts_users"):
        application["android:networkSecurityConfig"] = "res/xml/network.xml"
    if package.get("debuggable"):
        application["android:debuggable"] = True
    attributes: dict[str, Any] = {"package": name, "android:versionCode": package.get("version", 1)}
    attributes["android:versionName"] = f"{package.get('version', 1)}.0"
    if "split" in package:
        attributes["split"] = package["split"]
    if "shared_user" in package:
        attributes["android:sharedUserId"] = package["shared_user"]
    sdk = Tag("uses-sdk", {"android:targetSdkVersion": package.get("target", 28)})
    asked = package.get("permissions", ["android.permission.INTERNET"])
    permissions = [Tag("uses-permission", {"android:name": permission}) for permission in asked]
    return Tag("manifest", attributes, [sdk, *permissions, Tag("application", application, inside)])


def _component(kind: str, name: str, attributes: dict[str, Any], action: str) -> Tag:
    answers = Tag("intent-filter", {}, [Tag("action", {"android:name": action})])
    return Tag(kind, {"android:name": name} | attributes, [answers])


@cache
def program(name: str, replace: tuple[tuple[str, str], ...], rename: bool) -> bytes:
    """A program assembled, with parts of its text replaced, and its classes and their methods renamed as R8 would."""
    text = (PROGRAMS / f"{name}.dexasm").read_text()
    for old, new in replace:
        assert old in text, old
        text = text.replace(old, new)
    if rename:
        classes = re.findall(r"^\.class .*(L\S+;)$", text, re.MULTILINE)
        for number, one in enumerate(reversed(classes)):
            text = text.replace(one, f"La/{chr(97 + number)};")
        for number, method in enumerate(sorted(set(re.findall(r"^\.method static (\w+)\(", text, re.MULTILINE)))):
            text = re.sub(rf"(?<=[ >]){method}\(", f"{chr(97 + number)}(", text)
    return assemble(text)
