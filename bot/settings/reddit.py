"""The bot account on Reddit, and which subreddits it watches."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from bot.domain.channels import Mode
from bot.domain.communities import sensitive
from bot.settings import values
from bot.settings.communities import Communities, Community, communities_in
from bot.settings.kinds import Duration, Section
from bot.settings.values import Wrong

_AGENT: Final = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,40}:[A-Za-z0-9][A-Za-z0-9._-]{0,80}:[A-Za-z0-9][A-Za-z0-9._-]{0,40}"
    r" \(by /?u/[A-Za-z0-9_-]{3,20}\)"
)
_SUBREDDIT: Final = re.compile(r"[A-Za-z0-9_]{2,21}")
_NO_SUBREDDITS: Final = frozenset(
    {"all", "contributor", "friends", "home", "mod", "myrandom", "popular", "random", "randnsfw", "users"}
)
"""What Reddit gives at an address like a subreddit's: everybody's comments, and no allowlist."""
_OPAQUE: Final = re.compile(r"[A-Za-z0-9_.-]{1,512}")
KEPT: Final = timedelta(days=30)
"""The longest that a comment's words are kept: what operators promise Reddit (docs/reddit.md)."""
MOST_SUBREDDITS: Final = 100
"""They are asked for in one address."""


def _user_agent(value: str) -> str:
    """Reddit's own form; other agents are throttled."""
    if not _AGENT.fullmatch(value):
        raise Wrong("should have the form platform:app-id:version (by /u/name), as Reddit demands")
    return value


def _opaque(value: SecretStr) -> SecretStr:
    """A secret that Reddit made."""
    if not _OPAQUE.fullmatch(value.get_secret_value()):
        raise Wrong("should be letters, digits, points, hyphens and underscores, as Reddit gave it")
    return value


def _username(value: object) -> object:
    """With or without u/."""
    return re.sub(r"^/?u/", "", value.strip()) if isinstance(value, str) else value


def _subreddits(value: object) -> object:
    """Names in lower case, with or without r/, each once."""
    items = values.listed(value)
    if not isinstance(items, list | tuple):
        return items
    names = [str(item).strip().lower().removeprefix("/").removeprefix("r/").rstrip("/") for item in items]
    if not all(_SUBREDDIT.fullmatch(name) for name in names):
        raise Wrong("should be names of subreddits, such as CasualConversation,r/Cooking")
    if any(name in _NO_SUBREDDITS or name.startswith("u_") for name in names):
        raise Wrong("names a listing of many subreddits, such as all, or a person's page; name subreddits")
    if len(set(names)) < len(names):
        raise Wrong("names a subreddit twice")
    return names


def _address(value: str) -> str:
    """Https; http only on one's own machine."""
    try:
        value = values.web_address(value)
    except Wrong:
        raise Wrong(
            "should be an address such as https://www.reddit.com, without anything behind it"
        ) from None
    if value.startswith("http://") and not values.loopback(urlsplit(value).hostname or ""):
        raise Wrong("should begin with https://: the account's secrets go there")
    return value


def _file(value: object) -> object:
    """The settings of single subreddits, read now."""
    return communities_in(Path(value)) if isinstance(value, str | Path) else value


class RedditSettings(Section):
    """The bot account on Reddit; with nothing set there is none."""

    client_id: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9_.-]{1,100}$",
        description="the id of an app, as https://www.reddit.com/prefs/apps shows it",
    )
    client_secret: Annotated[SecretStr, AfterValidator(_opaque)] | None = Field(
        None, description="the secret of an app, as https://www.reddit.com/prefs/apps shows it"
    )
    username: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{3,20}$"), BeforeValidator(_username)] = (
        Field(None, description="the name of an account, such as solace_bot")
    )
    password: Annotated[SecretStr, Field(max_length=500)] | None = Field(
        None, description="the account's password, at most 500 characters"
    )
    refresh_token: Annotated[SecretStr, AfterValidator(_opaque)] | None = Field(
        None, description="a refresh token of the account, instead of its password"
    )
    user_agent: Annotated[str, AfterValidator(_user_agent)] | None = Field(
        None, description="of the form platform:app-id:version (by /u/name)"
    )
    subreddits: Annotated[
        tuple[str, ...], Field(max_length=MOST_SUBREDDITS), BeforeValidator(_subreddits)
    ] = Field((), description=f"at most {MOST_SUBREDDITS} names, such as CasualConversation,Cooking")
    allow_sensitive: bool = Field(False, description="true or false")
    approved: bool = Field(False, description="true or false")
    mode: Annotated[Literal[Mode.SHADOW, Mode.LIVE], BeforeValidator(values.lowered)] = Field(
        Mode.SHADOW, description="shadow or live"
    )
    settings_file: Annotated[Communities | None, BeforeValidator(_file)] = Field(
        None, description="a TOML file with a table for each subreddit"
    )
    submissions: bool = Field(False, description="true or false")
    reply_interval: Annotated[Duration, Field(le=timedelta(hours=1))] = Field(
        timedelta(seconds=10), description="a duration up to 1h, such as 10s"
    )
    poll_interval: Annotated[Duration, Field(ge=timedelta(seconds=1), le=timedelta(hours=1))] = Field(
        timedelta(seconds=5), description="a duration from 1s to 1h, such as 5s"
    )
    look_after: Annotated[Duration, Field(ge=timedelta(seconds=1), le=timedelta(hours=1))] = Field(
        timedelta(seconds=120), description="a duration from 1s to 1h, such as 120s"
    )
    about_url: Annotated[str, AfterValidator(_address)] | None = Field(
        None, description="the address of a page about this bot, such as https://example.org/bot"
    )
    reddit_url: Annotated[str, AfterValidator(_address)] = Field(
        "https://www.reddit.com", description="an address, such as https://www.reddit.com"
    )
    oauth_url: Annotated[str, AfterValidator(_address)] = Field(
        "https://oauth.reddit.com", description="an address, such as https://oauth.reddit.com"
    )

    @property
    def wanted(self) -> bool:
        """Whether the operator set up an account."""
        return bool(self.model_fields_set & _ACCOUNT)

    @property
    def loopback(self) -> bool:
        """Whether only this machine is talked to: a peer of one's own, and never reddit.com."""
        hosts = [urlsplit(url).hostname or "" for url in (self.reddit_url, self.oauth_url)]
        return all(values.loopback(host) for host in hosts)


_ACCOUNT: Final = {"client_id", "client_secret", "username", "password", "refresh_token", "subreddits"}
_NEEDED: Final = ("client_id", "client_secret", "username", "user_agent", "subreddits")


def contradictions(reddit: RedditSettings) -> dict[str, str]:
    """What keeps the account from being used, by variable."""
    if not reddit.wanted:
        return {}
    found = {
        _name(each): "is needed for an account on Reddit; docs/reddit.md has the way"
        for each in _NEEDED
        if not getattr(reddit, each)
    }
    return found | _ways_in(reddit) | _manners(reddit)


def _ways_in(reddit: RedditSettings) -> dict[str, str]:
    if reddit.password is None and reddit.refresh_token is None:
        return {
            _name("password"): "is needed for an account on Reddit, or SOLACE_REDDIT__REFRESH_TOKEN instead"
        }
    if reddit.password is not None and reddit.refresh_token is not None:
        return {_name("password"): "is set, and SOLACE_REDDIT__REFRESH_TOKEN too; keep one of them"}
    return {}


def _manners(reddit: RedditSettings) -> dict[str, str]:
    found = {}
    if not reddit.loopback and not reddit.approved:
        found[_name("approved")] = (
            "is not true: Reddit must have approved this app, with inferring people's mood named as its "
            "purpose, before anything connects; docs/reddit.md has the way"
        )
    kept_off = sensitive(reddit.subreddits)
    if kept_off and not reddit.allow_sensitive:
        found[_name("subreddits")] = (
            f"names communities of people in crisis ({len(kept_off)}); leave them out, or set "
            "SOLACE_REDDIT__ALLOW_SENSITIVE to true where their moderators asked for this bot"
        )
    apart = reddit.settings_file.by_subreddit if reddit.settings_file is not None else {}
    strangers = sorted(apart.keys() - set(reddit.subreddits))
    if strangers:
        found[_name("settings_file")] = (
            f"has a table [{strangers[0]}], which SOLACE_REDDIT__SUBREDDITS does not name"
        )
    hoarding = sorted(name for name, each in apart.items() if _hoards(each))
    if hoarding:
        found[_name("settings_file")] = f"[{hoarding[0]}] retention should be at most {KEPT.days}d on Reddit"
    return found


def _hoards(community: Community) -> bool:
    retention = community.overrides.get("retention")
    return isinstance(retention, timedelta) and retention > KEPT


def _name(field: str) -> str:
    return f"SOLACE_REDDIT__{field.upper()}"
