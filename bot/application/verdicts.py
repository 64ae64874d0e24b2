"""The verdict transaction: what was judged meets what stands in the database, and is recorded."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.application.ports import Clock, Queries, Transaction
from bot.application.reading import Standings
from bot.domain.authors import AuthorKey
from bot.domain.channels import ChannelDefaults, ChannelSettings, Mode
from bot.domain.crisis import CARD, ONE_CARD_IN, CardsGiven, CrisisCard, GivenCard
from bot.domain.decisions import History, Outcome, Reason, ReplyThresholds, Standing
from bot.domain.emotions import strongest_emotion
from bot.domain.history import PastReply, Recollection, Scope, Subject, needed, subjects
from bot.domain.messages import AuthorHash, ChannelKey, IncomingMessage, MessageRef, Moment, Origin, Platform
from bot.domain.own_phrases import OwnPhrase, overlay
from bot.domain.phrases import PhraseBook, PhraseChoice, choose
from bot.domain.policy import card_deadline, deadline, screen, worth_a_reply
from bot.domain.replies import BOT_NOTICE, compose
from bot.domain.snapshots import PolicySnapshot, digest
from bot.domain.verdicts import Judged, Verdict, conclude


def channel_key(message: IncomingMessage) -> ChannelKey:
    """The chat a message was written in."""
    return message.ref.platform, message.ref.channel_id


class Bench:
    """Decides a batch inside one transaction, message by message in order of (sent_at, arrival).

    Args:
        defaults: settings of chats without a row.
        book: the phrases.
        card: what somebody in a crisis gets instead of one.
        key: turns a message's ref into the seed of its phrase.
        arm: "model" or "baseline": whose verdicts these are.
        thresholds, model, preprocessing: the classifier's, for the stored settings snapshot.
        origin: live, or a replay.
        moment: the time at which a message is judged.
        clock: the real time, from which texts are kept, in a replay too.
        notices: how the first reply says what it is, on platforms that put it in words of their own.
    """

    def __init__(
        self,
        *,
        defaults: ChannelDefaults,
        book: PhraseBook,
        card: CrisisCard,
        key: AuthorKey,
        arm: str,
        thresholds: ReplyThresholds,
        model: str,
        preprocessing: str,
        origin: Origin,
        moment: Moment,
        clock: Clock,
        notices: Mapping[Platform, str] = MappingProxyType({}),
    ) -> None:
        self._defaults = defaults
        self._book = book
        self._card = card
        self._key = key
        self._arm = arm
        self._policy = PolicySnapshot(
            model=model,
            preprocessing=preprocessing,
            phrases=book.version,
            card=card.edition,
            thresholds=thresholds,
            channel=defaults.otherwise,
        )
        self._origin = origin
        self._moment = moment
        self._clock = clock
        self._notices = notices
        self._snapshots: dict[ChannelSettings, tuple[str, str]] = {}
        self._stored: set[str] = set()

    def known(self, queries: Queries, messages: Sequence[IncomingMessage]) -> frozenset[MessageRef]:
        """Which of these were judged before; in a private chat also under the name that names nobody."""
        named = {message.ref: message.ref for message in messages}
        named |= {self._key.unread(message.ref): message.ref for message in messages if message.private}
        return frozenset(named[ref] for ref in queries.known(list(named), origin=self._origin))

    def standings(self, queries: Queries, messages: Sequence[IncomingMessage]) -> Standings:
        """Each message with its chat's settings and its author's standing, as the database has them now."""
        overrides = queries.channel_overrides({channel_key(message) for message in messages})
        gone = queries.opted_out({message.author for message in messages if message.author})
        return [
            (
                message,
                self._defaults.settings(
                    channel_key(message), overrides.get(channel_key(message), {}), origin=self._origin
                ),
                Standing(opted_out=message.author in gone),
            )
            for message in messages
        ]

    def record(self, tx: Transaction, judged: Sequence[Judged]) -> list[Verdict]:
        """Decide and insert; the verdicts that were new. Run inside `Store.transact`."""
        known = self.known(tx, [each.message for each in judged])
        verdicts, channels = self._decided(tx, [each for each in judged if each.message.ref not in known])
        self._keep_policies(tx, channels)
        inserted = tx.record(verdicts)
        return [verdict for verdict in verdicts if verdict.ref in inserted]

    def committed(self, verdicts: Sequence[Verdict]) -> None:
        """These verdicts stand in the database, and so do the settings that they name."""
        self._stored.update(digest for each in verdicts for digest in (each.policy, each.read_under))

    def decide(self, queries: Queries, judged: Sequence[Judged]) -> list[Verdict]:
        """What would be decided now, also of messages that were judged before; nothing is kept."""
        return self._decided(queries, judged)[0]

    def _decided(
        self, queries: Queries, judged: Sequence[Judged]
    ) -> tuple[list[Verdict], set[ChannelSettings]]:
        """Verdicts in order of time, and all settings that had a say."""
        new = sorted(judged, key=lambda each: each.message.sent_at)
        standings = self.standings(queries, [each.message for each in new])
        asking = _asking(new, standings)
        recollection = self._recollect(queries, asking)
        own = queries.own_phrases({channel_key(message) for message, _, _ in asking})
        cards = self._cards(queries, new)
        verdicts = [
            self._decide(each, channel, standing, recollection, cards, own)
            for each, (_, channel, standing) in zip(new, standings, strict=True)
        ]
        return verdicts, {*(channel for _, channel, _ in standings), *(each.channel for each in new)}

    def _decide(
        self,
        judged: Judged,
        channel: ChannelSettings,
        standing: Standing,
        recollection: Recollection,
        cards: CardsGiven,
        own: Mapping[ChannelKey, Collection[OwnPhrase]],
    ) -> Verdict:
        message, now = judged.message, self._moment(judged.message)
        screened = screen(message, channel, standing, now=now)
        if screened is not None:
            judged = judged.unread(screened)
        if judged.early is Reason.CRISIS:
            return self._answer_crisis(judged, channel, cards, now)
        whose = self._whose(message, channel)
        past = recollection.history(whose, now, answers_us=message.answers_us)
        outcome, history = conclude(judged, channel, past, now)
        choice = None
        if history is not None and outcome.would_reply:
            choice = self._choose(judged, history, own.get(channel_key(message), ()))
            recollection.add(whose, PastReply(at=now, phrase_id=choice.phrase_id, arrived=False))
        verdict = self._verdict(judged, channel, outcome, now)
        if choice is None or history is None:
            return replace(verdict, history=history)
        notice = self._notices.get(message.ref.platform, BOT_NOTICE)
        text = compose(choice.text, first=not history.met_before, notice=notice)
        return replace(verdict, history=history, choice=choice, reply_text=text)

    def _answer_crisis(
        self, judged: Judged, channel: ChannelSettings, cards: CardsGiven, now: datetime
    ) -> Verdict:
        """The card or silence; no reply of before has a say but the card itself."""
        message, imagined = judged.message, self._imagined(channel)
        seen = History(card_today=cards.today(message.author, now=now, imagined=imagined))
        outcome, history = conclude(judged, channel, seen, now)
        note = self._note(message, channel, cards, now)
        verdict = replace(self._verdict(judged, channel, outcome, now), history=history, note_due=note)
        if not outcome.would_reply:
            return verdict
        if message.author is not None:
            cards.add(GivenCard(author=message.author, at=now, simulated=imagined))
        card = PhraseChoice(
            phrase_id=CARD, text=self._card.text, pool=CARD, pool_version=self._card.edition, avoided=()
        )
        return replace(verdict, choice=card, reply_text=card.text, deadline=card_deadline(message))

    def _note(
        self, message: IncomingMessage, channel: ChannelSettings, cards: CardsGiven, now: datetime
    ) -> bool:
        """Whether admins should hear of it: where the chat is live, once a person and day.

        Where the platform names nobody, each statement is a note of its own.
        """
        wanted = channel.crisis.note and not self._imagined(channel)
        if not wanted or cards.noted_today(message.author, now=now):
            return False
        if message.author is not None:
            cards.add_note(message.author, at=now)
        return True

    def _verdict(self, judged: Judged, channel: ChannelSettings, outcome: Outcome, now: datetime) -> Verdict:
        """What every verdict holds, with no reply in it."""
        message = judged.message
        return Verdict(
            message=message,
            ref=self._key.unread(message.ref) if message.private and judged.facts is None else message.ref,
            origin=self._origin,
            arm=self._arm,
            outcome=outcome,
            facts=judged.facts,
            prediction=judged.prediction,
            score=judged.prediction.score(channel.reply_when) if judged.prediction else None,
            history=None,
            choice=None,
            reply_text=None,
            read_under=self._snapshot(judged.channel)[0],
            policy=self._snapshot(channel)[0],
            read_at=judged.at,
            decided_at=now,
            deadline=deadline(message, channel),
            retain_until=self._clock.now() + channel.retention if channel.retention > timedelta() else None,
            milliseconds=judged.milliseconds,
        )

    def _choose(self, judged: Judged, history: History, own: Collection[OwnPhrase]) -> PhraseChoice:
        message = judged.message
        return choose(
            overlay(self._book, own),
            emotion=strongest_emotion(judged.prediction.emotions if judged.prediction else {}),
            seed=self._key.seed(message.ref),
            private=message.private,
            avoid_author=history.author_phrases,
            avoid_chat=history.chat_phrases,
        )

    def _recollect(self, queries: Queries, standings: Standings) -> Recollection:
        wanted: dict[Subject, int] = {}
        authors: set[AuthorHash] = set()
        for message, channel, _ in standings:
            for subject in self._whose(message, channel).values():
                wanted[subject] = max(needed(channel), wanted.get(subject, 0))
            if message.author is not None:
                authors.add(message.author)
        earliest = min((self._moment(message) for message, _, _ in standings), default=None)
        alone: Mapping[str, datetime] = queries.left_alone(authors, now=earliest) if earliest else {}
        return Recollection(queries.recent_replies(wanted), alone)

    def _cards(self, queries: Queries, judged: Sequence[Judged]) -> CardsGiven:
        """Who of those in a crisis had a card or a note already; where nobody is, that costs no question.

        Only live cards wait, so whether one still may go is asked of the real time.
        """
        speaking = [each.message for each in judged if each.early is Reason.CRISIS and each.message.author]
        if not speaking:
            return CardsGiven()
        authors = {message.author for message in speaking if message.author}
        since = min(map(self._moment, speaking)) - ONE_CARD_IN
        cards = queries.cards_given(authors, origin=self._origin, since=since, now=self._clock.now())
        return CardsGiven.of(
            cards, queries.notes_due(authors, since=since) if self._origin is Origin.LIVE else {}
        )

    def _imagined(self, channel: ChannelSettings) -> bool:
        return self._origin is Origin.REPLAY or channel.mode is Mode.SHADOW

    def _whose(self, message: IncomingMessage, channel: ChannelSettings) -> dict[Scope, Subject]:
        return subjects(message, origin=self._origin, imagined=self._imagined(channel))

    def _keep_policies(self, tx: Transaction, channels: Collection[ChannelSettings]) -> None:
        snapshots = dict(map(self._snapshot, channels))
        for name in snapshots.keys() - self._stored:
            tx.keep_policy(name, snapshots[name])

    def _snapshot(self, channel: ChannelSettings) -> tuple[str, str]:
        """(hash, JSON) of everything but the message that a verdict follows from."""
        if channel not in self._snapshots:
            snapshot = replace(self._policy, channel=channel).dump()
            self._snapshots[channel] = digest(snapshot), snapshot
        return self._snapshots[channel]


def _asking(judged: Sequence[Judged], standings: Standings) -> Standings:
    """Those on whose outcome earlier replies have a say: the others cost no question."""
    return [
        (message, channel, standing)
        for each, (message, channel, standing) in zip(judged, standings, strict=True)
        if each.early is None and each.prediction and worth_a_reply(each.prediction, channel)
    ]
