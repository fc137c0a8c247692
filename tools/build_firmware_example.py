#!/usr/bin/env python3
"""Builds `examples/firmware/`: two builds of one phone, a faulty batch, and a super image, from the Java sources beside them.

    python tools/build_firmware_example.py            builds, and writes the images
    python tools/build_firmware_example.py --check    builds, and says whether the images hold what was built
    python tools/build_firmware_example.py --fetch    only gets D8 and R8 (see tools/android/compilers.py for where from)

The same versions of the programs give the same bytes. Where others are installed, `--check` still passes when the images hold the
same files: it compares those. Needed: javac (17), D8 and R8, mkfs.erofs, mke2fs and debugfs.

Every app, key and build is an example of ours. The client has the wire format of the incident, and no line of its code.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from android import compilers, images
from android.archives import zipped
from android.compiled_xml import Resources, compile_xml, read_strings
from android.signing import signed
from android.updates import State, update

HERE: Final = Path(__file__).resolve().parent.parent / "examples" / "firmware"
SOURCES: Final = HERE / "src"
VENDOR_BYTES: Final = 512 << 10

PLATFORM: Final = "platform key"
APPS_KEY: Final = "apps key"


@dataclass(frozen=True)
class App:
    """An app: the folder of its sources, where it is installed, who signs it, and whether R8 shrinks and renames it."""

    module: str
    path: str
    key: str = APPS_KEY
    shrunk: bool = False
    libraries: tuple[str, ...] = ()
    version: tuple[int, str] | None = None
    """The version's code and name where a build has another than the manifest says."""
    names: str = ""
    """Letters that R8 draws new names from; others than its own give other names to the same code."""


SUPPORT: Final = ("support",)
COMMON: Final = (
    App("clock", "system/app/Clock/Clock.apk"),
    App("connectivity", "system/priv-app/NetworkCheck/NetworkCheck.apk", PLATFORM),
    App("dialer", "system/priv-app/Dialer/Dialer.apk", PLATFORM),
    App("gallery", "system/app/Gallery/Gallery.apk"),
    App("keyboard", "system/app/Keyboard/Keyboard.apk", shrunk=True),
    App("launcher", "system/priv-app/Home/Home.apk"),
    App("settings-provider", "system/priv-app/SettingsProvider/SettingsProvider.apk", PLATFORM),
    App("tethering", "system/app/Hotspot/Hotspot.apk", PLATFORM),
    App("chat", "product/app/Messages/Messages.apk", shrunk=True, libraries=SUPPORT),
    App("mail", "product/app/Mail/Mail.apk", libraries=SUPPORT),
    App("news", "product/app/News/News.apk", shrunk=True, libraries=SUPPORT),
    App("store", "product/priv-app/Store/Store.apk", shrunk=True, libraries=SUPPORT),
)
UPDATER: Final = App("updater", "system/priv-app/Updater/Updater.apk", PLATFORM, shrunk=True, libraries=SUPPORT)
UPDATER_LATER: Final = App(
    "updater",
    "system/priv-app/Updater/Updater.apk",
    PLATFORM,
    shrunk=True,
    libraries=SUPPORT,
    version=(222, "2.22"),
    names="qwzx",
)
WEATHER: Final = App("weather", "product/app/Weather/Weather.apk", shrunk=True, libraries=SUPPORT)
WEATHER_LATER: Final = App(
    "weather", "product/app/Weather/Weather.apk", shrunk=True, libraries=SUPPORT, version=(413, "4.13"), names="mnbv"
)
CLIENT: Final = App("activation-3.0", "system/priv-app/Activation/Activation.apk", PLATFORM, shrunk=True)
CLIENT_OF_2018: Final = App("activation-2.0", "system/priv-app/Activation/Activation.apk", PLATFORM)


@dataclass(frozen=True)
class Build:
    """One build: what tells it from the others, and its apps."""

    product: str
    model: str
    variant: str
    incremental: str
    security_patch: str
    timestamp: int
    registration: bool
    """Whether the property is set that lets the client speak."""
    apps: tuple[App, ...]

    @property
    def fingerprint(self) -> str:
        """`brand/product/device:release/id/incremental:type/tags`."""
        return f"Example/{self.product}/B2N:8.1.0/OPR1.170623.026/{self.incremental}:user/release-keys"


BUILDS: Final = {
    "global": Build(
        product="onyx_00ww", model="Nokia 7 plus", variant="TA-1046", incremental="00WW_2_17A_SP02", security_patch="2018-12-01",
        timestamp=1_544_400_000, registration=False, apps=(*COMMON, UPDATER, WEATHER),
    ),
    "china": Build(
        product="onyx_00cn", model="Nokia 7 plus CN", variant="TA-1062", incremental="00CN_2_17A_SP02",
        security_patch="2018-12-01", timestamp=1_544_400_600, registration=True, apps=(*COMMON, UPDATER, WEATHER, CLIENT),
    ),
    "batch-2019-02": Build(
        product="onyx_00ww", model="Nokia 7 plus", variant="TA-1046", incremental="00WW_2_22D_SP01", security_patch="2019-02-01",
        timestamp=1_549_900_000, registration=True, apps=(*COMMON, UPDATER_LATER, WEATHER_LATER, CLIENT),
    ),
}  # fmt: skip
"""Global and China share the device `B2N`: an update's `pre-device` cannot tell them apart."""


class Workshop:
    """Compiles each app once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stubs = folder / "stubs"
        self.made: dict[App, bytes] = {}
        compilers.compile_java(list((SOURCES / "stubs").rglob("*.java")), self.stubs)
        self.library = folder / "stubs.jar"
        self.library.write_bytes(zipped(_files(self.stubs)))

    def package(self, app: App) -> bytes:
        """The signed package of an app."""
        if app not in self.made:
            self.made[app] = signed(self._members(app), app.key)
        return self.made[app]

    def framework(self) -> bytes:
        """A library of the system: a JAR with DEX code in it."""
        return zipped(
            {"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\r\n\r\n", "classes.dex": self._dex(App("framework", ""), "")}
        )

    def _members(self, app: App) -> dict[str, bytes]:
        source = SOURCES / app.module
        text = (source / "AndroidManifest.xml").read_text()
        package = text.partition('package="')[2].partition('"')[0]
        if app.version:
            text = _with_version(text, *app.version)
        resources = Resources(package, read_strings((source / "res/values/strings.xml").read_text()))
        files = sorted((source / "res/xml").glob("*.xml"))
        resources.files = {f.stem: f"res/xml/{f.name}" for f in files}
        members = {"AndroidManifest.xml": compile_xml(text, resources), "classes.dex": self._dex(app, text)}
        members |= {f"res/xml/{f.name}": compile_xml(f.read_text(), resources) for f in files}
        return members | {"resources.arsc": resources.table()}

    def _dex(self, app: App, manifest: str) -> bytes:
        place = self.folder / f"app-{app.module}-{app.names}"
        sources = [path for m in (app.module, *app.libraries) for path in (SOURCES / m).rglob("*.java")]
        compilers.compile_java(sources, place / "classes", against=self.stubs)
        if not app.shrunk:
            return compilers.dex(place / "classes", place / "dex", self.library)
        rules = [f"-keep class {name} {{ <init>(); }}" for name in _components(manifest)]
        if app.names:
            words = place / "names.txt"
            words.write_text("".join(f"{a}{b}\n" for a in app.names for b in app.names))
            rules += [f"-{kind}obfuscationdictionary {words}" for kind in ("", "class", "package")]
        code, _ = compilers.shrunk_dex(place / "classes", place / "dex", self.library, "\n".join(rules) + "\n")
        return code


def _components(manifest: str) -> Iterator[str]:
    """The classes that the manifest names, which the system makes by name and R8 may not rename."""
    package = manifest.partition('package="')[2].partition('"')[0]
    for kind in ("activity", "service", "receiver", "provider"):
        for part in manifest.split(f"<{kind} ")[1:]:
            yield package + part.partition('android:name="')[2].partition('"')[0]


def _with_version(manifest: str, code: int, name: str) -> str:
    head, _, rest = manifest.partition('android:versionCode="')
    rest = rest.partition('android:versionName="')[2].partition('"')[2]
    return f'{head}android:versionCode="{code}" android:versionName="{name}"{rest}'


def _files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def properties(build: Build, partition: str) -> bytes:
    """The `build.prop` of a partition."""
    rows = {f"ro.{partition}.build.fingerprint": build.fingerprint}
    if partition == "system":
        rows = {
            "ro.build.id": "OPR1.170623.026",
            "ro.build.display.id": build.incremental,
            "ro.build.version.incremental": build.incremental,
            "ro.build.version.sdk": "27",
            "ro.build.version.release": "8.1.0",
            "ro.build.version.security_patch": build.security_patch,
            "ro.build.date.utc": str(build.timestamp),
            "ro.build.type": "user",
            "ro.build.tags": "release-keys",
            "ro.build.fingerprint": build.fingerprint,
            "ro.product.brand": "Example",
            "ro.product.manufacturer": "HMD Global",
            "ro.product.model": build.model,
            "ro.product.name": build.product,
            "ro.product.device": "B2N",
            "ro.product.board": "B2N",
        } | rows
    elif partition == "vendor":
        rows["ro.product.ta_code"] = build.variant
        rows["persist.vendor.radio.ps.registration.enabled"] = "true" if build.registration else "false"
    else:
        rows["ro.product.first_api_level"] = "27"
    return "".join(f"{name}={value}\n" for name, value in rows.items()).encode()


def partitions(build: Build, workshop: Workshop) -> dict[str, bytes]:
    """The images of a build: EROFS compressed, EROFS plain, ext4."""
    trees: dict[str, dict[str, bytes]] = {p: {"build.prop": properties(build, p)} for p in ("product", "system", "vendor")}
    trees["system"]["framework/example-telephony.jar"] = workshop.framework()
    trees["vendor"]["etc/vintf/manifest.xml"] = b'<manifest version="1.0" type="device"/>\n'
    for app in build.apps:
        partition, _, path = app.path.partition("/")
        trees[partition][path] = workshop.package(app)
    return {
        "product": images.erofs(trees["product"], "product"),
        "system": images.erofs(trees["system"], "system", "lz4hc"),
        "vendor": images.ext4(trees["vendor"], "vendor", VENDOR_BYTES),
    }


def files() -> Iterator[tuple[str, bytes]]:
    """The example's images by name."""
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder))
        apps = dict.fromkeys((CLIENT_OF_2018, *(app for build in BUILDS.values() for app in build.apps)))
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # each waits for compilers, which are processes
            workshop.made = dict(zip(apps, pool.map(workshop.package, apps), strict=True))
        for name, build in BUILDS.items():
            made = partitions(build, workshop)
            state = State("B2N", build.fingerprint, build.incremental, build.timestamp, 27, build.security_patch)
            yield f"{name}.ota.zip", update(made, state)
            if name == "china":
                yield f"{name}.super.img", images.sparse(images.super_image(made))
        yield "activation-2.0.apk", workshop.package(CLIENT_OF_2018)


def held(data: bytes, name: str) -> dict[str, str]:
    """What an image holds: the digest of each file in it, and what the update says of itself."""
    from vuoto.firmware.content import BytesBlob
    from vuoto.firmware.image import open_image
    from vuoto.firmware.walking import walk

    if name.endswith(".apk"):
        return {name: hashlib.sha256(data).hexdigest()}
    image = open_image(BytesBlob(data), name)
    found = {k: v for k, v in image.properties.items() if not k.startswith("sha256.")}
    for entry in walk(image):
        if entry.kind == "file" and entry.path != "payload_properties.txt":
            found[entry.path] = hashlib.sha256(entry.open().read_at(0, entry.size)).hexdigest()
    return found


def differences(made: Mapping[str, bytes]) -> list[str]:
    """How the committed images differ from those made, as sentences; nothing where they hold the same files."""
    wrong: list[str] = []
    for name, data in made.items():
        path = HERE / name
        before = path.read_bytes() if path.exists() else b""
        if before == data:
            continue
        old, new = (held(before, name) if before else {}), held(data, name)
        wrong += [f"{name}: {what} is another" for what in sorted(old.keys() | new.keys()) if old.get(what) != new.get(what)]
    return wrong


def main() -> int:
    """Build, and write or compare."""
    parser = argparse.ArgumentParser(description="Builds examples/firmware.")
    parser.add_argument("--check", action="store_true", help="compare with what is there")
    parser.add_argument("--fetch", action="store_true", help="only get the compilers")
    given = parser.parse_args()
    if given.fetch:
        print(f"D8 and R8: {compilers.fetch()}")
        return 0
    try:
        made = dict(files())
    except compilers.MissingCompilerError as missing:
        print(f"examples/firmware is not built: {missing}")
        return 1 if os.environ.get("VUOTO_SKIP_NOTHING") or not given.check else 0
    if given.check:
        wrong = differences(made)
        print(
            "\n".join([*wrong, "stale: run tools/build_firmware_example.py"])
            if wrong
            else "examples/firmware is what this tool builds"
        )
        return 1 if wrong else 0
    for name, data in made.items():
        (HERE / name).write_bytes(data)
        print(f"examples/firmware/{name}: {len(data):,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
