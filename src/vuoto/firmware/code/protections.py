"""Encodings, digests and ciphers in the code, keys that are constants, and code that trusts any server.

Source: the reference of java.security, javax.crypto, javax.net.ssl and android.util.Base64. A trust manager is called empty when
the body of `checkServerTrusted` does nothing at all; one that checks too little is not found by this.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from vuoto.facts.code import CodePlace, CodeTransform, TrustFlaw
from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.instructions import ArrayData, constant_in, destination, integer_of
from vuoto.firmware.code.opcodes import FIELD
from vuoto.firmware.code.program import Program
from vuoto.firmware.code.reads import argument_register


class Transform(NamedTuple):
    """Calls that encode; `argument` names the algorithm or holds the key, or is -1."""

    kind: str
    owner: str
    names: tuple[str, ...]
    argument: int = -1


TRANSFORMS: Final = (
    Transform("base64", r"Landroid/util/Base64;|Ljava/util/Base64\$Encoder;", ("encode", "encodeToString")),
    Transform(
        "base64", r"Lorg/apache/commons/codec/binary/Base64;", ("encodeBase64", "encodeBase64String", "encode", "encodeToString")
    ),
    Transform("digest", r"Ljava/security/MessageDigest;", ("getInstance",), 0),
    Transform("mac", r"Ljavax/crypto/Mac;", ("getInstance",), 0),
    Transform("cipher", r"Ljavax/crypto/Cipher;", ("getInstance",), 0),
    Transform("compression", r"Ljava/util/zip/(?:GZIP|Deflater)OutputStream;", ("<init>",)),
    Transform("constant-key", r"Ljavax/crypto/spec/(?:SecretKey|IvParameter|DESKey|DESedeKey|PBEKey)Spec;", ("<init>",), 0),
)
TRUST_MANAGERS: Final = frozenset(
    {"Ljavax/net/ssl/X509TrustManager;", "Ljavax/net/ssl/X509ExtendedTrustManager;", "Ljavax/net/ssl/TrustManager;"}
)
VERIFIERS: Final = frozenset({"Ljavax/net/ssl/HostnameVerifier;", "Lorg/apache/http/conn/ssl/X509HostnameVerifier;"})
ALLOW_ALL: Final = frozenset(
    {
        "Lorg/apache/http/conn/ssl/SSLSocketFactory;->ALLOW_ALL_HOSTNAME_VERIFIER:Lorg/apache/http/conn/ssl/X509HostnameVerifier;",
        "Lorg/apache/http/conn/ssl/NoopHostnameVerifier;->INSTANCE:Lorg/apache/http/conn/ssl/NoopHostnameVerifier;",
    }
)
CHECKS: Final = ("checkServerTrusted", "verify", "onReceivedSslError")
"""The methods that say whether a server is the right one."""

RETURN_VOID: Final = 0x0E
RETURN: Final = 0x0F


def find_transforms(program: Program, sending: frozenset[str]) -> list[CodeTransform]:
    """Every such call, sorted. `sending` are the classes in which something is sent."""
    found = []
    for hit in program.find_calls([(one.owner, one.names) for one in TRANSFORMS]):
        rule = TRANSFORMS[hit.rule]
        dex = program.dexes[hit.dex]
        what, key = dex.method(hit.reference), None
        if rule.argument >= 0:
            register = argument_register(program, hit, rule.argument)
            value = constant_in(dex, hit.row, register, program.static_texts) if register >= 0 else None
            if rule.kind == "constant-key":
                if isinstance(value, ArrayData):
                    key = value.data.hex()
                elif isinstance(value, str) and value:
                    key = value
                else:
                    continue
            elif isinstance(value, str):
                what = value
        place = program.place(hit.dex, hit.row)
        near = place.method.partition("->")[0] in sending
        found.append(CodeTransform(kind=rule.kind, what=what, key=key, near_send=near, place=place))
    return sorted(found, key=lambda one: (one.kind, one.what, one.place, one.key or ""))


def find_trust_flaws(program: Program) -> list[TrustFlaw]:
    """Trust managers and verifiers of the program that say yes to anything, sorted."""
    found = []
    for number, dex in enumerate(program.dexes):
        classes = dex.classes
        for at in np.flatnonzero(np.isin(classes.method, dex.methods_named(CHECKS))).tolist():
            body = int(dex.method_body[at])
            if body < 0:
                continue
            ancestors = program.ancestors(dex.type(int(classes.type[classes.method_class[at]])))
            flaw = _flaw(dex, body, dex.method_short(int(classes.method[at])), ancestors)
            if flaw:
                place = CodePlace(dex=dex.name, method=program.method_of_body(number, body), offset=0)
                found.append(TrustFlaw(what=flaw[0], why=flaw[1], place=place))
        rows, references = dex.references(FIELD)
        allow = np.flatnonzero(np.isin(dex.field_name, dex.string_indices(ALLOW_NAMES))).tolist()
        allow = [index for index in allow if dex.field(index) in ALLOW_ALL]
        for row in rows[np.isin(references, allow)].tolist():
            why = "uses the verifier that accepts every host name"
            found.append(TrustFlaw(what="hostname-verifier", why=why, place=program.place(number, row)))
    return sorted(found)


ALLOW_NAMES: Final = frozenset(name.partition("->")[2].partition(":")[0] for name in ALLOW_ALL)


def _is_web_client(ancestors: tuple[str, ...]) -> bool:
    return "Landroid/webkit/WebViewClient;" in ancestors


def _flaw(dex: Dex, body: int, name: str, ancestors: tuple[str, ...]) -> tuple[str, str] | None:
    first, end = int(dex.code.first[body]), int(dex.code.first[body + 1])
    if name == "checkServerTrusted" and not TRUST_MANAGERS.isdisjoint(ancestors):
        opcodes = set(dex.code.opcode[first:end].tolist())
        if opcodes <= {0, RETURN_VOID}:
            return "trust-manager", "checkServerTrusted does nothing, so every certificate is taken"
    if name == "verify" and not VERIFIERS.isdisjoint(ancestors) and _returns_true(dex, first, end):
        return "hostname-verifier", "verify always returns true, so every host name is taken"
    if name == "onReceivedSslError" and _is_web_client(ancestors) and _proceeds(dex, first, end):
        return "web-view-ssl-error", "goes on after an error of the certificate"
    return None


def _returns_true(dex: Dex, first: int, end: int) -> bool:
    """Whether a body is a constant 1 that is returned, and nothing else."""
    rows = [row for row in range(first, end) if int(dex.code.opcode[row]) != 0]
    if len(rows) != 2 or int(dex.code.opcode[rows[1]]) != RETURN:
        return False
    returned = int(dex.code.units[int(dex.code.unit[rows[1]])]) >> 8
    return integer_of(dex, rows[0]) == 1 and destination(dex, rows[0]) == returned


def _proceeds(dex: Dex, first: int, end: int) -> bool:
    rows, references = dex.invokes
    begin, stop = np.searchsorted(rows, (first, end))
    called = {dex.method(int(index)) for index in references[begin:stop]}
    return (
        "Landroid/webkit/SslErrorHandler;->proceed()V" in called and "Landroid/webkit/SslErrorHandler;->cancel()V" not in called
    )
