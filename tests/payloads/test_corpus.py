"""Bodies of real app traffic, where the corpus is there."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from payloads.making import opened
from vuoto.payloads import locate

CORPUS = Path(os.environ.get("VUOTO_CORPUS", Path(__file__).parents[3] / "shared/corpus"))
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of public captures (VUOTO_CORPUS)"),
]


def posts() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(CORPUS.glob("*/*.har")):
        try:
            entries = json.loads(path.read_bytes().decode("utf-8-sig"))["log"]["entries"]
        except (ValueError, KeyError):
            continue
        for number, entry in enumerate(entries):
            post = entry.get("request", {}).get("postData")
            if post and post.get("text"):
                yield f"{path.name} {number}", post


def test_all_bodies_of_the_har_corpus_open() -> None:
    """Each body of any length gives values, other than the body itself, with places in it; nothing is a problem."""
    seen = 0
    unread: list[str] = []
    for where, post in posts():
        text = post["text"]
        data = base64.b64decode(text) if post.get("encoding") == "base64" else text.encode("utf-8", "surrogateescape")
        result = opened(data, hint=post.get("mimeType", "").lower())
        seen += 1
        for part in result.parts:
            offset, length = locate(part)
            assert 0 <= offset <= offset + length <= len(part.layer.data)
        if len(data) > 32 and not any(part.pointer or part.layer.form for part in result.parts):
            unread.append(where)
    assert seen >= 10
    assert not unread
