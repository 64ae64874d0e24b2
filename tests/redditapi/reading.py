"""What the bot can read."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from redditapi import shapes
from redditapi.refusals import Json, Refused, not_found
from redditapi.state import State
from redditapi.values import Comment, Letter, Link, Subreddit, Thing

Given = dict[str, str]

_USUAL, _MOST = 25, 100


def me(state: State, _given: Given) -> Json:
    """GET /api/v1/me."""
    unread = [one for one in state.inbox if one.unread]
    return {
        "comment_karma": 1,
        "created": state.bot.created,
        "created_utc": state.bot.created,
        "has_mail": bool(unread),
        "has_mod_mail": False,
        "has_verified_email": True,
        "id": state.bot.id,
        "inbox_count": len(unread),
        "is_employee": False,
        "is_gold": False,
        "is_mod": any(state.username.lower() in one.moderators for one in state.subreddits.values()),
        "is_suspended": False,
        "link_karma": 1,
        "name": state.username,
        "over_18": True,
    }


def comments(state: State, given: Given, names: str) -> Json:
    """GET /r/a+b/comments."""
    places = _places(state, names)
    found = (one for one in state.shown(state.comments, state.switches.lag) if one.subreddit in places)
    page = _page(state, found, given)
    children = page["data"]["children"]
    state.listed.update(child["data"]["name"] for child in children)
    if state.switches.doubled:
        page["data"]["children"] = [*reversed(children), *children]
    return page


def new(state: State, given: Given, names: str) -> Json:
    """GET /r/a+b/new."""
    places = _places(state, names)
    found = (one for one in state.shown(state.links, state.switches.lag) if one.subreddit in places)
    return _page(state, found, given)


def of_person(state: State, given: Given, name: str) -> Json:
    """GET /user/<name>/comments."""
    person = state.people.get(name.lower())
    if person is None:
        raise not_found()
    found = (one for one in state.shown(state.comments, state.switches.own_lag) if one.author is person)
    return _page(state, found, given)


def person(state: State, _given: Given, name: str) -> Json:
    """GET /user/<name>/about."""
    found = state.people.get(name.lower())
    if found is None:
        raise not_found()
    data = {
        "comment_karma": 1,
        "created": found.created,
        "created_utc": found.created,
        "has_verified_email": True,
        "hide_from_robots": False,
        "id": found.id,
        "is_friend": False,
        "is_gold": False,
        "is_mod": False,
        "link_karma": 1,
        "name": found.name,
    }
    return {"kind": "t2", "data": data}


def info(state: State, given: Given) -> Json:
    """GET /api/info?id=…: what is there, in the order asked for; beyond 100 ids nothing is told."""
    children = []
    for name in given.get("id", "").split(",")[:_MOST]:
        places = [one for one in state.subreddits.values() if one.fullname == name]
        if places:
            children.append(shapes.subreddit(state, places[0]))
        elif name in state.things:
            one = state.things[name]
            if one.subreddit.kind not in {"private", "banned"}:
                children.append(_alone(state, one))
    return shapes.listing(children)


def tree(state: State, _given: Given, link: str, comment: str | None = None) -> list[Json]:
    """GET /comments/<link>[/_/<comment>]: the submission, and the comments below it or the one asked for."""
    found = state.things.get(f"t3_{link}")
    if not isinstance(found, Link):
        raise not_found()
    state.subreddit(found.subreddit.name)
    top = found.answers
    if comment is not None:
        one = state.things.get(f"t1_{comment}")
        top = [one] if isinstance(one, Comment) and one.link is found else []
        if one is not None and one.gone and not _grown(state, one):
            top = []
        return [
            shapes.listing([shapes.link(state, found)]),
            shapes.listing(_branches(state, top, asked=True)),
        ]
    return [shapes.listing([shapes.link(state, found)]), shapes.listing(_branches(state, top))]


def about(state: State, _given: Given, name: str) -> Json:
    """GET /r/<name>/about."""
    return shapes.subreddit(state, state.subreddit(name))


def moderators(state: State, given: Given, name: str) -> Json:
    """GET /r/<name>/about/moderators, all or one `user`."""
    place = state.subreddit(name)
    wanted = given.get("user", "").lower()
    children = [
        {
            "date": place.created,
            "id": f"t2_{state.people[one].id}",
            "mod_permissions": ["all"],
            "name": state.people[one].name,
        }
        for one in place.moderators
        if wanted in {"", one}
    ]
    return {"kind": "UserList", "data": {"children": children}}


def unread(state: State, given: Given) -> Json:
    """GET /message/unread; what has been read is gone from it."""
    return _mail(state, given, only_unread=True)


def inbox(state: State, given: Given) -> Json:
    """GET /message/inbox: read or not."""
    return _mail(state, given, only_unread=False)


def _mail(state: State, given: Given, *, only_unread: bool) -> Json:
    newest = [one for one in reversed(state.inbox) if one.unread or not only_unread]
    chosen, after = _cut(newest, given)
    children = [
        shapes.letter(one) if isinstance(one, Letter) else shapes.notice(state, one) for one in chosen
    ]
    return shapes.listing(children, after=after)


def _places(state: State, names: str) -> list[Subreddit]:
    """The communities of a listing.

    Raises:
        Refused: one of them is closed, or none is left.
    """
    open_ones, refusals = [], []
    for name in names.split("+"):
        try:
            open_ones.append(state.subreddit(name))
        except Refused as refused:
            refusals.append(refused)
    if refusals and (state.switches.combined == "refuse" or not open_ones):
        raise refusals[0]
    return open_ones


def _page(state: State, found: Iterable[Thing], given: Given) -> Json:
    """A page of a listing that is as deep as listings are."""
    deep: list[Any] = list(islice(found, state.switches.depth))
    chosen, after = _cut(deep, given)
    kept = [one for one in chosen if state.switches.gone_listed or not one.gone]
    children = [
        shapes.comment(state, one, listed=True) if isinstance(one, Comment) else shapes.link(state, one)
        for one in kept
    ]
    return shapes.listing(children, after=after)


def _cut(newest: list[Any], given: Given) -> tuple[list[Any], str | None]:
    """The part that `limit`, `after` and `before` choose, and the name after which more would come."""
    limit = min(max(_number(given.get("limit"), _USUAL), 1), _MOST)
    names = [one.fullname for one in newest]
    start = 0
    if given.get("after"):
        start = names.index(given["after"]) + 1 if given["after"] in names else len(names)
    if given.get("before"):
        end = names.index(given["before"]) if given["before"] in names else 0
        start, limit = max(end - limit, 0), min(limit, end)
        return newest[start : start + limit], None
    chosen = newest[start : start + limit]
    return chosen, chosen[-1].fullname if chosen and start + limit < len(newest) else None


def _number(text: str | None, usual: int) -> int:
    return int(text) if text is not None and text.isdigit() else usual


def _alone(state: State, one: Comment | Link) -> Json:
    return shapes.comment(state, one, by_name=True) if isinstance(one, Comment) else shapes.link(state, one)


def _branches(state: State, found: list[Comment], *, asked: bool = False) -> list[Json]:
    """Comments with everything below them; what is gone stays only as a stump that carries others."""
    branches = []
    for one in found:
        grown = _grown(state, one)
        if asked or (_visible(state, one) and (not one.gone or grown)):
            below = shapes.listing(_branches(state, grown)) if grown else ""
            branches.append(shapes.comment(state, one, replies=below))
    return branches


def _grown(state: State, one: Comment | Link) -> list[Comment]:
    """The answers that trees show."""
    return [each for each in one.answers if _visible(state, each) and (not each.gone or _grown(state, each))]


def _visible(state: State, one: Comment) -> bool:
    return one.created + one.late + state.switches.tree_lag <= state.now()
