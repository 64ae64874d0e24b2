"""A bot on Reddit as people and moderators meet it: a real `solace run`, and a real server over HTTP."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from processes import Installation, until
from redditapi.peer import Peer, peering

pytestmark = pytest.mark.slow

SAD = "I feel so alone tonight"
ACTIVE = "SELECT count(*) FROM replies WHERE state IN ('pending', 'sending', 'unconfirmed')"
SENT = "SELECT count(*) FROM replies WHERE state = 'sent'"
REASON = "SELECT reason FROM decisions WHERE message_id = ?"
TEXTS = "SELECT count(*) FROM texts JOIN decisions ON decisions.id = texts.decision_id WHERE message_id = ?"


@pytest.fixture
def peer() -> Iterator[Peer]:
    with peering() as found:
        yield found


@pytest.fixture
def bot(here: Installation, peer: Peer) -> Installation:
    """An installation with an account: everyone is sad there, and nobody has to wait for a second answer."""
    return here.having(
        {
            **peer.settings,
            "SOLACE_REDDIT__SUBREDDITS": "one,two",
            "SOLACE_REDDIT__MODE": "live",
            "SOLACE_REDDIT__LOOK_AFTER": "2s",
            "SOLACE_REDDIT__REPLY_INTERVAL": "1s",
            "SOLACE_REDDIT__POLL_INTERVAL": "1s",
            "SOLACE_POLICY__AUTHOR_COOLDOWN": "0",
            "SOLACE_POLICY__THREAD_CAP": "none",
            "SOLACE_POLICY__CHAT_PACE": "none",
        }
    )


@pytest.fixture
def links(peer: Peer) -> dict[str, str]:
    """A submission in each of two subreddits."""
    found = {}
    for name in ("one", "two"):
        peer.world.community(name, moderators=["Mod"])
        found[name] = peer.world.submit(name, "Host", f"Talk in {name}")
    return found


def standing(world: Any, parent: str) -> list[str]:
    """What the bot wrote under a comment, where it still stands."""
    return [each["text"] for each in world.by_bot(parent, gone=False)]


def letter_behind(text: str, words: str) -> dict[str, str]:
    """The private message that a link of a reply's footer opens, ready to be sent."""
    [address] = re.findall(rf"\[{words}\]\(([^)\s]+)\)", text)
    fields = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert fields["to"] == "solace_bot"
    return {"subject": fields["subject"], "text": fields["message"]}


def reason(bot: Installation, fullname: str) -> list[str]:
    """Why something was answered or not; empty = it was not judged yet."""
    return bot.rows(REASON, fullname)


def answered(bot: Installation, peer: Peer, comments: list[str]) -> dict[str, str]:
    """The first run: the answers that comments get, by comment."""
    world = peer.world
    with bot.running() as running:
        until(lambda: all(standing(world, each) for each in comments), running.process)
        until(lambda: bot.count(ACTIVE) == 0, running.process)
        until(lambda: world.threads("one") and world.threads("two"), running.process)
        assert running.end(15) == 0
    assert bot.count(SENT) == len(comments)
    return {each: standing(world, each)[0] for each in comments}


def test_an_answer_says_whose_it_is_and_every_way_out_of_it_works(
    bot: Installation, peer: Peer, links: dict[str, str]
) -> None:
    world = peer.world
    bobs, carls, doras, eves = (
        world.write(links[place], person, SAD)
        for person, place in (("Bob", "one"), ("Carl", "two"), ("Dora", "one"), ("Eve", "two"))
    )
    answers = answered(bot, peer, [bobs, carls, doras, eves])
    assert all("I am a bot" in text for text in answers.values())
    assert {each["author"] for each in world.threads("one")[0]["said"]} == {"solace_bot"}

    world.tell("Bob", **letter_behind(answers[bobs], "opt out"))
    world.tell("Carl", **letter_behind(answers[carls], "delete this"))
    world.delete(doras)
    world.vote(world.by_bot(eves)[0]["name"], by=-3)
    world.tell("Stranger", "hello", f"!delete {eves}")
    with bot.running() as running:
        until(lambda: not world.unread(), running.process)
        until(lambda: bot.count("SELECT count(*) FROM opt_outs") == 1, running.process)
        until(lambda: not any(standing(world, each) for each in (carls, doras, eves)), running.process)
        until(lambda: all(world.letters_to(each) for each in ("Bob", "Carl", "Stranger")), running.process)
        again = world.write(links["one"], "Bob", SAD)
        other = world.write(links["one"], "Frank", SAD)
        until(lambda: standing(world, other), running.process)
        until(lambda: reason(bot, again), running.process)
        assert running.end(15) == 0
    assert reason(bot, again) == ["opted_out"], "it holds, in every subreddit"
    assert not standing(world, again)
    assert standing(world, bobs), "to be left alone is not to have the past taken away"
    assert bot.rows(TEXTS, doras) == [0], "what its author deleted is kept nowhere"
    wishes = bot.rows("SELECT wish FROM removals WHERE done_at IS NOT NULL ORDER BY wish")
    assert wishes == ["asked", "low_score", "parent_deleted"]
    assert "Traceback" not in bot.log.read_text()


def test_a_ban_pauses_the_subreddit_and_the_others_go_on(
    bot: Installation, peer: Peer, links: dict[str, str]
) -> None:
    world = peer.world
    world.ban("one")
    banned = world.write(links["one"], "Bob", SAD)
    with bot.running() as running:
        until(lambda: bot.count("SELECT count(*) FROM blocks WHERE channel_id = 'one'") == 1, running.process)
        until(lambda: world.requests("r/two/comments"), running.process)
        posts = world.counts()["POST api/comment"]
        later = world.write(links["one"], "Carl", SAD)
        elsewhere = world.write(links["two"], "Carl", SAD)
        until(lambda: standing(world, elsewhere), running.process)
        assert running.end(15) == 0
    assert world.by_bot(banned) == world.by_bot(later) == []
    assert world.counts()["POST api/comment"] == posts + 1, "one answer, and no second try where it is banned"
    assert bot.rows("SELECT state FROM replies WHERE message_id = ?", banned) == ["failed"]
    assert reason(bot, later) == [], "nothing is read there"


def test_moderators_can_pause_the_bot_and_have_its_answers_deleted(
    bot: Installation, peer: Peer, links: dict[str, str]
) -> None:
    world = peer.world
    comment = world.write(links["one"], "Bob", SAD)
    answered(bot, peer, [comment])
    world.write(world.by_bot(comment)[0]["name"], "Mod", "!delete")
    [notice] = world.threads("one")
    world.mail_back(notice["id"], "Mod", "!pause r/one 2h")
    world.tell("Bob", "stop", "!pause r/two")
    with bot.running() as running:
        until(lambda: not world.unread(), running.process)
        until(lambda: not standing(world, comment), running.process)
        until(lambda: world.letters_to("Bob"), running.process)
        later = world.write(links["one"], "Carl", SAD)
        elsewhere = world.write(links["two"], "Carl", SAD)
        until(lambda: standing(world, elsewhere), running.process)
        assert running.end(15) == 0
    paused = "SELECT channel_id FROM channels WHERE json_extract(overrides, '$.paused_until') IS NOT NULL"
    assert bot.rows(paused) == ["one"], "only a moderator can do that, and only there"
    assert world.by_bot(later) == []
    assert bot.rows("SELECT wish FROM removals WHERE done_at IS NOT NULL") == ["moderator"]
