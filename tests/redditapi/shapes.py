"""The JSON of things, with the keys and types of the recordings in praw's and prawcore's source."""

import html
from collections.abc import Sequence

from redditapi.refusals import Json
from redditapi.state import State
from redditapi.values import Comment, Letter, Link, Notice, Subreddit, Thing

DELETED, REMOVED = "[deleted]", "[removed]"
SITE = "https://www.reddit.com"


def listing(kinds: Sequence[Json], *, after: str | None = None, before: str | None = None) -> Json:
    """A Listing of things."""
    children = list(kinds)
    data = {"after": after, "dist": len(children), "modhash": None, "geo_filter": "", "children": children}
    return {"kind": "Listing", "data": data | {"before": before}}


def in_html(text: str) -> str:
    """A text as `body_html` has it; Markdown is left as it is."""
    paragraphs = "\n\n".join(f"<p>{html.escape(part, quote=False)}</p>" for part in text.split("\n\n"))
    return f'<div class="md">{paragraphs}\n</div>'


def comment(
    state: State, one: Comment, *, replies: "Json | str" = "", listed: bool = False, by_name: bool = False
) -> Json:
    """A comment as somebody who does not moderate sees it.

    Args:
        replies: the listing below it; "" = none, or not told.
        listed: with the keys about its submission, which only listings have.
        by_name: as those are told it who ask for it by its name: what moderators removed still has its author
            and its text, as a recording shows.
    """
    text = one.text if by_name and not one.deleted else _text(one)
    data = _shared(state, one, whole=by_name and not one.deleted) | {
        "associated_award": None,
        "author_is_blocked": False,
        "body": text,
        "body_html": in_html(text),
        "collapsed": one.score < -4,
        "collapsed_because_crowd_control": None,
        "collapsed_reason": None,
        "collapsed_reason_code": None,
        "comment_type": None,
        "controversiality": 0,
        "is_submitter": one.author is one.link.author,
        "link_id": one.link.fullname,
        "name": one.fullname,
        "parent_id": one.parent.fullname,
        "permalink": permalink(one),
        "replies": replies,
        "score_hidden": False,
        "unrepliable_reason": None,
    }
    if listed:
        data |= {
            "link_author": DELETED if one.link.deleted else one.link.author.name,
            "link_permalink": SITE + permalink(one.link),
            "link_title": one.link.title,
            "link_url": SITE + permalink(one.link),
            "num_comments": _count(one.link),
            "over_18": False,
            "quarantine": one.subreddit.kind == "quarantined",
        }
    return {"kind": "t1", "data": data}


def link(state: State, one: Link) -> Json:
    """A submission with a text of its own."""
    text = _text(one) if one.gone else one.text
    data = _shared(state, one) | {
        "clicked": False,
        "contest_mode": False,
        "domain": f"self.{one.subreddit.name}",
        "hidden": False,
        "hide_score": False,
        "is_crosspostable": not one.gone,
        "is_robot_indexable": not one.gone,
        "is_self": True,
        "is_video": False,
        "link_flair_css_class": one.flair and "",
        "link_flair_richtext": [],
        "link_flair_text": one.flair,
        "link_flair_text_color": "dark",
        "link_flair_type": "text",
        "media": None,
        "name": one.fullname,
        "num_comments": _count(one),
        "num_crossposts": 0,
        "over_18": False,
        "permalink": permalink(one),
        "pinned": False,
        "quarantine": one.subreddit.kind == "quarantined",
        "removed_by_category": "deleted" if one.deleted else "moderator" if one.removed else None,
        "selftext": text,
        "selftext_html": in_html(text) if text else None,
        "spoiler": False,
        "subreddit_subscribers": 7,
        "thumbnail": "self",
        "title": one.title,
        "upvote_ratio": 1.0,
        "url": SITE + permalink(one),
        "visited": False,
    }
    return {"kind": "t3", "data": data}


def letter(one: Letter) -> Json:
    """A private message as it lies in an inbox."""
    home = one.subreddit.name if one.subreddit else None
    data = _inbox(one.id, one.fullname, one.text, one.created, unread=one.unread) | {
        "author": one.author.name if one.author else None,
        "author_fullname": f"t2_{one.author.id}" if one.author else None,
        "context": "",
        "dest": one.to,
        "distinguished": "moderator" if one.subreddit and not one.to.startswith("#") else None,
        "first_message": int(one.first.id, 36) if one.first else None,
        "first_message_name": one.first.fullname if one.first else None,
        "num_comments": None,
        "parent_id": one.parent.fullname if one.parent else None,
        "score": 0,
        "subject": one.subject,
        "subreddit": home,
        "subreddit_name_prefixed": home and f"r/{home}",
        "type": "unknown",
        "was_comment": False,
    }
    return {"kind": "t4", "data": data}


def notice(state: State, one: Notice) -> Json:
    """A comment as it lies in an inbox."""
    said = one.comment
    subjects = {
        "comment_reply": "comment reply",
        "post_reply": "post reply",
        "username_mention": "username mention",
    }
    data = _inbox(said.id, said.fullname, _text(said), said.created, unread=one.unread) | {
        "author": None if said.deleted else said.author.name,
        "author_fullname": None if said.deleted else f"t2_{said.author.id}",
        "context": f"{permalink(said)}?context=3",
        "dest": state.username,
        "distinguished": said.distinguished,
        "first_message": None,
        "first_message_name": None,
        "link_title": said.link.title,
        "num_comments": _count(said.link),
        "parent_id": said.parent.fullname,
        "score": said.score,
        "subject": subjects[one.why],
        "subreddit": said.subreddit.name,
        "subreddit_name_prefixed": f"r/{said.subreddit.name}",
        "type": one.why,
        "was_comment": True,
    }
    return {"kind": "t1", "data": data}


def subreddit(state: State, one: Subreddit) -> Json:
    """A community."""
    me = state.username.lower()
    data = {
        "created": one.created,
        "created_utc": one.created,
        "display_name": one.name,
        "display_name_prefixed": f"r/{one.name}",
        "id": one.id,
        "lang": "en",
        "name": one.fullname,
        "over18": False,
        "public_description": "",
        "quarantine": one.kind == "quarantined",
        "restrict_commenting": False,
        "restrict_posting": True,
        "subreddit_type": one.kind if one.kind in {"restricted", "private"} else "public",
        "subscribers": 7,
        "title": one.name,
        "url": f"/r/{one.name}/",
        "user_is_banned": me in one.banned,
        "user_is_contributor": False,
        "user_is_moderator": me in one.moderators,
        "user_is_muted": False,
        "user_is_subscriber": False,
    }
    return {"kind": "t5", "data": data}


def permalink(one: Comment | Link) -> str:
    """The path of a thing's own page."""
    if isinstance(one, Comment):
        return f"{permalink(one.link)}{one.id}/"
    words = "".join(letter if letter.isalnum() else "_" for letter in one.title.lower())[:50]
    return f"/r/{one.subreddit.name}/comments/{one.id}/{words.strip('_') or '_'}/"


def _text(one: Thing) -> str:
    return DELETED if one.deleted else REMOVED if one.removed else one.text


def _count(one: Link) -> int:
    """How many comments a submission has."""
    waiting, count = list(one.answers), 0
    while waiting:
        found = waiting.pop()
        count += 1
        waiting += found.answers
    return count


def _inbox(number: str, name: str, text: str, created: float, *, unread: bool) -> Json:
    return {
        "associated_awarding_id": None,
        "body": text,
        "body_html": f"<!-- SC_OFF -->{in_html(text)}<!-- SC_ON -->",
        "created": created,
        "created_utc": created,
        "id": number,
        "likes": None,
        "name": name,
        "new": unread,
        "replies": "",
    }


def _shared(state: State, one: Comment | Link, *, whole: bool = False) -> Json:
    """What comments and submissions have in common; whoever deleted has no `author_fullname`."""
    hidden = one.gone and not whole and not (isinstance(one, Link) and one.removed and not one.deleted)
    data: Json = {
        "all_awardings": [],
        "approved_at_utc": None,
        "approved_by": None,
        "archived": (one.link if isinstance(one, Comment) else one).archived,
        "author": DELETED if hidden else one.author.name,
        "author_flair_css_class": None,
        "author_flair_text": None,
        "author_premium": False,
        "awarders": [],
        "banned_at_utc": None,
        "banned_by": None,
        "can_gild": False,
        "can_mod_post": False,
        "created": one.created,
        "created_utc": one.created,
        "distinguished": one.distinguished,
        "downs": 0,
        "edited": one.edited or False,
        "gilded": 0,
        "gildings": {},
        "id": one.id,
        "likes": True if one.author is state.bot else None,
        "locked": one.locked,
        "mod_note": None,
        "mod_reason_by": None,
        "mod_reason_title": None,
        "mod_reports": [],
        "no_follow": True,
        "num_reports": None,
        "removal_reason": None,
        "report_reasons": None,
        "saved": False,
        "score": one.score,
        "send_replies": True,
        "stickied": False,
        "subreddit": one.subreddit.name,
        "subreddit_id": one.subreddit.fullname,
        "subreddit_name_prefixed": f"r/{one.subreddit.name}",
        "subreddit_type": "public",
        "top_awarded_type": None,
        "total_awards_received": 0,
        "treatment_tags": [],
        "ups": one.score,
        "user_reports": [],
    }
    return data | ({} if hidden else {"author_fullname": f"t2_{one.author.id}"})
