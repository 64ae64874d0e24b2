"""What the bot can do."""

from typing import Any

from redditapi import shapes
from redditapi.reading import Given
from redditapi.refusals import Denied, Json, Refused
from redditapi.state import State
from redditapi.values import Comment, Letter, Link, Person, Subreddit

_LONGEST, _LONGEST_SUBJECT = 10_000, 100


def comment(state: State, given: Given) -> Json:
    """POST /api/comment: an answer to a comment, a submission or a private message."""
    name, text = given.get("thing_id", ""), given.get("text", "")
    if not text.strip():
        raise Denied(error="NO_TEXT", place="text")
    if len(text) > _LONGEST:
        raise Denied(error="TOO_LONG", place="text")
    if name in state.letters:
        return _done([shapes.letter(_answer_letter(state, state.letters[name], text))])
    parent = state.things.get(name)
    if parent is None:
        raise Refused(code=403)
    _allow(state, parent)
    made = state.add_comment(parent, state.bot, text)
    if state.switches.two_copies > 0:
        state.switches.two_copies -= 1
        state.add_comment(parent, state.bot, text)
    return _done([shapes.comment(state, made)])


def _allow(state: State, parent: Comment | Link) -> None:
    """Whether the bot may answer there.

    Raises:
        Refused: 403, it is banned there or may not look.
        Denied: the thread or the comment takes no answers.
    """
    state.subreddit(parent.subreddit.name)
    me, link = state.username.lower(), parent.link if isinstance(parent, Comment) else parent
    if me in parent.subreddit.banned:
        raise Refused(code=403)
    if parent.deleted:
        raise Denied(error="DELETED_COMMENT" if isinstance(parent, Comment) else "DELETED_LINK")
    if link.deleted:
        raise Denied(error="DELETED_LINK")
    if link.archived:
        raise Denied(error="TOO_OLD")
    if (link.locked or parent.locked) and me not in parent.subreddit.moderators:
        raise Denied(error="THREAD_LOCKED")
    if me in parent.author.blocks:
        raise Denied(error="USER_BLOCKED")


def _answer_letter(state: State, letter: Letter, text: str) -> Letter:
    """The bot answers whoever wrote, or goes on where it wrote itself."""
    place = letter.subreddit
    other = letter.to if letter.author is state.bot else letter.author.name if letter.author else ""
    to = f"#{place.name}" if place else other
    if not place and state.username.lower() in state.people[other.lower()].blocks:
        raise Denied(error="USER_BLOCKED")
    made = state.add_letter(
        author=state.bot,
        to=to,
        subject=letter.subject if letter.subject.startswith("re: ") else f"re: {letter.subject}",
        text=text,
        subreddit=place,
        parent=letter,
        first=letter.first or letter,
        unread=False,
    )
    for thread in state.modmail.values():
        if thread.letter is (letter.first or letter):
            thread.said.append(state.add_said(state.bot, text))
            thread.unread_since = state.now()
    return made


def delete(state: State, given: Given) -> Json:
    """POST /api/del: what is the bot's own goes; anything else is passed over without a word."""
    one = state.things.get(given.get("id", ""))
    if one is not None and one.author is state.bot:
        one.deleted = True
        state.wake()
    return {}


def compose(state: State, given: Given) -> Json:
    """POST /api/compose: a private message to somebody, or to the moderators of "/r/name" or "#name"."""
    to, subject, text = (given.get(name, "").strip() for name in ("to", "subject", "text"))
    for value, error, place in ((to, "NO_USER", "to"), (subject, "NO_SUBJECT", "subject")):
        if not value:
            raise Denied(error=error, place=place)
    if not text:
        raise Denied(error="NO_TEXT", place="text")
    if len(subject) > _LONGEST_SUBJECT or len(text) > _LONGEST:
        raise Denied(error="TOO_LONG", place="subject" if len(subject) > _LONGEST_SUBJECT else "text")
    if to.startswith(("/r/", "r/", "#")):
        _to_moderators(state, to.removeprefix("/").removeprefix("r/").removeprefix("#"), subject, text)
    else:
        _to_person(state, to.removeprefix("/u/").removeprefix("u/"), subject, text)
    return {"json": {"errors": []}}


def _to_person(state: State, name: str, subject: str, text: str) -> None:
    person: Person | None = state.people.get(name.lower())
    if person is None:
        raise Denied(error="USER_DOESNT_EXIST", place="to")
    if state.username.lower() in person.blocks:
        raise Denied(error="USER_BLOCKED", place="to")
    state.add_letter(author=state.bot, to=person.name, subject=subject, text=text)


def _to_moderators(state: State, name: str, subject: str, text: str) -> None:
    place: Subreddit | None = state.subreddits.get(name.lower())
    if place is None or place.kind == "banned":
        raise Denied(error="SUBREDDIT_NOEXIST", place="to")
    letter = state.add_letter(
        author=state.bot, to=f"#{place.name}", subject=subject, text=text, subreddit=place, unread=False
    )
    state.add_conversation(place, state.bot, subject, text, letter)


def read_message(state: State, given: Given) -> Json:
    """POST /api/read_message; names that are not in the inbox are passed over."""
    return _mark(state, given, unread=False)


def unread_message(state: State, given: Given) -> Json:
    """POST /api/unread_message."""
    return _mark(state, given, unread=True)


def _mark(state: State, given: Given, *, unread: bool) -> Json:
    names = given.get("id", "").split(",")
    for one in state.inbox:
        if one.fullname in names:
            one.unread = unread
    state.wake()
    return {}


def _done(things: list[Any]) -> Json:
    return {"json": {"errors": [], "data": {"things": things}}}
