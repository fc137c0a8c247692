"""Whether the package could have sent at all: it needs the permission to use the network, and a call that sends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vuoto.facts.origins import Sighting
from vuoto.origins.suspect import Suspect
from vuoto.origins.trace import Sign, Trace

INTERNET: Final = "android.permission.INTERNET"
NO_PERMISSION: Final = -6.0
"""Without it Android refuses every socket; another package or the download manager may still be asked to send."""

NO_SEND: Final = -3.0
"""No call that sends is seen in its code; natives, class loaders and calls that are not known remain."""

NATIVE: Final = frozenset({"connect", "sendto", "send", "SSL_write", "curl_easy_perform", "getaddrinfo"})


def _find(_: Sighting, suspect: Suspect) -> Iterator[Sign]:
    package, code = suspect.package, suspect.code
    if package.kind == "apk" and INTERNET not in package.permissions and package.shared_user_id is None:
        yield Sign(what="asks for no permission to use the network", bits=NO_PERMISSION, group="access missing")
    native = any(NATIVE.intersection(library.imports) for library in package.native_libraries)
    loads = code is not None and bool(code.loads)
    if not native and not loads and (code is None or not code.sends):
        yield Sign(what="has no call that sends in its code", bits=NO_SEND, group="access missing")


TRACE = Trace(
    name="network access",
    says="A package without the permission INTERNET, or without any call that sends, is an unlikely sender: it may hold a "
    "host for other reasons.",
    find=_find,
)
