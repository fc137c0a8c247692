"""How far sends are: each kind of step counts as one, what leads nowhere is far, and no way is lost by going where it is near."""

from __future__ import annotations

import random

import pytest

from firmware.code.assembler import assemble
from vuoto.firmware.code import read_dexes, values
from vuoto.firmware.code.call_graph import CallGraph, Node
from vuoto.firmware.code.nearness import FAR, Nearness
from vuoto.firmware.code.paths import find_paths
from vuoto.firmware.code.program import Program
from vuoto.firmware.code.reads import find_reads
from vuoto.firmware.code.sends import find_sends

STRING = "Ljava/lang/String;"
IMEI = f"  invoke-virtual {{v7}}, Landroid/telephony/TelephonyManager;->getImei(){STRING}\n"
SEND = f"  invoke-virtual {{v6, v0}}, Landroid/webkit/WebView;->loadUrl({STRING})V\n"
STEPS = """
.class LSteps;
.super Ljava/lang/Object;
.field static kept:Ljava/lang/String;
.field static other:Ljava/lang/String;
.method static sends(Ljava/lang/String;)V
  .registers 2
  invoke-virtual {v0, v1}, Landroid/webkit/WebView;->loadUrl(Ljava/lang/String;)V
  return-void
.end method
.method static gives(Ljava/lang/String;)V
  .registers 1
  invoke-static {v0}, LSteps;->sends(Ljava/lang/String;)V
  return-void
.end method
.method static reads()V
  .registers 1
  sget-object v0, LSteps;->kept:Ljava/lang/String;
  invoke-static {v0}, LSteps;->gives(Ljava/lang/String;)V
  return-void
.end method
.method static keeps(Ljava/lang/String;)V
  .registers 1
  sput-object v0, LSteps;->kept:Ljava/lang/String;
  return-void
.end method
.method static asks()V
  .registers 1
  invoke-static {}, LSteps;->returns()Ljava/lang/String;
  move-result-object v0
  invoke-static {v0}, LSteps;->sends(Ljava/lang/String;)V
  return-void
.end method
.method static returns()Ljava/lang/String;
  .registers 1
  const-string v0, "x"
  return-object v0
.end method
.method static starts()V
  .registers 1
  invoke-static {}, LSteps;->reads()V
  return-void
.end method
.method static keepsOther(Ljava/lang/String;)V
  .registers 1
  sput-object v0, LSteps;->other:Ljava/lang/String;
  return-void
.end method
.method static calledByOne(Ljava/lang/String;)V
  .registers 1
  return-void
.end method
.method static callsIt(Ljava/lang/String;)V
  .registers 1
  invoke-static {v0}, LSteps;->calledByOne(Ljava/lang/String;)V
  return-void
.end method
"""
FILLS = """
.class LFills;
.super Ljava/lang/Object;
.method static adds(Ljava/util/List;Ljava/lang/String;)V
  .registers 2
  invoke-interface {v0, v1}, Ljava/util/List;->add(Ljava/lang/Object;)Z
  return-void
.end method
.method static addsByAnother(Ljava/util/List;Ljava/lang/String;)V
  .registers 2
  invoke-static {v0, v1}, LFills;->adds(Ljava/util/List;Ljava/lang/String;)V
  return-void
.end method
.method static looksAt(Ljava/util/List;Ljava/lang/String;)V
  .registers 2
  return-void
.end method
.method static sends(Ljava/lang/String;)V
  .registers 4
  new-instance v0, Ljava/util/ArrayList;
  invoke-static {v0, v3}, LFills;->addsByAnother(Ljava/util/List;Ljava/lang/String;)V
  invoke-static {v0, v3}, LFills;->looksAt(Ljava/util/List;Ljava/lang/String;)V
  invoke-virtual {v2, v1}, Landroid/webkit/WebView;->loadUrl(Ljava/lang/String;)V
  return-void
.end method
"""
SETTERS = """
.class LBox;
.super Ljava/lang/Object;
.field text:Ljava/lang/String;
.method constructor <init>(Ljava/lang/String;)V
  .registers 2
  invoke-direct {v0}, Ljava/lang/Object;-><init>()V
  iput-object v1, v0, LBox;->text:Ljava/lang/String;
  return-void
.end method
.method sends()V
  .registers 3
  iget-object v0, v2, LBox;->text:Ljava/lang/String;
  invoke-virtual {v1, v0}, Landroid/webkit/WebView;->loadUrl(Ljava/lang/String;)V
  return-void
.end method
.method static makes(Ljava/lang/String;)V
  .registers 2
  new-instance v0, LBox;
  invoke-direct {v0, v1}, LBox;-><init>(Ljava/lang/String;)V
  return-void
.end method
"""
EXPECTED = {
    "sends": 0,
    "gives": 1,
    "asks": 1,
    "reads": 2,
    "returns": 2,
    "keeps": 3,
    # It gives nothing to what it calls, and nothing comes back.
    "starts": FAR,
    "keepsOther": FAR,
    "calledByOne": FAR,
    "callsIt": FAR,
}


def program_of(*sources: str) -> Program:
    return Program([dex for number, source in enumerate(sources) for dex in read_dexes(assemble(source), f"{number}.dex")])


def named(program: Program) -> dict[str, Node]:
    return {
        program.method_of_body(number, body).partition("->")[2].partition("(")[0]: (number, body)
        for number, dex in enumerate(program.dexes)
        for body in range(len(dex.code.body_offset))
    }


def nearness_of(program: Program, most: int = 20) -> Nearness:
    graph = CallGraph(program)
    return Nearness(graph, [graph.node_of(number, row) for _, number, row in find_sends(program)], most)


def test_each_kind_of_step_counts_as_one() -> None:
    program = program_of(STEPS)
    near = nearness_of(program)
    assert {name: near.steps(node) for name, node in named(program).items()} == EXPECTED
    assert [name for name, node in named(program).items() if near.gives_back(node)] == ["returns"]


def test_what_fills_a_list_that_it_is_given_goes_back_to_who_gave_it() -> None:
    program = program_of(FILLS)
    near, bodies = nearness_of(program), named(program)
    assert {name: near.steps(node) for name, node in bodies.items()} == {
        "sends": 0,
        "addsByAnother": 1,
        "adds": 2,
        "looksAt": FAR,
    }
    # Who calls one that fills may fill as well: more is not known of `sends`.
    assert [name for name, node in bodies.items() if near.gives_back(node)] == ["adds", "addsByAnother", "sends"]


def test_what_a_constructor_sets_is_written_where_it_is_called() -> None:
    program = program_of(SETTERS)
    near, bodies = nearness_of(program), named(program)
    assert {name: near.steps(node) for name, node in bodies.items()} == {"sends": 0, "<init>": 1, "makes": 1}


def test_what_comes_back_from_a_method_took_no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    program = program_of(f"""
    .class LBack;
    .super Ljava/lang/Object;
    .method static begins(Landroid/telephony/TelephonyManager;)V
      .registers 8
      {IMEI}
      move-result-object v0
      invoke-static {{v0}}, LBack;->same({STRING}){STRING}
      move-result-object v0
      invoke-static {{v0}}, LBack;->last({STRING})V
      return-void
    .end method
    .method static same({STRING}){STRING}
      .registers 1
      return-object v0
    .end method
    .method static last({STRING})V
      .registers 8
      move-object v0, v7
      {SEND}
      return-void
    .end method
    """)
    near, bodies = nearness_of(program), named(program)
    assert (near.steps(bodies["begins"]), near.steps(bodies["same"])) == (1, 2)
    monkeypatch.setattr(values, "LONG_SEARCH", 1)
    monkeypatch.setattr(values, "MAX_STEPS", 3)
    assert len(ways(program)) == 1
    monkeypatch.setattr(values, "MAX_STEPS", 1)
    assert not ways(program)


def test_what_is_beyond_the_steps_that_anybody_asks_for_is_far() -> None:
    program = program_of(STEPS)
    near = nearness_of(program, 2)
    assert {name: near.steps(node) for name, node in named(program).items()} == EXPECTED | {"keeps": FAR}


def test_steps_lead_through_files_and_through_what_overrides() -> None:
    first = """
    .class LUser;
    .super Ljava/lang/Object;
    .method static uses(LBase;Ljava/lang/String;)V
      .registers 2
      invoke-virtual {v0, v1}, LBase;->take(Ljava/lang/String;)V
      return-void
    .end method
    .method static usesOther(LElse;Ljava/lang/String;)V
      .registers 2
      invoke-virtual {v0, v1}, LElse;->take(Ljava/lang/String;)V
      return-void
    .end method
    """
    second = """
    .class LBase;
    .super Ljava/lang/Object;
    .class LSub;
    .super LBase;
    .method take(Ljava/lang/String;)V
      .registers 3
      invoke-virtual {v0, v2}, Landroid/webkit/WebView;->loadUrl(Ljava/lang/String;)V
      return-void
    .end method
    .class LElse;
    .super Ljava/lang/Object;
    """
    program = program_of(first, second)
    near, bodies = nearness_of(program), named(program)
    assert (near.steps(bodies["take"]), near.steps(bodies["uses"]), near.steps(bodies["usesOther"])) == (0, 1, FAR)


def result_of(number: int) -> str:
    """What a method of the random programs gives back."""
    return "V" if number % 3 == 0 else STRING


def statement(rng: random.Random, count: int) -> str:
    """Something that is done with `v0`, by one of so many methods of the class `LM;`."""
    n = rng.randrange(count)
    given = f"{STRING}Landroid/webkit/WebView;Landroid/telephony/TelephonyManager;Ljava/util/List;"
    call = f"  invoke-static {{v0, v6, v7, v5}}, LM;->m{n}({given}){result_of(n)}\n"
    add = "Ljava/util/List;->add(Ljava/lang/Object;)Z\n"
    get = "Ljava/util/List;->get(I)Ljava/lang/Object;\n  move-result-object v0\n"
    return rng.choice(
        (
            call,
            call + ("  move-result-object v0\n" if result_of(n) != "V" else ""),
            f"  sput-object v0, LM;->f{n % 7}:{STRING}\n",
            f"  sget-object v0, LM;->f{n % 7}:{STRING}\n",
            f"  new-instance v1, LB{n % 3};\n  invoke-direct {{v1, v0}}, LB{n % 3};-><init>({STRING})V\n",
            f"  sget-object v1, LM;->box:LB0;\n  iget-object v0, v1, LB0;->text:{STRING}\n",
            "  sput-object v1, LM;->box:LB0;\n",
            "  invoke-interface {v5, v0}, " + add,
            "  const/4 v1, 0\n  invoke-interface {v5, v1}, " + get,
            "  sget-object v1, LM;->list:Ljava/util/List;\n  invoke-interface {v1, v0}, " + add,
            "  sget-object v1, LM;->list:Ljava/util/List;\n  const/4 v2, 0\n  invoke-interface {v1, v2}, " + get,
            f'  const-string v0, "{n}"\n',
        )
    )


def random_program(rng: random.Random) -> Program:
    """Methods that read, send, keep and pass on texts, without sense."""
    count = rng.randrange(4, 30)
    methods = []
    for number in range(count):
        lines = [statement(rng, count) for _ in range(rng.randrange(1, 5))]
        if rng.random() < 0.15:
            lines.insert(rng.randrange(len(lines) + 1), IMEI + "  move-result-object v0\n")
        if rng.random() < 0.1:
            lines.insert(rng.randrange(len(lines) + 1), SEND)
        methods.append(
            f".method static m{number}({STRING}Landroid/webkit/WebView;Landroid/telephony/TelephonyManager;Ljava/util/List;)"
            f"{result_of(number)}\n  .registers 9\n  move-object v0, v5\n  move-object v5, v8\n{''.join(lines)}"
            f"  {'return-void' if result_of(number) == 'V' else 'return-object v0'}\n.end method\n"
        )
    fields = "".join(f".field static f{number}:{STRING}\n" for number in range(7))
    boxes = [
        f".class LB{number};\n.super {'Ljava/lang/Object;' if not number else 'LB0;'}\n"
        + (f".field text:{STRING}\n" if not number else "")
        + f".method constructor <init>({STRING})V\n  .registers 2\n"
        + (
            f"  invoke-direct {{v0}}, Ljava/lang/Object;-><init>()V\n  iput-object v1, v0, LB0;->text:{STRING}\n"
            if not number
            else f"  invoke-direct {{v0, v1}}, LB0;-><init>({STRING})V\n"
        )
        + "  return-void\n.end method\n"
        for number in range(3)
    ]
    head = f".class LM;\n.super Ljava/lang/Object;\n{fields}.field static list:Ljava/util/List;\n.field static box:LB0;\n"
    return program_of(head + "".join(methods), "".join(boxes))


def ways(program: Program) -> set[tuple[object, ...]]:
    found, _ = find_paths(program, find_reads(program), find_sends(program))
    return {(path.read.kind, path.send.place) for path in found if path.strength == "value"}


def test_no_way_is_lost_by_going_only_where_sends_are_near(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(11)
    monkeypatch.setattr(values, "MAX_VISITS", 20_000)
    found = nothing = 0
    for _ in range(60):
        program = random_program(rng)
        monkeypatch.setattr(values, "LONG_SEARCH", 1_000_000)
        monkeypatch.setattr(values, "HURRY", 1_000_000)
        blind = ways(program)
        monkeypatch.setattr(values, "LONG_SEARCH", 1)
        assert ways(program) == blind
        monkeypatch.setattr(values, "HURRY", 1)
        assert ways(program) == blind
        monkeypatch.setattr(values, "HURRY", 1_000_000)
        for most in range(2, 7):
            monkeypatch.setattr(values, "MAX_STEPS", most)
            monkeypatch.setattr(values, "LONG_SEARCH", 1_000_000)
            short = ways(program)
            monkeypatch.setattr(values, "LONG_SEARCH", 1)
            assert ways(program) >= short
        monkeypatch.setattr(values, "MAX_STEPS", 12)
        found, nothing = found + bool(blind), nothing + (not blind)
    assert min(found, nothing) > 8


def test_a_long_search_goes_first_where_a_send_is_near(monkeypatch: pytest.MonkeyPatch) -> None:
    decoys = "".join(
        f".method static d{n}({STRING})V\n  .registers 1\n"
        f"  invoke-static {{v0}}, LD;->d{n + 1}({STRING})V\n  invoke-static {{v0}}, LD;->d{n + 2}({STRING})V\n"
        f"  return-void\n.end method\n"
        for n in range(60)
    )
    source = f"""
    .class LD;
    .super Ljava/lang/Object;
    .method static begins(Landroid/telephony/TelephonyManager;)V
      .registers 9
      {IMEI.replace("v7", "v8")}
      move-result-object v0
      {"".join(f"invoke-static {{v0}}, LD;->d{n}({STRING})V{chr(10)}" for n in range(0, 60, 3))}
      invoke-static {{v0}}, LD;->x({STRING})V
      return-void
    .end method
    .method static x({STRING})V
      .registers 1
      invoke-static {{v0}}, LD;->y({STRING})V
      return-void
    .end method
    .method static y({STRING})V
      .registers 1
      invoke-static {{v0}}, LD;->last({STRING})V
      return-void
    .end method
    {decoys}
    .method static d60({STRING})V
      .registers 1
      invoke-static {{v0}}, LD;->d61({STRING})V
      return-void
    .end method
    .method static d61({STRING})V
      .registers 1
      invoke-static {{v0}}, LD;->last({STRING})V
      return-void
    .end method
    .method static last({STRING})V
      .registers 8
      move-object v0, v7
      {SEND}
      return-void
    .end method
    """
    program = program_of(source)
    monkeypatch.setattr(values, "MAX_VISITS", 24)
    monkeypatch.setattr(values, "LONG_SEARCH", 5)
    assert not ways(program)
    monkeypatch.setattr(values, "HURRY", 12)
    assert len(ways(program)) == 1
