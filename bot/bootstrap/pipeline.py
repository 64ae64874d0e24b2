"""From message to recorded verdict."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from secrets import token_hex
from typing import Final

from bot.adapters import storage
from bot.adapters.clock import SystemClock
from bot.adapters.onnx import ThreadedClassifier
from bot.adapters.phrasefile import load_crisis_card, load_phrase_book
from bot.adapters.reddit.values import REDDIT
from bot.adapters.telegram.texts.sending import FIRST_REPLY
from bot.adapters.telegram.values import TELEGRAM
from bot.adapters.telemetry import StructlogTelemetry, configure_logging
from bot.application.alerts import Alerts
from bot.application.classify import Classify, Explainer
from bot.application.delivery import Delivery
from bot.application.doorbell import Doorbell
from bot.application.grace import Grace
from bot.application.intake import Intake
from bot.application.noteboard import NoteBoard
from bot.application.ports import Classifier, Clock, Inbox, ReplySender, Store, Telemetry
from bot.application.reading import Gates, Reader
from bot.application.rehearsal import Rehearsal
from bot.application.retention import Retention
from bot.application.runner import end, running, supervise
from bot.application.trouble import WatchedStore
from bot.application.verdicts import Bench
from bot.bootstrap.parts import active_model, author_key, model_folders, prepare_data_dir
from bot.domain.authors import AuthorKey
from bot.domain.channels import ChannelDefaults
from bot.domain.errors import SettingsError, StoreError
from bot.domain.messages import Moment, Origin
from bot.domain.pacing import Pacer
from bot.settings import Settings, channel_defaults
from model.crisis import CrisisGate
from model.errors import DetectorMissing
from model.language import LanguageFilter
from model.prepared import Prepared
from model.preprocess import preprocess
from model.registry import load_classifier

COMMIT_WITHIN: Final = 2.0
"""Seconds after which a database that does not answer counts as not ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solace:
    """The running pipeline, for whoever brings messages in or takes replies out."""

    inbox: Inbox
    store: Store
    classifier: Classifier
    explainer: Explainer
    classify: Classify
    author_key: AuthorKey
    clock: Clock
    telemetry: StructlogTelemetry
    defaults: ChannelDefaults
    doorbell: Doorbell
    notes: NoteBoard
    run_id: str
    tasks: list[asyncio.Task[None]]
    alerts: Alerts
    grace: Grace = field(default_factory=Grace)
    parts: dict[str, Callable[[], bool]] = field(default_factory=dict)
    """What else has to work: filled by those who start it."""

    async def readiness(self) -> Mapping[str, bool]:
        """Each part that has to run, and whether it does; the database is asked to commit."""
        try:
            async with asyncio.timeout(COMMIT_WITHIN):
                await self.store.transact(lambda _: None)
        except (StoreError, TimeoutError):
            writable = False
        else:
            writable = True
        tasks = {task.get_name(): not task.done() for task in self.tasks}
        return tasks | {name: works() for name, works in self.parts.items()} | {"database": writable}

    @asynccontextmanager
    async def deliver(
        self, sender: ReplySender, pacer: Pacer | None = None
    ) -> AsyncIterator[asyncio.Task[None]]:
        """Empty this sender's outbox while the context lasts; at its end, what may go now still goes.

        Yields:
            its task: it ends with an error when it ended for good.

        Raises:
            LeaseHeld: another process delivers for this account.
        """
        delivery = Delivery(
            store=self.store,
            sender=sender,
            pacer=pacer or Pacer(),
            defaults=self.defaults,
            doorbell=self.doorbell,
            clock=self.clock,
            telemetry=self.telemetry,
            run_id=self.run_id,
        )
        async with self.store.lease("deliver", sender.account):
            task = asyncio.create_task(
                supervise(delivery, clock=self.clock, telemetry=self.telemetry), name=delivery.name
            )
            self.tasks.append(task)
            try:
                yield task
            finally:
                self.tasks.remove(task)
                delivery.stop()
                await asyncio.wait({task}, timeout=self.grace.left())
                await end(task, telemetry=self.telemetry)


@asynccontextmanager
async def pipeline(settings: Settings, *, origin: Origin = Origin.LIVE) -> AsyncIterator[Solace]:
    """From message to recorded verdict, judging while the context lasts. Migrates the database first.

    Raises:
        SettingsError: something that only a person can put right; says what.
    """
    _prepare(settings)
    clock, doorbell, notes, telemetry = SystemClock(), Doorbell(), NoteBoard(), StructlogTelemetry()
    defaults, key, moment = channel_defaults(settings), author_key(settings), _moment(origin, clock)
    storage.migrate(settings.resolved_database_url)
    prepared = Prepared()
    async with AsyncExitStack() as stack:
        alerts = Alerts()
        store = await stack.enter_async_context(_store(settings, key, telemetry, alerts))
        await Retention(store=store, clock=clock, telemetry=telemetry).erase()
        classifier = await stack.enter_async_context(_classifier(settings, prepared))
        reader = _reader(classifier, prepared, clock, moment)
        intake = Intake(
            store=store,
            reader=reader,
            bench=_bench(settings, classifier, key, origin, moment, clock),
            doorbell=doorbell,
            notes=notes,
            clock=clock,
            telemetry=telemetry,
            max_batch=settings.intake.max_batch,
            capacity=settings.intake.capacity,
        )
        tasks = await stack.enter_async_context(running([intake], clock=clock, telemetry=telemetry))
        yield Solace(
            inbox=intake,
            store=store,
            classifier=classifier,
            explainer=classifier,
            classify=Classify(classifier=classifier, reader=reader, channel=defaults.otherwise),
            author_key=key,
            clock=clock,
            telemetry=telemetry,
            defaults=defaults,
            doorbell=doorbell,
            notes=notes,
            run_id=token_hex(8),
            tasks=list(tasks),
            alerts=alerts,
        )


def _prepare(settings: Settings) -> None:
    configure_logging(settings.log_format, settings.log_level)
    prepare_data_dir(settings)


@asynccontextmanager
async def _store(
    settings: Settings, key: AuthorKey, telemetry: Telemetry, alerts: Alerts
) -> AsyncIterator[Store]:
    url = settings.resolved_database_url
    async with storage.SqlStore(url, key_fingerprint=key.fingerprint) as store:
        yield WatchedStore(store, telemetry=telemetry, alerts=alerts)


def _bench(
    settings: Settings,
    classifier: ThreadedClassifier,
    key: AuthorKey,
    origin: Origin,
    moment: Moment,
    clock: Clock,
) -> Bench:
    return Bench(
        defaults=channel_defaults(settings),
        book=load_phrase_book(),
        card=load_crisis_card(settings.crisis.region),
        key=key,
        arm=classifier.arm,
        thresholds=classifier.thresholds,
        model=classifier.version,
        preprocessing=classifier.preprocessing,
        origin=origin,
        moment=moment,
        clock=clock,
        notices={TELEGRAM: FIRST_REPLY, REDDIT: ""},  # there, every reply ends in saying so
    )


@asynccontextmanager
async def rehearsing(settings: Settings, store: Store) -> AsyncIterator[Rehearsal]:
    """Decides about single messages over this store, and keeps nothing."""
    clock = SystemClock()
    moment = _moment(Origin.LIVE, clock)
    prepared = Prepared()
    async with _classifier(settings, prepared) as classifier:
        bench = _bench(settings, classifier, author_key(settings), Origin.LIVE, moment, clock)
        yield Rehearsal(store=store, reader=_reader(classifier, prepared, clock, moment), bench=bench)


@asynccontextmanager
async def classifying(settings: Settings, *, why: bool = False) -> AsyncIterator[Classify]:
    """The classifier and the gates alone; no database. With `why`, each row names the words that decided."""
    clock = SystemClock()
    prepared = Prepared()
    async with _classifier(settings, prepared) as classifier:
        reader = _reader(classifier, prepared, clock, _moment(Origin.LIVE, clock))
        channel = channel_defaults(settings).otherwise
        explainer = classifier if why else None
        yield Classify(classifier=classifier, reader=reader, channel=channel, explainer=explainer)


def _classifier(settings: Settings, prepared: Prepared) -> ThreadedClassifier:
    load = partial(load_classifier, prepare=prepared.take)
    return ThreadedClassifier(active_model(settings), model_folders(settings), load=load)


def _reader(classifier: Classifier, prepared: Prepared, clock: Clock, moment: Moment) -> Reader:
    asked = gates(prepared.keep)
    return Reader(
        classifier=classifier,
        crisis_gate=asked.crisis_gate,
        language_filter=asked.language_filter,
        clock=clock,
        moment=moment,
    )


def gates(prepare: Callable[[str], str] = preprocess) -> Gates:
    """What every text passes before it is classified, and what an audit asks again.

    Args:
        prepare: gives what `preprocess` gives.

    Raises:
        SettingsError: the language filter is not installed as it should be.
    """
    try:
        return Gates(crisis_gate=CrisisGate(prepare), language_filter=LanguageFilter())
    except DetectorMissing as error:
        raise SettingsError(str(error)) from error


def _moment(origin: Origin, clock: Clock) -> Moment:
    """A replay stands at each message's own time."""
    return (lambda message: message.sent_at) if origin is Origin.REPLAY else (lambda _: clock.now())
