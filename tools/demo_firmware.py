#!/usr/bin/env python3
"""`make demo-firmware`: from a capture to the package, the class, the source, the batch, and the gate that refuses it.

Runs the commands that a person would type, and says in a sentence what each shows. Fails where one does not end as it should.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
VUOTO: Final = Path(sys.executable).with_name("vuoto")
OUT: Final = "out/demo-firmware"
WIDTH: Final = 100


@dataclass(frozen=True)
class Step:
    """What is asked, the commands that answer, and how the last one shall end."""

    title: str
    says: str
    commands: tuple[str, ...]
    code: int = 0
    after: str = ""


STEPS: Final = (
    Step(
        "Read three builds of one phone",
        """The build for Europe, the build for China, and the batch that was shipped to Europe in February 2019. Each is opened
        down to its apps, and what their code can collect and send is kept in one file.""",
        (
            """firmware index examples/firmware/global.ota.zip
            -o out/demo-firmware/builds/global.vfx --cache out/demo-firmware/cache""",
            """firmware index examples/firmware/china.ota.zip
            -o out/demo-firmware/builds/china.vfx --cache out/demo-firmware/cache""",
            """firmware index examples/firmware/batch-2019-02.ota.zip
            -o out/demo-firmware/builds/batch-2019-02.vfx --cache out/demo-firmware/cache""",
        ),
    ),
    Step(
        "Who sent this?",
        """A phone of that batch was recorded while it was switched on. The recording says what left it, and for where. Joined
        with the batch's index: which app, and which class in it, can have sent it. The maker's tools renamed most classes.""",
        (
            """audit examples/nokia-7-plus.pcapng --device examples/nokia-7-plus.device.toml
            --declaration examples/nokia-7-plus.declaration.toml --firmware out/demo-firmware/builds/batch-2019-02.vfx
            --out out/demo-firmware/audit""",
        ),
    ),
    Step(
        "Where does that code come from?",
        """Source that somebody published is compared with the app that was found. Texts, calls of the system and constants
        survive renaming. Two versions of the client are asked about, and a mail app that has nothing to do with it.""",
        (
            """firmware provenance examples/firmware/batch-2019-02.ota.zip --package com.example.carrier.activation
            --source examples/firmware/src/activation-3.0 --source examples/firmware/src/activation-2.0
            --source examples/firmware/src/mail --cache out/demo-firmware/sources""",
        ),
    ),
    Step(
        "Which builds carry it?",
        """The build for China has it, where it belongs; and one batch for Europe, byte for byte the same. The build for Europe
        before that one has not.""",
        ("firmware scope --builds out/demo-firmware/builds --package com.example.carrier.activation",),
    ),
    Step(
        "What changed from the build before?",
        "Two apps were updated, and do what they did. One app is new: personal data may go a new way.",
        ("firmware diff out/demo-firmware/builds/global.vfx out/demo-firmware/builds/batch-2019-02.vfx",),
    ),
    Step(
        "What would have stopped it?",
        """The maker's own declaration, asked before the batch ships. It says what may be sent, and what may not be in which
        variant.""",
        (
            """firmware gate out/demo-firmware/builds/batch-2019-02.vfx --declaration examples/firmware/privacy.toml
            --variant TA-1046 --baseline out/demo-firmware/builds/global.vfx --builds out/demo-firmware/builds
            --html out/demo-firmware/refusal.html""",
        ),
        code=1,
        after="Exit code 1: here a build server stops. That is what was to be shown.",
    ),
)


def main() -> int:
    """Run the steps."""
    shutil.rmtree(ROOT / OUT, ignore_errors=True)
    (ROOT / OUT / "builds").mkdir(parents=True)
    begin = time.perf_counter()
    for number, step in enumerate(STEPS, 1):
        title = f"{number}. {step.title}"
        print(f"\n{title}\n{'=' * len(title)}\n{textwrap.fill(' '.join(step.says.split()), WIDTH)}\n", flush=True)
        for command in step.commands:
            if not run(command, step.code):
                return 1
        if step.after:
            print(step.after)
    print(f"\nThe page of the audit: {OUT}/audit/report.html. The refusal, to be sent on: {OUT}/refusal.html.")
    print(f"All of it took {time.perf_counter() - begin:.0f} s.")
    return 0


def run(command: str, code: int) -> bool:
    """Show a command and run it; whether it ended as it should."""
    words = command.split()
    # An option and its value stay on one line: the space between them is one that is not broken at.
    shown = re.sub(r" (-\S+) (?=[^-])", " \\1\xa0", " ".join(["vuoto", *words]))
    lines = textwrap.wrap(shown, WIDTH - 8, break_on_hyphens=False, break_long_words=False)
    print("  $ " + " \\\n      ".join(lines).replace("\xa0", " ") + "\n", flush=True)
    ended = subprocess.run([VUOTO, *words], cwd=ROOT, check=False).returncode
    print(flush=True)
    if ended != code:
        print(f"This ended with exit code {ended}, and should have with {code}.")
    return ended == code


if __name__ == "__main__":
    raise SystemExit(main())
