"""Builds with a known sender, made from text: for the tests, and for `bench/attribution.py`, which calibrates and measures on
them.

Each case is a message as it is seen on the wire, a build, and the path of the package that sent it, or none. Words, hosts and
makers of the two vocabularies share nothing, so that what is fitted on one half is measured on words it has not seen.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final, NamedTuple

from firmware.code.assembler import assemble
from vuoto.facts.builds import ReadBuild, ReadPackage
from vuoto.facts.origins import Sighting
from vuoto.facts.packages import FoundString, NativeLibrary, Package, Trigger
from vuoto.firmware.code import examine, read_dexes


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


class Vocabulary(NamedTuple):
    """What words are drawn from."""

    name: str
    makers: tuple[str, ...]
    labels: tuple[str, ...]
    segments: tuple[str, ...]
    roots: tuple[str, ...]
    suffixes: tuple[str, ...]
    join: str


FIRST: Final = Vocabulary(
    name="first",
    makers=("acorn", "birch", "cedar", "dune", "ember", "fjord", "grove"),
    labels=("api", "log", "collect", "dev", "push", "zx", "t1", "activate"),
    segments=("v1", "v2", "api", "report", "register", "upload", "collect", "event", "activate", "init", "sync"),
    roots=words("dev sim imei imsi net mac cell os app user hw boot reg batt crash page shop song map run fuel alarm note photo"),
    suffixes=words("Id No Code Type Ver Name 1 2 Hash Time State Flag Count Url Size Level Rate Source Mode Ref"),
    join="",
)
SECOND: Final = Vocabulary(
    name="second",
    makers=("quartz", "raven", "slate", "tundra", "umber", "vireo", "willow"),
    labels=("stat", "ws", "gw", "metrics", "ota", "m", "k7", "beacon"),
    segments=("rest", "stats", "device", "beacon", "ping", "batch", "track", "enroll", "1.0", "session", "info"),
    roots=words(
        "terminal card subscriber radio station wifi system client install account panel ride meal film court train loan room"
    ),
    suffixes=words("id number key class rev label a b digest at status span total link share grade stamp origin kind tag"),
    join="_",
)
THIRD: Final = Vocabulary(
    name="third",
    makers=("ibis", "jade", "krill", "lotus", "maple", "nadir", "onyx"),
    labels=("up", "svc", "edge", "rpt", "hub", "c2", "node", "telemetry"),
    segments=("v4", "put", "facts", "signal", "checkin", "bulk", "hello", "profile", "2.1", "drain", "tally"),
    roots=words(
        "handset modem carrier tower ether kernel tenant deploy window trip soup score grade rent desk spool cache quota"
    ),
    suffixes=words("Ref Num Slot Rev Tag A B Sum Clock Mode Mark Tot Href Cap Tier Pct From Fmt Grp Idx"),
    join="",
)
COMMON_KEYS: Final = ("id", "type", "version", "name", "time", "model", "os", "data", "code", "status")

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


@dataclass(frozen=True)
class Case:
    """A message, a build, and who sent it."""

    scenario: str
    sighting: Sighting
    build: ReadBuild
    truth: str | None
    """The path of the package, or `None` where it is not in the build."""

    alike: tuple[str, ...] = field(default=())
    """Packages that nothing can tell from it."""


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


class Maker:
    """Draws apps and cases from a vocabulary."""

    def __init__(self, vocabulary: Vocabulary, seed: int) -> None:
        self.words = vocabulary
        self.rng = random.Random(f"{vocabulary.name} {seed}")
        self._number = 0

    def key(self) -> str:
        if self.rng.random() < 0.25:
            return self.rng.choice(COMMON_KEYS)
        root, suffix = self.rng.choice(self.words.roots), self.rng.choice(self.words.suffixes)
        key = f"{root}{self.words.join}{suffix}"
        return key.upper() if self.rng.random() < 0.2 else key

    def host(self) -> str:
        label = self.rng.choice(self.words.labels)
        return (
            f"{label}{self.rng.choice(('', '', '2', '-eu'))}.{self.rng.choice(self.words.makers)}{self.rng.randrange(60)}.example"
        )

    def app(self, **given: object) -> App:
        self._number += 1
        rng = self.rng
        drawn = App(
            package=f"com.{rng.choice(self.words.makers)}.app{self._number}",
            host=self.host(),
            path_sent="/" + "/".join(rng.sample(self.words.segments, rng.randrange(0, 4))),
            keys=tuple(dict.fromkeys(self.key() for _ in range(rng.randrange(3, 14)))),
            kinds=tuple(rng.sample(sorted(READS), rng.choice((0, 0, 1, 1, 2, 3)))),
            media=rng.choice(("application/json", "application/json", f"application/x-{rng.choice(self.words.makers)}")),
            base64=rng.random() < 0.3,
            boot=rng.random() < 0.3,
            renamed=rng.random() < 0.4,
            sends=rng.random() < 0.85,
        )
        return replace(drawn, **given)  # type: ignore[arg-type]

    def sender(self, **given: object) -> App:
        kinds = tuple(self.rng.sample(sorted(READS), self.rng.randrange(1, 4)))
        return self.app(**{"kinds": kinds, "sends": True, "boot": self.rng.random() < 0.6} | given)

    @cache  # noqa: B019 - one maker lives as long as its cases
    def crowd(self) -> tuple[App, ...]:
        return tuple(self.app() for _ in range(60))

    def case(self, scenario: str) -> Case:
        rng = self.rng
        crowd = rng.sample(self.crowd(), rng.choice((5, 11, 20, 40)))
        extra = (f"{self.key()}x",) if rng.random() < 0.3 else ()
        sender = self.sender()
        if scenario in ("split", "host", "all", "native", "told", "model", "keys", "constants"):
            sender = replace(sender, hides=scenario)
        match scenario:
            case "shared SDK":
                twins = [
                    replace(sender, package=f"com.{rng.choice(self.words.makers)}.twin{n}") for n in range(rng.randrange(1, 5))
                ]
                return self._case(scenario, sender, [*crowd, *twins], extra, alike=tuple(t.path for t in twins))
            case "shared SDK, tagged":
                twins = [
                    replace(sender, package=f"com.{rng.choice(self.words.makers)}.twin{n}") for n in range(rng.randrange(1, 5))
                ]
                return self._case(scenario, sender, [*crowd, *twins], extra, tagged=sender.package)
            case "two versions":
                older = replace(sender, folder="data/app", version="1.3", keys=sender.keys[:-1])
                return self._case(scenario, sender, [*crowd, older], extra, alike=(older.path,))
            case "agent of another app":
                other = self.sender()
                case = self._case(scenario, sender, [*crowd, other], extra)
                agents = (f"{other.package}/1.4 (Linux; U; Android 8.1.0)",)
                return replace(case, sighting=replace(case.sighting, agents=agents))
            case "same host in two apps":
                return self._case(scenario, sender, [*crowd, self.sender(host=sender.host)], extra)
            case "host in a log":
                decoy = self.app(mentions=(sender.host,), internet=rng.random() < 0.5)
                return self._case(scenario, sender, [*crowd, decoy], extra)
            case "common names":
                return self._case(scenario, replace(sender, keys=COMMON_KEYS[:6]), crowd, extra)
            case "only the outside":
                return self._case(scenario, sender, crowd, extra, only_outside=True)
            case "only the outside, host in a list":
                decoy = self.app(mentions=(sender.host, *(self.host() for _ in range(3))))
                return self._case(scenario, sender, [*crowd, decoy], extra, only_outside=True)
            case "absent":
                return self._case(scenario, sender, crowd, extra, absent=True)
            case "absent, same data sent elsewhere":
                return self._case(scenario, sender, [*crowd, self.sender(kinds=sender.kinds)], extra, absent=True)
            case "absent, host in a log":
                decoy = self.app(mentions=(sender.host,), internet=rng.random() < 0.5)
                return self._case(scenario, sender, [*crowd, decoy], extra, absent=True)
            case "absent, other host of the domain":
                other = self.sender(host="www." + sender.host.partition(".")[2])
                return self._case(scenario, sender, [*crowd, other], extra, absent=True)
            case "absent, only the outside":
                return self._case(scenario, sender, crowd, extra, absent=True, only_outside=True)
            case _:
                return self._case(scenario, sender, crowd, extra)

    def _case(
        self,
        scenario: str,
        sender: App,
        crowd: list[App],
        extra: tuple[str, ...],
        *,
        absent: bool = False,
        only_outside: bool = False,
        tagged: str = "",
        alike: tuple[str, ...] = (),
    ) -> Case:
        return Case(
            scenario=scenario,
            sighting=seen(sender, only_outside=only_outside, tagged=tagged, soon=sender.boot, extra=extra),
            build=build_of(*crowd, *([] if absent else [sender])),
            truth=None if absent else sender.path,
            alike=alike,
        )


SCENARIOS: Final = (
    "plain",
    "split",
    "host",
    "all",
    "native",
    "told",
    "model",
    "keys",
    "constants",
    "shared SDK",
    "shared SDK, tagged",
    "two versions",
    "same host in two apps",
    "agent of another app",
    "host in a log",
    "common names",
    "only the outside",
    "only the outside, host in a list",
    "absent",
    "absent, same data sent elsewhere",
    "absent, host in a log",
    "absent, other host of the domain",
    "absent, only the outside",
)
"""`plain`: everything stands in the code as sent. What one word names is what the sender hides, see `App.hides`."""


def cases(vocabulary: Vocabulary, each: int, seed: int = 1) -> list[Case]:
    """So many cases of each scenario, the same ones for the same arguments."""
    maker = Maker(vocabulary, seed)
    return [maker.case(scenario) for _ in range(each) for scenario in SCENARIOS]
