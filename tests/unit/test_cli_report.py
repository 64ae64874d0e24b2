from collections import Counter
from html.parser import HTMLParser
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.application.records import DayCount
from bot.cli.report import ACTIONS, summed
from bot.cli.report_page import page
from bot.domain.decisions import Action, Reason

counts = st.lists(
    st.builds(
        DayCount,
        day=st.sampled_from(["2026-01-01", "2026-01-02"]),
        platform=st.sampled_from(["http", "terminal"]),
        origin=st.sampled_from(["live", "replay"]),
        action=st.sampled_from([each.value for each in Action]),
        reason=st.sampled_from([each.value for each in Reason]),
        count=st.integers(1, 10**6),
    )
)


def test_every_action_has_a_column() -> None:
    assert ACTIONS.keys() == {each.value for each in Action}


@given(counts)
def test_everything_adds_up(days: list[DayCount]) -> None:
    report = summed(days, {"sent": 3})

    assert report["decisions"] == sum(each.count for each in days)
    assert report["decisions"] == sum(report["actions"].values())
    assert report["decisions"] == sum(report["reasons"].values())
    by_reason: Counter[str] = Counter()
    for each in report["days"]:
        by_reason[each["reason"]] += each["count"]
    assert report["reasons"] == dict(by_reason)
    assert report["replies"] == {"sent": 3}


class Seen(HTMLParser):
    """What a browser would find."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def drawn(days: list[DayCount]) -> Seen:
    return Seen(page(summed(days, {"sent": 3}), actions=ACTIONS, title="<b>T</b>", period="always"))


def counted(**changes: Any) -> DayCount:
    usual = {
        "day": "2026-01-01",
        "platform": "http",
        "origin": "live",
        "action": "reply",
        "reason": "support",
    }
    return DayCount(**{**usual, "count": 1, **changes})


def test_the_page_holds_the_sums_and_a_bar_for_each_day_and_reason() -> None:
    days = [
        counted(count=1500),
        counted(platform="try-it", action="silence", reason="too_short"),
        counted(day="2026-01-02", action="silence", reason="too_short", count=499),
    ]

    seen = drawn(days)

    assert seen.tags["td"] > 0
    assert {"2,000", "1,500", "500", "75.0%", "25.0%", "2026-01-02", "too_short"} <= set(seen.texts)
    assert seen.tags["svg"] == 2 + 2 + len(ACTIONS), "days, reasons and the colours' key"


def test_the_page_asks_nobody_else_and_takes_no_word_for_markup() -> None:
    seen = drawn([counted(platform='<script src="//example.invalid">', reason="<img src=x>")])

    assert seen.tags["b"] == seen.tags["script"] == seen.tags["img"] == seen.tags["link"] == 0
    assert seen.attributes.isdisjoint({"src", "href", "style", "onload"})
    assert "<b>T</b>" in seen.texts


@given(counts)
def test_every_report_can_be_drawn(days: list[DayCount]) -> None:
    assert drawn(days).tags["body"] == 1
