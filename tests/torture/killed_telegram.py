"""Telegram: a bot in busy groups that is killed over and over, by its server and at random."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from botapi.peer import Peer
from processes import PATIENCE, Installation, until
from soundness import wrongs
from torture.killing import RANDOM, Plan, Tally, doubts, states, told_twice

DECIDED: Final = "SELECT channel_id, message_id FROM decisions WHERE reason <> 'command'"
COUNTED: Final = "SELECT count(*) FROM decisions WHERE reason <> 'command'"
UNSETTLED: Final = "SELECT count(*) FROM replies WHERE state IN ('pending', 'sending')"
SAD: Final = "I feel so alone tonight"
SHORT: Final = "Okay."
"""Worth an answer, and too short for one."""
ONE_IN: Final = 10
"""So many messages, and one of them is sad."""
SLOWEST_POLL: Final = 1.0

SENDING: Final[tuple[Mapping[str, Any], ...]] = (
    {"kind": "store_then_error"},
    {"kind": "store_then_drop"},
    {"kind": "cut"},
    {"kind": "malformed"},
    {"kind": "error", "code": 429, "retry_after": 1},
    {"kind": "error", "code": 500},
    {"kind": "drop"},
    {"kind": "slow"},
)
POLLING: Final[tuple[Mapping[str, Any], ...]] = (
    {"kind": "error"},
    {"kind": "error", "code": 429, "retry_after": 1},
    {"kind": "malformed"},
    {"kind": "cut"},
    {"kind": "drop"},
    {"kind": "slow"},
)


def account(here: Installation, peer: Peer) -> Installation:
    """With the settings of a bot that answers whatever it may, however late."""
    return here.having(
        {
            "SOLACE_TELEGRAM__TOKEN": peer.token,
            "SOLACE_TELEGRAM__API_URL": peer.url,
            "SOLACE_HTTP__ENABLED": "false",
            "SOLACE_POLICY__AUTHOR_COOLDOWN": "0",
            "SOLACE_POLICY__THREAD_CAP": "none",
            "SOLACE_POLICY__CHAT_PACE": "none",
            "SOLACE_POLICY__DEADLINE": "1d",
        }
    )


def live_groups(bot: Installation, peer: Peer, count: int) -> tuple[list[int], list[int]]:
    """Groups in which the running bot answers, and a member of each."""
    world, chats, members = peer.world, [], []
    for number in range(count):
        admin, member = world.user(f"A{number}"), world.user(f"M{number}")
        chat = world.supergroup(f"G{number}", owner=admin, members=[member])
        world.add_bot(chat, by=admin)
        world.write(chat, admin, "/mode live")
        chats.append(chat)
        members.append(member)
    until(lambda: not world.pending())
    wanted = "SELECT count(*) FROM channels WHERE json_extract(overrides, '$.mode') = 'live'"
    until(lambda: bot.count(wanted) == count)
    until(lambda: sum(len(world.by_bot(chat)) for chat in chats) >= 2 * count)  # notices and answers are out
    return chats, members


class Groups:
    """Busy groups, and everything that was written there.

    Attributes:
        written: (chat, message), as the database names them.
    """

    def __init__(self, peer: Peer, chats: list[int], members: list[int]) -> None:
        self.world = peer.world
        self.chats = chats
        self.written: list[tuple[str, str]] = []
        self._members = members

    def write(self, messages: int) -> None:
        """All at once."""
        first = len(self.written)
        made = self.world.many([self._message(number) for number in range(first, first + messages)])
        self.written += [(str(each["chat"]["id"]), str(each["message_id"])) for each in made]

    def _message(self, number: int) -> tuple[str, Mapping[str, Any]]:
        """Sad ones come round to every group, so that none has to wait long for its pace."""
        place = (number + number // ONE_IN) % len(self.chats)
        text = f"{SAD}, number {number}" if number % ONE_IN == 0 else SHORT
        return "write", {"chat": self.chats[place], "user": self._members[place], "text": text}

    def answered(self) -> Counter[tuple[str, str]]:
        """How often each message got a reply of support, by what the server ever stored."""
        return Counter(
            (str(each["chat"]["id"]), str(each["reply_to_message"]["message_id"]))
            for each in self.world.sent()
            if "reply_to_message" in each and "helped" in str(each.get("reply_markup"))
        )


def killed(here: Installation, peer: Peer, plan: Plan) -> Tally:
    """Run the plan in groups that are there for it."""
    bot, world = account(here, peer), peer.world
    world.switch(poll_seconds=SLOWEST_POLL)
    with bot.started("run") as process:
        chats, members = live_groups(bot, peer, max(plan.messages // 100, 5))
        process.kill()
        process.wait()
    groups, faults = Groups(peer, chats, members), 0
    for kill, messages in plan.rounds():
        groups.write(messages)
        faults += trouble(peer, plan)
        with bot.started("run") as process:
            die(bot, peer, plan, kill, messages, process)
        world.clear_faults()
        world.release()
    with bot.started("run") as process:
        until(lambda: not world.pending() and bot.count(COUNTED) >= len(groups.written), process)
        until(lambda: not bot.count(UNSETTLED), process)
        process.terminate()
        code = process.wait(PATIENCE)
    return tally(bot, groups, plan, faults=faults, code=code)


def trouble(peer: Peer, plan: Plan) -> int:
    """Order two things to go wrong, one on each way; how many."""
    peer.world.fault(**plan.chance.choice(SENDING), method="sendMessage")
    peer.world.fault(**plan.chance.choice(POLLING), method="getUpdates", after=plan.later(1))
    return 2


def die(bot: Installation, peer: Peer, plan: Plan, kill: str, messages: int, process: Any) -> None:
    """Wait for the end of a bot that runs: the server's doing, or ours at any moment."""
    if kill == RANDOM:
        goal = bot.count(COUNTED) + plan.chance.randint(1, messages)
        if not plan.wait_in_the_start():
            until(lambda: bot.count(COUNTED) >= goal, process)
            plan.wait()
        process.kill()
    else:
        peer.world.trap(kill, process.pid, after=plan.later(messages // 150))
    plan.died(kill, process.wait(PATIENCE))


def tally(bot: Installation, groups: Groups, plan: Plan, *, faults: int, code: int) -> Tally:
    """Compare what the bot wrote down with what people wrote and the server stored."""
    answered, judged = groups.answered(), Counter(bot.rows(DECIDED))
    sent = set(bot.rows("SELECT channel_id, message_id FROM replies WHERE state = 'sent'"))
    unknown = set(bot.rows("SELECT channel_id, message_id FROM replies WHERE state = 'unconfirmed'"))
    return Tally(
        platform="Telegram",
        messages=len(groups.written),
        kills=plan.done,
        faults=faults,
        lost=sorted(map(str, set(groups.written) - judged.keys())),
        judged_twice=[*(str(ref) for ref, times in judged.items() if times > 1), *told_twice(bot)],
        answered_twice=[str(ref) for ref, times in answered.items() if times > 1],
        states=states(bot),
        doubts=doubts(bot, answered),
        wrong=[
            *wrongs(bot),
            *(["sent, and it never arrived"] if sent - answered.keys() else []),
            *(["it arrived, and nobody knows of it"] if answered.keys() - sent - unknown else []),
            *_ended(code),
        ],
    )


def _ended(code: int) -> Iterator[str]:
    if code != 0:
        yield f"the last run ended with {code}"
