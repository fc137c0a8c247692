"""Apps that the capture names, against what packages of a build are called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from origins.made_builds import App, build_of, seen
from vuoto.facts.origins import Sighting, Tracing
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.index import open_index, write_index
from vuoto.origins import BuildInMemory, trace_origins
from vuoto.origins.traces.capture_app_tag import OTHER_LANGUAGE

SENDER = App(
    package="com.example.weather",
    host="api.birch3.example",
    path_sent="/forecast/daily",
    keys=("stationCode", "deviceRef", "gridCell"),
    kinds=("imei",),
    label="Weather and radar map",
)
TWIN = replace(SENDER, package="com.example.twin", label="Twin")
SYSTEM = replace(SENDER, package="com.example.system", label="Setup", shared_user_id="android.uid.system")
OTHERS = tuple(App(package=f"com.example.other{n}", host=f"h{n}.cedar{n}.example", label=f"Other {n}") for n in range(12))


def traced(*apps: str, build: tuple[App, ...] = (SENDER, TWIN, *OTHERS), sent: App = SENDER) -> Tracing:
    """The answer for what `sent` sends, where the capture names these apps."""
    sighting = replace(seen(sent), apps=apps)
    made = build_of(*build)
    answers = trace_origins([sighting], BuildInMemory(made))
    assert answers == trace_origins([sighting], open_index(BytesBlob(write_index(made)), "made"))
    return answers


def named(*apps: str, **how: object) -> tuple[str, tuple[str, ...]]:
    (answer,) = traced(*apps, **how).attributions  # type: ignore[arg-type]  # passed on as they are
    return answer.outcome, answer.packages


@pytest.mark.parametrize(
    "tag",
    [
        "com.example.weather",
        "com.example.weather:sync",
        "Wetter [com.example.weather, uid 10123]",
        "Weather and radar map [uid 10123]",
        "Weather and radar [uid 1010123]",
        "com.example.weather [uid 10123]",
    ],
)
def test_by_name_label_or_beginning_of_either(tag: str) -> None:
    assert named(tag) == ("found", ("com.example.weather",))


def test_short_name_is_no_beginning() -> None:
    tracing = traced("Weather [uid 10123]")
    assert {c.weight for o in tracing.origins for c in o.clues if c.trace == "capture app tag"} == {OTHER_LANGUAGE}


def test_two_apps_on_one_conversation_are_both_shown() -> None:
    assert named("Twin [uid 10001]", "Weather and radar map [uid 10123]") == (
        "several",
        ("com.example.twin", "com.example.weather"),
    )


def test_label_of_another_language_does_not_speak_against_the_sender() -> None:
    tracing = traced("Wetter [uid 10123]", build=(SENDER, *OTHERS))
    (answer,) = tracing.attributions
    assert "com.example.weather" in answer.packages
    assert any("may be called otherwise in the phone's" in reason for reason in answer.because) or answer.packages == (
        "com.example.weather",
    )


def test_package_that_is_not_in_the_build_is_said_so() -> None:
    tracing = traced("Notes [org.example.notes, uid 10200]")
    (answer,), (origin,) = tracing.attributions, tracing.origins
    assert (answer.outcome, answer.packages, origin.path) == ("found", ("org.example.notes",), None)
    assert any("not among the 14 packages" in reason for reason in answer.because)


def test_androids_own_user_id_tells_who_shares_it() -> None:
    build = (SENDER, TWIN, SYSTEM, *OTHERS)
    assert named("Android [uid 1000]", build=build) == ("found", ("com.example.system",))
    assert named("Android [android, uid 1000]", build=build) == ("found", ("com.example.system",))
    assert named("Weather and radar map [uid 10123]", build=build) == ("found", ("com.example.weather",))


def test_installed_app_is_none_that_shares_androids_own_user_id() -> None:
    assert named("Wetter [uid 10123]", build=(SENDER, SYSTEM, *OTHERS))[1][:1] == ("com.example.weather",)


def test_native_program_is_told_by_its_user_id() -> None:
    assert named("Root [uid 0]") == ("found", ("Root",))


def test_app_that_took_the_name_of_another_is_no_more_than_a_label() -> None:
    plain = Sighting(recipient="r-1", host="203.0.113.9", domain=None, apps=("com.example.twin [uid 10200]",))
    (by_label,) = trace_origins([plain], BuildInMemory(build_of(TWIN, *OTHERS))).origins
    (clue,) = (c for c in by_label.clues if c.trace == "capture app tag")
    assert (clue.weight, clue.what) == (11.0, "is named com.example.twin, as the app that the capture names is called")


def test_nothing_is_said_without_a_build_but_what_the_capture_names() -> None:
    tracing = trace_origins([replace(seen(SENDER), apps=("Notes [uid 10200]",))], None)
    assert [(a.outcome, a.packages) for a in tracing.attributions] == [("found", ("Notes",))]
