"""HTTP: clients that bring comments and read replies, and a bot that is killed under their requests.

There is no server of somebody else here that could spring a trap: the client kills, when it sees the moment.
"""

import json
import socket
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, Queue
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from processes import PATIENCE, Installation, Running, comment, until
from soundness import wrongs
from torture.killing import RANDOM, Plan, Tally, doubts, states, told_twice
from traps import BROUGHT, POLLED, SENT, STORED

POSTERS: Final = 4
LARGEST: Final = 16
"""Comments in one request."""
COUNTED: Final = "SELECT count(*) FROM decisions"
UNSETTLED: Final = "SELECT count(*) FROM replies WHERE state IN ('pending', 'sending')"
FAST: Final = {"SOLACE_HTTP__ACCOUNT_PACE": "100000/s", "SOLACE_POLICY__DEADLINE": "1d"}


class Clients:
    """Bring numbered comments in, again as long as nobody acknowledged them, and read the feed.

    Attributes:
        acknowledged: numbers of comments whose verdicts came.
        feed: the messages whose replies were read, in their order.
        wrong: what a client saw that must not be.
    """

    def __init__(self) -> None:
        self.acknowledged: set[int] = set()
        self.feed: list[str] = []
        self.wrong: list[str] = []
        self._open: list[list[int]] = []
        self._next = self._after = 0

    def want(self, messages: int, plan: Plan) -> None:
        """Have more to bring."""
        end = self._next + messages
        while self._next < end:
            size = min(plan.chance.randint(1, LARGEST), end - self._next)
            self._open.append(list(range(self._next, self._next + size)))
            self._next += size

    @property
    def wanted(self) -> int:
        """How many comments there are."""
        return self._next

    def bring(self, server: Running, batches: Iterable[Sequence[int]]) -> list[threading.Thread]:
        """Start posting from several threads; they end with the work, or with the server."""
        work: Queue[Sequence[int]] = Queue()
        for batch in batches:
            work.put(batch)
        threads = [threading.Thread(target=self._post, args=[server, work]) for _ in range(POSTERS)]
        for thread in threads:
            thread.start()
        return threads

    def left(self) -> list[list[int]]:
        """Batches that nobody acknowledged."""
        self._open = [batch for batch in self._open if not self.acknowledged.issuperset(batch)]
        return self._open

    def read(self, server: Running) -> None:
        """What the feed has that was not read yet."""
        while True:
            page = server.http.get("/v1/replies", params={"after": self._after}).raise_for_status().json()
            if not page["replies"]:
                return
            self.feed += [reply["message"]["message_id"] for reply in page["replies"]]
            self._after = page["next"]

    def feed_request(self) -> bytes:
        """The next one."""
        return f"GET /v1/replies?after={self._after} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()

    def remember(self, here: Installation) -> None:
        """What was acknowledged is there."""
        known = set(here.rows("SELECT message_id FROM decisions"))
        if not {f"m{number}" for number in self.acknowledged} <= known:
            self.wrong.append("acknowledged, and lost")

    def _post(self, server: Running, work: Queue[Sequence[int]]) -> None:
        while True:
            try:
                batch = work.get_nowait()
                server.bring([comment(number) for number in batch])
            except (Empty, httpx.TransportError):
                return
            self.acknowledged.update(batch)


def killed(here: Installation, plan: Plan) -> Tally:
    """Run the plan."""
    bot, clients, faults = here.having(FAST), Clients(), 0
    for kill, messages in plan.rounds():
        clients.want(messages, plan)
        with bot.running() as server:
            faults += trouble(server, plan)
            die(bot, server, clients, plan, kill)
        clients.remember(bot)
    with bot.running() as server:
        for thread in clients.bring(server, clients.left()):
            thread.join(PATIENCE)
        again = server.bring([comment(number) for number in sorted(clients.acknowledged)[:200]])
        if {verdict["status"] for verdict in again} != {"known"}:
            clients.wrong.append("brought twice, and judged twice")
        until(lambda: not bot.count(UNSETTLED), server.process)
        clients.read(server)
        everything = [reply["message"]["message_id"] for reply in server.feed()]
        if everything != clients.feed:
            clients.wrong.append("the feed is not what its readers saw")
        server.process.terminate()
        if server.process.wait(PATIENCE) != 0:
            clients.wrong.append("the last run ended badly")
    return tally(bot, clients, plan, faults)


def trouble(server: Running, plan: Plan) -> int:
    """Clients that misbehave: none of them may leave anything behind. How many."""
    body = json.dumps({"messages": [comment(10**9, text="never whole")]}).encode()
    for content, length in ((body[: len(body) // 2], len(body)), (body[: len(body) // 2], len(body) // 2)):
        with _asking(server, _post(content, length=length)) as line:
            if plan.chance.random() < 0.5 and len(content) == length:
                line.recv(1)
    return 2


def die(bot: Installation, server: Running, clients: Clients, plan: Plan, kill: str) -> None:
    """Bring in what there is, and kill the bot under it."""
    batches = list(clients.left())
    if kill == RANDOM:
        goal = bot.count(COUNTED) + plan.chance.randint(1, max(sum(map(len, batches)) - LARGEST, 1))
        threads = clients.bring(server, batches)
        until(lambda: bot.count(COUNTED) >= goal, server.process)
        plan.wait()
        plan.died(kill, server.end(9))
    else:
        threads = clients.bring(server, batches[:-1])
        for thread in threads:
            thread.join(PATIENCE)
        if plan.chance.random() < 0.5:
            clients.read(server)
        plan.died(kill, die_in(bot, server, clients, kill, batches[-1]))
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def die_in(bot: Installation, server: Running, clients: Clients, window: str, batch: Sequence[int]) -> int:
    """Bring in one batch more, or read the feed, and kill the bot at this moment of it; how it ended."""
    before = bot.count(COUNTED)
    body = json.dumps({"messages": [comment(number) for number in batch]}).encode()
    feeds = window in {POLLED, BROUGHT}
    with _asking(server, clients.feed_request() if feeds else _post(body, length=len(body))) as line:
        if window == STORED:
            until(lambda: bot.count(COUNTED) > before, server.process)
        elif window not in {SENT, POLLED}:
            line.recv(1)
        return server.end(9)


def tally(bot: Installation, clients: Clients, plan: Plan, faults: int) -> Tally:
    """Compare what the bot wrote down with what its clients brought and read."""
    judged = Counter(bot.rows("SELECT message_id FROM decisions"))
    wanted = {f"m{number}" for number in range(clients.wanted)}
    published = Counter(clients.feed)
    unknown = set(bot.rows("SELECT message_id FROM replies WHERE state = 'unconfirmed'"))
    wrong = [*wrongs(bot), *clients.wrong]
    if judged.keys() - wanted:
        wrong.append("half a request was judged")
    if published.keys() | unknown != wanted or published.keys() & unknown:
        wrong.append("a message was neither answered nor in doubt")
    chats = {(message.replace("m", "c"), message) for message in published}
    return Tally(
        platform="HTTP",
        messages=clients.wanted,
        kills=plan.done,
        faults=faults,
        lost=sorted(wanted - judged.keys()),
        judged_twice=[*(ref for ref, times in judged.items() if times > 1), *told_twice(bot)],
        answered_twice=[ref for ref, times in published.items() if times > 1],
        states=states(bot),
        doubts=doubts(bot, chats),
        wrong=wrong,
    )


def _post(body: bytes, *, length: int) -> bytes:
    head = f"POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n"
    return f"{head}Content-Type: application/json\r\n\r\n".encode() + body


@contextmanager
def _asking(server: Running, request: bytes) -> Iterator[Any]:
    """A connection on which this was sent."""
    address = urlsplit(str(server.http.base_url))
    with socket.create_connection((address.hostname, address.port or 80), timeout=PATIENCE) as line:
        line.sendall(request)
        yield line
