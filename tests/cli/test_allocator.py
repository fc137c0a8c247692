"""What the C library is told, and that another one is no trouble."""

from __future__ import annotations

import ctypes
from types import SimpleNamespace

import pytest

from vuoto.cli._allocator import LARGE, LARGEST_OLD, keep_freed

TRIM, MMAP = -1, -3


@pytest.mark.parametrize(
    ("most", "told"),
    [
        pytest.param(LARGE, [(MMAP, LARGE), (TRIM, LARGE)], id="takes any size"),
        pytest.param(LARGEST_OLD, [(MMAP, LARGE), (MMAP, LARGEST_OLD), (TRIM, LARGE)], id="an older one"),
    ],
)
def test_both_thresholds_are_set(monkeypatch: pytest.MonkeyPatch, most: int, told: list[tuple[int, int]]) -> None:
    heard: list[tuple[int, int]] = []

    def mallopt(what: int, value: int) -> int:
        heard.append((what, value))
        return int(what == TRIM or value <= most)

    monkeypatch.setattr(ctypes, "CDLL", lambda _name: SimpleNamespace(mallopt=mallopt))
    keep_freed()
    assert heard == told


def test_a_library_without_it_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def another(name: object) -> SimpleNamespace:
        asked.append(name)
        return SimpleNamespace()

    monkeypatch.setattr(ctypes, "CDLL", another)
    keep_freed()
    assert asked == [None]
