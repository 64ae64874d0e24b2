"""The chat in the terminal: what is typed goes in as a comment, and comes back as a reply with its reason."""

import sys
from contextlib import aclosing
from datetime import timedelta
from typing import Final
from uuid import uuid4

from bot import bootstrap
from bot.adapters.background import drawn
from bot.adapters.console import TERMINAL, ConsoleSender
from bot.adapters.lines import read_lines
from bot.application.ports import Clock, Inbox, Store
from bot.cli.inputs import STDIN, interactive, opened
from bot.cli.terminal import console, printable
from bot.domain.decisions import Action
from bot.domain.errors import BotError, LeaseHeld
from bot.domain.messages import AuthorHash, IncomingMessage, MessageRef, Origin, scrubbed
from bot.domain.policy import is_command
from bot.domain.replies import SETTLED, ReplyState
from bot.domain.verdicts import Verdict
from bot.settings import Settings

NAME: Final = "terminal"
"""Channel, author and account of everything that is said here."""

HELP: Final = """\
Type a comment and press Enter.
/optout  never be read again    /optin  be read again
/help    this                   /quit   leave (so does Ctrl-D)"""
_MILLISECOND: Final = timedelta(milliseconds=1)
_LOOK_AGAIN: Final = timedelta(milliseconds=10)
_GRACE: Final = timedelta(seconds=2)
"""How long after its deadline a reply may still be waited for: then it has expired."""


async def converse(settings: Settings) -> None:
    """Read comments from the standard input until it ends or /quit is said.

    Raises:
        BotError: another chat is open on this database, or the pipeline cannot start.
    """
    out = console()
    prompting = interactive(STDIN)
    async with bootstrap.pipeline(settings, origin=Origin.LIVE) as solace:
        talk = Conversation(
            inbox=solace.inbox,
            store=solace.store,
            clock=solace.clock,
            author=solace.author_key.author(TERMINAL, NAME),
        )
        sender = ConsoleSender(lambda text: out.print(text, style="bold green", soft_wrap=True), account=NAME)
        try:
            async with solace.deliver(sender):
                await _listen(talk, prompting=prompting)
        except LeaseHeld as error:
            raise BotError(
                "another `solace chat` is open on this database; leave that one first, "
                "or set another SOLACE_DATA_DIR for this one"
            ) from error


async def _listen(talk: "Conversation", *, prompting: bool) -> None:
    out = console()
    if prompting:
        out.print(HELP, style="dim")
    with opened(STDIN) as stream:
        async with aclosing(drawn(read_lines(stream), most=1)) as lines:
            _prompt(prompting=prompting)
            async for [line] in lines:
                text = scrubbed(line.content.decode(errors="replace").removesuffix("\r"))
                if text.strip() == "/quit":
                    return
                if text.strip() or not prompting:
                    out.print(await talk.hear(text), style="dim", soft_wrap=True)
                _prompt(prompting=prompting)
    if prompting:
        out.print()


def _prompt(*, prompting: bool) -> None:
    if prompting:
        sys.stdout.write("you> ")
        sys.stdout.flush()


class Conversation:
    """One person at a terminal.

    Args:
        inbox, store, clock: the pipeline's.
        author: who types.
    """

    def __init__(self, *, inbox: Inbox, store: Store, clock: Clock, author: AuthorHash) -> None:
        self._inbox = inbox
        self._store = store
        self._clock = clock
        self._author = author

    async def hear(self, text: str) -> str:
        """Take a comment or a command; returns what to say about it once the reply, if any, is settled."""
        match text.strip():
            case "/help":
                return HELP
            case "/optout":
                now = self._clock.now()
                await self._store.transact(lambda tx: tx.opt_out(self._author, at=now))
                return "You are not read any more. /optin takes it back."
            case "/optin":
                await self._store.transact(lambda tx: tx.opt_in(self._author))
                return "You are read again."
            case command if is_command(command):
                return "That is no command here. /help names those there are."
        return await self._judge(text)

    async def _judge(self, text: str) -> str:
        [verdict] = await self._inbox.submit([self._message(text)])
        if verdict is None:
            return "This was judged before."
        state = await self._settled(verdict) if verdict.outcome.action is Action.REPLY else None
        parts = [*why(verdict), f"{(self._clock.now() - verdict.message.received_at) / _MILLISECOND:.0f} ms"]
        if state not in {None, ReplyState.SENT}:
            parts.append(f"the reply is {state}")
        return "  " + " · ".join(map(printable, parts))

    def _message(self, text: str) -> IncomingMessage:
        now = self._clock.now()
        return IncomingMessage(
            ref=MessageRef(platform=TERMINAL, channel_id=NAME, message_id=uuid4().hex),
            author=self._author,
            text=text,
            sent_at=now,
            received_at=now,
            account=NAME,
            private=True,
        )

    async def _settled(self, verdict: Verdict) -> str:
        """The state in which the reply ended, or in which it still is when nobody should wait any longer."""
        ref = verdict.message.ref
        while True:
            found = await self._store.read(lambda queries: queries.decisions([ref], origin=Origin.LIVE))
            state = (ref in found and found[ref].reply_state) or ReplyState.PENDING
            if state in SETTLED or self._clock.now() > verdict.deadline + _GRACE:
                return state
            await self._clock.sleep(_LOOK_AGAIN)


def why(verdict: Verdict) -> list[str]:
    """Label, scores and reason, without anybody's words."""
    read = []
    if verdict.prediction is not None:
        label = verdict.prediction.label
        strongest = max(verdict.prediction.emotions.items(), key=lambda each: each[1], default=None)
        read = [
            f"{label} {getattr(verdict.prediction, label):.2f}",
            f"distress {verdict.prediction.distress:.2f}",
        ]
        read += [f"{strongest[0]} {strongest[1]:.2f}"] if strongest else []
    answered = "answered" if verdict.outcome.would_reply else "no reply"
    return [*read, f"{answered}: {verdict.outcome.reason}"]
