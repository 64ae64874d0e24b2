"""How hypothesis searches: the same examples every time, or more with `HYPOTHESIS_PROFILE=torture`.

And no test may log what anybody wrote, or a secret: see `quoting`.
"""

import logging
import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings
from quoting import LISTENER, quotes_in_files

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile(
    "torture",
    max_examples=5_000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Reports travel between processes as UTF-8; hostile texts that a test logs need not be any.

    A test in which somebody was quoted in a log has failed, unless quoting is what it is about.
    """
    report = yield
    report.sections = [
        (title, text.encode("utf-8", "backslashreplace").decode()) for title, text in report.sections
    ]
    quotes = LISTENER.taken()
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if report.when == "teardown" and folder is not None:
        quotes += quotes_in_files(folder)
    if quotes and report.passed and item.get_closest_marker("quotes") is None:
        report.outcome = "failed"
        told = "\n".join(ascii(quote)[:400] for quote in quotes[:5])
        report.longrepr = f"{len(quotes)} log lines quote somebody:\n{told}"
    return report


def pytest_configure() -> None:
    """From now on every log line is read."""
    logging.getLogger().addHandler(LISTENER)
