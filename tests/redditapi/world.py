"""The fake Reddit as a test holds it: it builds the world, orders faults, and looks at what came of it."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from redditapi.faults import Fault
from redditapi.people import People
from redditapi.refusals import Json
from redditapi.values import Comment, Letter


class World(People):
    """Everything that a test does to, or sees of, the fake server.

    Whatever is public here takes and gives plain JSON values, so that it can be called through HTTP as well.
    """

    # -------------------------------------------------------------- how the server is

    def switch(self, **changes: Any) -> None:
        """Change `Switches` (lag, own_lag, tree_lag, combined, gone_listed, depth, token_seconds, doubled,
        two_copies) or the `Allowance` (requests, seconds, per_minute, enforced, shown)."""
        for name, value in changes.items():
            holder = self.switches if hasattr(self.switches, name) else self.allowance
            if not hasattr(holder, name):
                raise ValueError(f"there is no switch {name!r}")
            setattr(holder, name, value)

    def fault(self, kind: Any, path: str = "*", **details: Any) -> None:
        """Order something to go wrong: see `Fault` for the kinds and details."""
        self.faults.order(Fault(kind=kind, path=path, **details))

    def faults_left(self) -> int:
        """Orders that still wait for a request."""
        return self.faults.left

    def clear_faults(self) -> None:
        """From now on nothing goes wrong."""
        self.faults.clear()

    def release(self) -> None:
        """Let go whatever hangs."""
        self.faults.release()

    def trap(self, window: str, process: int, *, after: int = 0) -> None:
        """Kill a process at a moment of what it says to the server: see `traps`."""
        self.traps.set(window, process, after=after)

    def trapped(self) -> bool:
        """Whether a trap still waits for its moment."""
        return self.traps.is_set

    def remove_trap(self) -> None:
        """There is none any more."""
        self.traps.remove()

    def expire_tokens(self) -> None:
        """No access token of before is good any more."""
        self.tokens.clear()

    def many(self, calls: Sequence[tuple[str, Json]]) -> list[Any]:
        """Call methods of this class one after the other, each by its name and keyword arguments."""
        return [getattr(self, name)(**given) for name, given in calls]

    # -------------------------------------------------------------- what is to be seen

    def see(self, fullname: str) -> Json:
        """A comment or submission as it really is, gone or not."""
        one = self.things[fullname]
        known: Json = {
            "name": fullname,
            "subreddit": one.subreddit.name,
            "author": one.author.name,
            "text": one.text,
            "score": one.score,
            "created": one.created,
            "deleted": one.deleted,
            "removed": one.removed,
        }
        return known | ({"parent": one.parent.fullname} if isinstance(one, Comment) else {"title": one.title})

    def by_bot(self, parent: str | None = None, *, gone: bool = True) -> list[Json]:
        """The bot's own comments in order, or those directly under one thing; without `gone`, what stands."""
        found = self.comments if parent is None else self.things[parent].answers
        return [self.see(one.fullname) for one in found if one.author is self.bot and (gone or not one.gone)]

    def answered_twice(self) -> list[str]:
        """Comments and submissions under which the bot ever wrote more than once."""
        counted = Counter(one.parent.fullname for one in self.comments if one.author is self.bot)
        return [name for name, count in counted.items() if count > 1]

    def seen(self) -> list[str]:
        """Full names of all comments that a subreddit's listing has ever shown to the bot."""
        return sorted(self.listed)

    def letters_to(self, name: str) -> list[Json]:
        """What the bot wrote in private: to a person, or with "#name" to the moderators of a subreddit."""
        return [
            _letter(one)
            for one in self.letters.values()
            if one.author is self.bot and one.to.lower() == name.lower()
        ]

    def letters_sent(self) -> list[Json]:
        """Everything that the bot wrote in private."""
        return [_letter(one) for one in self.letters.values() if one.author is self.bot]

    def unread(self) -> list[str]:
        """Full names of what lies unread in the bot's inbox."""
        return [one.fullname for one in self.inbox if one.unread]

    def threads(self, subreddit: str) -> list[Json]:
        """The modmail of a subreddit: `id, subject, unread, said` (each `author, text, internal`)."""
        return [
            {
                "id": one.id,
                "subject": one.subject,
                "unread": one.unread_since is not None,
                "said": [
                    {"author": each.author.name, "text": each.text, "internal": each.internal}
                    for each in one.said
                ],
            }
            for one in self.modmail.values()
            if one.subreddit.name.lower() == subreddit.lower()
        ]

    def requests(self, path: str | None = None, verb: str | None = None) -> list[Json]:
        """Every request in order: `verb, path, params, code, at` (code 0: cut off without an answer).

        Secrets stand in `params` as "…".
        """
        return [
            one for one in self.asked if (path is None or one["path"] == path) and verb in {None, one["verb"]}
        ]

    def counts(self) -> dict[str, int]:
        """How often each path was asked for, as "GET r/a/comments"."""
        return dict(Counter(f"{one['verb']} {one['path']}" for one in self.asked))

    def beyond(self) -> dict[str, int]:
        """How many requests were beyond the window's and beyond a minute's; the most in any 60 s."""
        limits = self.allowance
        return {
            "window": limits.over_window,
            "minute": limits.over_minute,
            "most_in_a_minute": limits.most_in_a_minute,
        }


def _letter(one: Letter) -> Json:
    return {
        "name": one.fullname,
        "to": one.to,
        "subject": one.subject,
        "text": one.text,
        "parent": one.parent.fullname if one.parent else None,
    }
