"""Reads a TOML file that a person wrote (https://toml.io/en/v1.0.0), with a bound and one clear error."""

from __future__ import annotations

import re
from typing import Final

from vuoto.errors import InputError

MAX_BYTES: Final = 1 << 20
"""A declaration of a megabyte would name some ten thousand purposes: nobody wrote that by hand."""

MAX_PARTS: Final = 100
"""Parts of one dotted key. A declaration has keys of three; a parser takes time with the square of them."""

_KEY: Final = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
_DOTTED: Final = re.compile(rf"(?<![\w-])(?:{_KEY}){{{MAX_PARTS}}}")


def read_toml(text: bytes, name: str, next_step: str) -> dict[str, object]:
    """The table in `text`. Raises `InputError` where it is none."""
    import tomllib

    if len(text) > MAX_BYTES:
        raise InputError(f"is {len(text)} bytes; such a file has at most {MAX_BYTES}", where=name, next_step=next_step)
    try:
        decoded = text.decode("utf-8-sig")
        if _DOTTED.search(decoded):
            raise InputError(f"holds a key of {MAX_PARTS} parts or more", where=name, next_step=next_step)
        return tomllib.loads(decoded)
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 text (byte {error.start})", where=name, next_step=next_step) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"is not valid TOML: {error}", where=name, next_step=next_step) from None
    except (RecursionError, ValueError):  # brackets nested past any sense; integers of thousands of digits
        raise InputError("is not readable TOML: nested too deep or a number too long", where=name, next_step=next_step) from None
