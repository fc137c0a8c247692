"""Against readers that nobody here wrote: protobuf (bbpb), property lists, mail, MessagePack, CBOR, zip."""

from __future__ import annotations

import email.message
import email.policy
import io
import plistlib
import zipfile
from typing import Any

import blackboxprotobuf
import cbor2
import msgpack
from hypothesis import given, settings
from hypothesis import strategies as st

from payloads.making import opened
from vuoto.payloads.wire import fields

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=20)
SCALARS = TEXT | st.integers(0, 2**63 - 1)
TREES = st.recursive(
    SCALARS, lambda x: st.lists(x, min_size=1, max_size=4) | st.dictionaries(TEXT, x, min_size=1, max_size=4), max_leaves=12
)


def texts(tree: Any) -> set[str]:
    if isinstance(tree, dict):
        return set().union(*(texts(v) for v in tree.values()))
    if isinstance(tree, list):
        return set().union(*(texts(v) for v in tree))
    return {tree if isinstance(tree, str) else str(tree)}


MESSAGES = st.dictionaries(
    st.integers(1, 15).map(str),
    st.text("abcdefghij XYZ0123456789", min_size=4, max_size=24) | st.integers(0, 2**31),
    min_size=1,
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(MESSAGES, MESSAGES)
def test_protobuf_reads_what_bbpb_wrote(outer: dict[str, Any], inner: dict[str, Any]) -> None:
    def typedef(message: dict[str, Any]) -> dict[Any, Any]:
        return {k: {"type": "string" if isinstance(v, str) else "int"} for k, v in message.items()}

    types: dict[Any, Any] = {**typedef(outer), "16": {"type": "message", "message_typedef": typedef(inner)}}
    whole: dict[Any, Any] = dict(outer) | {"16": inner}
    data = bytes(blackboxprotobuf.encode_message(whole, types))
    assert fields(data, 0, len(data)) is not None
    decoded, _ = blackboxprotobuf.decode_message(data, types)
    result = opened(data, hint="application/x-protobuf")
    values = {part.value for part in result.parts}
    assert texts({k: v for k, v in decoded.items() if k != "16"}) <= values
    nested = {part.value for part in result.parts if part.pointer.startswith("16.")} | {
        p.value for p in result.parts if p.pointer == "16"
    }
    assert texts(decoded["16"]) <= nested or any(all(t in value for t in texts(inner) if not t.isdigit()) for value in nested)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(TEXT, TREES, min_size=1, max_size=4), st.sampled_from([plistlib.FMT_XML, plistlib.FMT_BINARY]))
def test_plist_reads_what_plistlib_wrote(tree: dict[str, Any], fmt: plistlib.PlistFormat) -> None:
    data = plistlib.dumps(tree, fmt=fmt)
    values = {part.value for part in opened(data).parts}
    assert {t.strip() for t in texts(tree)} - {""} <= {v.strip() for v in values}


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(TEXT, TREES, min_size=1, max_size=4))
def test_msgpack_and_cbor_read_what_their_libraries_wrote(tree: dict[str, Any]) -> None:
    wanted = texts(tree)
    for data, hint in ((msgpack.packb(tree), "application/msgpack"), (cbor2.dumps(tree), "application/cbor")):
        values = {part.value for part in opened(data, hint=hint).parts}
        assert wanted <= values


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.text("abcdefgh", min_size=1, max_size=8), st.text("abc123 :-", min_size=1, max_size=30)),
        min_size=1,
        max_size=5,
    )
)
def test_multipart_reads_what_the_mail_parser_reads(rows: list[tuple[str, str]]) -> None:
    body = (
        b"".join(f'--bnd\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in rows) + b"--bnd--\r\n"
    )
    parsed = email.message_from_bytes(b"Content-Type: multipart/form-data; boundary=bnd\r\n\r\n" + body, policy=email.policy.HTTP)
    wanted = []
    for part in parsed.iter_parts():
        assert isinstance(part, email.message.EmailMessage)
        wanted.append((part.get_param("name", header="content-disposition"), part.get_content()))
    given_rows = [(p.name, p.value) for p in opened(body).parts if p.syntax == "multipart"]
    assert given_rows == wanted


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.text("abc/", min_size=1, max_size=8), st.binary(min_size=1, max_size=300), st.sampled_from([0, 8])),
        min_size=1,
        max_size=4,
    )
)
def test_zip_reads_what_zipfile_wrote(members: list[tuple[str, bytes, int]]) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for n, (name, data, method) in enumerate(members):
            archive.writestr(zipfile.ZipInfo(f"{n}{name}"), data, method)
    result = opened(buffer.getvalue())
    inside = [layer.data for layer in result.layers if layer.parent is result.layers[0]]
    assert inside == [data for _, data, _ in members]
