"""What is read of Java and Kotlin: words, as compilers write them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vuoto.firmware.provenance.constants import OPAQUE, Name, Operator, evaluate, java_hash, texts_and_numbers
from vuoto.firmware.provenance.java import read_java
from vuoto.firmware.provenance.keys import number_words, words_of
from vuoto.firmware.provenance.kotlin import read_kotlin
from vuoto.firmware.provenance.linking import link
from vuoto.firmware.provenance.matching import ruled
from vuoto.firmware.provenance.source_file import MAX_FILE, ParsedFile, descriptor


def words(file: ParsedFile, *others: ParsedFile) -> dict[str, int]:
    return {**file.words, **link([file, *others])[0]}


def java(body: str, head: str = "") -> ParsedFile:
    return read_java(f"package com.example;\n{head}\nclass Foo {{\n{body}\n}}".encode(), "com/example/Foo.java")


def kotlin(body: str, head: str = "") -> ParsedFile:
    return read_kotlin(f"package com.example\n{head}\n{body}\n".encode(), "com/example/Foo.kt")


@pytest.mark.parametrize(
    ("expression", "expected", "absent"),
    [
        ('"a" + "b"', {"sab"}, set()),
        ('"a" + x + "b" + "c"', {"sa", "sbc"}, {"sabc"}),
        ('"a" + f("b" + "c")', {"sa", "sbc"}, {"sabc"}),
        ("60 * 1000", {"n60000"}, set()),
        ('"t" + 60 * 1000', {"st60000"}, set()),
        ("x * 1000", {"n1000"}, set()),
        ("1 << 12", {"n4096"}, set()),
        ("-5000", {"n5000"}, set()),
        ("0xFFFF0000", {"n65536"}, set()),
        ("1_000L", {"n1000"}, set()),
        ("0777", {"n511"}, {"n777"}),
        ("255", set(), {"n255"}),
        ("1.5f", {f"n{0x3FC00000}"}, set()),
        ("2.5", {f"n{0x4004000000000000}"}, set()),
        (r'"a\n\u0041\101\\"', {"sa\nAA\\"}, set()),
        ('"""\n  x\n    y\n  """', {"sx\n  y\n"}, set()),
        ("'\\u4e2d'", {f"n{0x4E2D}"}, set()),
        ("Integer.MAX_VALUE", {"n2147483647"}, set()),
        ('""', set(), {"s"}),
    ],
)
def test_expressions_of_java(expression: str, expected: set[str], absent: set[str]) -> None:
    found = words(java(f"  void f(int x) {{ g({expression}); }}"))
    assert expected <= set(found)
    assert not absent & set(found)


def test_constants_of_the_framework() -> None:
    named = "Context.TELEPHONY_SERVICE, ALARM_SERVICE, Intent.ACTION_BOOT_COMPLETED, "
    named += "Manifest.permission.READ_PHONE_STATE, Secure.ANDROID_ID"
    body = f"  void f() {{ g({named}); }}"
    expected = {
        "sphone",
        "sandroid.intent.action.BOOT_COMPLETED",
        "sandroid.permission.READ_PHONE_STATE",
        "sandroid_id",
        "salarm",
    }
    assert expected <= set(words(java(body)))
    own = read_java(b'package com.example; class Context { static final String TELEPHONY_SERVICE = "mine"; }', "Context.java")
    assert "sphone" not in words(java(body), own)


def test_constants_of_other_files() -> None:
    user = java('  void f(String s) { g(Names.HOST + "/x", Names.LIMIT, Other.LIMIT); }')
    names = read_java(
        b'package com.example; interface Names { String BASE = "http://"; String HOST = BASE + "host.example";'
        b" int LIMIT = 3 * 100; }",
        "Names.java",
    )
    found = words(user, names)
    assert {"shttp://host.example/x", "n300"} <= set(found)
    assert words(user) != found


def test_a_constant_of_the_same_name_elsewhere_is_another() -> None:
    user = java("  void f() { g(Names.LIMIT); }", head="import org.one.Names;")
    one, two = (
        read_java(f"package org.{name}; class Names {{ static final int LIMIT = {value}; }}".encode(), name)
        for name, value in (("one", 4001), ("two", 4002))
    )
    assert "n4001" in words(user, two, one)
    assert "n4002" not in words(user, two, one)


def test_fields_that_are_not_constant_are_not_followed() -> None:
    user = java("  void f() { g(Names.LIMIT); }")
    names = read_java(b"package com.example; class Names { static int LIMIT = 4001; }", "Names.java")
    assert "n4001" not in words(user, names)


def test_constants_that_name_each_other_end() -> None:
    one = java("  static final int A = B + 1; static final int B = A + 1; void f() { g(A); }")
    assert not any(word.startswith("n") for word in words(one))


def test_types_calls_and_fields() -> None:
    file = java(
        "  Wire wire; void f(TelephonyManager t) { t.getImei(0); new URL(u).openConnection(); g(Build.MODEL); Log.d(a, b); }",
        head="import android.telephony.TelephonyManager;\nimport java.net.*;\nimport android.os.Build;\nimport android.util.Log;",
    )
    expected = {
        "tLandroid/telephony/TelephonyManager;",
        "MLandroid/telephony/TelephonyManager;->getImei/1",
        "mopenConnection/0",
        "MLjava/net/URL;-><init>/1",
        "fLandroid/os/Build;->MODEL",
        "MLandroid/util/Log;->d/2",
        "tLcom/example/Wire;",
    }
    assert expected <= set(file.words)


def test_what_stands_above_a_class() -> None:
    file = read_java(
        b"package a; import android.view.View; class B extends Thread implements View.OnClickListener, Own<Thread> {}", "B.java"
    )
    assert {word for word in file.words if word[0] == "u"} == {
        "uLjava/lang/Thread;",
        "uLandroid/view/View$OnClickListener;",
        "uLa/Own;",
    }


def test_enumerations_switches_and_annotations() -> None:
    file = java(
        "  enum State { READY_NOW, DONE { void x() {} } }\n"
        '  @GET("v1/x") void f(String s) { switch (s) { case "register": h(); } }'
    )
    assert {"sREADY_NOW", "sDONE", "sv1/x", "sregister", f"n{abs(java_hash('register'))}"} <= set(file.words)


def test_kotlin() -> None:
    file = kotlin(
        """
const val BASE = "http://"
data class Point(val left: Int, val top: Int)
class Agent(val name: String) : Thread(), Runnable {
    companion object { const val HOST = BASE + "host.example" }
    fun send(what: String) {
        log("id=$what&k=${what.length}\\n", HOST + "/x", 60_000L, Build.MODEL)
        URL(what).openConnection()
        builder.connectTimeout = 1500
        when (what) { "register" -> go() }
    }
}""",
        head="import android.os.Build\nimport java.net.URL",
    )
    expected = {
        "sid=",
        "s&k=",
        "s\n",
        "shttp://host.example",
        "shttp://host.example/x",
        "n60000",
        "n1500",
        "fLandroid/os/Build;->MODEL",
        "MLjava/net/URL;-><init>/1",
        "mopenConnection/0",
        "msetConnectTimeout/1",
        "uLjava/lang/Thread;",
        "sPoint(left=",
        "s, top=",
        "swhat",
        f"n{abs(java_hash('register'))}",
    }
    assert expected - set(words(file)) == set()
    assert "sid=$what&k=" not in file.words


def test_constants_in_templates() -> None:
    file = kotlin('const val PATH = "/x"\nval a = "http://host$PATH?q=${Other.KEY}&$more"\nobject Other { const val KEY = "k" }')
    assert {"shttp://host/x?q=k&", "shttp://host"} <= set(words(file))


@pytest.mark.parametrize(
    ("path", "source", "classes"),
    [
        ("a/net.kt", "fun f() = 1", ["NetKt"]),
        ("a/my-net.kt", "val x = 1", ["My_netKt"]),
        ("build.gradle.kts", "val x = 1", ["Build_gradleKt"]),
        ("a/Net.kt", '@file:JvmName("Tools")\npackage a\nfun f() = 1', ["Tools"]),
        ("a/Net.kt", '@file:JvmMultifileClass\n@file:JvmName(name = "Tools")\npackage a\nfun f() = 1', ["Tools"]),
        ("a/Net.kt", "class Net { fun f() = 1 }", ["Net"]),
        ("a/Net.kt", "interface Net\nfun Net.f() = 1", ["Net", "NetKt"]),
        ("a/Net.kt", '@file:JvmName("Tools")\npackage a', []),
        ("a/Net.kt", "typealias Net = Int", []),
    ],
)
def test_what_stands_outside_of_classes_has_a_class_named_for_the_file(path: str, source: str, classes: list[str]) -> None:
    assert read_kotlin(source.encode(), path).classes == classes


def test_names_under_which_kotlin_checks_what_it_is_given() -> None:
    found = kotlin(
        "class A(private val deposit: String) { lateinit var later: String\n val lazily by lazy { 3 }\n val plain = 4 }\n"
        "val f = g { world: World, token -> 5 }"
    ).words
    assert {"sdeposit", "slater", "slazily", "sworld", "stoken"} <= set(found)
    assert "splain" not in found


def test_an_escaped_dollar_is_no_template() -> None:
    assert {"sa $name b"} <= set(kotlin('val x = "a \\$name b"').words)


def test_lines() -> None:
    assert java('  void f() {\n    g("there");\n  }').words["sthere"] == 5


def test_broken_source_is_read_as_far_as_it_goes() -> None:
    file = read_java(b'package a; class B { void f( { g("still here"); ]]] } class C extends', "B.java")
    assert "sstill here" in file.words


def test_a_file_that_is_too_long_is_not_read() -> None:
    assert read_java(b" " * (MAX_FILE + 1), "B.java").problem
    assert read_java(b" " * MAX_FILE, "B.java").problem is None


def test_a_file_that_takes_too_long_is_given_up() -> None:
    slow = b"A<" * 4_000
    asked: list[int] = []

    def patience() -> Callable[[], bool]:
        asked.append(0)
        return lambda: True

    assert "longer" in str(read_java(b"class A { int x = " + slow, "A.java", patience).problem)
    assert asked == [0]
    assert read_java(b"class A { int x = 1; }", "A.java", patience).problem is None
    assert "longer" in str(read_kotlin(b"a<b>c " * 4_000, "A.kt").problem)


@pytest.mark.parametrize("deep", ["(" * 4_000, "{" * 4_000, '"a"+' * 4_000, "f(" * 4_000, "a." * 4_000, "A.A(" * 4_000])
def test_depth_is_no_recursion(deep: str) -> None:
    read_java(f"class A {{ int x = {deep}".encode(), "A.java")
    read_kotlin(f"val x = {deep}".encode(), "A.kt")


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.text(alphabet="abc(){}[]\"'\\.;:+$/*@<>=, \n0x9", max_size=200).map(str.encode)))
@example(b'"""')
@example(b"'\\u")
@example(b'x = "${')
def test_garbage(data: bytes) -> None:
    for file in (read_java(data, "A.java"), read_kotlin(data, "A.kt")):
        link([file])
        assert all(0 < line <= data.count(b"\n") + 1 for line in file.words.values())
        assert all(word.encode("utf-8") for word in file.words)


def test_broken_code_of_a_stack_is_opaque() -> None:
    assert evaluate((Operator("+"),), lambda _: None) is OPAQUE
    assert evaluate((1, 2), lambda _: None) is OPAQUE
    assert evaluate((1, 0, Operator("/")), lambda _: None) is OPAQUE
    assert evaluate((1 << 62, 4, Operator("*")), lambda _: None) is OPAQUE
    assert evaluate((-7, 2, Operator("/")), lambda _: None) == -3
    assert list(texts_and_numbers(evaluate(("a", Name("", "X"), Operator("+"), 5, Operator("+")), lambda _: None))) == ["a", "5"]


def test_words_of_features() -> None:
    assert words_of("cLjava/net/URL;->openStream()Ljava/io/InputStream;") == ("MLjava/net/URL;->openStream/0", "mopenStream/0")
    assert words_of("cLjava/lang/StringBuilder;->append(J)Ljava/lang/StringBuilder;") == ()
    assert words_of("n-300") == ("n300",)
    assert words_of("fLandroid/os/Build;->MODEL:Ljava/lang/String;") == ("fLandroid/os/Build;->MODEL",)
    assert words_of("tLjava/lang/String;") == ()
    assert words_of("s") == ()
    assert number_words(float("inf"))
    assert number_words(1e300)


@pytest.mark.parametrize(
    "feature",
    [
        "sFailed requirement.",
        "snull cannot be cast to non-null type kotlin.String",
        "sit",
        "s$receiver$1",
        "s$receiver",
        "s<this>",
        "s<set-?>",
        "sSMAP\nA.kt\nKotlin\n",
        "s(this as java.lang.String).substring(startIndex)",
        "stoString(...)",
        "sgetName()Ljava/lang/String;",
        "s<init>(I[Ljava/lang/String;)V",
        "cLkotlin/jvm/internal/Intrinsics;->checkNotNull(Ljava/lang/Object;)V",
        "cLkotlin/collections/CollectionsKt;->collectionSizeOrDefault(Ljava/lang/Iterable;I)I",
        "cLa/FooKt$b;->f$default(II)V",
        "cLkotlin/jvm/functions/Function1;->invoke(Ljava/lang/Object;)Ljava/lang/Object;",
        "cLkotlin/TypeCastException;-><init>(Ljava/lang/String;)V",
        "tLkotlin/NoWhenBranchMatchedException;",
        "tLkotlin/jvm/functions/Function2;",
        "tLkotlin/jvm/internal/Lambda;",
        "fLkotlin/Unit;->INSTANCE:Lkotlin/Unit;",
    ],
)
def test_what_the_compiler_of_kotlin_writes_of_its_own_is_no_word(feature: str) -> None:
    assert words_of(feature) == ()


@pytest.mark.parametrize(
    "feature",
    [
        "sFailed requirement",
        "scannot be cast to non-null type x",
        "s$this$toUrl",
        "sitem",
        "s<that>",
        "sgetName() V",
        "stoString(..)",
        "sf(x)",
    ],
)
def test_texts_that_people_write_beside_those_are_words(feature: str) -> None:
    assert words_of(feature) == (feature,)


def test_calls_of_kotlin_that_people_write_are_words() -> None:
    """What is called on something is given it first, or not: `trim(text)`, `text.trim()`. Its class is not named in source."""
    assert words_of("cLkotlin/text/StringsKt;->trim(Ljava/lang/String;)V") == ("ktrim",)
    assert words_of("cLkotlin/text/StringsKt__StringsKt;->trim(Ljava/lang/String;)V") == ("ktrim",)
    assert words_of("cLkotlin/text/StringsKt;->getLastIndex(Ljava/lang/CharSequence;)I") == ("mgetLastIndex/0",)
    assert words_of("cLkotlin/text/StringsKt;->getOrNull(Ljava/lang/CharSequence;I)C") == ("kgetOrNull",)
    joined = "cLkotlin/collections/CollectionsKt;->joinToString$default(Ljava/lang/Iterable;I)Ljava/lang/String;"
    assert words_of(joined) == ("kjoinToString",)
    assert words_of("cLkotlin/text/Regex;->find(Ljava/lang/String;)V") == ("MLkotlin/text/Regex;->find/1", "mfind/1")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("val a = text.toIntOrNull()", {"ktoIntOrNull", "mtoIntOrNull/0"}),
        ("val a = 1 to 2", {"kto"}),
        ("val a = b + c", {"kplus"}),
        ("val a = b in c", {"kcontains", "mcontains/1", "mcontainsKey/1"}),
        ("val a = b[0]", {"mget/1"}),
        ("fun f() { b[0] = 1 }", {"mset/2", "mput/2"}),
        ("fun f() { b += c }", {"madd/1", "kaddAll"}),
        ("val a = 1 shl 9", {"n512"}),
        ("val a = listOf<String>()", {"mlistOf/0"}),
        ('val a = get<URL>("k")', {"mget/1", "tLjava/net/URL;", "sk"}),
        ("val a = koin.get<URL>(b)", {"mget/1", "tLjava/net/URL;"}),
        ("val a = Regex(b)", {"tLkotlin/text/Regex;", "MLkotlin/text/Regex;-><init>/1"}),
        ("val a = b.map { c }", {"tLjava/util/ArrayList;", "MLjava/util/ArrayList;-><init>/1", "madd/1"}),
        ("val a = b.keys", {"mkeySet/0"}),
        ('val a = error("x")', {"MLjava/lang/IllegalStateException;-><init>/1"}),
        ("val a = ::deposit", {"sdeposit"}),
        ("val a = Foo::deposit", {"sdeposit"}),
        ("inline fun <reified Entity> f() = 1", {"sEntity"}),
        ("fun String.quoted() = 1", {"s$this$quoted"}),
        ("val String.quoted get() = 1", {"s$this$quoted"}),
        ("val a = quoted { b }", {"s$this$quoted"}),
        ("class A : RuntimeException(b, c)", {"uLjava/lang/RuntimeException;", "MLjava/lang/RuntimeException;-><init>/2"}),
        ('val a = "\\u001b[0m"', {"s\x1b[0m"}),
        ('val a = "${"\\u001b"}[0m"', {"s\x1b[0m"}),
        ("data class A(val b: Int)", {"sA(b=", "s)"}),
    ],
)
def test_what_kotlin_makes_of_a_line(source: str, words: set[str]) -> None:
    assert words <= set(kotlin(source, "import java.net.URL").words)


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("val a = b < c && d > (e)", "mb/1"),
        ("inline fun <Entity> f() = 1", "sEntity"),
        ("fun quoted() = 1", "s$this$quoted"),
        ("val a = quoted(b)", "s$this$quoted"),
        ('val a = """\\u001b[0m"""', "s\x1b[0m"),
        ("class A : Runnable", "MLjava/lang/Runnable;-><init>/0"),
        ("class A(val b: Int)", "s)"),
    ],
)
def test_what_looks_like_it_and_is_not(source: str, word: str) -> None:
    assert word not in kotlin(source).words


@pytest.mark.parametrize("number", [256, 1023, 1 << 40, 0xFF00, 0xFFFF0000, 1000, 10**18, (1 << 63) - 1])
def test_numbers_that_follow_a_rule(number: int) -> None:
    assert ruled(number)


@pytest.mark.parametrize("number", [257, 1234, 1001, 2000, 0xFF00FF, 0x1D, 14288, 86_400, 0x9E3779B9])
def test_numbers_that_follow_none(number: int) -> None:
    assert not ruled(number)


def test_descriptors() -> None:
    assert descriptor("android.view.View.OnClickListener") == "Landroid/view/View$OnClickListener;"
    assert descriptor("lower.case.name") == "Llower/case/name;"
