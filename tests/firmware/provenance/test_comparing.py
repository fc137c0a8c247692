"""Code against sources: what fits, what only looks like it, and what is not answered."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.code.assembler import assemble
from vuoto.facts.provenance import ClassMatch, Provenance
from vuoto.firmware.code import read_dexes
from vuoto.firmware.provenance import ProjectIndex, Revision, SourceFile, compare, index_project, read_project, write_project
from vuoto.firmware.provenance.background import Background, background, pack, unpack
from vuoto.firmware.provenance.libraries import PREFIXES, libraries, library_of

AGENT_SOURCE = """package com.example.register;

import android.os.Build;
import android.telephony.TelephonyManager;
import java.net.HttpURLConnection;
import java.net.URL;

class Agent extends Thread {
    static final String PATH = "/register/device-report";
    static final int RETRY = 37 * 1000;

    public void run() {
        report(manager, "DeviceModelOfSale");
    }

    void report(TelephonyManager manager, String what) throws Exception {
        HttpURLConnection open = (HttpURLConnection) new URL("http://" + Hosts.MAIN + PATH).openConnection();
        open.setRequestProperty("X-Sales-Report", Build.MODEL);
        open.setConnectTimeout(RETRY);
        write("serial-of-handset=", manager.getDeviceId());
    }
}
"""
HOSTS_SOURCE = 'package com.example.register;\ninterface Hosts { String MAIN = "collector.vendor.example"; }\n'
AGENT_CODE = """
.class La/b;
.super Ljava/lang/Thread;
.method public run()V
  .registers 3
  const-string v0, "DeviceModelOfSale"
  return-void
.end method
.method a(Landroid/telephony/TelephonyManager;Ljava/lang/String;)V
  .registers 8
  new-instance v0, Ljava/net/URL;
  const-string v1, "http://collector.vendor.example/register/device-report"
  invoke-direct {v0, v1}, Ljava/net/URL;-><init>(Ljava/lang/String;)V
  invoke-virtual {v0}, Ljava/net/URL;->openConnection()Ljava/net/URLConnection;
  move-result-object v0
  check-cast v0, Ljava/net/HttpURLConnection;
  const-string v1, "X-Sales-Report"
  sget-object v2, Landroid/os/Build;->MODEL:Ljava/lang/String;
  invoke-virtual {v0, v1, v2}, Ljava/net/HttpURLConnection;->setRequestProperty(Ljava/lang/String;Ljava/lang/String;)V
  const v1, 37000
  invoke-virtual {v0, v1}, Ljava/net/HttpURLConnection;->setConnectTimeout(I)V
  const-string v1, "serial-of-handset="
  invoke-virtual {v6}, Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;
  return-void
.end method
"""
OTHER_SOURCE = """package org.example.other;

import java.net.HttpURLConnection;
import java.net.URL;

class Fetcher extends Thread {
    public void run() {
        HttpURLConnection open = (HttpURLConnection) new URL("https://weather.example/forecast").openConnection();
        open.setRequestProperty("Accept-Weather", "text/forecast");
        open.setConnectTimeout(45 * 1000);
    }
}
"""
KOTLIN_SOURCE = """package com.example.register

import android.os.Build
import java.net.HttpURLConnection
import java.net.URL

class Agent(private val manager: TelephonyManager) : Thread() {
    companion object {
        private const val PATH = "/register/device-report"
        private const val RETRY = 37_000
    }
    override fun run() = report("DeviceModelOfSale")
    fun report(what: String) {
        val connection = URL("http://collector.vendor.example$PATH").openConnection() as HttpURLConnection
        connection.setRequestProperty("X-Sales-Report", Build.MODEL)
        connection.connectTimeout = RETRY
        write("serial-of-handset=${manager.deviceId}")
    }
}
"""


def filler(number: int) -> str:
    """A file of its own words, so that there are more files than a handful."""
    return f'package org.example.filler; class F{number} {{ void f() {{ g("filler text {number}", {1000 + number}); }} }}'


def project(files: Mapping[str, str], name: str = "given", more: int = 24) -> ProjectIndex:
    every = dict(files) | {f"org/example/filler/F{number}.java": filler(number) for number in range(more)}
    return index_project(
        name, [Revision(name="", files=tuple(SourceFile(path=p, data=t.encode()) for p, t in sorted(every.items())))]
    )


GIVEN = {"src/Agent.java": AGENT_SOURCE, "src/Hosts.java": HOSTS_SOURCE, "src/Fetcher.java": OTHER_SOURCE}


def compared(code: str, *projects: ProjectIndex) -> Provenance:
    return compare("app", list(read_dexes(assemble(code))), projects or (project(GIVEN),))


def only(found: Provenance) -> ClassMatch:
    (match,) = found.matches
    return match


def test_renamed_code_fits_its_source() -> None:
    found = compared(AGENT_CODE)
    match = only(found)
    assert [file.path for file in match.files] == ["src/Agent.java"]
    assert match.statement == "same code after renaming"
    assert not match.same_name
    assert [(one.project, one.statement, one.classes) for one in found.projects] == [("given", "same code after renaming", 1)]


def test_each_shared_feature_is_shown_at_its_line_and_its_instruction() -> None:
    shared = {feature.value: feature for feature in only(compared(AGENT_CODE)).shared}
    joined = shared["http://collector.vendor.example/register/device-report"]
    assert joined.line == AGENT_SOURCE[: AGENT_SOURCE.index("new URL(")].count("\n") + 1
    assert joined.place.method == "La/b;->a(Landroid/telephony/TelephonyManager;Ljava/lang/String;)V"
    assert joined.place.offset == 2
    assert shared["37000"].kind == "number"
    assert shared["Landroid/os/Build;->MODEL:Ljava/lang/String;"].kind == "field"
    assert all(feature.bits > 0 for feature in shared.values())


def test_a_name_that_is_kept_is_noted() -> None:
    kept = AGENT_CODE.replace("La/b;", "Lcom/example/register/Agent;")
    assert only(compared(kept)).same_name


def test_kotlin_fits_as_well() -> None:
    match = only(compared(AGENT_CODE, project({"Agent.kt": KOTLIN_SOURCE, "Fetcher.java": OTHER_SOURCE})))
    assert [file.path for file in match.files] == ["Agent.kt"]


def test_code_of_the_same_kind_is_no_match() -> None:
    """The same calls in the same order, for another purpose."""
    found = compared(AGENT_CODE, project({"src/Fetcher.java": OTHER_SOURCE}))
    assert found.matches == ()
    assert found.unanswered == ("La/b;",)
    assert [one.statement for one in found.projects] == ["insufficient evidence"]


def test_the_file_named_alike_in_another_source_is_no_match() -> None:
    other = OTHER_SOURCE.replace("Fetcher", "Agent").replace("org.example.other", "com.example.register")
    assert compared(AGENT_CODE.replace("La/b;", "Lcom/example/register/Agent;"), project({"src/Agent.java": other})).matches == ()


def test_encrypted_texts_are_not_answered() -> None:
    code = AGENT_CODE
    for number, text in enumerate(
        ("DeviceModelOfSale", "X-Sales-Report", "serial-of-handset=", "http://collector.vendor.example/register/device-report")
    ):
        code = code.replace(f'"{text}"', f'"x9{number}Zq=="')
    assert compared(code.replace("37000", "12345")).matches == ()


def test_texts_that_everybody_writes_say_nothing() -> None:
    source = 'class Common { void f() { log("TAG", "UTF-8", "id", "name", "utf-8", "GET", "", "true", "null", "error", "."); } }'
    code = ".class La/b;\n.super Ljava/lang/Object;\n.method a()V\n  .registers 2\n" + "".join(
        f'  const-string v0, "{text}"\n' for text in ("TAG", "UTF-8", "id", "name", "utf-8", "GET", "true", "null", "error", ".")
    )
    assert compared(code + "  return-void\n.end method\n", project({"Common.java": source})).matches == ()


def test_an_edited_copy_is_derived() -> None:
    edited = AGENT_CODE.replace("X-Sales-Report", "X-Changed-Header").replace("DeviceModelOfSale", "AnotherNameForIt")
    match = only(compared(edited))
    assert match.statement == "derived"
    assert match.missing == ("AnotherNameForIt", "X-Changed-Header")


def test_constants_alone_are_said_to_be_constants() -> None:
    source = "class Keys { " + " ".join(f'static final String K{n} = "unusual-key-number-{n}";' for n in range(8)) + " }"
    code = ".class La/b;\n.super Ljava/lang/Object;\n" + "".join(
        f'.field static a{n}:Ljava/lang/String; = "unusual-key-number-{n}"\n' for n in range(8)
    )
    assert only(compared(code, project({"Keys.java": source}))).statement == "same constants"


def test_a_copy_in_two_sources_names_both() -> None:
    match = only(compared(AGENT_CODE, project(GIVEN, "one"), project(GIVEN, "two", more=0)))
    assert sorted((file.project, file.path) for file in match.files) == [("one", "src/Agent.java"), ("two", "src/Agent.java")]


def test_two_files_of_one_source_with_the_same_words_are_not_told_apart() -> None:
    twice = GIVEN | {"src/again/Copy.java": AGENT_SOURCE.replace("class Agent", "class Copy")}
    assert compared(AGENT_CODE, project(twice)).matches == ()


def test_what_was_merged_into_a_class_is_seen() -> None:
    merged = AGENT_CODE + "".join(
        f"""
.method z{n}()V
  .registers 3
  const-string v0, "another file's text number {n}"
  return-void
.end method"""
        for n in range(4)
    )
    second = "class Second { void f() { " + "".join(f'g("another file\'s text number {n}");' for n in range(4)) + " } }"
    match = only(compared(merged, project(GIVEN | {"src/Second.java": second})))
    assert [file.path for file in match.merged] == ["src/Second.java"]


def test_neighbours_of_what_is_known_need_less() -> None:
    small = """
.class La/c;
.super Ljava/lang/Object;
.method b()V
  .registers 2
  const-string v0, "pause between tries"
  return-void
.end method
"""
    calling = AGENT_CODE.replace(
        "  return-void\n.end method\n.method a", "  invoke-static {}, La/c;->b()V\n  return-void\n.end method\n.method a", 1
    )
    source = AGENT_SOURCE.replace('report(manager, "Dev', 'Pause.make(); report(manager, "Dev')
    files = GIVEN | {
        "src/Agent.java": source,
        "src/Pause.java": 'package com.example.register; class Pause { static void make() { say("pause between tries"); } }',
    }
    matches = {match.name: match for match in compared(calling + small, project(files)).matches}
    assert matches["La/c;"].how == "with its neighbours"
    assert [file.path for file in matches["La/c;"].files] == ["src/Pause.java"]
    alone = compared(AGENT_CODE.replace("La/b;", "La/x;") + small.replace("pause between tries", "ok"), project(files))
    assert [match.name for match in alone.matches] == ["La/x;"]


def test_which_revision() -> None:
    older = AGENT_SOURCE.replace("37 * 1000", "21 * 1000").replace("X-Sales-Report", "X-Report")
    states = [("v1", older), ("v2", AGENT_SOURCE), ("v3", AGENT_SOURCE + "class More { void f() { g(1); } }")]
    fillers = tuple(SourceFile(path=f"F{n}.java", data=filler(n).encode()) for n in range(24))
    revisions = [
        Revision(
            name=name,
            files=(
                SourceFile(path="Agent.java", data=text.encode()),
                SourceFile(path="Hosts.java", data=HOSTS_SOURCE.encode()),
                *fillers,
            ),
        )
        for name, text in states
    ]
    found = compared(AGENT_CODE, index_project("given", revisions))
    version = found.projects[0].version
    assert version is not None
    assert sorted(name for name, _ in version.candidates) == ["v2", "v3"]
    assert [name for name, _ in version.others] == ["v1"]
    assert ("X-Sales-Report", ("v2", "v3"), ("v1",)) in [
        (clue.value, clue.present_in, clue.absent_from) for clue in version.clues
    ]


def test_libraries_are_set_aside_by_their_packages() -> None:
    found = compared(AGENT_CODE.replace("La/b;", "Lokhttp3/internal/Agent;"))
    assert found.set_aside == (("OkHttp", 1),)
    assert found.matches == ()


def test_classes_of_a_library_make_no_source_count() -> None:
    """What stands in the library fits the source; the app's own class alone does not suffice."""
    small = '.class La/c;\n.super Ljava/lang/Object;\n.method b()V\n  .registers 2\n  const-string v0, "X-Sales-Report"\n'
    small += "  const v0, 37000\n  return-void\n.end method\n"
    found = compared(AGENT_CODE.replace("La/b;", "Lokhttp3/internal/Agent;") + small)
    assert found.matches == ()
    assert [one.statement for one in found.projects] == ["insufficient evidence"]


def test_a_library_that_is_given_is_compared() -> None:
    source = AGENT_SOURCE.replace("com.example.register", "okhttp3.internal")
    hosts = HOSTS_SOURCE.replace("com.example.register", "okhttp3.internal")
    found = compared(
        AGENT_CODE.replace("La/b;", "Lokhttp3/internal/Agent;"), project({"Agent.java": source, "Hosts.java": hosts})
    )
    assert found.set_aside == ()
    assert len(found.matches) == 1


def test_names_of_libraries() -> None:
    assert library_of("Landroidx/core/app/A;") == "AndroidX"
    assert library_of("Landroidxx/A;") is None
    assert library_of("Lcom/google/gsonx/A;") is None
    assert sorted(PREFIXES) == list(PREFIXES)
    assert len({one.name for one in libraries()}) == len(libraries())


def test_an_index_is_kept_as_it_is() -> None:
    one = project(GIVEN)
    again = read_project(write_project(one))
    assert again is not None
    assert write_project(again) == write_project(one)
    assert compared(AGENT_CODE, again) == compared(AGENT_CODE, one)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_broken_index_is_none(data: st.DataObject) -> None:
    raw = bytearray(write_project(project({"A.java": "class A { }"}, more=1)))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    read_project(bytes(raw))
    assert read_project(bytes(raw[: len(raw) // 2])) is None


def test_several_processes_read_the_same() -> None:
    files = tuple(SourceFile(path=f"F{n}.java", data=filler(n).encode()) for n in range(60))
    one, two = (write_project(index_project("given", [Revision(name="", files=files)], parts=parts)) for parts in (1, 3))
    assert one == two


def test_the_background() -> None:
    known = background()
    common, rare = known.counts(["sUTF-8", "sa text that nobody has written before"]).tolist()
    assert common > 50
    assert rare == 0
    again = unpack(pack(known))
    assert again.word.tolist() == known.word.tolist()
    assert Background(files=0, word=known.word[:0], count=known.count[:0]).counts(["sx"]).tolist() == [0]


EXAMPLE = Path(__file__).parents[3] / "examples" / "firmware"


def folder(name: str) -> ProjectIndex:
    """A source of the example."""
    root = EXAMPLE / "src" / name
    files = [SourceFile(path=str(path.relative_to(root)), data=path.read_bytes()) for path in sorted(root.rglob("*.java"))]
    return index_project(name, [Revision(name="", files=tuple(files))])


def test_what_javac_and_d8_made_of_the_example() -> None:
    """Every class of the app fits the file that it was compiled from, and none fits another app's."""
    with zipfile.ZipFile(EXAMPLE / "activation-2.0.apk") as package:
        dexes = list(read_dexes(package.read("classes.dex")))
    given = [folder(name) for name in ("activation-2.0", "chat", "mail", "updater", "weather", "store")]
    found = compare("activation", dexes, given)
    assert len(found.matches) >= 4
    for match in found.matches:
        assert match.files[0].project == "activation-2.0"
        assert match.files[0].path.rpartition("/")[2] == match.name.rpartition("/")[2].partition("$")[0].rstrip(";") + ".java"
        assert match.missing == ()
    absent = compare("activation", dexes, given[1:])
    assert absent.matches == ()


@pytest.mark.parametrize("code", ["", ".class La/b;\n.super Ljava/lang/Object;"])
def test_nothing_is_nothing(code: str) -> None:
    dexes = list(read_dexes(assemble(code))) if code else []
    found = compare("app", dexes, [project({})])
    assert (found.matches, found.unanswered) == ((), ())


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_broken_code_never_stops_it(data: st.DataObject) -> None:
    raw = bytearray(assemble(AGENT_CODE))
    for _ in range(data.draw(st.integers(1, 10))):
        raw[data.draw(st.integers(0x28, len(raw) - 1))] = data.draw(st.integers(0, 255))
    compare("app", list(read_dexes(bytes(raw))), [project(GIVEN, more=4)])
