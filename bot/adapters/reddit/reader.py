import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar, Final

from bot.adapters.reddit.blocks import Blocks
from bot.adapters.reddit.doors import Doors
from bot.adapters.reddit.gathering import Gathering
from bot.adapters.reddit.listing import LIMIT
from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.pulse import Pulse
from bot.adapters.reddit.reception import Reception
from bot.adapters.reddit.rereading import Rereading
from bot.adapters.reddit.rules import Rules, Threads
from bot.adapters.reddit.values import COMMENT, SUBMISSION, channel_of
from bot.adapters.reddit.watch import Watch
from bot.application.alerts import Alerts
from bot.application.ports import Clock, Inbox, Store, Telemetry
from bot.application.runner import end, run_beside
from bot.domain.authors import AuthorKey
from bot.domain.channels import ChannelDefaults

COMMENTS: Final = "comments"
SUBMISSIONS: Final = "submissions"
"""Streams, as cursors call them."""


@dataclass(kw_only=True, eq=False, repr=False)
class Reader:
    """Brings in what is written in the subreddits. Implements `ports.Service`.

    Whoever runs it holds the lease `("poll", account)`. Each cursor moves only after all that was read is
    committed, so that nothing which the listing still holds is lost.

    Args:
        api: the account's client, for reading.
        inbox: where messages go.
        store: keeps cursors, refusals, and what could not be read.
        key: makes people known by their hashes.
        account: in the database and in leases.
        username: the bot's own, at Reddit.
        subreddits: the allowlist; at least one.
        submissions: whether self-posts are read too.
        rules: by channel id, which threads are left alone.
        poll_interval: the shortest time between two polls of a listing.
        defaults: settings of subreddits that have none of their own.
        blocks: who refuses us.
        alerts: carried to the owner.
        clock, telemetry: time and the log.
    """

    name: ClassVar[str] = "reddit"
    api: Api
    inbox: Inbox
    store: Store
    key: AuthorKey
    account: str
    username: str
    subreddits: Sequence[str]
    submissions: bool
    rules: Mapping[str, Rules]
    poll_interval: timedelta
    defaults: ChannelDefaults
    blocks: Blocks
    alerts: Alerts
    clock: Clock
    telemetry: Telemetry
    _watches: Sequence[Watch] = field(init=False)

    def __post_init__(self) -> None:
        names = tuple(dict.fromkeys(map(channel_of, self.subreddits)))
        doors = Doors(
            subreddits=names,
            store=self.store,
            defaults=self.defaults,
            blocks=self.blocks,
            clock=self.clock,
        )
        reception = self._reception(names)
        streams = [(COMMENTS, COMMENT, "comments"), (SUBMISSIONS, SUBMISSION, "new")]
        self._watches = [
            self._watch(stream, kind, path, doors, reception)
            for stream, kind, path in streams
            if stream == COMMENTS or self.submissions
        ]

    @property
    def trouble(self) -> str | None:
        """What keeps comments from coming in, for a person; None = all is well."""
        return next((watch.trouble for watch in self._watches if watch.trouble is not None), None)

    async def run(self) -> None:
        """Until cancelled.

        Raises:
            SettingsError: Reddit does not accept the credentials.
        """
        first, *others = self._watches
        tasks = [asyncio.create_task(watch.run(), name=watch.name) for watch in others]
        try:
            await run_beside(first, tasks)
        finally:
            for task in tasks:
                await end(task, telemetry=self.telemetry)

    def _reception(self, subreddits: Sequence[str]) -> Reception:
        return Reception(
            inbox=self.inbox,
            store=self.store,
            threads=Threads(api=self.api, rules=self.rules, clock=self.clock),
            key=self.key,
            account=self.account,
            username=self.username,
            subreddits=frozenset(subreddits),
            clock=self.clock,
            telemetry=self.telemetry,
        )

    def _watch(self, stream: str, kind: str, path: str, doors: Doors, reception: Reception) -> Watch:
        pulse = Pulse(shortest=self.poll_interval, page=LIMIT)
        return Watch(
            stream=stream,
            account=self.account,
            gathering=Gathering(
                stream=stream,
                path=path,
                api=self.api,
                blocks=self.blocks,
                clock=self.clock,
                telemetry=self.telemetry,
            ),
            rereading=Rereading(
                api=self.api,
                store=self.store,
                account=self.account,
                kind=kind,
                every=pulse.longest,
                clock=self.clock,
                telemetry=self.telemetry,
            ),
            doors=doors,
            reception=reception,
            store=self.store,
            alerts=self.alerts,
            pulse=pulse,
            clock=self.clock,
            telemetry=self.telemetry,
        )
