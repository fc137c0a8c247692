"""Chromium and npm packages for the tests that need them; each skips with its reason elsewhere."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ASSETS = Path(__file__).parents[2] / "tools" / "report_assets"


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The locked packages of `tools/report_assets`, installed once."""
    folder = ASSETS / "node_modules"
    npm = shutil.which("npm")
    # One worker installs, the others wait for it.
    with (ASSETS / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "axe-core" / "axe.min.js").is_file():
            if npm is None:
                pytest.skip("npm is not installed")
            done = subprocess.run(
                [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=ASSETS, capture_output=True, check=False
            )
            if done.returncode:
                pytest.skip("npm could not install the packages of tools/report_assets")
    return folder


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
