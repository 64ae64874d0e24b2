"""What `solace doctor` looks at on Telegram's side. Asks two questions there and changes nothing."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from bot.adapters.telegram.skew import TOLERATED
from bot.application.chats import Chat
from bot.application.doctor import Check, failed, passed, warned
from bot.domain.channels import ChannelSettings, Mode

NAME: Final = "telegram"
MOST_FAILED: Final = 1000
"""How many skipped updates are counted at most."""
_PATIENCE: Final = 5.0
_UNAUTHORISED: Final = (401, 404)


class _Unanswered(Exception):
    """Telegram gave no usable answer; the message is fit to be shown."""


def examine(token: str, api_url: str, *, webhook_url: str | None, now: datetime) -> list[Check]:
    """Whether the bot can work there: token, privacy mode, webhook, clock.

    Args:
        token: never shown, not even in part.
        api_url: the server, without the token.
        webhook_url: where updates should be pushed to; None = the bot polls.
        now: this machine's time.
    """
    try:
        me, date = _ask(api_url, token, "getMe")
        hook, _ = _ask(api_url, token, "getWebhookInfo")
    except _Unanswered as error:
        return [
            failed(NAME, str(error), "check SOLACE_TELEGRAM__TOKEN, SOLACE_TELEGRAM__API_URL and the network")
        ]
    return [_token(me), _privacy(me), _webhook(hook, webhook_url), _clock(date, now)]


def chats(known: Sequence[tuple[Chat, ChannelSettings]], *, failed_today: int) -> list[Check]:
    """What is stored about the chats: where nothing can be said, and where whispers are taken.

    Args:
        known: each group with its settings.
        failed_today: updates that were skipped within a day.
    """
    groups = [(chat, settings) for chat, settings in known if not chat.private]
    modes = {mode: sum(settings.mode is mode for _, settings in groups) for mode in Mode}
    taken = sum(chat.whispers is True for chat, _ in groups)
    refused = sum(chat.whispers is False for chat, _ in groups)
    counts = ", ".join(f"{count} {mode}" for mode, count in modes.items())
    found = [
        passed(f"{NAME} chats", f"{len(groups)} groups: {counts}"),
        passed(f"{NAME} whispers", f"taken in {taken}, refused in {refused}, not tried in the others"),
    ]
    silenced = sum(chat.silenced is not None for chat, _ in groups)
    if silenced:
        advice = "let an admin of the group add the bot again, or give it the right to write"
        found.append(warned(f"{NAME} chats", f"nothing can be said in {silenced} of them", advice))
    if failed_today:
        advice = "look for `update_skipped` in the log; the updates beside them were handled"
        found.append(warned(f"{NAME} updates", f"{failed_today} could not be read within a day", advice))
    return found


def _ask(api_url: str, token: str, method: str) -> tuple[Mapping[str, Any], str | None]:
    """The result of one call, and the date that the server put on it.

    Raises:
        _Unanswered: says why; never with the address, which holds the token.
    """
    request = Request(f"{api_url.rstrip('/')}/bot{token}/{method}")  # noqa: S310 - settings let only http(s) in
    try:
        with urlopen(request, timeout=_PATIENCE) as response:  # noqa: S310
            return json.loads(response.read())["result"], response.headers.get("Date")
    except HTTPError as error:
        with error:
            known = "does not know this token" if error.code in _UNAUTHORISED else f"answered {error.code}"
        raise _Unanswered(f"the server {known}") from None
    except (URLError, OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        words = reason.strerror if isinstance(reason, OSError) else None
        raise _Unanswered(
            f"the server cannot be reached ({(words or type(reason).__name__).lower()})"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise _Unanswered("the server gave an answer that is none of the Bot API") from None


def _token(me: Mapping[str, Any]) -> Check:
    name = f"@{me.get('username')}"
    if me.get("can_join_groups") is False:
        advice = "ask @BotFather: /setjoingroups, choose the bot, Enable"
        return warned(NAME, f"{name}, and nobody can add it to a group", advice)
    return passed(NAME, name)


def _privacy(me: Mapping[str, Any]) -> Check:
    if me.get("can_read_all_group_messages"):
        return passed(f"{NAME} privacy mode", "off: it reads what is written in its groups")
    return warned(
        f"{NAME} privacy mode",
        "on: it sees only commands and answers to itself, but where it is administrator",
        "ask @BotFather: /setprivacy, choose the bot, Disable; then add it to each group anew",
    )


def _webhook(info: Mapping[str, Any], wanted: str | None) -> Check:
    name, there = f"{NAME} updates", info.get("url") or None
    if wanted is None and there is None:
        return passed(name, "fetched by polling")
    if wanted is None:
        advice = "nothing to do if `solace run` is about to start: it takes the webhook away"
        return warned(name, "a webhook is set, so polling gets none", advice)
    if there is None or not str(there).startswith(wanted.rstrip("/")):
        return warned(name, "the webhook is not set", "start `solace run`: it sets the webhook")
    if info.get("last_error_message"):
        waiting = info.get("pending_update_count", 0)
        advice = (
            "see that SOLACE_TELEGRAM__WEBHOOK_URL can be reached from the internet with a valid certificate"
        )
        return warned(name, f"pushed to the webhook, the last one failed; {waiting} are waiting", advice)
    return passed(name, "pushed to the webhook")


def _clock(date: str | None, now: datetime) -> Check:
    name = f"{NAME} clock"
    try:
        skew = now - parsedate_to_datetime(date or "")
    except (TypeError, ValueError):
        return passed(name, "the server does not say its time")
    seconds = abs(skew.total_seconds())
    if seconds <= TOLERATED.total_seconds():
        return passed(name, f"within {TOLERATED.seconds} s of the server's")
    side = "ahead of" if skew > timedelta() else "behind"
    return warned(name, f"{seconds:.0f} s {side} the server's", "let this machine follow a time server")
