"""What no single test can see: that the files of tests hold tests, and the folders of cases are read by one."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent


def test_every_file_of_tests_holds_one() -> None:
    assert not [path for path in HERE.rglob("test_*.py") if not re.search(r"^def test_", path.read_text("utf-8"), re.MULTILINE)]


def test_every_folder_of_cases_is_read_by_a_test_beside_it() -> None:
    folders = {path.parent for path in HERE.rglob("cases") if path.is_dir()}
    assert len(folders) > 8
    read = {path.parent for path in HERE.rglob("test_*.py") if '"cases"' in path.read_text("utf-8")}
    assert not folders - read
