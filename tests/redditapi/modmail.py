"""Moderators' mail: https://www.reddit.com/dev/api#section_modmail."""

from datetime import UTC, datetime

from redditapi import shapes
from redditapi.reading import Given
from redditapi.refusals import Json, Refused, not_found
from redditapi.state import State
from redditapi.values import Conversation, Person, Said, Subreddit


def conversations(state: State, given: Given) -> Json:
    """GET /api/mod/conversations: those of communities that the bot moderates, the last changed first.

    Raises:
        Refused: 403, it does not moderate the one named by `entity`.
    """
    places = [one for one in state.subreddits.values() if _moderates(state, one)]
    wanted = {name.lower() for name in given.get("entity", "").split(",") if name}
    if wanted - {one.name.lower() for one in places}:
        raise Refused(code=403)
    found = [
        one
        for one in state.modmail.values()
        if one.subreddit in places and (not wanted or one.subreddit.name.lower() in wanted)
    ]
    found.sort(key=lambda one: one.said[-1].date, reverse=True)
    names = [one.id for one in found]
    start = names.index(given["after"]) + 1 if given.get("after") in names else 0
    chosen = found[start : start + min(int(given.get("limit", "25")), 100)]
    return {
        "conversations": {one.id: _conversation(one) for one in chosen},
        "messages": {one.said[-1].id: _said(one, one.said[-1]) for one in chosen},
        "viewerId": f"t2_{state.bot.id}",
        "conversationIds": [one.id for one in chosen],
    }


def conversation(state: State, given: Given, number: str) -> Json:
    """GET /api/mod/conversations/<id>."""
    one = _found(state, number)
    if given.get("markRead", "").lower() == "true":
        one.unread_since = None
    return _whole(one)


def answer(state: State, given: Given, number: str) -> Json:
    """POST /api/mod/conversations/<id>: the bot writes as a moderator; the participant gets a letter."""
    one = _found(state, number)
    internal = given.get("isInternal", "").lower() == "true"
    one.said.append(state.add_said(state.bot, given.get("body", ""), internal=internal))
    if not internal:
        one.state = 1
    state.wake()
    return _whole(one)


def create(state: State, given: Given) -> Json:
    """POST /api/mod/conversations: the bot begins one, as a moderator of `srName`."""
    place = state.subreddit(given.get("srName", ""))
    person = state.people.get(given.get("to", "").lower())
    if not _moderates(state, place) or person is None:
        raise Refused(code=403)
    made = state.add_conversation(place, person, given.get("subject", ""), given.get("body", ""))
    made.said[0].author = state.bot
    return _whole(made)


def read(state: State, given: Given) -> None:
    """POST /api/mod/conversations/read."""
    for number in given.get("conversationIds", "").split(","):
        _found(state, number).unread_since = None
    state.wake()


def _found(state: State, number: str) -> Conversation:
    one = state.modmail.get(number)
    if one is None:
        raise not_found()
    if not _moderates(state, one.subreddit):
        raise Refused(code=403)
    return one


def _moderates(state: State, place: Subreddit) -> bool:
    return state.username.lower() in place.moderators


def _whole(one: Conversation) -> Json:
    messages = {said.id: _said(one, said) for said in one.said}
    return {"conversation": _conversation(one), "messages": messages, "modActions": {}}


def _conversation(one: Conversation) -> Json:
    mods = [said.date for said in one.said if _by_moderator(one, said.author)]
    users = [said.date for said in one.said if not _by_moderator(one, said.author)]
    authors = {said.author.name: _author(one, said.author) for said in one.said}
    return {
        "authors": list(authors.values()),
        "id": one.id,
        "isAuto": False,
        "isHighlighted": False,
        "isInternal": all(said.internal for said in one.said),
        "isRepliable": True,
        "lastModUpdate": _date(mods[-1]) if mods else None,
        "lastUnread": _date(one.unread_since) if one.unread_since is not None else None,
        "lastUpdated": _date(one.said[-1].date),
        "lastUserUpdate": _date(users[-1]) if users else None,
        "legacyFirstMessageId": one.letter.id if one.letter else one.id,
        "numMessages": len(one.said),
        "objIds": [{"id": said.id, "key": "messages"} for said in one.said],
        "owner": {"displayName": one.subreddit.name, "type": "subreddit", "id": one.subreddit.fullname},
        "participant": _author(one, one.participant),
        "state": one.state,
        "subject": one.subject,
    }


def _said(one: Conversation, said: Said) -> Json:
    return {
        "author": _author(one, said.author),
        "body": f"<!-- SC_OFF -->{shapes.in_html(said.text)}<!-- SC_ON -->",
        "bodyMarkdown": said.text,
        "date": _date(said.date),
        "id": said.id,
        "isInternal": said.internal,
    }


def _author(one: Conversation, person: Person) -> Json:
    return {
        "id": int(person.id, 36),
        "isAdmin": False,
        "isApproved": False,
        "isDeleted": False,
        "isHidden": False,
        "isMod": _by_moderator(one, person),
        "isOp": person is one.said[0].author,
        "isParticipant": person is one.participant,
        "name": person.name,
    }


def _by_moderator(one: Conversation, person: Person) -> bool:
    return person.name.lower() in one.subreddit.moderators


def _date(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")
