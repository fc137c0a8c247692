"""Where code may send and how it words it: URLs, hosts, addresses, paths, names of headers and parameters, media types.

Read are strings that code loads, initial values of static fields and annotations (Retrofit and the like name paths there).
A string says what it is by its form, or by the call it is given to; form alone is weaker, and the certainty says so.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from operator import attrgetter
from typing import Final, NamedTuple

import numpy as np

from vuoto.facts.code import CodePlace, CodeString, place_order
from vuoto.firmware.code.encoded import VALUE_STRING
from vuoto.firmware.code.hosts import (
    ADDRESS,
    LOCAL_FOLDERS,
    MEDIA_TYPE,
    NAMESPACES,
    PATH,
    URL,
    host_in,
    is_address,
    is_host,
)
from vuoto.firmware.code.instructions import constant_in
from vuoto.firmware.code.program import Program
from vuoto.firmware.code.reads import argument_register
from vuoto.firmware.code.texts import ADDRESS_TEXT, kinds_of, used_texts

# A text that hundreds of methods use is a library's; these many show where.
MAX_PLACES: Final = 64
# Longer ones are scripts and certificates, whose URLs are found by their form up to here.
MAX_TEXT: Final = 4096


class Naming(NamedTuple):
    """Calls whose constant argument is the name of a header or parameter."""

    kind: str
    owner: str
    names: tuple[str, ...]
    certainty: str
    why: str
    argument: int = 0


NAMINGS: Final = (
    Naming(
        "header",
        r"Ljava(?:x/net/ssl/Https|/net/Http|/net/)URLConnection;",
        ("setRequestProperty", "addRequestProperty"),
        "validated",
        "given to the connection as the name of a header",
    ),
    Naming(
        "header",
        r"L(?:com/squareup/)?okhttp3?/(?:Request|Headers)\$Builder;",
        ("header", "addHeader", "set", "add"),
        "validated",
        "given to the request as the name of a header",
    ),
    Naming(
        "header",
        r"Lorg/apache/http/(?:\w+/)*\w+;",
        ("setHeader", "addHeader"),
        "validated",
        "given to the request as the name of a header",
    ),
    Naming("parameter", r"Lorg/apache/http/message/BasicNameValuePair;", ("<init>",), "validated", "the name of a form's field"),
    Naming(
        "parameter", r"Landroid/net/Uri\$Builder;", ("appendQueryParameter",), "validated", "the name of a parameter of a URL"
    ),
    Naming(
        "parameter",
        r"L(?:com/squareup/)?okhttp3?/(?:HttpUrl|FormBody|FormEncodingBuilder|MultipartBody)(?:\$Builder)?;",
        ("addQueryParameter", "addEncodedQueryParameter", "setQueryParameter", "add", "addEncoded", "addFormDataPart"),
        "validated",
        "the name of a parameter or of a form's field",
    ),
    Naming(
        "parameter", r"Lorg/json/JSONObject;", ("put", "putOpt", "accumulate"), "likely", "the name of a member of a JSON object"
    ),
    Naming(
        "parameter", r"Lcom/google/gson/JsonObject;", ("add", "addProperty"), "likely", "the name of a member of a JSON object"
    ),
    Naming(
        "parameter",
        r"Landroid/util/JsonWriter;|Lcom/google/gson/stream/JsonWriter;",
        ("name",),
        "likely",
        "the name of a member of a JSON object",
    ),
    Naming("parameter", r"Ljava/util/\w*(?:Map|table);|Landroid/util/ArrayMap;", ("put",), "possible", "a key of a map"),
)

ANNOTATIONS: Final = {
    **{f"Lretrofit2/http/{verb};": "path" for verb in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "HTTP", "OPTIONS")},
    **{f"Lretrofit/http/{verb};": "path" for verb in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD")},
    **{f"Lretrofit2/http/{name};": "parameter" for name in ("Field", "Query", "Part", "Path")},
    **{f"Lretrofit/http/{name};": "parameter" for name in ("Field", "Query", "Part", "Path")},
    "Lretrofit2/http/Header;": "header",
    "Lretrofit2/http/Headers;": "header",
    "Lretrofit/http/Header;": "header",
    "Lcom/google/gson/annotations/SerializedName;": "parameter",
}


class Claim(NamedTuple):
    """A reading of one text, before its places are collected."""

    kind: str
    value: str
    host: str | None
    certainty: str
    why: str


def find_strings(program: Program, sending: frozenset[str]) -> list[CodeString]:
    """Every such text with its places, sorted. `sending` are the methods that send: a path in one of them weighs more."""
    found: dict[Claim, list[CodePlace]] = defaultdict(list)
    for number, dex in enumerate(program.dexes):
        kinds = kinds_of(dex)
        for index, rows in dex.uses_of(used_texts(dex, ADDRESS_TEXT)):
            places = program.places(number, rows[:MAX_PLACES])
            for claim in _claims(dex.strings[index]):
                here = claim
                if claim.kind == "path" and any(place.method in sending for place in places):
                    here = claim._replace(certainty="likely", why="a path, in a method that sends")
                found[here].extend(places)
        _, fields, indices = dex.static_texts()
        telling = np.flatnonzero(kinds[indices] & ADDRESS_TEXT)
        for field, index in zip(fields[telling].tolist(), indices[telling].tolist(), strict=True):
            place = CodePlace(dex=dex.name, method=dex.field(field), offset=None)
            for claim in _claims(dex.strings[index]):
                found[claim].append(place)
    _named(program, found)
    _noted(program, found)
    result = []
    for claim, places in found.items():
        unique = sorted(set(places), key=place_order)[:MAX_PLACES] if len(places) > 1 else places
        kind, value, host, certainty, why = claim
        one = CodeString(kind=kind, value=value, host=host, certainty=certainty, why=why, places=tuple(unique))
        result.append(one)
    return sorted(result, key=attrgetter("kind", "value", "certainty", "why"))


def read_text(text: str) -> list[Claim]:
    """What a text is by its form alone."""
    if len(text) < 4 or len(text) > MAX_TEXT:
        return []
    if "://" in text:
        return _urls(text)
    if text[0] == "/":
        folder = text[1:].partition("/")[0]
        if len(text) > 4 and folder not in LOCAL_FOLDERS and PATH.fullmatch(text) and any(c.isalpha() for c in text):
            return [Claim("path", text, None, "possible", "a text in the form of a path")]
        return []
    if "." in text and " " not in text:
        if ADDRESS.fullmatch(text):
            return (
                [Claim("ip", text, text.partition(":")[0], "likely", "a text in the form of an IPv4 address")]
                if is_address(text)
                else []
            )
        if is_host(text):
            return [Claim("host", text, text.partition(":")[0].lower(), "likely", "a text in the form of a host name")]
    if "/" in text and MEDIA_TYPE.fullmatch(text):
        return [Claim("media-type", text, None, "likely", "a text in the form of a media type")]
    return []


_claims: Final = lru_cache(maxsize=16_384)(read_text)
"""The same, for texts that are known to say something: the same ones are in most packages of a build."""


def _urls(text: str) -> list[Claim]:
    claims = []
    for match in URL.finditer(text):
        host = host_in(match)
        if host in NAMESPACES:
            continue
        why = "a URL" if host else "the beginning of a URL; the host is put together at run time"
        claims.append(Claim("url", match[0], host, "validated" if host else "likely", why))
    return claims


def _named(program: Program, found: dict[Claim, list[CodePlace]]) -> None:
    for hit in program.find_calls([(naming.owner, naming.names) for naming in NAMINGS]):
        naming = NAMINGS[hit.rule]
        dex = program.dexes[hit.dex]
        register = argument_register(program, hit, naming.argument)
        name = constant_in(dex, hit.row, register, program.static_texts) if register >= 0 else None
        if not isinstance(name, str) or not name or len(name) > 128:
            continue
        place = program.place(hit.dex, hit.row)
        found[Claim(naming.kind, name, None, naming.certainty, naming.why)].append(place)
        if naming.kind == "header" and name.lower() in ("user-agent", "content-type"):
            register = argument_register(program, hit, 1)
            value = constant_in(dex, hit.row, register, program.static_texts) if register >= 0 else None
            if isinstance(value, str) and value:
                kind = "user-agent" if name.lower() == "user-agent" else "media-type"
                found[Claim(kind, value, None, "validated", f"given to the request as its {name}")].append(place)


def _noted(program: Program, found: dict[Claim, list[CodePlace]]) -> None:
    for dex in program.dexes:
        for note in dex.annotations():
            if note.value.kind != VALUE_STRING:
                continue
            text = dex.string(note.value.number)
            kind = ANNOTATIONS.get(dex.type(note.annotation))
            claims = read_text(text)
            if kind and text:
                host = next((claim.host for claim in claims), None)
                claims = [Claim(kind, text, host, "validated", f"in the annotation {dex.type(note.annotation)}")]
            for claim in claims:
                match note.target:
                    case "field":
                        where = dex.field(note.member)
                    case "class":
                        where = dex.type(int(dex.classes.type[note.member]))
                    case _:
                        where = dex.method(note.member)
                found[claim].append(CodePlace(dex=dex.name, method=where, offset=None))
