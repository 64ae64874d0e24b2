"""`/review`: an admin labels what people wrote, and learns how often the bot is right."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final

from bot.adapters.telegram.conversation.answers import Answers, deep_link
from bot.adapters.telegram.conversation.choosing import Groups, keys, place_of
from bot.adapters.telegram.conversation.part import OnCommand, OnPress
from bot.adapters.telegram.conversation.standing import settings_of
from bot.adapters.telegram.ports import Rights
from bot.adapters.telegram.texts import notice
from bot.adapters.telegram.texts import review as texts
from bot.adapters.telegram.values import Act, Button, Command, Effect, File, Keyboard, Place, Press
from bot.application.ports import Clock, Queries, Store, Transaction
from bot.application.reviews import Label, Lesson, feedback_file, teachable
from bot.application.surveys import Findings, Survey, survey
from bot.domain.channels import ChannelDefaults
from bot.domain.decisions import ReplyWhen
from bot.domain.estimates import Estimate
from bot.domain.masking import masked

MORE, EXPORT = "more", "export"
REMOVE, SKIP, TEACH = "remove", "skip", "teach"
LEARNED: Final = "+"
"""Behind a choice: what is labelled from here on may be used for training."""
FEWEST_LESSONS: Final = 40
"""Training refuses a file with fewer texts."""
_CHOICES: Final = frozenset({*Label, REMOVE, SKIP, TEACH})
_DIGITS: Final = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a button under a comment means."""

    decision_id: int
    what: str
    teach: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A review before the next comment is shown.

    Attributes:
        open: drawn comments, in order.
        drawn: a round to be remembered first, and then shown.
        findings: what is said when nothing is open.
    """

    open: Sequence[int]
    drawn: Sequence[int]
    findings: Findings


class ReviewConversation:
    """Implements `Part` for `/review`, `rv:<decision id>:<choice>` and `rv:<more | export>:<channel id>`.

    Only decisions that were drawn can be labelled, in private, by an admin of their group: nothing is to be
    had by guessing ids.

    Args:
        store, rights, clock, bot, defaults: see `Part`.
        chance: draws the rounds.
        prepared: how training prepares a text.
        groups: which ones an admin may mean.
        erase_soon: told when bytes are to go now, not within the hour.
    """

    for_admins: Collection[str] = ("review",)
    for_owners: Collection[str] = ()

    def __init__(
        self,
        *,
        store: Store,
        rights: Rights,
        clock: Clock,
        bot: str,
        groups: Groups,
        defaults: ChannelDefaults,
        chance: Random,
        prepared: Callable[[str], str],
        erase_soon: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._rights = rights
        self._clock = clock
        self._bot = bot
        self._defaults = defaults
        self._chance = chance
        self._prepared = prepared
        self._groups = groups
        self._erase_soon = erase_soon
        self.commands: Mapping[str, OnCommand] = {"review": self._asked}
        self.presses: Mapping[str, OnPress] = {"rv": self._pressed}
        self.starts: Mapping[str, OnCommand] = {"review": self._started}

    async def _asked(self, command: Command) -> Effect:
        answers = await self._answers(command)
        wanted = EXPORT if command.arguments.lower() == EXPORT else MORE
        if not command.place.private:
            payload = f"review_{wanted}_{command.place.channel_id}"
            link = Button(text=notice.OPEN_PRIVATE, url=deep_link(self._bot, payload))
            return lambda tx: (answers.personal(tx, texts.REVIEW_LINK, start=payload, keyboard=((link,),)),)
        groups = await self._groups.administered_by(command.person)
        if len(groups) == 1:
            return await self._open(answers, groups[0].place, wanted)
        text = texts.WHICH_REVIEW if groups else texts.NO_GROUP
        return lambda _: (answers.openly(text, keyboard=keys(groups, f"rv:{wanted}:")),)

    async def _started(self, command: Command) -> Effect:
        """A link from the group: `<more | export>_<channel id>`."""
        wanted, _, channel_id = command.arguments.rpartition("_")
        return await self._open(await self._answers(command), place_of(channel_id), wanted)

    async def _pressed(self, press: Press) -> Effect:
        answers = await self._answers(press)
        _, first, second = (*press.data.split(":", 2), "", "")[:3]
        if first.removesuffix(LEARNED) in {MORE, EXPORT}:
            return await self._open(answers, place_of(second), first)
        choice = _choice(first, second)
        place = await self._place(choice, press) if choice is not None else None
        if choice is None or place is None:
            return lambda _: answers.popup(texts.NOT_YOURS, alert=True)
        if choice.what == REMOVE:
            self._erase_soon()
        return await self._chosen(answers, place, choice)

    async def _place(self, choice: Choice, press: Press) -> Place | None:
        """The group of a drawn decision, if this person, alone with the bot, administers it."""
        now = self._clock.now()
        card = await self._store.read(lambda queries: queries.review_card(choice.decision_id, now=now))
        place = place_of(card.key[1]) if card is not None else None
        allowed = place is not None and press.place.private and await self._groups.allow(press.person, place)
        return place if allowed else None

    async def _open(self, answers: Answers, place: Place | None, wanted: str) -> Effect:
        """Go on with a group's review, or give out what may be learned from."""
        private, person = answers.asked.place.private, answers.asked.person
        if place is None or not private or not await self._groups.allow(person, place):
            return lambda _: answers.popup(texts.NOT_YOURS, alert=True) or (answers.openly(texts.NOT_YOURS),)
        now, teach = self._clock.now(), wanted.endswith(LEARNED)
        if wanted == EXPORT:
            found = await self._store.read(lambda queries: queries.lessons(place.key, now=now))
            return lambda _: (*answers.popup(), self._exported(answers, found))
        standing = await self._store.read(lambda queries: self._standing(queries, place, now, draws=True))

        def effect(tx: Transaction) -> Sequence[Act]:
            tx.draw_reviews(place.key, standing.drawn, at=now)
            text, keyboard = self._shown(tx, place, standing, now, teach=teach)
            return (*answers.popup(), answers.openly(text, keyboard=keyboard))

        return effect

    async def _chosen(self, answers: Answers, place: Place, choice: Choice) -> Effect:
        """Keep what was said of one comment, and show the next."""
        now, decision_id = self._clock.now(), choice.decision_id
        label = Label(choice.what) if choice.what in set(Label) else None
        answered = None if choice.what == TEACH else (decision_id, label)
        standing = await self._store.read(
            lambda queries: self._standing(queries, place, now, answered=answered)
        )

        def effect(tx: Transaction) -> Sequence[Act]:
            said = ""
            if choice.what == TEACH:
                said = texts.TEACHES if choice.teach else texts.TEACHES_NOT
            elif choice.what == REMOVE:
                tx.remove_text(decision_id, at=now)
                said = texts.REMOVED
            elif not tx.answer_review(decision_id, label, teach=choice.teach, at=now):
                said = texts.FASTER
            text, keyboard = self._shown(tx, place, standing, now, teach=choice.teach)
            return (*answers.popup(said), answers.changed(text, keyboard=keyboard))

        return effect

    def _standing(
        self,
        queries: Queries,
        place: Place,
        now: datetime,
        *,
        answered: tuple[int, Label | None] | None = None,
        draws: bool = False,
    ) -> Standing:
        """As it is once the last comment is `answered`; runs in a thread of the store's."""
        settings = settings_of(queries, place, self._defaults)
        found: Survey = survey(queries, place.key, settings.reply_when, now=now)
        if answered is not None:
            found = found.answered(*answered)
        drawn = found.next_round(self._chance) if draws and not found.open else ()
        return Standing(open=[*found.open, *drawn], drawn=drawn, findings=found.findings())

    def _shown(
        self, tx: Transaction, place: Place, standing: Standing, now: datetime, *, teach: bool
    ) -> tuple[str, Keyboard]:
        """The next comment that can still be shown, else what the labels say by now."""
        for position, decision_id in enumerate(standing.open):
            card = tx.review_card(decision_id, now=now)
            if card is not None and card.text is not None and not card.answered and card.key == place.key:
                left = len(standing.open) - position
                text = texts.card(masked(card.text), left=left, teach=teach)
                return text, _labels(decision_id, teach=teach)
        found = standing.findings
        more = f"{MORE}{LEARNED}" if teach else MORE
        lines = [] if found.more else [texts.NOTHING_LEFT]
        text = "\n\n".join([*lines, _said(found)])
        buttons = [Button(text=texts.MORE, data=f"rv:{more}:{place.channel_id}")] if found.more else []
        return text, ((*buttons, Button(text=texts.EXPORT, data=f"rv:{EXPORT}:{place.channel_id}")),)

    def _exported(self, answers: Answers, found: Sequence[Lesson]) -> Act:
        lessons = teachable(found, self._prepared)
        if not lessons:
            return answers.openly(texts.NO_LESSONS)
        left_out = len(found) - len(lessons)
        text = texts.lessons(number=len(lessons), left_out=left_out, needed=FEWEST_LESSONS)
        return answers.openly(text, file=File(name="feedback.jsonl", content=feedback_file(lessons)))

    async def _answers(self, asked: Command | Press) -> Answers:
        return await Answers.to(asked, rights=self._rights, bot=self._bot)


def _choice(decision_id: str, choice: str) -> Choice | None:
    """What a button carried; None: it is none of ours, whatever a client made up."""
    what = choice.removesuffix(LEARNED)
    number = decision_id.isascii() and decision_id.isdigit() and len(decision_id) <= _DIGITS
    if not number or what not in _CHOICES:
        return None
    return Choice(decision_id=int(decision_id), what=what, teach=choice.endswith(LEARNED))


def _labels(decision_id: int, *, teach: bool) -> Keyboard:
    def button(text: str, what: str, *, learned: bool = teach) -> Button:
        return Button(text=text, data=f"rv:{decision_id}:{what}{LEARNED if learned else ''}")

    toggle = button(texts.TEACH_ON if teach else texts.TEACH_OFF, TEACH, learned=not teach)
    return (
        (
            button(texts.NEGATIVE, Label.NEGATIVE),
            button(texts.NEUTRAL, Label.NEUTRAL),
            button(texts.POSITIVE, Label.POSITIVE),
        ),
        (button(texts.SKIP, SKIP), toggle),
        (button(texts.REMOVE, REMOVE),),
    )


def _said(found: Findings) -> str:
    return texts.findings(
        labels=found.labels,
        missing=found.missing,
        picked_any=found.picked_any,
        precision=_range(found.precision),
        recall=_range(found.recall),
        feeling=texts.NOT_WELL if found.reply_when is ReplyWhen.NOT_POSITIVE else texts.FELT_BAD,
    )


def _range(estimate: Estimate | None) -> tuple[float, float, float] | None:
    return None if estimate is None else (estimate.value, estimate.low, estimate.high)
