"""What looks like a host name, an address or a URL in a text of a program, and what only seems to.

Sources: RFC 3986 (URL), RFC 1123 section 2.1 (host names), IANA's root zone for the top-level domains below. A name without a
scheme counts only with a top-level domain from the list, because `com.example.app` is a package and `config.json` a file.
"""

from __future__ import annotations

import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Country codes (ISO 3166-1, as delegated in the root zone).
COUNTRY_DOMAINS: Final = _words(
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf "
    "cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd ge gf gg "
    "gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn "
    "kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na "
    "nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh "
    "si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve "
    "vg vi vn vu wf ws ye yt za zm zw"
)
GENERIC_DOMAINS: Final = _words(
    "com net org info biz edu gov mil int name pro mobi asia app dev cloud online site xyz top shop store tech live world "
    "digital network systems services company games media agency icu vip club link one page wang ltd group work fun space "
    "website email google amazon microsoft apple arpa example test invalid localhost local"
)
# Ends of file names and of members that are top-level domains as well.
FILE_ENDINGS: Final = _words(
    "cc md pl ps py rs sh so st tk ml la ai id in is io name pro app info link page media one test local"
)
# How names of packages begin: a domain written backwards.
PACKAGE_BEGINNINGS: Final = _words(
    "com org net edu gov java javax android androidx kotlin kotlinx dalvik sun libcore junit io de fr cn jp uk ru eu me tv "
    "co us in it nl se ch at be ca au br kr tw pl cz ro ua no fi dk es pt sk hu"
)

URL: Final = re.compile(
    r"(?P<scheme>https?|wss?|ftps?|mqtts?|tcp|udp|ssl|coaps?)://(?:[^\s/@?#]*@)?(?P<host>\[[0-9a-f:.]+\]|[^\s/:?#\[\]@\"'<>\\]+)?"
    r"(?P<port>:\d{1,5})?(?P<rest>[^\s\"'<>\\]*)",
    re.IGNORECASE,
)
HOST: Final = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+(?P<top>[a-z]{2,24})(?P<port>:\d{1,5})?", re.IGNORECASE
)
ADDRESS: Final = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?::\d{1,5})?")
PATH: Final = re.compile(r"/[A-Za-z0-9_.~%{}-]+(?:/[A-Za-z0-9_.~%{}-]+)*/?(?:\?[\x21-\x7e]*)?")
MEDIA_TYPE: Final = re.compile(
    r"(?:application|text|multipart|image|audio|video)/[a-z0-9][a-z0-9.+-]*(?:; ?charset=[\w-]+)?", re.IGNORECASE
)
# Folders of the phone, not of a server.
LOCAL_FOLDERS: Final = _words(
    "sys proc data dev system vendor sdcard storage mnt etc odm product apex cache tmp sbin bin root acct config oem "
    "persist metadata system_ext external_files external_sd usr var lib lib64 android_asset android_res"
)
# Names that stand in XML as names of vocabularies; no one connects to them.
NAMESPACES: Final = _words(
    "schemas.android.com www.w3.org w3.org xml.org xmlpull.org xml.apache.org ns.adobe.com purl.org java.sun.com "
    "schemas.xmlsoap.org apache.org www.apache.org jabber.org schemas.microsoft.com xml.apple.com schemas.google.com "
    "schemas.openxmlformats.org xmlns.jcp.org xmlns.oracle.com xmlns.com javax.xml.xmlconstants"
)


def is_host(text: str) -> bool:
    """Whether a text without a scheme is a host name, rather than a package, a file or a key."""
    match = HOST.fullmatch(text)
    if match is None or "_" in text:
        return False
    top = match["top"].lower()
    labels = text.lower().partition(":")[0].split(".")
    if top not in COUNTRY_DOMAINS and top not in GENERIC_DOMAINS:
        return False
    if match["port"]:
        return True
    if text != text.lower() or labels[0] in PACKAGE_BEGINNINGS:
        return False
    if all(label.isdigit() for label in labels[:-1]):
        return False
    # Two labels and an end that files have: `libssl.so`, `readme.md`; with a third it is a host.
    return len(labels) > 2 or top not in FILE_ENDINGS


def is_address(text: str) -> bool:
    """Whether a text is an IPv4 address that something could be sent to, and no version number, mask or loopback."""
    match = ADDRESS.fullmatch(text)
    if match is None:
        return False
    first, second, third, fourth = (int(part) for part in match.groups())
    if max(first, second, third, fourth) > 255 or any(len(part) > 1 and part[0] == "0" for part in match.groups()):
        return False
    # Loopback, multicast and broadcast, masks; "1.2.3.4" and the like are versions unless a port stands behind.
    if first in (0, 127) or first >= 224:
        return False
    return ":" in text or max(first, second, third, fourth) >= 20 or first == second == third == fourth


def host_in(match: re.Match[str]) -> str | None:
    """The host of a URL, lower case, or `None` where it is put together at run time (`http://%s/`)."""
    host = (match["host"] or "").strip("[]").lower().rstrip(".")
    if not host or not re.fullmatch(r"[a-z0-9_.:-]+", host) or ("." not in host and ":" not in host):
        return None
    return host
