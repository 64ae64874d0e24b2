"""The search of all test logs finds what it is for."""

import logging
from pathlib import Path

import pytest
from fakes import ListTelemetry
from quoting import LISTENER, quoted_in, quotes_in_files

pytestmark = pytest.mark.quotes

PLANTED = [
    "sad sad sad sad",
    "zq7x",
    "Bearer something",
    "shop-secret-0123456789",
    "123456:AAAAAAAAAAAAAAAAAAAA",
    "0123456789abcdef" * 2,
]


@pytest.mark.parametrize("words", PLANTED)
def test_what_is_planted_is_found_wherever_it_is_logged(words: str, tmp_path: Path) -> None:
    LISTENER.taken()
    ListTelemetry().noticed("update_skipped", kind=f"a {words} b")
    logging.getLogger("solace").warning(words)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "errors.log").write_text(f"one line\nanother {words}\n")
    assert len(LISTENER.taken()) >= 1 + (":" not in words)
    assert list(quotes_in_files(tmp_path)) == [f"errors.log: another {words}"]


def test_what_our_formatter_hides_is_no_quote() -> None:
    LISTENER.taken()
    broken = ValueError("sad sad sad")
    logging.getLogger("elsewhere").error("it broke: %s", "sad sad sad", exc_info=broken)
    ListTelemetry().noticed("store_failed", error=ValueError("sad sad"))
    assert LISTENER.taken() == []
    assert quoted_in("judged ref=telegram/-1001/7 reason=support score=0.91") is None
