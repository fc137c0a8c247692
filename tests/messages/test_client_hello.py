from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.hellos import alpn, client_hello, server_hello, server_name, supported_versions
from vuoto.messages.client_hello import Hello, grease, ja4, offered, parse_client_hello, parse_server_hello

# The example of FoxIO's technical details of JA4: a Chrome that offers h2 (GREASE values added here, which do not count).
_CIPHERS = (
    0x1301,
    0x1302,
    0x1303,
    0xC02B,
    0xC02F,
    0xC02C,
    0xC030,
    0xCCA9,
    0xCCA8,
    0xC013,
    0xC014,
    0x009C,
    0x009D,
    0x002F,
    0x0035,
)
_EXTENSIONS = (0x1B, 0x33, 0x4469, 0x17, 0x2D, 0x0D, 0x05, 0x23, 0x12, 0x2B, 0xFF01, 0x0B, 0x0A, 0x15)
_SIGNATURES = "0403080404010503080505010806 0601"


def _chrome(name: bool = True, protocol: bytes | None = b"h2") -> bytes:
    special = {
        0x0D: bytes.fromhex("0010" + _SIGNATURES.replace(" ", "")),
        0x2B: supported_versions(0x3A3A, 0x0304, 0x0303)[1],
    }
    extensions = [(0x8A8A, b"")]
    extensions += [server_name(b"example.org")] if name else []
    extensions += [alpn(protocol, b"http/1.1")] if protocol is not None else []
    extensions += [(kind, special.get(kind, b"")) for kind in _EXTENSIONS]
    return client_hello(*extensions, ciphers=(0x2A2A, *_CIPHERS))


def _parsed(body: bytes) -> Hello:
    hello = parse_client_hello(body)
    assert hello is not None
    return hello


def test_the_published_example_of_ja4() -> None:
    assert ja4(_parsed(_chrome()), "t") == "t13d1516h2_8daaf6152771_e5627efa2ab1"


@pytest.mark.parametrize(
    ("protocol", "letters"),
    [(b"http/1.1", "h1"), (None, "00"), (b"h", "hh"), (b"\xab", "ab"), (b"0\xab", "3b"), (b"\x30\x31\xab\xcd", "3d")],
)
def test_the_letters_of_the_first_alpn(protocol: bytes | None, letters: str) -> None:
    assert ja4(_parsed(_chrome(protocol=protocol)), "t").split("_")[0][-2:] == letters


def test_no_server_name_is_the_letter_i() -> None:
    assert ja4(_parsed(_chrome(name=False)), "q").startswith("q13i1515h2_8daaf6152771_e5627efa2ab1")


def test_nothing_offered_is_twelve_zeros() -> None:
    assert ja4(_parsed(client_hello(ciphers=())[:-2]), "t") == "t12i000000_000000000000_000000000000"


def test_without_signature_algorithms_no_underscore_is_hashed() -> None:
    one = ja4(_parsed(client_hello((5, b""), ciphers=(0x2F,), version=0x0301)), "t")
    assert one.startswith("t10i010100_")
    assert one != ja4(_parsed(client_hello((6, b""), ciphers=(0x2F,), version=0x0301)), "t")


def test_grease_is_sixteen_values() -> None:
    assert [f"{v:04x}" for v in range(0x10000) if grease(v)] == [f"{n:x}a{n:x}a" for n in range(16)]


def test_dtls_versions_count_downwards() -> None:
    assert offered(_parsed(client_hello(supported_versions(0xFEFC, 0xFEFD), version=0xFEFD))) == 0xFEFC


@pytest.mark.parametrize(
    ("hello", "version"),
    [
        (server_hello(), 0x0303),
        (server_hello(version=0x0301), 0x0301),
        (server_hello((43, b"\x03\x04")), 0x0304),
        (server_hello((43, b"\x03\x04"), session=bytes(range(32))), 0x0304),
        (server_hello((43, b"\x7f\x1c")), 0x0304),
        (server_hello((43, b"\xfb\x1a")), 0x0304),
        (server_hello(version=0x0300), 0x0300),
    ],
)
def test_the_server_chooses(hello: bytes, version: int) -> None:
    answer = parse_server_hello(hello)
    assert answer is not None
    assert answer.version == version


def test_a_hello_cut_anywhere_says_what_is_there() -> None:
    whole = _parsed(_chrome())
    body = _chrome()
    for cut in range(len(body)):
        hello = parse_client_hello(body[:cut])
        if hello is not None:
            assert not hello.complete or hello.extensions == []  # cut where a hello without extensions ends
            assert whole.ciphers[: len(hello.ciphers)] == hello.ciphers
            assert whole.extensions[: len(hello.extensions)] == hello.extensions


@given(st.binary(max_size=400), st.booleans())
def test_any_bytes(body: bytes, dtls: bool) -> None:
    hello = parse_client_hello(body, dtls=dtls)
    assert hello is None or len(ja4(hello, "t").split("_")) == 3
    parse_server_hello(body)


@given(st.integers(0, 200), st.integers(0, 255))
def test_one_byte_changed(at: int, value: int) -> None:
    body = bytearray(_chrome())
    body[at % len(body)] = value
    hello = parse_client_hello(bytes(body))
    assert hello is None or len(ja4(hello, "t").split("_")) == 3
