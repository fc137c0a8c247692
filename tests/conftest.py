"""For all tests: where the public captures are, and a CI that skips nothing."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With VUOTO_SKIP_NOTHING, as CI sets it, a test that was skipped for want of a program or a capture has failed.

    VUOTO_MAY_SKIP is a part of the one reason that counts all the same: what CI tried to get and could not.
    """
    report = yield
    excused = os.environ.get("VUOTO_MAY_SKIP")
    if report.skipped and os.environ.get("VUOTO_SKIP_NOTHING") and not hasattr(report, "wasxfail"):
        if excused and excused in str(report.longrepr):
            return report
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped where nothing may be: {report.longrepr}"
    return report
