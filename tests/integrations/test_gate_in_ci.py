"""The GitHub Action and the GitLab template: they parse, name what exists, and their shell is run for real on a small build."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import click
import pytest

from firmware.comparing.devices import load, write
from integrations.plain_yaml import parse
from vuoto.cli.firmware.gate import gate_command

ROOT: Final = Path(__file__).resolve().parents[2]
ACTION: Final = ROOT / "integrations" / "github" / "action.yml"
TEMPLATE: Final = ROOT / "integrations" / "gitlab" / "vuoto-gate.yml"
GATE: Final = ROOT / "tests" / "firmware" / "gate"


def action() -> dict[str, Any]:
    found: dict[str, Any] = parse(ACTION.read_text())
    return found


def job() -> dict[str, Any]:
    found: dict[str, Any] = parse(TEMPLATE.read_text())[".vuoto-gate"]
    return found


def scripts() -> dict[str, str]:
    """The shell of each that asks the gate."""
    step = next(step for step in action()["runs"]["steps"] if step.get("id") == "gate")
    return {"github": step["run"], "gitlab": job()["script"][0]}


@pytest.mark.parametrize("which", ["github", "gitlab"])
def test_names_options_that_exist(which: str) -> None:
    known = {name for option in gate_command.params if isinstance(option, click.Option) for name in option.opts}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", scripts()[which]))
    assert {"--declaration", "--variant", "--baseline", "--builds", "--waivers"} <= named <= known
    assert "vuoto firmware gate " in scripts()[which]


def test_action_hands_every_input_on_as_an_environment_variable_and_no_other_way() -> None:
    step = next(step for step in action()["runs"]["steps"] if step.get("id") == "gate")
    given = {re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", text)[1] for text in step["env"].values()}  # type: ignore[index]
    assert given == set(action()["inputs"])
    for one in action()["runs"]["steps"]:
        assert "${{" not in one["run"]
        assert one["shell"] == "bash"
        assert one["run"].startswith("set -euo pipefail\n")
    for name in step["env"]:
        assert f"${name}" in step["run"]
    for output, spec in action()["outputs"].items():
        assert spec["value"] == f"${{{{ steps.gate.outputs.{output} }}}}"
        assert f"{output}=" in step["run"]


def test_action_installs_the_project_that_it_stands_in() -> None:
    install = action()["runs"]["steps"][0]["run"]
    assert 'root="$GITHUB_ACTION_PATH/../.."' in install
    assert 'pip --require-hashes -r "$root/requirements/run.txt"' in install
    assert (ROOT / "requirements" / "run.txt").is_file()
    assert (ACTION.parent / ".." / ".." / "pyproject.toml").resolve() == ROOT / "pyproject.toml"


def test_action_says_what_to_do_where_python_is_too_old(tmp_path: Path) -> None:
    for name in ("python3", "python3.13", "python3.12", "python3.11"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-c", action()["runs"]["steps"][0]["run"]],
        env={
            "PATH": str(tmp_path),
            "RUNNER_TEMP": str(tmp_path),
            "GITHUB_ACTION_PATH": str(ACTION.parent),
            "GITHUB_PATH": "/dev/null",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "actions/setup-python" in done.stdout


def test_template_installs_nothing_by_a_name_that_anybody_may_have(tmp_path: Path) -> None:
    assert job()["variables"]["VUOTO"] == ""
    done = subprocess.run(
        ["sh", "-c", job()["before_script"][0]],
        env={"PATH": os.environ["PATH"], "VUOTO": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "set it to" in done.stderr


def test_template_gives_every_variable_a_value_and_keeps_the_reports() -> None:
    used = set(re.findall(r"\$([A-Z_]+)", scripts()["gitlab"] + "".join(job()["before_script"])))
    assert used == set(job()["variables"])
    assert job()["artifacts"]["reports"]["junit"] == "$OUT/gate.xml"
    assert job()["artifacts"]["when"] == "always"


def run(which: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the shell of `which` as its service would, `vuoto` being this checkout."""
    bin_ = folder / "bin"
    bin_.mkdir(exist_ok=True)
    (bin_ / "vuoto").write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "from vuoto.cli import main; main()" "$@"\n')
    (bin_ / "vuoto").chmod(0o755)
    environment = {"PATH": f"{bin_}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "80", "HOME": str(folder)}
    if which == "github":
        given = {name.upper().replace("-", "_"): spec.get("default", "") for name, spec in action()["inputs"].items()}
        environment |= {"GITHUB_OUTPUT": str(folder / "output"), "GITHUB_STEP_SUMMARY": str(folder / "summary")}
        shell = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c"]
    else:
        given = dict(job()["variables"])
        shell = ["sh", "-c"]
    return subprocess.run(
        [*shell, scripts()[which]],
        cwd=folder,
        env=environment | given | {"DECLARATION": "privacy.toml", "VARIANT": "TA-1046"} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout with a build, a baseline, a declaration and waivers; a name with a blank in it, as people have them."""
    case = GATE / "cases" / "waivers"
    for name in ("build", "baseline"):
        write(load(case / f"{name}.toml"), tmp_path / f"the {name}")
    (tmp_path / "privacy.toml").write_bytes((GATE / "privacy.toml").read_bytes())
    (tmp_path / "waivers.toml").write_bytes((case / "waivers.toml").read_bytes())
    return tmp_path


@pytest.mark.parametrize("which", ["github", "gitlab"])
def test_a_refused_build_fails_the_job_and_leaves_the_reports(which: str, folder: Path) -> None:
    done = run(which, folder, BUILD="the build", BASELINE="the baseline")
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("Refused: ")
    assert ET.parse(folder / "vuoto-gate" / "gate.xml").getroot().attrib["failures"] == "2"
    assert (folder / "vuoto-gate" / "gate.sarif").stat().st_size
    assert b"<h1>Refused as TA-1046</h1>" in (folder / "vuoto-gate" / "gate.html").read_bytes()
    if which == "github":
        reports = "sarif=vuoto-gate/gate.sarif\njunit=vuoto-gate/gate.xml\npage=vuoto-gate/gate.html\n"
        assert (folder / "output").read_text() == f"outcome=refused\n{reports}"
        assert "    Refused: " in (folder / "summary").read_text()


@pytest.mark.parametrize("which", ["github", "gitlab"])
def test_waivers_let_it_pass(which: str, folder: Path) -> None:
    done = run(which, folder, BUILD="the build", BASELINE="the baseline", WAIVERS="waivers.toml", AS_OF="2019-02-01")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Passed: ")


@pytest.mark.parametrize("which", ["github", "gitlab"])
def test_an_input_that_cannot_be_read_is_no_refusal(which: str, folder: Path) -> None:
    done = run(which, folder, BUILD="--help")
    assert done.returncode == 3
    assert "--help: " in done.stderr
    if which == "github":
        assert (folder / "output").read_text() == "outcome=\n"


@pytest.mark.parametrize("which", ["github", "gitlab"])
def test_what_an_input_holds_is_never_run(which: str, folder: Path) -> None:
    done = run(which, folder, BUILD="the build", VARIANT='$(touch ran); touch "ran"', OUT="out`touch ran`")
    assert done.returncode == 2
    assert not (folder / "ran").exists()


def test_the_reader_of_yaml_refuses_what_others_would_read_otherwise() -> None:
    for text in ("a: [1]", "a: b: c", "a: 'x'", "a:\n", "a: b\na: c", "\ta: b", "a: x # y", "a: *b", "- a\nb: c"):
        with pytest.raises(ValueError, match="line"):
            parse(text)
    assert parse("a:\n  - b: c\n    d: |\n      x\n        y\n\n  - e\n") == {"a": [{"b": "c", "d": "x\n  y\n"}, "e"]}
