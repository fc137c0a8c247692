"""Which classes may fit a pattern: by their own name, by what they extend, also in another file; all others certainly not."""

from __future__ import annotations

import random

from firmware.code.assembler import assemble
from vuoto.firmware.code import read_dexes
from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.lineage import may_fit
from vuoto.firmware.code.program import Program

OBJECT = "Ljava/lang/Object;"


def dex_of(*classes: tuple[str, ...]) -> Dex:
    """A file of classes, each with its name, its superclass and its interfaces."""
    source = "".join(
        f".class {name}\n.super {above}\n" + "".join(f".implements {one}\n" for one in interfaces)
        for name, above, *interfaces in classes
    )
    return read_dexes(assemble(source))[0]


def may(dexes: list[Dex], wanted: str) -> list[set[str]]:
    """The defined classes of each file that may fit."""
    masks = may_fit(dexes, lambda names: [name == wanted for name in names])
    return [
        {dex.type(index) for index in dex.classes.type.tolist() if mask[index]} for dex, mask in zip(dexes, masks, strict=True)
    ]


def test_a_class_fits_by_its_name_its_superclass_and_its_interfaces() -> None:
    dex = dex_of(
        ("LA;", "LWanted;"),
        ("LB;", "LA;"),
        ("LC;", OBJECT, "LOther;", "LB;"),
        ("LWanted;", OBJECT),
        ("LD;", OBJECT, "LOther;"),
        ("LWantedNot;", OBJECT),
    )
    assert may([dex], "LWanted;") == [{"LA;", "LB;", "LC;", "LWanted;"}]


def test_what_a_class_extends_may_stand_in_another_file() -> None:
    first = dex_of(("LA;", "LB;"), ("LX;", "LY;"))
    second = dex_of(("LB;", "LC;"), ("LY;", OBJECT))
    third = dex_of(("LC;", "LWanted;"), ("LZ;", "LX;"))
    assert may([first, second, third], "LWanted;") == [{"LA;"}, {"LB;"}, {"LC;"}]


def test_a_class_that_extends_itself_ends() -> None:
    assert may([dex_of(("LA;", "LB;"), ("LB;", "LA;"))], "LWanted;") == [set()]


def test_types_that_no_file_defines_are_left_open() -> None:
    dex = dex_of(("LA;", "LWanted;"))
    mask = may_fit([dex], lambda names: [False] * len(names))[0]
    assert {name for name, open_ in zip(dex.types, mask.tolist(), strict=False) if open_} == {"LWanted;"}


def test_the_same_classes_fit_as_when_each_is_asked_for_its_ancestors() -> None:
    rng = random.Random(7)
    names = [f"LN{number};" for number in range(60)]
    for _ in range(30):
        files = []
        for begin in (0, 20, 40):
            own = names[begin : begin + 20]
            files.append(dex_of(*[(one, *rng.sample(names, rng.randrange(1, 4))) for one in own]))
        program = Program(files)
        for wanted in rng.sample(names, 5):
            expected = {name for name in program.classes if wanted in program.ancestors(name)}
            assert set().union(*may(files, wanted)) == expected
