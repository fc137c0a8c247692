"""In which builds something is: the sentence, the order, and what could not be read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from firmware.comparing.devices import read
from vuoto.errors import InputError
from vuoto.facts.scopes import Scope
from vuoto.firmware.comparing.scoping import Asked, find_scope
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.index import BuildIndex, open_index, write_index

CLIENT: dict[str, Any] = {"name": "com.example.client", "code": "client"}
PLAIN: dict[str, Any] = {"name": "com.example.plain", "code": "plain"}
QUIET: dict[str, Any] = {"name": "com.example.quiet", "code": "quiet"}


def build(name: str, model: str, number: str, day: int, *packages: dict[str, Any]) -> tuple[str, BuildIndex | str]:
    properties = {
        "ro.product.model": model,
        "ro.build.version.incremental": number,
        "ro.build.date.utc": str(1_544_400_000 + 86_400 * day),
        "ro.build.version.security_patch": "2018-12-01",
    }
    made = write_index(read({"properties": properties, "package": list(packages)}, name))
    return name, open_index(BytesBlob(made), name)


SHELF = [
    build("late.vfx", "TA-1046", "00WW_2_10", 60, PLAIN, CLIENT | {"version": 2, "rename": True}),
    build("first.vfx", "TA-1046", "00WW_2_8", 0, PLAIN),
    build("second.vfx", "TA-1046", "00WW_2_9", 0, PLAIN, QUIET),
    build("cn.vfx", "TA-1062", "00CN_2_8", 1, PLAIN, CLIENT),
    ("half.vfx", "is cut off"),
]


def asked(kind: Any, what: str, shelf: list[tuple[str, BuildIndex | str]] = SHELF, **more: Any) -> Scope:
    return find_scope(shelf, Asked(kind=kind, what=what, **more))


def states(scope: Scope) -> list[tuple[str, str]]:
    return [(row.build, row.state) for row in scope.rows]


def test_a_package_in_which_builds_since_when_and_how_alike() -> None:
    found = asked("package", "com.example.client")
    assert states(found) == [
        ("first.vfx", "absent"),
        ("second.vfx", "absent"),
        ("cn.vfx", "present"),
        ("late.vfx", "present"),
        ("half.vfx", "unknown"),
    ]
    assert found.sentences == (
        "com.example.client is in 2 of 4 builds that could be read.",
        "Of TA-1046: in 1 of 3 builds, since late.vfx (00WW_2_10, patch level 2018-12-01), the last.",
        "Of TA-1062: in the one build, cn.vfx (00CN_2_8, patch level 2018-12-01).",
        "Of the 2 packages found: 1 byte for byte as in the first of them, 1 the same code in other bytes.",
        "1 build could not be read, or not in whole: it is not known of half.vfx.",
    )
    hits = {row.build: row.hits for row in found.rows}
    assert [(hit.likeness, hit.share) for hit in hits["late.vfx"]] == [("same-code", 1.0)]
    assert hits["cn.vfx"][0].likeness == "identical"
    assert [problem.where for problem in found.problems] == ["half.vfx"]


def test_code_under_another_name_is_found_and_code_that_is_unlike_is_not() -> None:
    innocent = {"name": "com.example.innocent", "code": "client", "rename": True, "version": 9}
    shelf = [*SHELF[:4], build("hidden.vfx", "TA-1046", "00WW_2_11", 90, PLAIN, QUIET, innocent)]
    like = read({"package": [CLIENT]}).packages[0]
    found = asked("like", "client.apk", shelf, like=like)
    hits = [(row.build, hit.package, hit.likeness) for row in found.rows for hit in row.hits]
    assert hits == [
        ("cn.vfx", "com.example.client", "identical"),
        ("late.vfx", "com.example.client", "same-code"),
        ("hidden.vfx", "com.example.innocent", "same-code"),
    ]
    assert "The code of client.apk is in 3 of 5 builds" in found.sentences[0]


def test_a_host_and_what_is_below_it_and_no_other() -> None:
    assert [s for _, s in states(asked("host", "registration.example.net"))] == [
        "absent",
        "absent",
        "present",
        "present",
        "unknown",
    ]
    assert [s for _, s in states(asked("host", "EXAMPLE.net"))] == ["absent", "absent", "present", "present", "unknown"]
    assert "present" not in dict(states(asked("host", "ation.example.net"))).values()


def test_a_host_is_told_as_show_reads_it_and_a_mere_text_as_such() -> None:
    name = "registration.example.net"
    text = {"name": "com.example.plain", "texts": [f"http://%s.{name}/up", "see http://other.example.org/"]}
    capitals = {"name": "com.example.capitals", "texts": [f"HTTP://{name.upper()}/UP"]}
    shelf = [
        build("host.vfx", "TA-1046", "00WW_2_10", 80, CLIENT),
        build("text.vfx", "TA-1046", "00WW_2_11", 90, text),
        build("capitals.vfx", "TA-1046", "00WW_2_12", 91, capitals),
    ]
    found = asked("host", name, shelf)
    assert [(row.build, hit.likeness, hit.says) for row in found.rows for hit in row.hits] == [
        ("host.vfx", "named", f"names {name}"),
        ("text.vfx", "in-a-text", f"holds {name} in a text that is no address"),
        ("capitals.vfx", "named", f"names {name}"),
    ]
    assert "In 1 of the 3 packages found it stands in a text that is no address." in found.sentences
    below = asked("host", "example.net", shelf[:1])
    assert [hit.says for row in below.rows for hit in row.hits] == [f"names {name}"]


def test_a_class_by_either_notation_as_long_as_it_bears_its_name() -> None:
    for name in ("com.example.client.Sender", "Lcom/example/client/Sender;"):
        assert [s for _, s in states(asked("class", name))] == ["absent", "absent", "present", "absent", "unknown"]
    assert dict(states(asked("class", "a.b")))["late.vfx"] == "present"


def test_a_class_that_has_no_code_is_found_by_the_manifest() -> None:
    shelf = [build("boot.vfx", "TA-1046", "1", 0, PLAIN | {"boot": True})]
    assert states(asked("class", "com.example.plain.Boot", shelf)) == [("boot.vfx", "present")]


def test_the_order_of_the_folder_does_not_matter_and_numbers_count_as_numbers() -> None:
    one, two = asked("package", "com.example.client"), asked("package", "com.example.client", SHELF[::-1])
    assert one == two
    assert [row.incremental for row in one.rows][:2] == ["00WW_2_8", "00WW_2_9"]


def test_a_build_may_call_itself_by_a_number_and_a_day_that_nobody_can_write_out() -> None:
    long = build("long.vfx", "TA-1046", "9" * 5000, 0, CLIENT)
    longer = build("longer.vfx", "TA-1046", "1" * 5001, 0, CLIENT)
    assert [row.build for row in asked("package", "com.example.client", [longer, long]).rows] == ["long.vfx", "longer.vfx"]
    for day in ("0" * 11 + "1" * 20, "1" * 5000):
        properties = {"ro.product.model": "TA-1046", "ro.build.date.utc": day}
        data = write_index(read({"properties": properties, "package": [CLIENT]}, "odd.vfx"))
        found = asked("package", "com.example.client", [("odd.vfx", open_index(BytesBlob(data), "odd.vfx"))])
        assert [(row.state, row.built) for row in found.rows] == [("present", None)]


def test_taken_out_again_and_put_back() -> None:
    shelf = [build(f"{n}.vfx", "TA-1046", str(n), n, PLAIN, *([CLIENT] if n in (2, 4) else [])) for n in range(1, 7)]
    assert asked("package", "com.example.client", shelf).sentences[1] == (
        "Of TA-1046: in 2 of 6 builds, since 2.vfx (2, patch level 2018-12-01), and no more in "
        "5.vfx (5, patch level 2018-12-01), "
        "with builds between that do not have it."
    )


def test_nowhere_and_unknown_are_two_answers() -> None:
    found = asked("package", "com.example.none")
    assert found.sentences[0] == "com.example.none is in none of the 4 builds that could be read."
    assert "it is not known of half.vfx" in found.sentences[1]


def test_a_damaged_index_is_unknown_and_no_error() -> None:
    data = write_index(read({"package": [PLAIN]}))
    for at in range(0, len(data), 7):
        try:
            index: BuildIndex | str = open_index(BytesBlob(data[:at]), "cut.vfx")
        except InputError as error:
            index = error.what
        found = asked("package", "com.example.none", [("cut.vfx", index)])
        assert states(found) in ([("cut.vfx", "unknown")], [("cut.vfx", "absent")])


def with_split(code: str) -> tuple[dict[str, Any], ...]:
    """An app, and a split beside it whose code is another: the app's own file stays the same."""
    split = {"name": "com.example.app", "split": "extra", "path": "system/app/app/split_extra.apk", "code": code}
    return {"name": "com.example.app", "code": "plain"}, split


def test_a_file_of_the_same_bytes_with_other_code_beside_it_is_not_called_the_same() -> None:
    shelf = [
        build(f"{n}.vfx", "TA-1046", f"00WW_2_{n}", n, *with_split(code)) for n, code in enumerate(("quiet", "quiet", "client"))
    ]
    hits = [row.hits[0] for row in asked("package", "com.example.app", shelf).rows]
    assert len({hit.sha256 for hit in hits}) == 1
    assert [hit.likeness for hit in hits] == ["identical", "identical", "other-code"]
    assert hits[2].says.startswith("the same file, and other code beside it (")


def test_code_like_the_one_given_is_found_in_a_split_beside_a_file_that_was_met_before() -> None:
    shelf = [build(f"{n}.vfx", "TA-1046", f"00WW_2_{n}", n, *with_split(code)) for n, code in enumerate(("quiet", "client"))]
    like = read({"package": [CLIENT]}).packages[0]
    rows = asked("like", "client.apk", shelf, like=like).rows
    assert [[(hit.package, hit.likeness) for hit in row.hits] for row in rows] == [[], [("com.example.app", "same-code")]]


def test_a_package_given_whole_is_the_same_only_with_the_code_beside_it() -> None:
    alone, *_ = with_split("client")
    codes = ("client", "quiet", "client")
    shelf = [build(f"{n}.vfx", "TA-1046", f"00WW_2_{n}", n, *with_split(code)) for n, code in enumerate(codes)]
    shelf.append(build("3.vfx", "TA-1046", "00WW_2_3", 3, alone))
    whole = read({"package": list(with_split("client"))}).packages[0]
    hits = [row.hits[0] for row in asked("like", "app", shelf, like=whole).rows]
    assert len({hit.sha256 for hit in hits} | {whole.package.sha256}) == 1
    assert [hit.likeness for hit in hits] == ["identical", "other-code", "identical", "other-code"]
    assert hits[1].says.startswith("the same file, and other code beside it (")
    base = read({"package": [alone]}).packages[0]
    hits = [row.hits[0] for row in asked("like", "base.apk", shelf, like=base).rows]
    assert hits[3].likeness == "identical"
    assert [hit.says.partition(" (")[0] for hit in hits[:3]] == ["the same file, and other code beside it"] * 3


def test_a_host_that_a_split_names_is_found_beside_a_file_that_was_met_before() -> None:
    shelf = [build(f"{n}.vfx", "TA-1046", f"00WW_2_{n}", n, *with_split(code)) for n, code in enumerate(("quiet", "client"))]
    name = "registration.example.net"
    for given in (shelf, shelf[::-1]):
        assert dict(states(asked("host", name, given))) == {"0.vfx": "absent", "1.vfx": "present"}


def test_two_packages_too_large_to_be_read_are_not_called_the_same() -> None:
    like = read({"package": [PLAIN]}).packages[0]
    unread = replace(like, package=replace(like.package, sha256="", name="com.example.huge"), code=None)
    made = replace(read({"package": [PLAIN]}, "huge.vfx"), packages=(unread,))
    shelf: list[tuple[str, BuildIndex | str]] = [("huge.vfx", open_index(BytesBlob(write_index(made)), "huge.vfx"))]
    assert states(asked("like", "huge.apk", shelf, like=unread)) == [("huge.vfx", "absent")]
