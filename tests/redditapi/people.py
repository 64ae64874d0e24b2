"""What people do on the fake Reddit."""

from collections.abc import Sequence

from redditapi.state import State
from redditapi.values import Letter, Link, Person, SubredditKind


class People(State):
    """Their deeds. Names are created when somebody acts for the first time."""

    # -------------------------------------------------------------- places

    def community(self, name: str, *, moderators: Sequence[str] = (), kind: SubredditKind = "public") -> str:
        """A new subreddit; its name."""
        for one in moderators:
            self.add_person(one)
        self.add_subreddit(name, moderators=[one.lower() for one in moderators], kind=kind)
        return name

    def set_kind(self, subreddit: str, kind: SubredditKind) -> None:
        """Make it private, banned, quarantined, ... or public again."""
        self.subreddits[subreddit.lower()].kind = kind

    def appoint(self, subreddit: str, name: str) -> None:
        """Somebody becomes a moderator, perhaps the bot."""
        self.add_person(name)
        self.subreddits[subreddit.lower()].moderators.append(name.lower())

    def ban(self, subreddit: str, name: str | None = None) -> None:
        """Nobody with this name may write there any more: the bot, unless another is named."""
        self.subreddits[subreddit.lower()].banned.add((name or self.username).lower())

    def unban(self, subreddit: str, name: str | None = None) -> None:
        """Take a ban back."""
        self.subreddits[subreddit.lower()].banned.discard((name or self.username).lower())

    # -------------------------------------------------------------- submissions and comments

    def submit(
        self, subreddit: str, author: str, title: str, text: str = "", *, flair: str | None = None
    ) -> str:
        """A new submission; its full name."""
        place, person = self.subreddits[subreddit.lower()], self.add_person(author)
        return self.add_link(subreddit=place, author=person, title=title, text=text, flair=flair).fullname

    def write(self, parent: str, author: str, text: str, *, late: float = 0.0) -> str:
        """A new comment under a submission or a comment; its full name.

        Args:
            late: seconds for which it shows in no listing, beyond the usual lag.
        """
        return self.add_comment(self.things[parent], self.add_person(author), text, late).fullname

    def edit(self, fullname: str, text: str) -> None:
        """The author changes what was said."""
        one = self.things[fullname]
        one.text, one.edited = text, float(int(self.now()))
        self.wake()

    def delete(self, fullname: str) -> None:
        """The author deletes it."""
        self.things[fullname].deleted = True
        self.wake()

    def remove(self, fullname: str) -> None:
        """Moderators remove it."""
        self.things[fullname].removed = True
        self.wake()

    def approve(self, fullname: str) -> None:
        """Moderators put it back."""
        self.things[fullname].removed = False

    def lock(self, fullname: str, *, locked: bool = True) -> None:
        """Moderators allow no more answers to a submission or a comment."""
        self.things[fullname].locked = locked

    def archive(self, link: str) -> None:
        """A submission gets too old for answers."""
        one = self.things[link]
        assert isinstance(one, Link), "only submissions are archived"
        one.archived = True

    def flair(self, link: str, text: str | None) -> None:
        """A submission gets another flair."""
        one = self.things[link]
        assert isinstance(one, Link), "only submissions have a flair here"
        one.flair = text

    def distinguish(self, fullname: str) -> None:
        """A moderator speaks as one."""
        self.things[fullname].distinguished = "moderator"

    def vote(self, fullname: str, by: int) -> int:
        """Votes of others, up or down; the score then."""
        self.things[fullname].score += by
        return self.things[fullname].score

    # -------------------------------------------------------------- letters

    def tell(self, author: str, subject: str, text: str) -> str:
        """A private message to the bot; its full name."""
        person = self.add_person(author)
        return self.add_letter(author=person, to=self.username, subject=subject, text=text).fullname

    def tell_back(self, author: str | None, letter: str, text: str) -> str:
        """Somebody answers a private message of the bot's; its full name.

        Args:
            author: None = the subreddit that it was written to, without a name.
        """
        one = self.letters[letter]
        made = self._answered(one, self.add_person(author) if author is not None else None, text)
        for thread in self.modmail.values():
            if author is not None and thread.letter is (one.first or one):
                thread.said.append(self.add_said(self.add_person(author), text))
                thread.unread_since = self.now()
        return made.fullname

    def tell_from(self, subreddit: str, subject: str, text: str, *, by: str | None = None) -> str:
        """A subreddit writes to the bot, in a moderator's name or in nobody's; the letter's full name."""
        place = self.subreddits[subreddit.lower()]
        person = self.add_person(by) if by is not None else None
        made = self.add_letter(author=person, to=self.username, subject=subject, text=text, subreddit=place)
        return made.fullname

    def block_bot(self, name: str, *, blocked: bool = True) -> None:
        """Somebody does not want to hear from the bot, or does again."""
        blocks = self.add_person(name).blocks
        (blocks.add if blocked else blocks.discard)(self.username.lower())

    # -------------------------------------------------------------- modmail

    def mail(self, subreddit: str, author: str, subject: str, text: str) -> str:
        """Somebody begins a thread of modmail; its id."""
        place = self.subreddits[subreddit.lower()]
        return self.add_conversation(place, self.add_person(author), subject, text).id

    def mail_back(self, conversation: str, author: str, text: str, *, hidden: bool = False) -> None:
        """Somebody goes on in a thread; if the bot began it, it gets a letter when a moderator answers.

        Args:
            hidden: the letter names the subreddit only.
        """
        thread, person = self.modmail[conversation], self.add_person(author)
        thread.said.append(self.add_said(person, text))
        thread.unread_since = self.now()
        if thread.letter is not None and person.name.lower() in thread.subreddit.moderators:
            self._answered(thread.letter, None if hidden else person, text)
        self.wake()

    def _answered(self, letter: Letter, author: Person | None, text: str) -> Letter:
        return self.add_letter(
            author=author,
            to=self.username,
            subject=letter.subject if letter.subject.startswith("re: ") else f"re: {letter.subject}",
            text=text,
            subreddit=letter.subreddit,
            parent=letter,
            first=letter.first or letter,
        )
