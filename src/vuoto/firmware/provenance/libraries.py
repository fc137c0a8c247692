"""Published libraries that apps carry with them: recognised by their package where names are kept, by their words where not.

`data/libraries.bin` is made by `tools/build_provenance_data.py` from the sources that `data/README.md` names: for each file the
digests of texts and numbers that few files say. A library stands beside the sources that are given like one of them, so a class
that fits a library better than the source in question is not laid at the source's door.
"""

from __future__ import annotations

import bisect
from functools import cache
from importlib import resources
from typing import Final

from vuoto.firmware.provenance.index import ProjectIndex
from vuoto.firmware.provenance.index_file import read_project

PREFIXES: Final[dict[str, str]] = {
    "Landroid/arch/": "Android Architecture Components",
    "Landroid/support/": "Android Support Library",
    "Landroidx/": "AndroidX",
    "Lcom/airbnb/lottie/": "Lottie",
    "Lcom/bumptech/glide/": "Glide",
    "Lcom/fasterxml/jackson/": "Jackson",
    "Lcom/google/android/exoplayer2/": "ExoPlayer",
    "Lcom/google/android/gms/": "Google Play services",
    "Lcom/google/android/material/": "Material Components",
    "Lcom/google/common/": "Guava",
    "Lcom/google/crypto/tink/": "Tink",
    "Lcom/google/firebase/": "Firebase",
    "Lcom/google/gson/": "Gson",
    "Lcom/google/protobuf/": "Protocol Buffers",
    "Lcom/google/zxing/": "ZXing",
    "Lcom/squareup/moshi/": "Moshi",
    "Lcom/squareup/okhttp/": "OkHttp 2",
    "Lcom/squareup/picasso/": "Picasso",
    "Ldagger/": "Dagger",
    "Lio/netty/": "Netty",
    "Lio/reactivex/": "RxJava",
    "Ljavax/inject/": "javax.inject",
    "Lkotlin/": "Kotlin's standard library",
    "Lkotlinx/coroutines/": "Kotlin coroutines",
    "Lkotlinx/serialization/": "Kotlin serialization",
    "Lokhttp3/": "OkHttp",
    "Lokio/": "Okio",
    "Lorg/apache/commons/": "Apache Commons",
    "Lorg/apache/http/": "Apache HttpClient",
    "Lorg/eclipse/paho/": "Eclipse Paho",
    "Lorg/greenrobot/eventbus/": "EventBus",
    "Lorg/intellij/lang/annotations/": "JetBrains annotations",
    "Lorg/jetbrains/annotations/": "JetBrains annotations",
    "Lorg/jsoup/": "jsoup",
    "Lorg/slf4j/": "SLF4J",
    "Lretrofit2/": "Retrofit",
    "Lrx/": "RxJava 1",
    "Ltimber/log/": "Timber",
}
"""Packages of libraries whose names are kept, sorted."""

_SORTED: Final = sorted(PREFIXES)


def library_of(name: str) -> str | None:
    """The library in whose package a class stands, or `None`."""
    at = bisect.bisect_right(_SORTED, name) - 1
    return PREFIXES[_SORTED[at]] if at >= 0 and name.startswith(_SORTED[at]) else None


@cache
def libraries() -> tuple[ProjectIndex, ...]:
    """The libraries that come with Vuoto, by name."""
    data = resources.files("vuoto.firmware.provenance").joinpath("data/libraries.bin").read_bytes()
    found = []
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "little")
        project = read_project(data[at + 4 : at + 4 + size])
        assert project is not None, "the data file is made by tools/build_provenance_data.py"
        found.append(project)
        at += 4 + size
    return tuple(found)
