"""JAR signatures: what was changed is found, what was not is not; by our own bytes, and against the JDK's and Android's tools."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.packages.builders import ID_DATA, Put, jar_manifest, make_axml, make_zip, manifest, pkcs7, signature_file
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.packages import jar_signature
from vuoto.firmware.packages.jar_signature import _digests, sections_of
from vuoto.firmware.packages.package import read_package
from vuoto.firmware.packages.signing import read_signers
from vuoto.firmware.packages.zip_reader import read_zip

APP = [Put("AndroidManifest.xml", make_axml(manifest())), Put("classes.dex", b"code" * 100, deflate=True)]
DIGESTS = [b"SHA1-Digest: YQ==", b"SHA-256-Digest: Yg==", b"SHA-Digest: ?", b"SHA-2-Digest: YQ==", b"MD5-Digest: YQ=="]
JAR = [Put("com/example/A.class", b"a"), Put("b.txt", b"b")]


def signed(
    members: list[Put],
    written: bytes | None = None,
    file: bytes | None = None,
    block: bytes | None = None,
    added: tuple[Put, ...] = (),
) -> bytes:
    written = jar_manifest(members) if written is None else written
    file = signature_file(written) if file is None else file
    block = pkcs7("maker", file) if block is None else block
    own = [Put("META-INF/MANIFEST.MF", written), Put("META-INF/CERT.SF", file), Put("META-INF/CERT.EC", block)]
    return make_zip([*own, *members, *added])


def answer(data: bytes) -> tuple[str, str | None]:
    blob = BytesBlob(data)
    found, problems = read_signers(blob, read_zip(blob), "a.apk")
    assert len(found) == 1
    wrong = [p.what for p in problems if "v1 signature is wrong" in p.what]
    assert bool(wrong) == (found[0].verification == "wrong")
    return found[0].verification, found[0].note


@pytest.mark.parametrize("algorithm", ["MD5", "SHA1", "SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512"])
def test_digests(algorithm: str) -> None:
    assert answer(signed(APP, jar_manifest(APP, algorithm))) == ("verified", None)
    changed = [APP[0], Put("classes.dex", b"evil" * 100, deflate=True)]
    assert answer(signed(changed, jar_manifest(APP, algorithm))) == (
        "wrong",
        "'classes.dex' does not match the digest in the manifest",
    )


def test_ways_of_signing() -> None:
    written = jar_manifest(APP)
    file = signature_file(written)
    assert answer(signed(APP, block=pkcs7("maker", file, attributes=True))) == ("verified", None)
    by_section = signature_file(written, whole=False)
    assert answer(signed(APP, file=by_section)) == ("verified", None)
    folded = written.replace(b"Name: classes.dex", b"Name: clas\r\n ses.dex")
    assert answer(signed(APP, folded)) == ("verified", None)


def test_what_was_changed_after_signing() -> None:
    written = jar_manifest(APP)
    file = signature_file(written)
    evil = [APP[0], Put("classes.dex", b"evil" * 100)]
    rewritten = jar_manifest(evil)
    assert answer(signed(evil, rewritten, file)) == ("wrong", "what the manifest says of 'classes.dex' is not what was signed")
    assert answer(signed(evil, rewritten, signature_file(rewritten), pkcs7("maker", file))) == (
        "wrong",
        "the signature does not belong to the signature file",
    )
    assert answer(signed(evil, rewritten, signature_file(rewritten), pkcs7("maker", file, attributes=True))) == (
        "wrong",
        "the signature file is not the one that was signed",
    )
    main = written.replace(b"1.0", b"1.1", 1)
    assert answer(signed(APP, main, file)) == ("wrong", "the main section of the manifest is not the one that was signed")
    assert answer(signed(APP, added=(Put("classes2.dex", b"more"),))) == ("wrong", "'classes2.dex' is not signed")
    assert answer(signed(APP[:1], written, file)) == ("wrong", "the manifest names 'classes.dex', which is not there")
    assert answer(signed(APP[1:], written, file)) == ("wrong", "the manifest names 'AndroidManifest.xml', which is not there")
    more = jar_manifest([*APP, Put("classes2.dex", b"more")])
    assert answer(signed([*APP, Put("classes2.dex", b"more")], more, file)) == (
        "wrong",
        "the manifest names 'classes2.dex', which the signature file does not",
    )
    twice = written + written.split(b"\r\n\r\n", 1)[1]
    assert answer(signed(APP, twice, signature_file(twice)))[0] == "wrong"


@pytest.mark.parametrize("types", [(), (bytes.fromhex("2a864886f70d010702"),), (ID_DATA, ID_DATA)], ids=["none", "other", "two"])
def test_signed_attributes_say_what_was_signed(types: tuple[bytes, ...]) -> None:
    file = signature_file(jar_manifest(APP))
    assert answer(signed(APP, block=pkcs7("maker", file, attributes=True, types=types))) == (
        "wrong",
        "its signed attributes do not say that a file was signed",
    )


def test_look_alikes_of_changes() -> None:
    # Files beside the signature, folders, and a JAR's own files that nobody signed.
    beside = (Put("META-INF/services/x", b"x"), Put("META-INF/OTHER.SF", b"no block belongs to it"), Put("res/", b""))
    assert answer(signed(APP, added=beside)) == ("verified", None)
    assert answer(signed(JAR)) == ("verified", None)
    assert answer(signed(JAR, added=(Put("c.txt", b"c"),))) == ("not verified", "'c.txt' is not signed")
    assert answer(signed(JAR[:1], jar_manifest(JAR))) == ("verified", None)
    weak = jar_manifest(APP).replace(b"SHA-256-Digest", b"MD2-Digest")
    assert answer(signed(APP, weak))[0] == "not verified"


def test_a_changed_app_is_a_problem_of_the_package() -> None:
    changed = [APP[0], Put("classes.dex", b"evil")]
    found = read_package(BytesBlob(signed(changed, jar_manifest(APP))), "a.apk")
    assert "the v1 signature is wrong: 'classes.dex' does not match the digest in the manifest" in [
        p.what for p in found.problems
    ]


@pytest.mark.parametrize("size", [3, 400, 500], ids=["less", "all", "more"])
@pytest.mark.parametrize("content", [b"code" * 100, b"evil" * 100])
@pytest.mark.parametrize("deflate", [False, True])
def test_code_that_a_package_has_read_is_digested_as_it_stands(size: int, content: bytes, *, deflate: bool) -> None:
    """Whatever size the directory says: the same answer with and without what was read already."""
    members = [APP[0], Put("classes.dex", content, deflate=deflate, central={"size": size})]
    data = signed(members, jar_manifest(APP))
    (signer,) = read_package(BytesBlob(data), "a.apk").signers
    assert (signer.verification, signer.note) == answer(data)
    assert (signer.verification == "verified") == (content == b"code" * 100 and (deflate or size == 400))


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    data = signed(APP)
    monkeypatch.setattr(jar_signature, "MAX_READ", 300)
    assert answer(data) == ("not verified", "the signature holds; the content is larger than is digested")
    monkeypatch.setattr(jar_signature, "MAX_SECTIONS", 1)
    assert answer(data) == ("wrong", "its manifest has more than 1 sections")


@given(st.binary(max_size=200), st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_manifest_and_signature_file(written: bytes, file: bytes) -> None:
    data = signed(APP, written, file, pkcs7("maker", file))
    assert answer(data)[0] in ("wrong", "not verified")


@given(
    st.lists(st.sampled_from([b"Name: a", b"name: b", b"Name:c", b" folded", b"", b"X: 1", b"\xff\xfe", *DIGESTS]), max_size=12),
    st.sampled_from([b"\r\n", b"\n", b"\r"]),
)
def test_sections_are_the_same_with_any_line_end_and_lose_no_byte(lines: list[bytes], end: bytes) -> None:
    data = end.join(lines)
    found = list(sections_of(data))
    assert [one.values for one in found] == [one.values for one in sections_of(b"\n".join(lines))]
    assert all(one.raw in data for one in found)
    assert [one.name for one in found] == [one.values.get("NAME", "") for one in found]
    assert [one.digests for one in found] == [_digests(one.values, "-DIGEST") for one in found]


TOOLS = ("apksigner", "jarsigner", "keytool")
needs_tools = pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason="needs Debian's apksigner and a JDK")


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in words], check=False, capture_output=True, text=True)


@cache
def store(kind: str, folder: Path) -> Path:
    path = folder / f"{kind}.p12"
    size = {"RSA": "2048", "DSA": "2048", "EC": "256"}[kind]
    made = run(
        "keytool", "-genkeypair", "-keystore", path, "-storepass", "android", "-alias", "a", "-keyalg", kind, "-keysize", size,
        "-dname", "CN=Example", "-validity", "10000",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return path


def same(data: bytes) -> bytes:
    return data


def other_content(data: bytes) -> bytes:
    return rewritten(data, lambda name, content: b"evil" if name == "classes.dex" else content)


def other_manifest(data: bytes) -> bytes:
    return rewritten(data, lambda name, content: content.replace(b"1.0", b"1.1") if name.endswith("MANIFEST.MF") else content)


def other_signature_file(data: bytes) -> bytes:
    return rewritten(data, lambda name, content: content + b"\r\n" if name.endswith(".SF") else content)


def one_more(data: bytes) -> bytes:
    return rewritten(data, lambda _, content: content, ("classes2.dex", b"more"))


def rewritten(data: bytes, change: Callable[[str, bytes], bytes], *added: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            new.writestr(one.filename, change(one.filename, old.read(one)))
        for name, content in added:
            new.writestr(name, content)
    return out.getvalue()


@needs_tools
@pytest.mark.parametrize(
    ("kind", "digest"), [("RSA", "SHA1"), ("RSA", "SHA-256"), ("RSA", "SHA-512"), ("DSA", "SHA-256"), ("EC", "SHA-256")]
)
def test_the_same_answer_as_the_tools(kind: str, digest: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    keys = store(kind, tmp_path_factory.getbasetemp())
    file = tmp_path / "a.apk"
    file.write_bytes(make_zip([*APP, Put("assets/" + "long-name-" * 12 + "é", b"x")]))
    made = run("jarsigner", "-keystore", keys, "-storepass", "android", "-digestalg", digest, file, "a")
    assert made.returncode == 0, made.stdout
    whole = file.read_bytes()
    for change in (same, other_content, other_manifest, other_signature_file, one_more):
        file.write_bytes(change(whole))
        ours = answer(file.read_bytes())
        theirs = run("apksigner", "verify", "--min-sdk-version", "21", file)
        assert (theirs.returncode == 0) == (ours[0] == "verified"), (change.__name__, ours, theirs.stdout + theirs.stderr)
        assert (ours[0] == "wrong") == (change is not same), (change.__name__, ours)
        if digest == "SHA1":
            continue  # which the JDK no longer takes for a signature at all
        java = run("jarsigner", "-verify", file)
        assert ("jar verified" in java.stdout) == (ours[0] == "verified" or change is one_more), (change.__name__, java.stdout)
