"""Classes that no person named: whose they are, what they say for their maker, and what only looks like them."""

from __future__ import annotations

import pytest

from firmware.code.assembler import assemble
from firmware.provenance.test_comparing import AGENT_CODE, GIVEN, HOSTS_SOURCE, OTHER_SOURCE, project
from vuoto.facts.provenance import ClassMatch
from vuoto.firmware.code import read_dexes
from vuoto.firmware.provenance import compare
from vuoto.firmware.provenance.neighbours import Made, neighbourhood, roots

RUN = '  const-string v0, "DeviceModelOfSale"\n'
MAKES = "  new-instance v1, La/c;\n"
LAMBDA = """
.class La/c;
.super Lkotlin/jvm/internal/Lambda;
.method a()V
  .registers 2
{body}  return-void
.end method
"""
CALLER = """
.class La/d;
.super Ljava/lang/Object;
.method a()V
  .registers 2
  new-instance v1, La/c;
  return-void
.end method
"""


def making(code: str = AGENT_CODE) -> str:
    """The agent, of which one method makes the class `La/c;`."""
    return code.replace(RUN, RUN + MAKES)


def answered(code: str, files: dict[str, str] = GIVEN) -> dict[str, ClassMatch]:
    """The answers by class."""
    return {match.name: match for match in compare("app", list(read_dexes(assemble(code))), [project(files)]).matches}


def test_a_lambda_without_a_word_is_laid_at_its_makers_door() -> None:
    found = answered(making() + LAMBDA.format(body=""))
    match = found["La/c;"]
    assert match.how == "with its maker"
    assert [file.path for file in match.files] == ["src/Agent.java"]
    assert match.statement == found["La/b;"].statement
    (maker,) = match.shared
    assert (maker.kind, maker.value, maker.place.method, maker.place.offset) == ("maker", "La/b;", "La/b;->run()V", 2)
    # The text that is nearest to it in that method stands in that line.
    assert maker.line == next(n for n, text in enumerate(GIVEN["src/Agent.java"].split("\n"), 1) if "DeviceModelOfSale" in text)


def test_what_a_lambda_makes_is_its_makers_too() -> None:
    inner = LAMBDA.format(body="").replace("La/c;", "La/e;")
    found = answered(making() + LAMBDA.format(body="  new-instance v0, La/e;\n") + inner)
    assert [file.path for file in found["La/e;"].files] == ["src/Agent.java"]
    assert found["La/e;"].shared[0].value == "La/c;"


@pytest.mark.parametrize(
    ("above", "is_made"),
    [
        (".super Lkotlin/jvm/internal/FunctionReferenceImpl;", True),
        (".super Lkotlin/coroutines/jvm/internal/SuspendLambda;", True),
        (".super Ljava/lang/Object;\n.implements Lkotlin/jvm/functions/Function1;", True),
        (".super Ljava/lang/Object;", False),
        (".super Ljava/lang/Thread;", False),
        (".super Ljava/lang/Object;\n.implements Lkotlin/jvm/internal/markers/KMappedMarker;", False),
    ],
)
def test_who_is_unnamed(above: str, is_made: bool) -> None:
    code = making() + LAMBDA.format(body="").replace(".super Lkotlin/jvm/internal/Lambda;", above)
    found = answered(code)
    assert ("La/c;" in found and found["La/c;"].how == "with its maker") is is_made


def test_what_the_compiler_marks_as_its_own_is_unnamed() -> None:
    table = LAMBDA.format(body="").replace("Lkotlin/jvm/internal/Lambda;", "Ljava/lang/Object;")
    assert "La/c;" in answered(making() + table.replace(".class La/c;", ".class final synthetic La/c;"))
    assert "La/c;" not in answered(making() + table.replace(".class La/c;", ".class interface abstract synthetic La/c;"))


BASE = """
.class abstract La/l;
.super Ljava/lang/Object;
.implements Ljava/io/Serializable;
.method public constructor <init>(I)V
  .registers 2
  return-void
.end method
.method public a()I
  .registers 2
  const v0, 1
  return v0
.end method
.method public toString()Ljava/lang/String;
  .registers 2
  const-string v0, "kotlin.jvm.functions."
  return-object v0
.end method
"""


@pytest.mark.parametrize(
    ("before", "after", "is_made"),
    [
        ("", "", True),
        ("public a()I", "public getArity()I", True),
        ("public a()I", "public hashCode()I", False),
        ("public a()I", "public a()J", False),
        ("toString()Ljava/lang/String;", "a(I)Ljava/lang/String;", False),
        (".class abstract", ".class", False),
        (".implements Ljava/io/Serializable;\n", "", False),
        (".implements Ljava/io/Serializable;\n", ".implements Ljava/io/Serializable;\n.implements Ljava/lang/Runnable;\n", False),
    ],
)
def test_the_lambda_of_kotlin_is_known_under_another_name(before: str, after: str, is_made: bool) -> None:
    """Most packages carry Kotlin's library, renamed."""
    below = LAMBDA.format(body="").replace("Lkotlin/jvm/internal/Lambda;", "La/l;")
    assert ("La/c;" in answered(making() + below + BASE.replace(before, after))) is is_made


def test_a_lambda_that_two_classes_name_is_nobodys() -> None:
    assert "La/c;" not in answered(making() + LAMBDA.format(body="") + CALLER)


def test_a_lambda_that_says_what_another_file_says_is_not_its_makers() -> None:
    """An optimiser has put the method that makes it into another class."""
    body = '  const-string v0, "https://weather.example/forecast"\n  const-string v0, "Accept-Weather"\n'
    found = answered(making() + LAMBDA.format(body=body))
    assert [file.path for file in found["La/c;"].files] == ["src/Fetcher.java"]
    assert [file.path for file in found["La/b;"].files] == ["src/Agent.java"]
    body = '  const-string v0, "Accept-Weather"\n  const-string v0, "of nobody one"\n  const-string v0, "of nobody two"\n'
    assert "La/c;" not in answered(making() + LAMBDA.format(body=body))


def test_a_maker_that_fits_a_test_hands_nothing_on() -> None:
    moved = {
        "src/test/java/AgentTest.java": GIVEN["src/Agent.java"],
        "src/Hosts.java": HOSTS_SOURCE,
        "src/Fetcher.java": OTHER_SOURCE,
    }
    found = answered(making() + LAMBDA.format(body=""), moved)
    assert list(found) == ["La/b;"]


def test_what_lambdas_say_counts_for_their_maker() -> None:
    """The texts of a class stand in what it makes; by itself it says too little to be answered, and so does each of them."""
    shell = f".class La/b;\n.super Ljava/lang/Thread;\n.method run()V\n  .registers 3\n{MAKES}  return-void\n.end method\n"
    texts = [
        "DeviceModelOfSale",
        "X-Sales-Report",
        "serial-of-handset=",
        "http://collector.vendor.example/register/device-report",
    ]
    body = "".join(f'  const-string v0, "{text}"\n' for text in texts) + "  const v0, 37000\n"
    found = answered(shell + LAMBDA.format(body=body))
    match = found["La/b;"]
    assert (match.how, match.files[0].path) == ("by itself", "src/Agent.java")
    assert {one.place.method for one in match.shared if one.kind == "text"} == {"La/c;->a()V"}
    assert answered(shell.replace(MAKES, "") + LAMBDA.format(body=body)).keys() == {"La/c;"}


def test_loops_end() -> None:
    one = LAMBDA.format(body="  new-instance v0, La/e;\n")
    other = LAMBDA.format(body="  new-instance v0, La/c;\n").replace(".class La/c;", ".class La/e;")
    around = neighbourhood(list(read_dexes(assemble(one + other))))
    assert {name: place.maker for name, place in around.made.items()} == {"La/c;": "La/e;", "La/e;": "La/c;"}
    assert roots(around.made) == {}
    assert "La/c;" not in answered(AGENT_CODE + one + other)


def test_what_is_made_in_a_row() -> None:
    made = {"b": Made("a", 0, 1), "c": Made("b", 0, 2), "e": Made("d", 0, 3)}
    assert roots(made) == {"a": ["b", "c"], "d": ["e"]}


def test_a_long_row_of_lambdas_is_one_family() -> None:
    """Each makes the next; a step for each pair of them would not end."""
    count = 1_500
    row = "".join(
        LAMBDA.format(body=f"  new-instance v0, La/m{number + 1};\n" if number + 1 < count else "").replace(
            "La/c;", f"La/m{number};"
        )
        for number in range(count)
    )
    found = answered(making().replace("La/c;", "La/m0;") + row)
    assert len(found) == count + 1
    assert {match.statement for match in found.values()} == {found["La/b;"].statement}
