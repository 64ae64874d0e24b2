"""What single people may ask for: to be left alone, to have a reply deleted, to know why it came."""

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Final

from bot.adapters.fields import WrongField, maybe_text, part
from bot.adapters.reddit import postman, texts
from bot.adapters.reddit.commands import named_thing
from bot.adapters.reddit.letters import Command, Praise, children
from bot.adapters.reddit.once import Effect
from bot.adapters.reddit.ports import Api, Moderators
from bot.adapters.reddit.postman import Note
from bot.adapters.reddit.values import COMMENT, REDDIT, account_of, chat_key, is_fullname, ref_of
from bot.application.people import LEFT_ALONE_FOR, Feedback, GivenReply
from bot.application.ports import Clock, Queries, Store, Transaction
from bot.application.watching import Wish
from bot.application.why import WhyAnswered, concerns
from bot.domain.authors import AuthorKey
from bot.domain.messages import AuthorHash, MessageRef, Origin
from bot.domain.replies import COUNTED

nothing: Final[Effect] = lambda _: ()  # noqa: E731  # a value of that type, not a function of its own


class Wishes:
    """`!optout`, `!optin`, `!delete`, `!why`, and praise.

    Args:
        me: the account's own name.
        store: replies, and what stands about people.
        api: for a reply whose name Reddit never told us.
        key: the names that people have here.
        moderators: who may have a reply deleted.
        reasons: what decided.
        erased: told before somebody is forgotten, so that the bytes go soon after (`Retention.soon`).
        clock: time.
    """

    def __init__(
        self,
        *,
        me: str,
        store: Store,
        api: Api,
        key: AuthorKey,
        moderators: Moderators,
        reasons: WhyAnswered,
        erased: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._me = me.lower()
        self._account = account_of(me)
        self._store = store
        self._api = api
        self._key = key
        self._moderators = moderators
        self._reasons = reasons
        self._erased = erased
        self._clock = clock

    async def opted_out(self, asked: Command) -> Effect:
        """Never read this person again."""
        if asked.author is None:
            return nothing
        author, now = self._hash(asked.author), self._clock.now()

        def effect(tx: Transaction) -> Sequence[Note]:
            tx.opt_out(author, at=now)
            return to_whom(asked, texts.OPTED_OUT)

        return effect

    async def opted_in(self, asked: Command) -> Effect:
        """Read this person again."""
        if asked.author is None:
            return nothing
        author = self._hash(asked.author)

        def effect(tx: Transaction) -> Sequence[Note]:
            tx.opt_in(author)
            tx.end_left_alone(author)
            return to_whom(asked, texts.OPTED_IN)

        return effect

    async def forgotten(self, asked: Command) -> Effect:
        """Erase what is known of this person, at once; that they want not to be read stands."""
        if asked.author is None:
            return nothing
        author, name, now = self._hash(asked.author), asked.author.lower(), self._clock.now()
        self._erased()

        def effect(tx: Transaction) -> Sequence[Note]:
            tx.forget(author, platform=REDDIT, platform_id=name, unread=self._key.unread, at=now)
            out = bool(tx.opted_out((author,)))
            return to_whom(asked, texts.FORGOTTEN_AND_OPTED_OUT if out else texts.FORGOTTEN)

        return effect

    async def helped(self, asked: Command) -> Effect:
        """What works, once a day and person: nobody is talked into a conversation with a program."""
        if asked.author is None or asked.public:
            return nothing
        author, now = self._hash(asked.author), self._clock.now()
        told = blake2b(f"{author}:{now.date()}".encode(), digest_size=7)
        number = int.from_bytes(told.digest())

        def effect(tx: Transaction) -> Sequence[Note]:
            first = tx.handle_once(f"{self._account}:help", number, at=now)
            return to_whom(asked, texts.WHAT_WORKS) if first else ()

        return effect

    async def deleted(self, asked: Command) -> Effect:
        """By the person whom the reply is for, or a moderator of its subreddit; nobody else learns anything.

        Raises:
            PlatformError: which reply is meant cannot be found out just now.
        """
        reply, now = await self._meant(asked), self._clock.now()
        wish = None if reply is None else await self._allowed(asked, reply)
        if reply is None or wish is None:
            return lambda _: to_whom(asked, texts.NO_SUCH_REPLY)

        def effect(tx: Transaction) -> Sequence[Note]:
            first = tx.want_removed(reply.id, wish, at=now)
            return to_whom(asked, texts.DELETED if first else texts.DELETED_BEFORE)

        return effect

    async def _allowed(self, asked: Command, reply: GivenReply) -> Wish | None:
        """In whose name a reply goes; None = it is not theirs to delete."""
        subreddit = reply.chat[1]
        if asked.author is None:
            return Wish.MODERATOR if asked.subreddit == subreddit else None
        if concerns(reply, self._hash(asked.author)):
            return Wish.ASKED
        return Wish.MODERATOR if await self._moderators.include(asked.author, subreddit) else None

    async def explained(self, asked: Command) -> Effect:
        """What decided, for the person whom the reply is for; a stranger does not learn that there is one.

        Raises:
            PlatformError: which reply is meant cannot be found out just now.
        """
        reply = None if asked.author is None else await self._meant(asked)
        if reply is None and asked.author is not None and not asked.public and not asked.arguments:
            return lambda _: to_whom(asked, texts.NEVER_ANSWERED)
        if reply is None or asked.author is None or not concerns(reply, self._hash(asked.author)):
            return lambda _: to_whom(asked, texts.NO_SUCH_REPLY)
        because = await self._reasons.because(reply)
        words = texts.WHY_THE_CARD if because is None else texts.why(because)
        return lambda _: to_whom(asked, words)

    async def praised(self, praise: Praise) -> Effect:
        """Whoever reads a reply may say what they think of it; nothing is answered.

        Raises:
            PlatformError: which reply is meant cannot be found out just now.
        """
        reply = await self._answered_by(praise.subreddit, praise.parent)
        if reply is None:
            return nothing
        now, author = self._clock.now(), None if praise.author is None else self._hash(praise.author)
        if author is not None and concerns(reply, author):
            return self._judged_by_the_person(reply.id, author, good=praise.good)
        kind = Feedback.GOOD_BOT if praise.good else Feedback.BAD_BOT

        def effect(tx: Transaction) -> Sequence[Note]:
            tx.keep_feedback(reply.id, kind, at=now)
            return ()

        return effect

    def _judged_by_the_person(self, reply_id: int, author: AuthorHash, *, good: bool) -> Effect:
        """Whom a reply was for says whether it was any help; who needed none is left alone for a while."""
        now = self._clock.now()

        def effect(tx: Transaction) -> Sequence[Note]:
            tx.keep_feedback(reply_id, Feedback.HELPED if good else Feedback.NOT_NEEDED, at=now)
            if not good:
                tx.leave_alone(author, until=now + LEFT_ALONE_FOR, at=now)
            return ()

        return effect

    # ------------------------------------------------------------------ which reply is meant

    async def _meant(self, asked: Command) -> GivenReply | None:
        """The one that is named, else the one under which this was written, else the person's newest."""
        named = named_thing(asked.arguments)
        if named is not None:
            return await self._store.read(lambda queries: self._named(queries, named))
        if asked.parent is not None and asked.subreddit is not None:
            return await self._answered_by(asked.subreddit, asked.parent)
        if asked.author is None:
            return None
        author = self._hash(asked.author)
        return await self._store.read(lambda queries: queries.newest_reply_on(REDDIT, author))

    def _named(self, queries: Queries, fullname: str) -> GivenReply | None:
        """By the comment that it answers, or by its own name, wherever it stands."""
        found = _reply_to(queries, queries.refs_of(REDDIT, fullname))
        return found or queries.reply_named(REDDIT, fullname)

    async def _answered_by(self, subreddit: str, parent: str) -> GivenReply | None:
        """The reply that stands there as `parent`; where we were never told its name, Reddit is asked."""
        chat = chat_key(subreddit)
        reply = await self._store.read(lambda queries: queries.reply_seen_as(chat, parent))
        if reply is not None or not is_fullname(parent, COMMENT):
            return reply
        answered = await self._parent_of_ours(parent)
        if answered is None:
            return None
        return await self._store.read(lambda queries: _reply_to(queries, [ref_of(subreddit, answered)]))

    async def _parent_of_ours(self, fullname: str) -> str | None:
        """What a comment of ours answers; None = it is not ours, or not there."""
        items, _ = children(await self._api.get("api/info", {"id": fullname}))
        try:
            inside = part(items[0], "data") if items else {}
            author, parent = maybe_text(inside, "author"), maybe_text(inside, "parent_id")
        except WrongField:
            return None
        ours = author is not None and author.lower() == self._me
        return parent if ours and parent and is_fullname(parent, "t1", "t3") else None

    def _hash(self, username: str) -> AuthorHash:
        return self._key.author(REDDIT, username.lower())


def _reply_to(queries: Queries, refs: Sequence[MessageRef]) -> GivenReply | None:
    """The reply to one of these that went out, or is about to; what was only imagined is none."""
    decided = queries.decisions(refs, origin=Origin.LIVE).values()
    ids = (each.reply_id for each in decided if each.reply_state in COUNTED)
    return next((queries.given_reply(each) for each in ids if each is not None), None)


def to_whom(asked: Command, words: str) -> Sequence[Note]:
    """Said in private, wherever it was asked: in the same conversation, or in a message to the person."""
    if not asked.public:
        return (postman.answer(asked.fullname, words),)
    return () if asked.author is None else (postman.message(asked.author, texts.SUBJECT, words),)
