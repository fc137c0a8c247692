"""For all tests: where the public captures are, and a CI that skips nothing."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With VUOTO_SKIP_NOTHING, as CI sets it, a test that was skipped for want of a program or a capture has failed."""
    report = yield
    if report.skipped and os.environ.get("VUOTO_SKIP_NOTHING") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped where nothing may be: {report.longrepr}"
    return report
