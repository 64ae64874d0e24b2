import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders import facts

from bot.adapters.telemetry import StructlogTelemetry, configure_logging
from bot.application.ports import Telemetry
from bot.domain.decisions import Action, Outcome, Prediction, Reason
from bot.domain.errors import StoreError
from bot.domain.messages import AuthorHash, IncomingMessage, MessageRef, Origin, Platform
from bot.domain.replies import OutgoingReply, ReplyState, Settlement
from bot.domain.verdicts import Verdict

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
AUTHOR = AuthorHash("feedfacefeedface")
HOSTILE = [
    "zq7x my secret sorrow",
    'zq7x "} {"event": "forged"}',
    "zq7x\nforged line\r\n\x1b[2J\x1b]0;title\x07",
    "zq7x %s %(ref)s {ref} ${ref} \\n",
    "zq7x \x00 \udcff \u2028 \u202e",
    "zq7x " * 10_000,
]


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("solace")
    before = (root.handlers[:], root.level, ours.level, logging.raiseExceptions)
    yield
    root.handlers[:], root_level, our_level, logging.raiseExceptions = before
    root.setLevel(root_level)
    ours.setLevel(our_level)


def verdict(
    text: str, *, origin: Origin = Origin.LIVE, message_id: str = "7", private: bool = False
) -> Verdict:
    message = IncomingMessage(
        ref=MessageRef(
            platform=Platform("try-it"), channel_id=AUTHOR if private else "c1", message_id=message_id
        ),
        private=private,
        author=AUTHOR,
        text=text,
        sent_at=NOW,
        received_at=NOW,
        account="try-it",
        address={"chat": "zq7x-address"},
    )
    prediction = Prediction(
        positive=0.1,
        negative=0.91234,
        neutral=0.1,
        ambiguous=0.1,
        not_positive=0.9,
        distress=0.8,
        emotions={"sadness": 0.8},
        label="negative",
        groups=("negative",),
        thresholds={},
        model="minilm-3",
        preprocessing="1",
    )
    return Verdict(
        message=message,
        ref=message.ref,
        origin=origin,
        arm="model",
        outcome=Outcome(action=Action.REPLY, reason=Reason.SUPPORT),
        facts=None,
        prediction=prediction,
        score=0.8999,
        history=None,
        choice=None,
        reply_text=text,
        read_at=NOW,
        read_under="p",
        policy="p",
        decided_at=NOW + timedelta(milliseconds=30),
        deadline=NOW + timedelta(seconds=10),
        retain_until=None,
        milliseconds=3.14159,
    )


def settlement(text: str) -> Settlement:
    reply = OutgoingReply(
        id=1,
        ref=verdict(text).message.ref,
        text=text,
        private=True,
        address={"chat": text},
        received_at=NOW,
        deadline=NOW,
    )
    return Settlement(reply=reply, state=ReplyState.FAILED, at=NOW, detail="ReplyRejected")


def raised(error: BaseException) -> BaseException:
    try:
        raise error  # noqa: TRY301
    except BaseException as caught:  # noqa: BLE001
        return caught


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    captured = capsys.readouterr()
    assert captured.out == ""
    return [json.loads(line) for line in captured.err.splitlines()]


def test_it_fits_the_port() -> None:
    telemetry: Telemetry = StructlogTelemetry()
    telemetry.waiting(3)


def test_no_line_leads_from_a_crisis_to_whoever_wrote_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", "info")
    telemetry = StructlogTelemetry()
    telemetry.judged(replace(verdict("zq7x"), facts=facts(crisis=True)))
    sent = settlement("zq7x")
    telemetry.settled(replace(sent, reply=replace(sent.reply, card=True, private=False)))
    assert [line["ref"] for line in lines(capsys)] == ["try-it:c1:crisis"] * 2


def test_one_line_a_judged_message(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", "info")
    StructlogTelemetry().judged(verdict("zq7x"))
    [line] = lines(capsys)
    line.pop("timestamp")
    assert line == {
        "event": "judged",
        "ref": "try-it:c1:7",
        "origin": "live",
        "arm": "model",
        "action": "reply",
        "reason": "support",
        "score": 0.9,
        "model": "minilm-3",
        "milliseconds": 3.14,
        "level": "info",
    }


@pytest.mark.parametrize("look", ["json", "console"])
@pytest.mark.parametrize("text", HOSTILE)
def test_nobody_is_quoted(text: str, look: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(look, "debug")
    telemetry = StructlogTelemetry()
    message_of_ours = verdict(text)
    telemetry.judged(message_of_ours)
    telemetry.settled(settlement(text))
    telemetry.noticed("failed", error=ValueError(text), message=message_of_ours.message)
    telemetry.noticed("failed", exc_info=raised(ValueError(text)))
    error = StoreError("the database is locked")
    error.__cause__ = raised(KeyError(text))
    telemetry.noticed("failed", exc_info=raised(error))
    telemetry.noticed("failed", exc_info=raised(ExceptionGroup(text, [ValueError(text)])))
    foreign = logging.getLogger("telegram.ext")
    foreign.critical("Error while parsing updates! Received data was %r", text)
    foreign.error("Exception in callback f(%s)", text)
    foreign.warning("Exception in callback f('" + text + "')")
    foreign.error(ValueError(text))
    foreign.error("Exception in ASGI application\n", exc_info=raised(ValueError(text)))
    foreign.warning("%d %d", text)
    foreign.info("never shown: %s", text)
    shown = capsys.readouterr().err
    assert "zq7x" not in shown
    assert "forged" not in shown
    assert AUTHOR not in shown
    assert "\x1b[2J" not in shown
    assert "ValueError" in shown
    assert "the database is locked" in shown


@pytest.mark.parametrize("look", ["json", "console"])
def test_ids_cannot_write_lines_of_their_own(look: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(look, "info")
    StructlogTelemetry().judged(verdict("", message_id="1\n2026 [info] forged\x1b[2J\u2028"))
    shown = capsys.readouterr().err
    assert len(shown.splitlines()) == 1
    assert "\x1b[2J" not in shown


async def test_an_exception_nobody_waited_for_is_not_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", "info")
    loop = asyncio.get_running_loop()
    loop.call_exception_handler(
        {"message": "Exception in callback work('zq7x')", "exception": raised(ValueError("zq7x"))}
    )
    [line] = lines(capsys)
    assert line["event"] == "Exception in callback work"
    assert "zq7x" not in str(line)


def test_an_error_shows_its_class_and_our_frames_only(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", "info")
    try:
        MessageRef(platform=Platform("p"), channel_id="", message_id="zq7x")
    except ValueError as error:
        StructlogTelemetry().noticed("service_failed", service="intake", exc_info=error)
    [line] = lines(capsys)
    first, *frames = str(line["exception"]).splitlines()
    assert first == "builtins.ValueError"
    assert frames
    assert all(frame.strip().startswith("bot.domain.messages:") for frame in frames)
    assert (line["level"], line["service"]) == ("warning", "intake")


@pytest.mark.parametrize(("level", "expected"), [("debug", 2), ("info", 2), ("warning", 1), ("error", 0)])
def test_the_level_holds(level: str, expected: int, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", level)
    telemetry = StructlogTelemetry()
    telemetry.noticed("texts_erased", texts=3)
    telemetry.noticed("settle_failed", error="StoreError")
    logging.getLogger("httpx").info("HTTP Request: GET https://api.telegram.org/bot123:token")
    assert len(lines(capsys)) == expected


def test_configuring_twice_does_not_double_the_lines(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", "info")
    configure_logging("auto", "info")
    StructlogTelemetry().noticed("texts_erased", texts=3)
    [line] = lines(capsys)
    assert line["texts"] == 3


def test_a_private_chat_s_person_stays_out_of_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", "info")
    telemetry = StructlogTelemetry()
    telemetry.judged(verdict("zq7x", private=True))
    reply = replace(settlement("zq7x").reply, ref=verdict("zq7x", private=True).message.ref)
    telemetry.settled(replace(settlement("zq7x"), reply=reply))
    shown = lines(capsys)
    assert [line["ref"] for line in shown] == ["try-it:private:7"] * 2
    assert AUTHOR not in str(shown)


def test_metrics_count_what_happened() -> None:
    telemetry = StructlogTelemetry(version="1.2.3")
    telemetry.judged(verdict("zq7x"))
    telemetry.judged(verdict("zq7x", origin=Origin.REPLAY))
    telemetry.settled(settlement("zq7x"))
    telemetry.settled(replace(settlement("zq7x"), state=ReplyState.SENT, at=NOW + timedelta(seconds=2)))
    telemetry.waiting(5)
    telemetry.noticed("texts_erased", texts=3)
    shown = telemetry.render_metrics().decode()
    for line in (
        'solace_decisions_total{action="reply",origin="live",platform="try-it",reason="support"} 1.0',
        'solace_decisions_total{action="reply",origin="replay",platform="try-it",reason="support"} 1.0',
        'solace_replies_total{platform="try-it",state="failed"} 1.0',
        "solace_decision_seconds_count 1.0",
        "solace_reply_seconds_sum 2.0",
        'solace_decision_seconds_bucket{le="0.05"} 1.0',
        "solace_classify_seconds_count 2.0",
        "solace_intake_waiting 5.0",
        'solace_notices_total{event="texts_erased"} 1.0',
        'solace_build_info{version="1.2.3"} 1.0',
    ):
        assert line in shown.splitlines()
    assert "zq7x" not in shown


def test_a_measure_is_a_gauge_of_its_own_name_and_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", "debug")
    telemetry = StructlogTelemetry()
    for left in (599.0, 598.0):
        telemetry.measured("reddit_quota_remaining", left)
    telemetry.measured("reddit_quota_used", 2)
    shown = telemetry.render_metrics().decode()
    assert "solace_reddit_quota_remaining 598.0" in shown
    assert "solace_reddit_quota_used 2.0" in shown
    assert capsys.readouterr().err == ""


def test_two_telemetries_share_nothing() -> None:
    one, other = StructlogTelemetry(), StructlogTelemetry()
    one.waiting(5)
    assert b"solace_intake_waiting 0.0" in other.render_metrics()
