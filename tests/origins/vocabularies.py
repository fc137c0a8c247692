"""The words that made cases are drawn from. Vocabularies share none, so that what is fitted on one is measured on others."""

from __future__ import annotations

from typing import Final, NamedTuple


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
