"""The analyses on broken files, on several files together, and at their bounds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.code.assembler import assemble, container
from vuoto.firmware.code import call_graph, examine, read_dexes, values
from vuoto.firmware.code.dex import Dex
from vuoto.firmware.code.hosts import is_address, is_host
from vuoto.firmware.code.instructions import parameter_slots

CASES = Path(__file__).parent / "cases"
READER = """
.class Lcom/example/Reader;
.super Ljava/lang/Object;
.method static read(Landroid/telephony/TelephonyManager;)Ljava/lang/String;
  .registers 2
  invoke-virtual {v1}, Landroid/telephony/TelephonyManager;->getImei()Ljava/lang/String;
  move-result-object v0
  return-object v0
.end method
"""
SENDER = """
.class Lcom/example/Sender;
.super Ljava/lang/Object;
.method static send(Landroid/webkit/WebView;Landroid/telephony/TelephonyManager;)V
  .registers 3
  invoke-static {v2}, Lcom/example/Reader;->read(Landroid/telephony/TelephonyManager;)Ljava/lang/String;
  move-result-object v0
  invoke-virtual {v1, v0}, Landroid/webkit/WebView;->loadUrl(Ljava/lang/String;)V
  return-void
.end method
"""


def program(name: str) -> bytes:
    return assemble((CASES / name / "input.dexasm").read_text())


def test_nothing_is_nothing() -> None:
    facts = examine(())
    assert (facts.strings, facts.reads, facts.paths, facts.instructions) == ((), (), (), 0)


def test_a_way_from_one_file_to_another() -> None:
    files = [read_dexes(assemble(SENDER), "classes.dex")[0], read_dexes(assemble(READER), "classes2.dex")[0]]
    facts = examine(files)
    assert [(path.strength, [step.place.dex for step in path.steps]) for path in facts.paths] == [
        ("value", ["classes2.dex", "classes2.dex", "classes.dex"])
    ]


def test_a_way_within_a_container() -> None:
    assert [path.strength for path in examine(read_dexes(container(SENDER, READER))).paths] == ["value"]


def test_the_first_definition_of_a_class_counts() -> None:
    harmless = READER.replace("getImei", "getDataState")
    files = [read_dexes(assemble(text))[0] for text in (SENDER, harmless, READER)]
    assert [path.strength for path in examine(files).paths] == []


def chain(length: int) -> str:
    """A read whose result goes through so many methods before it is sent."""
    hops = "".join(
        f"""
.method static hop{number}(Landroid/webkit/WebView;Ljava/lang/String;)V
  .registers 2
  invoke-static {{v0, v1}}, Lcom/example/Chain;->hop{number + 1}(Landroid/webkit/WebView;Ljava/lang/String;)V
  return-void
.end method"""
        for number in range(length)
    )
    return f"""
.class Lcom/example/Chain;
.super Ljava/lang/Object;
.method static begin(Landroid/telephony/TelephonyManager;Landroid/webkit/WebView;)V
  .registers 3
  invoke-virtual {{v1}}, Landroid/telephony/TelephonyManager;->getImei()Ljava/lang/String;
  move-result-object v0
  invoke-static {{v2, v0}}, Lcom/example/Chain;->hop0(Landroid/webkit/WebView;Ljava/lang/String;)V
  return-void
.end method
{hops}
.method static hop{length}(Landroid/webkit/WebView;Ljava/lang/String;)V
  .registers 2
  invoke-virtual {{v0, v1}}, Landroid/webkit/WebView;->loadUrl(Ljava/lang/String;)V
  return-void
.end method"""


@pytest.mark.parametrize(("hops", "found"), [(0, ["value"]), (values.MAX_STEPS - 2, ["value"]), (values.MAX_STEPS + 2, [])])
def test_a_way_has_a_longest_length(hops: int, found: list[str]) -> None:
    assert [path.strength for path in examine(read_dexes(assemble(chain(hops)))).paths] == found


def test_a_search_that_is_cut_off_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "MAX_VISITS", 2)
    limits = examine(read_dexes(assemble(chain(6)))).limits
    assert limits[-1] == "The search for ways of IMEI was cut off"


def many(count: int) -> str:
    """A number that is given to an abstract method which so many classes implement; one of them sends it."""
    take = "take(Landroid/webkit/WebView;Ljava/lang/String;)V"
    below = "".join(
        f"""
.class Lcom/example/Impl{number};
.super Lcom/example/Sink;
.method {take}
  .registers 3
  {"invoke-virtual {v1, v2}, Landroid/webkit/WebView;->loadUrl(Ljava/lang/String;)V" if number == 0 else "nop"}
  return-void
.end method"""
        for number in range(count)
    )
    return f"""
.class abstract Lcom/example/Sink;
.super Ljava/lang/Object;
.method abstract {take}
.end method
.class Lcom/example/Main;
.super Ljava/lang/Object;
.method static go(Lcom/example/Sink;Landroid/webkit/WebView;Landroid/telephony/TelephonyManager;)V
  .registers 4
  invoke-virtual {{v3}}, Landroid/telephony/TelephonyManager;->getImei()Ljava/lang/String;
  move-result-object v0
  invoke-virtual {{v1, v2, v0}}, Lcom/example/Sink;->{take}
  return-void
.end method
{below}"""


def test_a_call_reaches_what_overrides_it() -> None:
    assert [path.strength for path in examine(read_dexes(assemble(many(3)))).paths] == ["value"]


def test_a_call_that_could_mean_anything_is_not_followed_and_that_is_said() -> None:
    facts = examine(read_dexes(assemble(many(call_graph.MAX_DISPATCH + 1))))
    assert facts.paths == ()
    assert any("calls through an interface or a class with many subclasses" in limit for limit in facts.limits)


def test_classes_that_are_their_own_ancestors() -> None:
    first = ".class LA;\n.super LB;\n.method static a(LA;)V\ninvoke-virtual {v0}, LA;->getImei()V\nreturn-void\n.end method"
    text = first + "\n.class LB;\n.super LA;"
    assert examine(read_dexes(assemble(text))).reads == ()


@pytest.mark.parametrize(
    "name", ["way-through-fields-and-threads", "texts-by-form", "trust-of-any-server", "encodings-and-constant-keys"]
)
def test_cut_off_anywhere(name: str) -> None:
    data = program(name)
    for size in range(0, len(data), 7):
        examine(read_dexes(data[:size]))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["way-through-fields-and-threads", "reads-android-id", "encodings-and-constant-keys", "reads-by-reflection"]),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_changed_bytes_never_crash_and_twice_gives_the_same(name: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray(program(name))
    for at, value in changes:
        data[at % len(data)] = value
    assert examine(read_dexes(bytes(data))) == examine(read_dexes(bytes(data)))


def test_the_same_facts_whatever_the_order_of_asking() -> None:
    files: tuple[Dex, ...] = read_dexes(program("way-through-fields-and-threads"))
    first = examine(files)
    assert examine(files) == first


@pytest.mark.parametrize(
    ("signature", "slots"),
    [("()V", []), ("(I)V", [0]), ("(JI)V", [0, 2]), ("([JLa/B;[[Lc;D)V", [0, 1, 2, 3]), ("(Lcut", [0]), ("", [])],
)
def test_where_parameters_begin(signature: str, slots: list[int]) -> None:
    assert parameter_slots(signature) == (slots if ")" in signature else [])


@pytest.mark.parametrize(
    "text",
    ["collector.example.com", "sdk.example.cn", "a-b.c.example.io", "example.org:9999", "x.example.com:80", "cdn.example.co.uk"],
)
def test_hosts(text: str) -> None:
    assert is_host(text)


@pytest.mark.parametrize(
    "text",
    [
        "com.example.app",
        "org.example",
        "libx.so",
        "readme.md",
        "config.json",
        "Foo.bar.com",
        "a_b.example.com",
        "1.2.in",
        "android.os",
        "x",
    ],
)
def test_what_is_no_host(text: str) -> None:
    assert not is_host(text)


@pytest.mark.parametrize("text", ["192.0.2.7", "203.0.113.200:9999", "1.2.3.4:80", "8.8.8.8"])
def test_addresses(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text", ["1.2.3.4", "0.0.0.0", "127.0.0.1", "255.255.255.0", "224.0.0.1", "300.1.1.1", "10.01.0.1", "1.2.3"]
)  # no socket
def test_what_is_no_address(text: str) -> None:
    assert not is_address(text)


HANDLED = """
.class LA;
.super Ljava/lang/Object;
.method static a(Landroid/telephony/TelephonyManager;Landroid/webkit/WebView;)V
  .registers 4
  invoke-virtual {v2}, Landroid/telephony/TelephonyManager;->getImei()Ljava/lang/String;
  move-result-object v0
  packed-switch v1, :table
  const-string v0, "other"
  return-void
  :sent
  invoke-virtual {v3, v0}, Landroid/webkit/WebView;->loadUrl(Ljava/lang/String;)V
  return-void
  nop
  :table
  .units 0x0100 0x0001 0 0 6 0
.end method
"""


def test_a_way_through_a_case_of_a_switch() -> None:
    assert [path.strength for path in examine(read_dexes(assemble(HANDLED))).paths] == ["value"]


def test_a_case_that_leads_elsewhere_is_no_way() -> None:
    facts = examine(read_dexes(assemble(HANDLED.replace("0 0 6 0", "0 0 5 0"))))
    assert [path.strength for path in facts.paths] == ["calls"]


CAUGHT = """
.class LA;
.super Ljava/lang/Object;
.method static a(Landroid/telephony/TelephonyManager;Landroid/webkit/WebView;)V
  .registers 4
  invoke-virtual {v2}, Landroid/telephony/TelephonyManager;->getImei()Ljava/lang/String;
  move-result-object v0
  :from
  invoke-static {}, LA;->risky()V
  :to
  return-void
  :handler
  move-exception v1
  invoke-virtual {v3, v0}, Landroid/webkit/WebView;->loadUrl(Ljava/lang/String;)V
  return-void
  .catchall :from :to :handler
.end method
"""


def test_a_way_through_the_handler_of_an_exception() -> None:
    assert [path.strength for path in examine(read_dexes(assemble(CAUGHT))).paths] == ["value"]


def test_without_the_handler_the_code_behind_is_not_reached() -> None:
    facts = examine(read_dexes(assemble(CAUGHT.replace(".catchall :from :to :handler", ""))))
    assert [path.strength for path in facts.paths] == ["calls"]
