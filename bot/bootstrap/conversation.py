"""Everything that people can say to the bot on Telegram, part by part."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from random import SystemRandom

from bot.adapters.phrasefile import load_phrase_book
from bot.adapters.reddit.values import account_of
from bot.adapters.telegram.client import BotApi
from bot.adapters.telegram.conversation import TelegramConversation
from bot.adapters.telegram.conversation.choosing import Acted, Groups
from bot.adapters.telegram.conversation.export import ExportConversation
from bot.adapters.telegram.conversation.feedback import FeedbackConversation
from bot.adapters.telegram.conversation.modes import Modes
from bot.adapters.telegram.conversation.onboarding import Onboarding
from bot.adapters.telegram.conversation.owner import ModelFacts, OwnerPart
from bot.adapters.telegram.conversation.part import Part
from bot.adapters.telegram.conversation.people import PeopleConversation
from bot.adapters.telegram.conversation.phrases import Phrases
from bot.adapters.telegram.conversation.reddit import RedditPart
from bot.adapters.telegram.conversation.review import ReviewConversation
from bot.adapters.telegram.conversation.settings import SettingsPart
from bot.adapters.telegram.conversation.stats import StatsConversation
from bot.adapters.telegram.conversation.status import StatusPart
from bot.adapters.telegram.conversation.why import WhyConversation
from bot.adapters.telegram.conversation.wishes import WishesConversation
from bot.adapters.telegram.drawing import SubprocessDrawing
from bot.adapters.telegram.lifecycle import as_me
from bot.adapters.telegram.rights import ApiRights
from bot.adapters.telegram.skew import ClockSkew
from bot.adapters.telegram.speaker import ApiSpeaker
from bot.adapters.telegram.titles import title_of
from bot.adapters.telegram.values import Me, Place
from bot.application.classify import MOST_WORDS
from bot.application.retention import Retention
from bot.application.why import WhyAnswered
from bot.bootstrap.parts import model_folders
from bot.bootstrap.pipeline import Solace
from bot.settings import Settings
from model.classifier import BASELINE
from model.manifest import load_manifest
from model.preprocess import preprocess
from model.registry import find


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One bot account, as the parts of its conversation share it."""

    settings: Settings
    solace: Solace
    retention: Retention
    api: BotApi
    me: Me
    rights: ApiRights
    speaker: ApiSpeaker
    skew: ClockSkew

    @property
    def subreddits(self) -> Sequence[str]:
        """Those that the same program watches on Reddit."""
        return self.settings.reddit.subreddits

    @property
    def reddit_account(self) -> str:
        """The account that watches them, as the store calls it; "" = there is none."""
        username = self.settings.reddit.username
        return account_of(username) if username else ""

    @property
    def owners(self) -> Sequence[int]:
        """User ids of the operator."""
        return self.settings.telegram.owner_ids

    async def name_of(self, place: Place) -> str:
        """A group's name, where Telegram tells it."""
        return await title_of(self.api, place.chat_id)

    async def identify(self) -> Me:
        """Ask again: privacy mode can be switched while the bot runs."""
        return as_me(await self.api.call("getMe"))


def conversation(account: Account) -> TelegramConversation:
    """All parts, and the notices before them."""
    solace, acted = account.solace, Acted()
    onboarding = Onboarding(
        store=solace.store,
        speaker=account.speaker,
        rights=account.rights,
        identify=account.identify,
        defaults=solace.defaults,
        clock=solace.clock,
        telemetry=solace.telemetry,
    )
    return TelegramConversation(
        parts=[
            *_for_everybody(account),
            *_for_admins(account),
            *_looking_back(account, acted),
            *_for_the_operator(account),
        ],
        onboarding=onboarding,
        rights=account.rights,
        telemetry=solace.telemetry,
        bot=account.me.username,
        owners=account.owners,
        acted=acted,
    )


def _for_everybody(account: Account) -> Sequence[Part]:
    solace, rights, clock, bot = account.solace, account.rights, account.solace.clock, account.me.username
    return [
        PeopleConversation(
            rights=rights,
            clock=clock,
            bot=bot,
            defaults=solace.defaults,
            owners=account.owners,
            operator=account.settings.telegram.operator or "",
        ),
        WishesConversation(
            rights=rights, clock=clock, key=solace.author_key, bot=bot, erasing=account.retention.soon
        ),
        FeedbackConversation(rights=rights, clock=clock, bot=bot),
        WhyConversation(
            store=solace.store,
            rights=rights,
            bot=bot,
            reasons=reasons(solace),
        ),
    ]


def _for_admins(account: Account) -> Sequence[Part]:
    solace, rights, clock, bot = account.solace, account.rights, account.solace.clock, account.me.username
    defaults, classifier = solace.defaults, solace.classifier
    return [
        Modes(rights=rights, defaults=defaults, clock=clock, bot=bot),
        SettingsPart(
            rights=rights,
            defaults=defaults,
            thresholds=lambda: classifier.thresholds,
            region=account.settings.crisis.region,
            clock=clock,
            bot=bot,
        ),
        Phrases(rights=rights, book=load_phrase_book(), clock=clock, bot=bot),
        StatusPart(
            rights=rights,
            identify=account.identify,
            defaults=defaults,
            account=account.me.account,
            skew=lambda: account.skew.estimate,
            clock=clock,
            bot=bot,
        ),
    ]


def _looking_back(account: Account, acted: Acted) -> Sequence[Part]:
    solace, rights, clock, bot = account.solace, account.rights, account.solace.clock, account.me.username
    store, defaults = solace.store, solace.defaults
    groups = Groups(store=store, rights=rights, acted=acted, name_of=account.name_of)
    return [
        ReviewConversation(
            store=store,
            rights=rights,
            clock=clock,
            bot=bot,
            defaults=defaults,
            chance=SystemRandom(),
            prepared=preprocess,
            groups=groups,
            erase_soon=account.retention.soon,
        ),
        StatsConversation(
            store=store,
            rights=rights,
            clock=clock,
            bot=bot,
            drawing=SubprocessDrawing(telemetry=solace.telemetry),
            speaker=account.speaker,
            groups=groups,
        ),
        ExportConversation(
            store=store, rights=rights, clock=clock, bot=bot, defaults=defaults, groups=groups
        ),
    ]


def reasons(solace: Solace) -> WhyAnswered:
    """What a reply's person may hear of it, on whatever platform."""
    classifier = solace.classifier
    return WhyAnswered(why=partial(solace.explainer.why, top=MOST_WORDS), model=lambda: classifier.version)


def _for_the_operator(account: Account) -> Sequence[Part]:
    solace = account.solace
    return [
        OwnerPart(
            defaults=solace.defaults,
            model=partial(_facts, account),
            health=solace.readiness,
            clock=solace.clock,
        ),
        RedditPart(
            subreddits=account.subreddits,
            account=account.reddit_account,
            defaults=solace.defaults,
            clock=solace.clock,
        ),
    ]


def _facts(account: Account) -> ModelFacts:
    """What the manifest of the running model says; the baseline has none."""
    version = account.solace.classifier.version
    if version == BASELINE:
        return ModelFacts(version=version, metrics={}, reference=False)
    manifest = load_manifest(find(version, model_folders(account.settings)))
    return ModelFacts(version=version, metrics=manifest.metrics, reference=manifest.reference is not None)
