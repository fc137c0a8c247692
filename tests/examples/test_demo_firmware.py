"""`make demo-firmware`, as a stranger runs it: each step ends as it should, and names what it is to show."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import demo_firmware

ROOT = Path(__file__).parents[2]
CLIENT = "com.example.carrier.activation"


@cache
def parts() -> list[str]:
    """What each step printed, with single spaces."""
    script = ROOT / "tools" / "demo_firmware.py"
    environment = os.environ | {"COLUMNS": "100", "NO_COLOR": "1"}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    printed = done.stdout
    found = []
    for number, step in reversed(list(enumerate(demo_firmware.STEPS, 1))):
        printed, _, part = printed.partition(f"\n{number}. {step.title}\n")
        found.append(" ".join(part.split()))
    return found[::-1]


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (1, ("global.vfx: 15 packages", "china.vfx: 16 packages", "batch-2019-02.vfx: 16 packages")),
        (2, ("zzhc.vnet.cn", f"package {CLIENT} 3.0", f"class {CLIENT}.", "Static presence is no proof of use")),
        (3, ("activation-3.0", "RegistrationTask.java", "Registration.java")),
        (4, ("2 of 3 builds", "the same bytes")),
        (5, (CLIENT, "is new", "persist.vendor.radio.ps.registration.enabled is true, before false", "2.17 (217) → 2.22 (222)")),
        (6, ("Refused", "forbidden-package", "undeclared-host", "clear-text-path", "boot-trigger", "Exit code 1")),
    ],
)
def test_step_shows(step: int, told: tuple[str, ...]) -> None:
    for text in told:
        assert text in parts()[step - 1]


def test_mail_app_is_not_taken_for_the_client() -> None:
    assert "MailActivity" not in parts()[2]


def test_innocent_apps_are_not_named() -> None:
    for step in (2, 5, 6):
        for name in ("com.example.dialer", "com.example.clock", "com.example.tethering", "com.example.store"):
            assert name not in parts()[step - 1]
