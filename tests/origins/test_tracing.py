"""The answers: one, several, none of this build, undecided; and that confidences keep their word on made builds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import pytest

from origins.made_builds import READS, App, build_of, read, seen
from origins.made_cases import SCENARIOS, Case, cases
from origins.vocabularies import SECOND
from vuoto.facts.builds import ReadBuild
from vuoto.facts.origins import Sighting, SocketTrace, StackFrame, Tracing
from vuoto.facts.packages import Package
from vuoto.facts.problems import Problem
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.index import open_index, write_index
from vuoto.origins import BuildInMemory, trace_origins
from vuoto.origins.tracing import MOST_SIGHTINGS

CLIENT = App(
    package="com.example.activation",
    host="zx.acorn7.example",
    path_sent="/",
    keys=("SIM1ICCID", "REGVER", "MEID", "SIM1LTEIMSI"),
    kinds=("imei", "iccid"),
    media="application/encrypted-json",
    base64=True,
    boot=True,
)
CLOCK = App(package="com.example.clock", host="time.birch2.example", keys=("zone", "offset"), boot=True)
MAIL = App(package="com.example.mail", host="mail.cedar5.example", keys=("user", "folder"), kinds=("mac_address",))


def traced(app: App, *others: App, present: bool = True, **how: object) -> Tracing:
    build = build_of(*others, *([app] if present else []))
    return trace_origins([seen(app, **how)], BuildInMemory(build))  # type: ignore[arg-type]


def test_the_package_the_class_and_the_method() -> None:
    traced_ = traced(CLIENT, CLOCK, MAIL)
    (answer,), (origin,) = traced_.attributions, traced_.origins
    assert (answer.outcome, answer.packages, answer.disclosures) == ("found", ("com.example.activation",), ("d-1",))
    assert (origin.package, origin.version, origin.class_) == ("com.example.activation", "1.4", "com.example.activation.Sender")
    assert origin.method is not None
    assert origin.method.startswith("Lcom/example/activation/Sender;->send(")
    assert origin.confidence > 0.95
    assert {"host string", "field name", "media type", "identifier read"} <= {c.trace for c in origin.clues if c.weight > 0}
    assert origin.steps[0].startswith("reads ")
    assert origin.steps[-1].startswith("sends ")


def test_a_library_that_two_share_names_both() -> None:
    twin = replace(CLIENT, package="com.example.twin")
    traced_ = traced(CLIENT, twin, CLOCK)
    (answer,) = traced_.attributions
    assert (answer.outcome, set(answer.packages)) == ("several", {"com.example.activation", "com.example.twin"})
    assert {o.confidence for o in traced_.origins} == {answer.confidence}
    assert answer.confidence <= 0.5


def test_not_in_this_build_and_why_it_may_be_undecided() -> None:
    (answer,) = traced(CLIENT, CLOCK, MAIL, present=False).attributions
    assert (answer.outcome, answer.packages) == ("not-in-build", ())
    assert answer.confidence > 0.75

    able = App(package="com.example.able", host="b.fjord1.example", keys=("q1",), kinds=("imei", "iccid"))
    (answer,) = traced(CLIENT, CLOCK, able, present=False).attributions
    assert answer.outcome == "undecided"
    assert any("com.example.able reads all that was sent" in reason for reason in answer.because)


def test_who_holds_the_host_and_nothing_else_of_the_message_is_not_named() -> None:
    """It logs the host, reads what was sent, and sends elsewhere; the sender is not in the build."""
    log = App(
        package="com.example.log", host="b.fjord1.example", keys=("q1",), kinds=("imei",), boot=True, mentions=(CLIENT.host,)
    )
    found = traced(CLIENT, CLOCK, log, present=False)
    (answer,) = found.attributions
    assert answer.outcome == "undecided"
    assert "What points to it is weak." in answer.because
    clues = [clue.what for clue in found.origins[0].clues]
    assert any("only in classes that are not seen to send" in what for what in clues)
    # Its path as well: that is a second word, and it is named.
    there = replace(log, mentions=(), texts=("/cdma/register/v3",), host=CLIENT.host, keys=("q1",))
    (answer,) = traced(replace(CLIENT, path_sent="/cdma/register/v3"), CLOCK, there, present=False).attributions
    assert (answer.outcome, answer.packages) == ("found", ("com.example.log",))


def test_who_holds_the_host_is_named_where_no_names_were_seen() -> None:
    log = App(package="com.example.reader", host="b.fjord1.example", keys=("q1",), mentions=(CLIENT.host,), path_sent="/q")
    found = traced(CLIENT, CLOCK, log, present=False, only_outside=True)
    assert found.origins[0].package == "com.example.reader"


def test_constants_in_a_class_of_their_own_are_the_senders() -> None:
    (answer,) = traced(replace(CLIENT, hides="constants"), CLOCK, MAIL).attributions
    assert (answer.outcome, answer.packages) == ("found", ("com.example.activation",))


def test_host_that_nearly_all_packages_hold_does_not_mean_that_none_sent_it() -> None:
    common = [App(package=f"com.example.a{n}", host="ads.shared9.example", keys=(f"k{n}",)) for n in range(100)]
    sent = App(package="com.example.other", host="ads.shared9.example", keys=("slotSecret",), kinds=("imei",))
    (answer,) = trace_origins([seen(sent)], BuildInMemory(build_of(*common))).attributions
    assert answer.outcome == "undecided"
    assert any("stands in 100 of 100 packages" in reason for reason in answer.because)


def test_what_is_said_to_be_missing_is_missing() -> None:
    lister = App(
        package="com.example.list", host="c.grove2.example", mentions=("zx.acorn7.example",), sends=False, internet=False
    )
    (answer,) = traced(CLIENT, CLOCK, lister, present=False).attributions
    assert answer.outcome == "not-in-build"
    holder, missing, _ = answer.because
    assert holder.startswith("com.example.list holds the host zx.acorn7.example")
    assert "but asks for no permission to use the network" in holder
    assert missing == "No other package points to it: the names of the fields stand in none of them."


def test_who_could_have_sent_it_to_a_host_it_holds_keeps_the_answer_open() -> None:
    """Many hold the host; one of them sends. None is named, and none is said not to be there."""
    holders = [
        App(package=f"com.example.h{n}", host=f"h{n}.grove.example", keys=(f"own{n}",), mentions=("zx.acorn7.example",))
        for n in range(4)
    ]
    (answer,) = traced(replace(CLIENT, kinds=()), *holders, CLOCK, present=False).attributions
    assert answer.outcome == "undecided"


def test_package_that_only_the_user_agent_names_is_looked_at() -> None:
    outside = Sighting(
        recipient="r-1", host="q.slate4.example", domain="slate4.example", agents=("com.example.mail/9 okhttp/3.9",)
    )
    found = trace_origins([outside], BuildInMemory(build_of(CLIENT, CLOCK, MAIL)))
    assert [origin.package for origin in found.origins] == ["com.example.mail"]
    unnamed = replace(outside, agents=("com.example.mailer/9 okhttp/3.9",))
    assert not trace_origins([unnamed], BuildInMemory(build_of(CLIENT, CLOCK, MAIL))).origins


def test_two_versions_of_a_package_are_told_apart_by_path_and_version() -> None:
    older = replace(CLIENT, folder="data/app", version="1.3")
    found = traced(CLIENT, older, CLOCK)
    assert found.attributions[0].outcome == "several"
    assert {(o.package, o.version, o.path) for o in found.origins} == {
        ("com.example.activation", "1.3", "data/app/activation/com.example.activation.apk"),
        ("com.example.activation", "1.4", "system/app/activation/com.example.activation.apk"),
    }


def test_code_that_could_not_be_read_leaves_it_undecided() -> None:
    clock = read(CLOCK)
    assert clock.code is not None
    torn = replace(clock, code=replace(clock.code, problems=(Problem(where="classes.dex", what="cut off"),)))
    build = ReadBuild(name="torn", format="tree", build=None, packages=(torn,), problems=())
    found = trace_origins([seen(CLIENT)], BuildInMemory(build))
    assert found.attributions[0].outcome == "undecided"
    assert any(CLOCK.path in reason and "could not be read" in reason for reason in found.attributions[0].because)
    assert found.build is not None
    assert found.build.unread == (CLOCK.path,)


def test_only_the_outside_and_no_word_of_it_is_undecided() -> None:
    (answer,) = traced(CLIENT, CLOCK, MAIL, present=False, only_outside=True).attributions
    assert answer.outcome == "undecided"
    assert any("outside" in reason for reason in answer.because)


def test_the_capture_names_an_app_that_is_not_in_the_build_or_without_any_build() -> None:
    (answer,) = traced(CLIENT, CLOCK, present=False, tagged="com.example.activation").attributions
    assert (answer.outcome, answer.packages) == ("found", ("com.example.activation",))
    assert any("not among the 1 package of this build" in reason for reason in answer.because)
    alone = trace_origins([seen(CLIENT, tagged="com.example.activation")], None)
    assert (alone.attributions[0].outcome, alone.build) == ("found", None)
    assert alone.origins[0].path is None


def test_a_recorded_stack_names_class_and_method_against_all_words() -> None:
    """The words stand in a decoy; the stack names the sender."""
    hidden = replace(CLIENT, hides="all", package="com.example.hidden")
    stack = (StackFrame(name="java.io.OutputStream", method="write"), StackFrame(name="com.example.hidden.Sender", method="send"))
    recorded = SocketTrace(
        process="com.example.hidden", transport="tcp", local="192.0.2.2:1", remote="203.0.113.7:80", time_ns=1, stack=stack
    )
    sighting = replace(seen(CLIENT), traces=(recorded,))
    found = trace_origins([sighting], BuildInMemory(build_of(hidden, replace(CLIENT, package="com.example.decoy"), CLOCK)))
    assert found.attributions[0].packages[0] == "com.example.hidden"
    assert found.origins[0].class_ == "com.example.hidden.Sender"
    assert (found.origins[0].method or "").startswith("Lcom/example/hidden/Sender;->send")


def test_of_two_recorded_processes_each_package_is_told_its_own() -> None:
    recorded = tuple(
        SocketTrace(process=name, transport="tcp", local="192.0.2.2:1", remote="203.0.113.7:80", time_ns=1, stack=())
        for name in ("com.example.aaa", CLIENT.package)
    )
    found = trace_origins([replace(seen(CLIENT), traces=recorded)], BuildInMemory(build_of(CLIENT, CLOCK)))
    (told,) = (clue.what for clue in found.origins[0].clues if clue.trace == "socket trace")
    assert told == f"is the process that was recorded while it sent: {CLIENT.package}"


def test_index_and_memory_give_the_same_answers() -> None:
    for case in some_cases()[: len(SCENARIOS)]:
        index = open_index(BytesBlob(write_index(case.build)), case.build.name)
        assert trace_origins([case.sighting], index) == trace_origins([case.sighting], BuildInMemory(case.build)), case.scenario


def test_index_and_memory_know_the_same_of_who_reads_and_who_starts() -> None:
    build = build_of(CLIENT, CLOCK, MAIL)
    names = [one.package.name for one in build.packages]
    for known in (BuildInMemory(build), open_index(BytesBlob(write_index(build)), build.name)):
        assert [names[n] for n in known.reads_of("imei")] == ["com.example.activation"]
        assert [names[n] for n in known.reads_of("mac_address")] == ["com.example.mail"]
        assert known.reads_of("meid") == ()
        assert [names[n] for n in known.started_by("boot")] == ["com.example.activation", "com.example.clock"]


def test_what_comes_soon_after_a_start_is_said_so() -> None:
    (soon,), (late,) = traced(CLIENT, CLOCK).attributions, traced(CLIENT, CLOCK, soon=False).attributions
    assert any("came 60 s after the device checked the network" in reason for reason in soon.because)
    assert not any("Devices do that" in reason for reason in late.because)


def test_answers_do_not_depend_on_the_order_of_sightings_and_are_bounded() -> None:
    build = BuildInMemory(build_of(CLIENT, CLOCK, MAIL))
    sightings = [replace(seen(app), recipient=f"r-{n}", flows=(f"f-{n}",)) for n, app in enumerate((CLIENT, CLOCK, MAIL))]
    assert trace_origins(sightings, build) == trace_origins(sightings[::-1], build)
    many = [replace(sightings[0], recipient=f"r-{n}", disclosures=()) for n in range(MOST_SIGHTINGS + 5)]
    found = trace_origins([*many, replace(sightings[0], recipient="r-last")], build)
    assert len(found.attributions) == MOST_SIGHTINGS
    assert any(a.disclosures for a in found.attributions)
    assert len(found.problems) == 1


def test_hostile_packages_break_nothing() -> None:
    nameless = Package(path="\x1b[31m/\u202e.apk", kind="apk", size=1, sha256="0", name=None, label="\ud800")
    hostile = replace(read(CLIENT), package=nameless)
    build = ReadBuild(name="x", format="tree", build=None, packages=(hostile,), problems=())
    found = trace_origins([replace(seen(CLIENT), fields=("a" * 300, "\ud800", "", "(((", "id"))], BuildInMemory(build))
    assert found.origins[0].package == "\u202e.apk"


# ── calibration: small, on words that were not fitted on ──


@cache
def some_cases() -> list[Case]:
    return cases(SECOND, 8, seed=2)


def test_confidences_keep_their_word() -> None:
    """Of candidates with a confidence of 0.9 and more nearly all are right; of those below a half at most about half."""
    counts: Counter[tuple[str, bool]] = Counter()
    for case in some_cases():
        for origin in trace_origins([case.sighting], BuildInMemory(case.build)).origins:
            counts[
                "high" if origin.confidence >= 0.9 else "low" if origin.confidence < 0.5 else "middle", origin.path == case.truth
            ] += 1
    assert counts["high", True] >= 60
    assert counts["high", False] <= counts["high", True] * 0.05
    assert counts["low", True] <= counts["low", False]


@pytest.mark.parametrize(
    "scenario",
    [
        "plain",
        "split",
        "host",
        "native",
        "told",
        "model",
        "constants",
        "host in a log",
        "same host in two apps",
        "agent of another app",
    ],
)
def test_the_sender_is_found_however_it_holds_its_words(scenario: str) -> None:
    mine = [case for case in some_cases() if case.scenario == scenario]
    answers = [trace_origins([case.sighting], BuildInMemory(case.build)) for case in mine]
    assert [found.origins[0].path for found in answers] == [case.truth for case in mine]
    assert sum(found.attributions[0].outcome == "found" for found in answers) >= 7


def test_who_hides_everything_is_never_said_to_be_absent() -> None:
    for case in (case for case in some_cases() if case.scenario == "all"):
        assert trace_origins([case.sighting], BuildInMemory(case.build)).attributions[0].outcome != "not-in-build"


def test_made_code_reads_what_it_says() -> None:
    code = read(replace(CLIENT, kinds=tuple(sorted(READS)))).code
    assert code is not None
    assert {r.kind for r in code.reads} == set(READS)
    assert {p.read.kind for p in code.paths} == set(READS)
