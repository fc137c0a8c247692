"""Signers by scheme: signed by hand here, and by Android's own tools where they are installed."""

from __future__ import annotations

import hashlib
import re
import shutil
import struct
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.packages.builders import (
    Put,
    certificate_and_key,
    jar_manifest,
    make_axml,
    make_zip,
    manifest,
    pkcs7,
    prefixed,
    signature_file,
    signing_block,
)
from vuoto.facts.packages import Signer
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.packages.certificates import read_certificate
from vuoto.firmware.packages.der import DerError, signers_of
from vuoto.firmware.packages.signing import read_signers, read_v4_signer
from vuoto.firmware.packages.zip_reader import read_zip

V2, V3 = 0x7109871A, 0xF05368C0
CONTENT = [Put("AndroidManifest.xml", make_axml(manifest())), Put("classes.dex", b"code" * 1000, deflate=True)]


def signers(data: bytes) -> tuple[tuple[Signer, ...], list[str]]:
    blob = BytesBlob(data)
    found, problems = read_signers(blob, read_zip(blob), "a.apk")
    return found, [p.what for p in problems]


def digest(name: str) -> str:
    return hashlib.sha256(certificate_and_key(name)[0]).hexdigest()


def block(
    *of: tuple[int, str, tuple[str, ...]], members: list[Put] = CONTENT, attribute: tuple[int, bytes] | None = None
) -> bytes:
    return make_zip(members, block=signing_block(members, list(of), attribute=attribute))


def test_v2_is_verified() -> None:
    found, problems = signers(block((V2, "maker", ())))
    assert [(s.scheme, s.verification, s.note) for s in found] == [("v2", "verified", None)]
    certificate = found[0].certificate
    assert certificate.sha256 == digest("maker")
    assert (certificate.subject, certificate.not_before, certificate.not_after) == (
        "CN=maker",
        "2019-03-21T00:00:00Z",
        "2049-03-21T00:00:00Z",
    )
    assert problems == []


def test_changed_content_is_wrong() -> None:
    whole = block((V2, "maker", ()))
    changed = whole.replace(make_axml(manifest())[:40], make_axml(manifest())[:39] + b"!")
    found, problems = signers(changed)
    assert [(s.verification, s.note) for s in found] == [("wrong", "the content is not what was signed")]
    assert problems == ["the v2 signature is wrong: the content is not what was signed"]


def test_a_signature_of_other_data_is_wrong() -> None:
    # A byte of the signed data's attributes: the digests stay, the signature no longer fits.
    whole = bytearray(block((V2, "maker", ()), attribute=(0x12345678, b"note")))
    whole[whole.index(b"note")] ^= 1
    assert [(s.verification, s.note) for s in signers(bytes(whole))[0]] == [
        ("wrong", "the signature does not belong to the signed data")
    ]


def test_pieces_of_a_megabyte() -> None:
    members = [Put("big", bytes(range(256)) * 10_000)]
    assert [s.verification for s in signers(block((V2, "maker", ()), members=members))[0]] == ["verified"]


def test_v3_tells_api_levels_and_lineage() -> None:
    found, problems = signers(block((V2, "old", ()), (V3, "new", ("old", "new"))))
    assert [(s.scheme, s.verification, s.certificate.sha256) for s in found] == [
        ("v2", "verified", digest("old")),
        ("v3", "verified", digest("new")),
    ]
    assert [c.sha256 for c in found[1].lineage] == [digest("old"), digest("new")]
    assert (found[1].min_sdk, found[1].max_sdk) == (28, 0x7FFFFFFF)
    assert problems == []


def test_schemes_that_disagree() -> None:
    _, problems = signers(block((V2, "one", ()), (V3, "other", ())))
    assert problems == ["v2 and v3 are signed with different certificates, and no lineage joins them"]
    _, stripped = signers(block((V2, "maker", ()), attribute=(0xBEEFF00D, struct.pack("<I", 3))))
    assert stripped == ["the v2 signature says that the package was signed with v3 as well, and there is no such signature"]
    _, whole = signers(block((V2, "maker", ()), (V3, "maker", ()), attribute=(0xBEEFF00D, struct.pack("<I", 3))))
    assert whole == []


def v1(name: str, claim: str = "", stem: str = "CERT") -> list[Put]:
    written = jar_manifest(CONTENT)
    file = signature_file(written, claim=claim)
    return [
        Put("META-INF/MANIFEST.MF", written),
        Put(f"META-INF/{stem}.SF", file),
        Put(f"META-INF/{stem}.RSA", pkcs7(name, file)),
    ]


def test_v1_gives_the_signers_certificate() -> None:
    found, problems = signers(make_zip([*CONTENT, *v1("maker")]))
    assert [(s.scheme, s.verification, s.certificate.sha256) for s in found] == [("v1", "verified", digest("maker"))]
    assert problems == []


def test_v1_that_says_more_than_there_is() -> None:
    _, problems = signers(make_zip([*CONTENT, *v1("maker", "X-Android-APK-Signed: 2, 3\r\n")]))
    assert [re.sub(r"\D", "", p)[:1] for p in problems] == ["2", "3"]
    assert all("no such signature" in p for p in problems)


def test_v1_and_v2_of_different_signers() -> None:
    members = [*CONTENT, *v1("thief")]
    _, problems = signers(block((V2, "maker", ()), members=members))
    assert problems == ["v1 and v2 are signed with different certificates; an Android before 7 sees another signer"]


def test_a_block_without_its_signature_file_or_certificate() -> None:
    assert signers(make_zip([Put("META-INF/CERT.RSA", pkcs7("maker"))])) == ((), [])
    found, problems = signers(make_zip([Put("META-INF/C.SF"), Put("META-INF/C.RSA", pkcs7("maker", held=False))]))
    assert found == ()
    assert problems == ["the signature block 'META-INF/C.RSA' cannot be read: a signer's certificate is not in the block"]


def test_v4() -> None:
    certificate = certificate_and_key("maker")[0]
    signing = prefixed(
        prefixed(b"digest"), prefixed(certificate), prefixed(), prefixed(b"key"), struct.pack("<I", 0x201), prefixed()
    )
    data = struct.pack("<I", 2) + prefixed(b"hashing") + signing
    found = read_v4_signer(data)
    assert found is not None
    assert (found.scheme, found.verification, found.certificate.sha256) == ("v4", "not verified", digest("maker"))
    assert read_v4_signer(data[:40]) is None
    assert read_v4_signer(b"\1" + data[1:]) is None


def test_a_certificate_that_cannot_be_parsed_still_has_its_digest() -> None:
    found = read_certificate(b"not a certificate")
    assert (found.sha256, found.subject) == (hashlib.sha256(b"not a certificate").hexdigest(), None)


SEED = block((V2, "old", ()), (V3, "new", ("old", "new")), members=[Put("a", b"x")])
INSIDE = (SEED.index(b"x") + 1, SEED.index(b"APK Sig Block 42"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(*INSIDE), st.integers(0, 255)), min_size=1, max_size=4))
def test_flipped_blocks_are_never_verified_by_luck(flips: list[tuple[int, int]]) -> None:
    data = bytearray(SEED)
    for place, value in flips:
        data[place] = value
    found, problems = signers(bytes(data))
    if bytes(data) == SEED:
        assert [s.verification for s in found] == ["verified"] * 2
    assert all(s.certificate.sha256 in (digest("old"), digest("new")) for s in found if s.verification == "verified")
    assert len(problems) < 20


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_block_or_an_error(data: bytes) -> None:
    with suppress(DerError):
        assert all(isinstance(one.certificate, bytes) for one in signers_of(data))
    assert read_v4_signer(struct.pack("<I", 2) + data) is None or len(data) >= 12


TOOLS = ("apksigner", "zipalign", "keytool")


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason="needs Debian's apksigner, zipalign and a JDK's keytool")
@pytest.mark.parametrize("schemes", ["1", "12", "123", "23", "3"])
def test_what_apksigner_signs_reads_as_apksigner_prints_it(tmp_path: Path, schemes: str) -> None:
    plain, aligned, signed, store = (tmp_path / n for n in ("plain.apk", "aligned.apk", "signed.apk", "store.p12"))
    plain.write_bytes(make_zip([Put("AndroidManifest.xml", make_axml(manifest())), Put("assets/a", b"x" * 3000, deflate=True)]))

    def run(*words: str | Path) -> str:
        return subprocess.run([str(w) for w in words], check=True, capture_output=True, text=True).stdout

    key = ["-keystore", str(store), "-storepass", "android", "-alias", "a"]
    run("keytool", "-genkeypair", *key, "-keyalg", "RSA", "-keysize", "2048", "-dname", "CN=maker", "-validity", "9999")
    run("zipalign", "-f", "4", plain, aligned)
    which = [w for n in "123" for w in (f"--v{n}-signing-enabled", str(n in schemes).lower())]
    least = "18" if "1" in schemes else "28"
    run(
        "apksigner",
        "sign",
        "--ks",
        store,
        "--ks-pass",
        "pass:android",
        "--min-sdk-version",
        least,
        *which,
        "--out",
        signed,
        aligned,
    )
    printed = run("apksigner", "verify", "--print-certs", "--min-sdk-version", least, signed)
    expected = re.findall(r"certificate SHA-256 digest: ([0-9a-f]{64})", printed)
    found, problems = signers(signed.read_bytes())
    assert {s.certificate.sha256 for s in found} == set(expected)
    assert [(s.scheme, s.verification) for s in found] == [(f"v{n}", "verified") for n in schemes]
    assert [s.certificate.subject for s in found] == ["CN=maker"] * len(schemes)
    assert problems == []
