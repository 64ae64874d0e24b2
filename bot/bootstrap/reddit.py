"""Reddit, assembled: one bot account that reads, answers, converses, and takes back what has to go."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from bot.adapters.pace import Pace
from bot.adapters.reddit.account import Account
from bot.adapters.reddit.blocks import Blocks
from bot.adapters.reddit.client import TIMEOUT, Credentials, RedditApi
from bot.adapters.reddit.footer import Footer
from bot.adapters.reddit.looking import Search
from bot.adapters.reddit.obeying import Obeying
from bot.adapters.reddit.paced import PacedApi, reddit_pacer
from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.quota import RedditQuota
from bot.adapters.reddit.reader import Reader
from bot.adapters.reddit.remover import Remover
from bot.adapters.reddit.resolver import Resolver
from bot.adapters.reddit.rules import Rules
from bot.adapters.reddit.sender import RedditSender
from bot.adapters.reddit.sweeper import Sweeper
from bot.adapters.reddit.values import REDDIT, account_of
from bot.application.ports import Clock, Service, Telemetry
from bot.application.retention import Retention
from bot.application.runner import running
from bot.bootstrap.inspection import username_in
from bot.bootstrap.pipeline import Solace
from bot.bootstrap.reddit_talk import conversing
from bot.domain.communities import sensitive
from bot.domain.messages import ChannelKey
from bot.settings import RedditSettings, Settings


@asynccontextmanager
async def reddit(settings: Settings, solace: Solace, *, retention: Retention) -> AsyncIterator[Service]:
    """The account as a service; it sends, and holds its leases, while the context lasts.

    Args:
        settings: with an account.
        solace: the running pipeline.
        retention: erases soon what somebody deleted.

    Raises:
        LeaseHeld: another process works for this account.
    """
    wanted = settings.reddit
    _warn(wanted, solace.telemetry)
    quota = RedditQuota(clock=solace.clock)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(solace.store.lease("poll", account_of(username_in(wanted))))
        reading, writing = [
            await stack.enter_async_context(
                client(wanted, quota, clock=solace.clock, telemetry=solace.telemetry, name=name)
            )
            for name in ("reader", "writer")
        ]
        parts = _Parts(
            wanted=wanted,
            operator=settings.telegram.operator,
            solace=solace,
            retention=retention,
            reading=reading,
            writing=writing,
            blocks=_blocks(solace, reading),
        )
        account = Account(
            username=parts.me,
            api=reading,
            reader=parts.reader(),
            begin=lambda: _begin(parts, stack),
            clock=solace.clock,
            telemetry=solace.telemetry,
        )
        solace.parts[REDDIT] = lambda: account.trouble is None
        yield account


async def _begin(parts: "_Parts", stack: AsyncExitStack) -> Sequence[asyncio.Task[None]]:
    """What sends, goes after things and converses, until the stack closes."""
    solace = parts.solace
    pacer = reddit_pacer(parts.wanted.reply_interval)
    paced = PacedApi(api=parts.writing, pace=Pace(pacer=pacer, clock=solace.clock))
    delivery = await stack.enter_async_context(solace.deliver(parts.sender(), pacer))
    talk = conversing(
        parts.wanted,
        solace,
        retention=parts.retention,
        reading=parts.reading,
        paced=paced,
        about=parts.footer.about,
        operator=parts.operator,
    )
    services = [*parts.keeping_up(paced), *talk.services]
    solace.parts.update({each.name: partial(_works, each) for each in services})
    beside = await stack.enter_async_context(
        running(services, clock=solace.clock, telemetry=solace.telemetry)
    )
    await talk.modmail.first_word()
    return [delivery, *beside]


def _works(service: Service) -> bool:
    """Whether a service that knows of troubles that last has none; its end is seen by its task."""
    return getattr(service, "trouble", None) is None


def client(
    wanted: RedditSettings,
    quota: RedditQuota,
    *,
    clock: Clock,
    telemetry: Telemetry,
    name: str,
    read_timeout: float = TIMEOUT,
) -> RedditApi:
    """A connection of the account, on a thread of its own."""
    secrets = [wanted.client_secret, wanted.password, wanted.refresh_token]
    secret, password, token = [each.get_secret_value() if each else None for each in secrets]
    assert wanted.client_id and secret and wanted.user_agent  # noqa: S101, PT018  # see settings.contradictions
    return RedditApi(
        credentials=Credentials(
            client_id=wanted.client_id,
            client_secret=secret,
            username=username_in(wanted),
            password=password,
            refresh_token=token,
        ),
        user_agent=wanted.user_agent,
        reddit_url=wanted.reddit_url,
        oauth_url=wanted.oauth_url,
        quota=quota,
        clock=clock,
        telemetry=telemetry,
        name=name,
        read_timeout=read_timeout,
    )


def rules(wanted: RedditSettings) -> Mapping[str, Rules]:
    """Which threads are left alone, by subreddit."""
    file = wanted.settings_file
    return {
        name: Rules(titles=each.skip_titles, flairs=each.skip_flairs)
        for name, each in (file.by_subreddit if file is not None else {}).items()
        if each.skip_titles or each.skip_flairs
    }


def _blocks(solace: Solace, reading: Api) -> Blocks:
    """One for all parts: it remembers in memory too."""
    return Blocks(
        api=reading,
        store=solace.store,
        alerts=solace.alerts,
        clock=solace.clock,
        telemetry=solace.telemetry,
    )


def _warn(wanted: RedditSettings, telemetry: Telemetry) -> None:
    number = len(sensitive(wanted.subreddits))
    if number:
        telemetry.noticed("sensitive_subreddits_watched", subreddits=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Makes what works for the account: `reading` and `writing` are its two connections."""

    wanted: RedditSettings
    operator: str | None
    solace: Solace
    retention: Retention
    reading: Api
    writing: Api
    blocks: Blocks

    @property
    def me(self) -> str:
        return username_in(self.wanted)

    @property
    def footer(self) -> Footer:
        return Footer.of(self.me, self.wanted.about_url)

    def reader(self) -> Reader:
        """Brings comments in."""
        solace, wanted = self.solace, self.wanted
        return Reader(
            api=self.reading,
            inbox=Obeying(inbox=solace.inbox, store=solace.store, clock=solace.clock),
            store=solace.store,
            key=solace.author_key,
            account=account_of(self.me),
            username=self.me,
            subreddits=wanted.subreddits,
            submissions=wanted.submissions,
            rules=rules(wanted),
            poll_interval=wanted.poll_interval,
            defaults=solace.defaults,
            blocks=self.blocks,
            alerts=solace.alerts,
            clock=solace.clock,
            telemetry=solace.telemetry,
        )

    def sender(self) -> RedditSender:
        """Sends replies of support."""
        return RedditSender(
            account=account_of(self.me),
            api=self.writing,
            footer=self.footer,
            refusals=_Refusals(self.blocks),
            clock=self.solace.clock,
            telemetry=self.solace.telemetry,
        )

    def keeping_up(self, paced: PacedApi) -> Sequence[Service]:
        """What goes after replies: doubts, deletions, removals."""
        solace, after = self.solace, self.wanted.look_after
        store, clock, telemetry = solace.store, solace.clock, solace.telemetry
        search = Search(api=self.reading, username=self.me)
        return [
            Resolver(
                account=account_of(self.me),
                store=store,
                search=search,
                clock=clock,
                telemetry=telemetry,
                look_after=after,
            ),
            Sweeper(
                api=self.reading,
                store=store,
                erased=self.retention.soon,
                alerts=solace.alerts,
                clock=clock,
                telemetry=telemetry,
            ),
            Remover(
                api=paced, store=store, search=search, clock=clock, telemetry=telemetry, look_after=after
            ),
        ]


class _Refusals:
    """What the sender met, as the reader keeps it."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks

    async def refused(self, chat: ChannelKey, reason: str) -> None:
        await self._blocks.refused(chat[1], reason)
