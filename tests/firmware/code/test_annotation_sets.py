"""Annotations that say nothing are passed over, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.code.assembler import assemble
from vuoto.firmware.code import dex as dex_module
from vuoto.firmware.code import read_dexes
from vuoto.firmware.code.annotation_sets import worth_reading
from vuoto.firmware.code.encoded import Noted
from vuoto.firmware.code.leb128 import I64, Mask

METHOD = ".method {name}(I)V\n  .registers 2\n  return-void\n.end method\n"
SAYS = '.annotation method a(I)V Lretrofit2/http/GET; value = "v1/x"\n'
ON_FIELD = '.field f:I\n.annotation field f:I Lcom/google/gson/annotations/SerializedName; value = "imei"\n'


def source(*bodies: str) -> str:
    return "".join(f".class Lcom/example/C{n};\n.super Ljava/lang/Object;\n{body}" for n, body in enumerate(bodies))


WHOLE = assemble(source(METHOD.format(name="a") + SAYS, METHOD.format(name="b"), ON_FIELD, METHOD.format(name="c")))


def everything(_data: bytes, directories: I64, _passed_over: int, _most: int) -> Mask:
    return np.ones(len(directories), np.bool_)


def noted_in(data: bytes) -> list[tuple[list[Noted], list[str]]]:
    return [(list(dex.annotations()), [problem.what for problem in dex.problems]) for dex in read_dexes(data)]


def directories(data: bytes) -> I64:
    (dex,) = read_dexes(data)
    return dex.classes.annotations[dex.classes.annotations > 0]


def test_what_says_something_is_read() -> None:
    assert worth_reading(WHOLE, directories(WHOLE), -1, 1000).tolist() == [True, True]
    ((found, problems),) = noted_in(WHOLE)
    assert [note.target for note in found] == ["method", "field"]
    assert problems == []


def test_what_is_passed_over_is_not_read() -> None:
    (dex,) = read_dexes(WHOLE)
    get = dex.types.index("Lretrofit2/http/GET;")
    assert worth_reading(WHOLE, directories(WHOLE), get, 1000).tolist() == [False, True]


def test_an_annotation_without_elements_says_nothing() -> None:
    data = bytearray(WHOLE)
    (dex,) = read_dexes(WHOLE)
    item = bytes([1, dex.types.index("Lretrofit2/http/GET;"), 1])  # visibility of the run time, the type, one element
    at = WHOLE.index(item)
    data[at + 2] = 0
    assert worth_reading(bytes(data), directories(WHOLE), -1, 1000).tolist() == [False, True]


def test_what_is_broken_or_too_much_is_left_to_the_reading_of_each() -> None:
    assert worth_reading(WHOLE, np.array([len(WHOLE) - 8, int(directories(WHOLE)[0])]), -1, 1000).tolist() == [True, True]
    assert worth_reading(WHOLE, np.append(directories(WHOLE), 40), -1, 0).all()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0x70, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=3))
def test_damaged_files_give_what_reading_every_class_gives(damage: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for at, octet in damage:
        data[at] = octet
    found = noted_in(bytes(data))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dex_module, "worth_reading", everything)
        assert noted_in(bytes(data)) == found
