"""How much of one package's code is in another."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from firmware.comparing.devices import read
from vuoto.facts.builds import ReadPackage
from vuoto.facts.code import ClassPrint
from vuoto.facts.packages import Package
from vuoto.firmware.comparing import compare
from vuoto.firmware.comparing.pairing import pair_packages
from vuoto.firmware.comparing.resemblance import LIKE_CODE, SAME_CODE, Code, Resemblance, Sought, code_of


def code(name: str, *, rename: bool = False) -> Code:
    return code_of(read({"package": [{"name": "com.example.x", "code": name, "rename": rename}]}).packages[0])


def test_renamed_code_is_the_same_and_unlike_code_is_not() -> None:
    sought = Sought(code("client"))
    same, other = sought.containment(code("client", rename=True)), sought.containment(code("quiet"))
    assert (same.share, same.found_classes, same.classes) == (1.0, 2, 2)
    assert same.tells
    assert other.share < LIKE_CODE
    assert other.found_classes == 0
    assert "100 % of" in same.words()


def test_features_scattered_over_many_classes_are_no_code_in_common() -> None:
    own = code("client")
    scattered = Code(ClassPrint(name=f"La{n};", print="", features=(feature,)) for n, feature in enumerate(sorted(own.features)))
    assert scattered.features == own.features
    assert Sought(own).containment(scattered).share == 0


def test_what_every_build_has_does_not_count() -> None:
    own = code("client")
    sender = own.by_name["Lcom/example/client/Sender;"]
    assert Sought(own).features & set(sender.features)
    several = Code(
        [*own.prints, *(ClassPrint(name=f"Lx{n};", print=f"{n:016x}", features=tuple(range(n, n + 30))) for n in (1, 99))]
    )
    sought = Sought(several, frozenset(own.features))
    assert not sought.features & own.features


def test_code_merged_into_one_class_as_r8_does_is_still_there() -> None:
    own = code("client")
    merged = Code([ClassPrint(name="La/a;", print="0" * 16, features=tuple(sorted(own.features)))])
    found = Sought(own).containment(merged)
    assert (found.share, found.found_classes) == (1.0, 0)
    resemblance = Resemblance(own, merged)
    assert resemblance.still_there(["Lcom/example/client/Sender;"])
    assert not Resemblance(own, code("quiet")).still_there(["Lcom/example/client/Sender;"])
    assert not resemblance.still_there([])


def test_a_class_is_known_by_its_print_before_its_name() -> None:
    resemblance = Resemblance(code("client"), code("client", rename=True))
    assert resemblance.counterpart("Lcom/example/client/Sender;") == "La/b;"
    assert resemblance.counterpart("Lcom/example/none;") is None


@given(st.lists(st.lists(st.integers(0, 60), min_size=1, max_size=40, unique=True), max_size=12))
def test_shares_stay_between_nothing_and_all_and_of_itself_all(rows: list[list[int]]) -> None:
    some = Code(ClassPrint(name=f"L{n};", print="", features=tuple(sorted(row))) for n, row in enumerate(rows))
    own = code("client")
    for a, b in ((own, some), (some, own), (some, some)):
        assert 0 <= Sought(a).containment(b).share <= 1
    assert Sought(some).containment(some).share in (0, 1)


def test_every_package_is_paired_once() -> None:
    package = {"code": "client", "permissions": []}
    old = read({"package": [package | {"name": f"com.example.a{n}"} for n in range(4)]}).packages
    new = read({"package": [package | {"name": f"com.example.b{n}", "rename": n % 2 == 0} for n in range(5)]}).packages
    pairing = pair_packages(old, new)
    olds = [m.old.package.path for m in pairing.matches] + [r.package.path for r in pairing.removed]
    news = [m.new.package.path for m in pairing.matches] + [r.package.path for r in pairing.added]
    assert sorted(olds) == sorted(r.package.path for r in old)
    assert sorted(news) == sorted(r.package.path for r in new)
    assert [m.renamed for m in pairing.matches] == [True] * 4
    assert len(pairing.added) == 1


def test_all_files_of_a_build_can_bear_other_names() -> None:
    old, new = (
        [
            ReadPackage(
                package=Package(path=f"{side}{n}.apk", kind="apk", name=f"com.{side}{n}", size=1, sha256=digest), code=None
            )
            for n, digest in enumerate(("aa", "bb", "bb", "cc"))
        ]
        for side in ("old", "new")
    )
    pairing = pair_packages(old, new)
    assert [(match.old.package.name, match.new.package.name) for match in pairing.matches] == [
        (f"com.old{n}", f"com.new{n}") for n in range(4)
    ]
    assert (pairing.added, pairing.removed) == ((), ())


def test_thresholds_are_in_order() -> None:
    assert 0 < LIKE_CODE < SAME_CODE <= 1


def test_a_certainty_that_nobody_writes_comes_last() -> None:
    before, after = (
        read({"package": [{"name": "com.example.x"}]}),
        read({"package": [{"name": "com.example.x", "code": "client"}]}),
    )
    [package] = after.packages
    assert package.code is not None
    [first, *_] = package.code.reads
    reads = (replace(first, certainty="\\x00"), replace(first, certainty="likely"))
    garbled = replace(after, packages=(replace(package, code=replace(package.code, reads=reads)),))
    told = [change.says for change in compare(before, garbled).changes if change.aspect == "identifier-read"]
    assert len(told) == 1
    assert "(likely)" in told[0]
