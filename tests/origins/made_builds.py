"""Builds made from text, byte for byte: apps that send a message, each in its own way, and what the wire shows of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from firmware.code.assembler import assemble
from vuoto.facts.builds import ReadBuild, ReadPackage
from vuoto.facts.origins import Sighting
from vuoto.facts.packages import FoundString, NativeLibrary, Package, Trigger
from vuoto.firmware.code import examine, read_dexes

READS: Final = {
    "imei": "Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;",
    "imsi": "Landroid/telephony/TelephonyManager;->getSubscriberId()Ljava/lang/String;",
    "iccid": "Landroid/telephony/TelephonyManager;->getSimSerialNumber()Ljava/lang/String;",
    "mac_address": "Landroid/net/wifi/WifiInfo;->getMacAddress()Ljava/lang/String;",
}


@dataclass(frozen=True)
class App:
    """What an app of a made build does."""

    package: str
    host: str = ""
    path_sent: str = "/"
    keys: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    media: str = "application/json"
    base64: bool = False
    boot: bool = False
    off: bool = False
    """Whether what starts it at boot is off when installed."""

    sends: bool = True
    internet: bool = True
    renamed: bool = False
    hides: str = ""
    """`split`: the host in pieces; `host`: the host encrypted; `all`: all texts encrypted; `native`: the host in a library;
    `told`: the host comes from a server; `model`: keys are the fields of a class; `keys`: the keys encrypted; `constants`: the
    host in a class of its own."""

    texts: tuple[str, ...] = ()
    """More texts that its sender loads."""

    shared_user_id: str | None = None
    label: str = ""

    folder: str = "system/app"
    version: str = "1.4"

    mentions: tuple[str, ...] = ()
    """Hosts it holds and never speaks to: a log, a list of blocked hosts."""

    @property
    def path(self) -> str:
        """Where it stands."""
        return f"{self.folder}/{self.package.rpartition('.')[2]}/{self.package}.apk"


def smali(app: App) -> str:
    """The app's code in the assembler's text."""
    owner = "La/a" if app.renamed else f"L{app.package.replace('.', '/')}/Sender"
    model = "La/b;" if app.renamed else f"L{app.package.replace('.', '/')}/Body;"
    hidden = app.hides == "all"
    lines = [f".class {owner};", ".super Ljava/lang/Object;"]
    lines += [
        SEND,
        "  .registers 8",
    ]
    for text in app.texts:
        lines += [f'  const-string v0, "{text}"']
    if app.sends:
        lines += _address(app)
        for number, kind in enumerate(app.kinds):
            key = app.keys[number % len(app.keys)] if app.keys else "id"
            lines += [f'  const-string v0, "{_text(key, hidden=hidden or app.hides in ("model", "keys"))}"']
            lines += [f"  invoke-virtual {{v{5 if 'wifi' in READS[kind] else 4}}}, {READS[kind]}"]
            lines += ["  move-result-object v1", f"  invoke-virtual {{v6, v0, v1}}, {PUT}"]
        if app.hides != "model":
            for key in app.keys[len(app.kinds) :]:
                text = _text(key, hidden=hidden or app.hides == "keys")
                lines += [f'  const-string v0, "{text}"', f"  invoke-virtual {{v6, v0, v0}}, {PUT}"]
        lines += [
            '  const-string v0, "Content-Type"',
            f'  const-string v1, "{_text(app.media, hidden=hidden)}"',
            f"  invoke-virtual {{v7, v0, v1}}, {SET}",
            "  invoke-virtual {v6}, Lorg/json/JSONObject;->toString()Ljava/lang/String;",
            "  move-result-object v0",
            "  invoke-virtual {v0}, Ljava/lang/String;->getBytes()[B",
            "  move-result-object v0",
        ]
        if app.base64:
            lines += [
                "  const/4 v1, 0",
                "  invoke-static {v0, v1}, Landroid/util/Base64;->encode([BI)[B",
                "  move-result-object v0",
            ]
        lines += [
            "  invoke-virtual {v7}, Ljava/net/HttpURLConnection;->getOutputStream()Ljava/io/OutputStream;",
            "  move-result-object v1",
            "  invoke-virtual {v1, v0}, Ljava/io/OutputStream;->write([B)V",
        ]
    else:
        for kind in app.kinds:
            lines += [f"  invoke-virtual {{v{5 if 'wifi' in READS[kind] else 4}}}, {READS[kind]}"]
    lines += ["  return-void", ".end method"]
    for number, host in enumerate(app.mentions):
        lines += [
            f".class {owner}Log{number};",
            ".super Ljava/lang/Object;",
            ".method static note()V",
            "  .registers 2",
            '  const-string v0, "net"',
            f'  const-string v1, "{host}"',
            "  invoke-static {v0, v1}, Landroid/util/Log;->d(Ljava/lang/String;Ljava/lang/String;)I",
            "  return-void",
            ".end method",
        ]
    if app.hides == "constants":
        lines += [
            f".class {_constants(app)}",
            ".super Ljava/lang/Object;",
            ".method static url()Ljava/lang/String;",
            "  .registers 1",
            f'  const-string v0, "http://{app.host}{app.path_sent}"',
            "  return-object v0",
            ".end method",
        ]
    if app.hides == "model":
        lines += [f".class {model}", ".super Ljava/lang/Object;"]
        lines += [f".field {key}:Ljava/lang/String;" for key in dict.fromkeys(app.keys)]
    return "\n".join(lines)


SEND: Final = (
    ".method static send(Landroid/telephony/TelephonyManager;Landroid/net/wifi/WifiInfo;Lorg/json/JSONObject;"
    "Ljava/net/HttpURLConnection;)V"
)
SET: Final = "Ljava/net/HttpURLConnection;->setRequestProperty(Ljava/lang/String;Ljava/lang/String;)V"
PUT: Final = "Lorg/json/JSONObject;->put(Ljava/lang/String;Ljava/lang/Object;)Lorg/json/JSONObject;"
OPEN: Final = (
    "  new-instance v1, Ljava/net/URL;",
    "  invoke-direct {v1, v0}, Ljava/net/URL;-><init>(Ljava/lang/String;)V",
    "  invoke-virtual {v1}, Ljava/net/URL;->openConnection()Ljava/net/URLConnection;",
)


def _address(app: App) -> list[str]:
    label, _, domain = app.host.partition(".")
    if app.hides in ("host", "all", "native", "told"):
        path = _text(app.path_sent, hidden=app.hides == "all")
        secret = f"{app.host[::-1].replace('.', 'q')}A1=" if app.hides != "told" else "server_url"
        return [f'  const-string v0, "{secret}"', f'  const-string v2, "{path}"', *OPEN]
    if app.hides == "split":
        return [
            '  const-string v0, "http://"',
            f'  const-string v2, "{label}"',
            f'  const-string v3, ".{domain}"',
            f'  const-string v2, "{app.path_sent}"',
            *OPEN,
        ]
    if app.hides == "constants":
        return [f"  invoke-static {{}}, {_constants(app)}->url()Ljava/lang/String;", "  move-result-object v0", *OPEN]
    return [f'  const-string v0, "http://{app.host}{app.path_sent}"', *OPEN]


def _constants(app: App) -> str:
    return "La/c;" if app.renamed else f"L{app.package.replace('.', '/')}/Urls;"


def _text(text: str, *, hidden: bool) -> str:
    """The text, or what an obfuscator leaves of it: letters that say nothing."""
    return f"q{text.encode().hex()[:10]}Zz=" if hidden else text


@cache
def read(app: App) -> ReadPackage:
    """The package as the workshop reads it."""
    permissions = ["android.permission.READ_PHONE_STATE"]
    if app.internet:
        permissions.append("android.permission.INTERNET")
    at_boot = Trigger(
        kind="boot", component=f"{app.package}.Boot", clue="android.intent.action.BOOT_COMPLETED", enabled=not app.off
    )
    triggers = (at_boot,) if app.boot else ()
    library = NativeLibrary(
        path="lib/arm64-v8a/libnet.so",
        machine="arm64",
        soname="libnet.so",
        needed=("libc.so",),
        imports=("connect", "send"),
        exports=("Java_a_a_host",),
        strings=(app.host,),
    )
    package = Package(
        path=app.path,
        kind="apk",
        size=1000,
        sha256="0" * 64,
        name=app.package,
        version_name=app.version,
        version_code=int(app.version.replace(".", "")),
        label=app.label or app.package.rpartition(".")[2].title(),
        shared_user_id=app.shared_user_id,
        permissions=tuple(sorted(permissions)),
        triggers=triggers,
        native_libraries=(library,) if app.hides == "native" else (),
        strings=(FoundString(path="resources.arsc", name="string/about", value="https://www.example.com/about"),),
    )
    return ReadPackage(package=package, code=examine(read_dexes(assemble(smali(app)))))


def build_of(*apps: App) -> ReadBuild:
    """A build of these apps."""
    packages = tuple(sorted((read(app) for app in apps), key=lambda p: p.package.path))
    return ReadBuild(name="made", format="tree", build=None, packages=packages, problems=())


def seen(app: App, *, only_outside: bool = False, tagged: str = "", soon: bool = True, extra: tuple[str, ...] = ()) -> Sighting:
    """What the wire shows of its message."""
    domain = ".".join(app.host.split(".")[-2:])
    outside = Sighting(
        recipient="r-1",
        host=app.host,
        domain=domain,
        flows=("f-1",),
        apps=(tagged,) if tagged else (),
        seconds=60.0 if soon else 4000.0,
        since="the device checked the network that it had just joined",
        started=True,
    )
    if only_outside:
        return outside
    return replace(
        outside,
        disclosures=("d-1",),
        kinds=tuple(sorted(app.kinds)),
        paths=(app.path_sent,),
        fields=tuple(sorted({*app.keys, *extra})),
        headers=("Connection", "Content-Length", "Content-Type", "Host", "User-Agent"),
        media_types=(app.media,),
        agents=("Dalvik/2.1.0 (Linux; U; Android 8.1.0; Model Build/OPR1)",),
        forms=("base64", "json") if app.base64 else ("json",),
    )
