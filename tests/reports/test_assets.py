"""The vendored script is what its sources say, and its licences stand beside it."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

ASSETS = files("vuoto.reports.renderers") / "assets"
TOOL = Path(__file__).parents[2] / "tools" / "report_assets"


def test_the_script_is_not_stale(node_modules: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    done = subprocess.run([node, "build.mjs", "--check"], cwd=TOOL, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), f"in {node_modules}"


def test_every_bundled_package_has_its_licence_beside_it() -> None:
    licences = (ASSETS / "report.js.LICENSES.txt").read_text("utf-8")
    wanted = json.loads((TOOL / "package.json").read_text("utf-8"))["dependencies"]
    for name, version in wanted.items():
        assert f"{name} {version} (" in licences
    assert "(MIT)" not in licences.replace("(ISC)", "")
    assert licences.count("Copyright") >= len(wanted)


def test_versions_are_pinned_and_locked_with_hashes() -> None:
    about = json.loads((TOOL / "package.json").read_text("utf-8"))
    lock = json.loads((TOOL / "package-lock.json").read_text("utf-8"))["packages"]
    for name, version in {**about["dependencies"], **about["devDependencies"]}.items():
        assert version[0].isdigit()
        assert lock[f"node_modules/{name}"]["version"] == version
    assert all("integrity" in entry for path, entry in lock.items() if path)


def test_the_script_is_small_and_evaluates_nothing() -> None:
    script = (ASSETS / "report.js").read_text("utf-8")
    assert len(script) < 100_000
    assert "eval(" not in script
    assert "Function(" not in script.replace("isFunction(", "")
