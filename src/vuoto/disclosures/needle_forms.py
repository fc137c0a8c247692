"""The forms in which a known value may travel, and how a form is made from the value's bytes."""

from __future__ import annotations

import base64
import hashlib
from typing import Final, Literal, NamedTuple

Compare = Literal["fold", "exact", "base64"]
"""`fold`: in either ASCII case. `exact`: byte by byte. `base64`: exact, but the two alphabets (RFC 4648 §4, §5) are one."""

BINARY: Final = frozenset(("bytes", "packed digits", "number"))
"""Kinds of forms of a value that is no text, by which `binary_spellings` calls them."""

DIGESTS: Final = ("md5", "sha1", "sha256", "sha512")


class Form(NamedTuple):
    """One way to write a value."""

    names: tuple[str, ...]
    """What the finding's `form` ends with, outermost first."""

    how: str
    """In words, for a reason; `""` where it is plain."""

    compare: Compare
    """How the bytes are compared."""

    kind: str
    """`plain`, `reversed`, `utf-16le`, `utf-16be`, `hex`, `percent`, `base64`, `base32`, or of a digest: `raw`, `hexdigest`,
    `base64digest`; of a value that is no text: `bytes`, `packed digits`, `number`, and `bytes in base64`, `digits in hex`."""

    shift: int = 0
    """Base64, Base32: how many bytes before the value share its group (RFC 4648 §4: groups of 3; §6: of 5)."""

    digest: str = ""
    """Name of the digest, or `""`."""

    chained: bool = False
    """Whether it is the digest of the value's MD5 in lower-case hexadecimal."""


def _digest_forms() -> list[Form]:
    forms = []
    for chained in (False, True):
        for digest in DIGESTS:
            names = (digest, "md5") if chained else (digest,)
            of = f"{digest.upper()} of its MD5" if chained else digest.upper()
            forms += [
                Form(names, f"as raw bytes of {of}", "exact", "raw", 0, digest, chained),
                Form(names, f"as hexadecimal of {of}", "fold", "hexdigest", 0, digest, chained),
                *(
                    Form(("base64", *names), f"as Base64 of {of}", "base64", "base64digest", shift, digest, chained)
                    for shift in range(3)
                ),
            ]
    return forms


FORMS: Final[tuple[Form, ...]] = (
    Form((), "", "fold", "plain"),
    Form(("reversed",), "written backwards", "fold", "reversed"),
    Form(("utf-16le",), "in UTF-16LE", "fold", "utf-16le"),
    Form(("utf-16be",), "in UTF-16BE", "fold", "utf-16be"),
    Form(("hex",), "in hexadecimal", "fold", "hex"),
    Form(("percent",), "percent-encoded", "fold", "percent"),
    *(Form(("base64",), "in Base64", "base64", "base64", shift) for shift in range(3)),
    *(Form(("base32",), "in Base32", "fold", "base32", shift) for shift in range(5)),
    *_digest_forms(),
    Form(("bytes",), "as raw bytes", "exact", "bytes"),
    Form(("packed digits",), "as packed decimal digits", "exact", "packed digits"),
    Form(("number",), "as a binary number", "exact", "number"),
    *(Form(("base64", "bytes"), "as raw bytes in Base64", "base64", "bytes in base64", shift) for shift in range(3)),
    Form(("hex", "packed digits"), "as packed decimal digits in hexadecimal", "fold", "digits in hex"),
)
"""A form's number is its place here."""


def group_bits(shift: int, bits: int) -> int:
    """How many bits of the value come before the first character that depends on the value alone, after `shift` bytes."""
    return -(-8 * shift // bits) * bits - 8 * shift


def make(form: Form, spelling: bytes) -> bytes:
    """The bytes of `spelling` in `form`; of Base64 and Base32 the characters that depend on nothing but the value."""
    kind = form.kind
    if form.digest:
        content = hashlib.md5(spelling, usedforsecurity=False).hexdigest().encode() if form.chained else spelling
        digest = hashlib.new(form.digest, content, usedforsecurity=False).digest()
        if kind == "raw":
            return digest
        if kind == "hexdigest":
            return digest.hex().encode()
        spelling = digest
    if kind == "plain" or kind in BINARY:
        return spelling
    if kind == "reversed":
        return spelling[::-1]
    if kind.startswith("utf-16"):
        return spelling.decode("utf-8").encode(kind)
    if kind in ("hex", "digits in hex"):
        return spelling.hex().encode()
    if kind == "percent":
        return b"".join(b"%%%02x" % byte for byte in spelling)
    bits = 5 if kind == "base32" else 6
    encode = base64.b32encode if kind == "base32" else base64.b64encode
    before = -(-8 * form.shift // bits)
    whole = 8 * (form.shift + len(spelling)) // bits
    return encode(bytes(form.shift) + spelling)[before:whole]
