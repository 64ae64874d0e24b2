"""Every variable, its default, and what its value should be.

A field's description completes the sentence "SOLACE_…: should be …".
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.domain.channels import QuietHours
from bot.domain.crisis import REGIONS, CrisisAction
from bot.domain.decisions import ReplyWhen, Sensitivity
from bot.domain.pacing import Rate
from bot.settings import values

PREFIX = "SOLACE_"
DELIMITER = "__"


class LogFormat(StrEnum):
    """How a log line looks; `auto` is `console` on a terminal and `json` elsewhere."""

    AUTO = "auto"
    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    """The least that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


_Duration = Annotated[timedelta, BeforeValidator(values.duration)]
_Rate = Annotated[Rate, BeforeValidator(values.rate)]
_Cap = Annotated[int | None, Field(ge=1, le=1000), BeforeValidator(values.unless_none)]
_UserId = Annotated[int, Field(ge=1, le=2**53)]
_QuietHours = Annotated[
    QuietHours | None, BeforeValidator(values.quiet_hours), BeforeValidator(values.unless_none)
]
_Ids = Annotated[tuple[_UserId, ...], BeforeValidator(values.listed)]
_ApiKeys = Annotated[Mapping[str, SecretStr], BeforeValidator(values.api_keys)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class HttpSettings(_Section):
    """The HTTP API and its pages."""

    enabled: bool = Field(True, description="true or false")
    host: str = Field(
        "127.0.0.1", pattern=r"^[A-Za-z0-9.:_-]{1,255}$", description="an address or a host name to listen on"
    )
    port: int = Field(8080, ge=0, le=65535, description="a port from 0 to 65535; 0 takes any free one")
    api_keys: _ApiKeys = Field(
        default_factory=dict, description="names and secrets, such as shop:SECRET,forum:SECRET"
    )
    max_body_bytes: int = Field(
        1_048_576, ge=1024, le=67_108_864, description="a whole number of bytes from 1024 to 67108864"
    )
    account_pace: _Rate = Field(
        Rate(count=100, per=timedelta(seconds=1)), description="a rate, such as 100/s or 20/min"
    )
    chat_pace: _Rate = Field(
        Rate(count=10, per=timedelta(seconds=1)), description="a rate, such as 10/s or 20/min"
    )

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the API."""
        if self.host.lower() == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


class PolicySettings(_Section):
    """What is answered. A value set here holds on every platform; see `channel_defaults`."""

    reply_when: Annotated[ReplyWhen, BeforeValidator(values.lowered)] = Field(
        ReplyWhen.NEGATIVE, description="negative, distress or not_positive"
    )
    sensitivity: Annotated[Sensitivity, BeforeValidator(values.lowered)] = Field(
        Sensitivity.NORMAL, description="careful, normal or keen"
    )
    author_cooldown: _Duration = Field(timedelta(hours=6), description="a duration, such as 6h; 0 is none")
    thread_cap: _Cap = Field(3, description="a whole number from 1 to 1000, or none")
    chat_pace: _Cap = Field(6, description="a whole number from 1 to 1000, or none")
    min_words: int = Field(2, ge=0, le=100, description="a whole number from 0 to 100")
    quiet_hours: _QuietHours = Field(
        None, description="two times and a time zone, such as 22:00-07:00 Europe/London, or none"
    )
    crisis: Annotated[CrisisAction, BeforeValidator(values.lowered)] = Field(
        CrisisAction.CARD, description="card, silence, card+note or silence+note"
    )
    retention: _Duration = Field(
        timedelta(days=30), description="a duration, such as 30d; 0 never stores a text"
    )
    deadline: Annotated[
        timedelta, Field(ge=timedelta(seconds=1), le=timedelta(days=1)), BeforeValidator(values.duration)
    ] = Field(timedelta(seconds=10), description="a duration from 1s to 1d, such as 10s")
    language_filter: bool = Field(True, description="true or false")


class CrisisSettings(_Section):
    """What the crisis card names, and whose word it is that the names are right."""

    region: Annotated[Literal["US", "CA", "GB", "IE", "AU", "NZ"] | None, BeforeValidator(values.region)] = (
        Field(None, description=f"{', '.join(REGIONS)}, or none")
    )
    confirmed_on: Annotated[date | None, BeforeValidator(values.day)] = Field(
        None, description="a date, such as 2026-01-31, or none"
    )


class TelegramSettings(_Section):
    """The bot account on Telegram; without a token there is none."""

    token: Annotated[SecretStr, AfterValidator(values.telegram_token)] | None = Field(
        None, description="a bot's token from @BotFather, such as 123456:ABC-…"
    )
    api_url: Annotated[str, AfterValidator(values.web_address)] = Field(
        "https://api.telegram.org",
        description="the address of a Bot API server, such as https://api.telegram.org",
    )
    owner_ids: _Ids = Field((), description="ids of Telegram users, such as 1234567,7654321")
    operator: str | None = Field(
        None, max_length=200, description="at most 200 characters, such as Jo Smith, jo@example.org"
    )
    webhook_url: Annotated[str, AfterValidator(values.webhook_address)] | None = Field(
        None,
        description="an address under which Telegram reaches this program, such as https://bot.example.org",
    )


class IntakeSettings(_Section):
    """How much is judged at once, and how much may wait."""

    max_batch: int = Field(64, ge=1, le=64, description="a whole number from 1 to 64")
    capacity: int = Field(4096, ge=256, le=1_000_000, description="a whole number from 256 to 1000000")


class Settings(BaseSettings):
    """Everything that can be set. `load_settings` reads it; building one reads nothing but its arguments."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
        enable_decoding=False,  # nothing is JSON by itself: its errors would quote the value
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        validate_default=False,
    )

    data_dir: Annotated[Path, AfterValidator(values.folder)] = Field(Path("data"), description="a folder")
    database_url: Annotated[SecretStr, AfterValidator(values.database_url)] | None = Field(
        None, description="sqlite:/// and a path, such as sqlite:///data/solace.db"
    )
    author_key: Annotated[SecretStr, AfterValidator(values.author_key)] | None = Field(
        None, description="a secret of at least 32 bytes"
    )
    model: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        description="a model's version; `solace model list` shows them",
    )
    log_format: Annotated[LogFormat, BeforeValidator(values.lowered)] = Field(
        LogFormat.AUTO, description="auto, console or json"
    )
    log_level: Annotated[LogLevel, BeforeValidator(values.lowered)] = Field(
        LogLevel.INFO, description="debug, info, warning or error"
    )
    http: HttpSettings = Field(default_factory=HttpSettings)
    policy: PolicySettings = Field(default_factory=PolicySettings)
    crisis: CrisisSettings = Field(default_factory=CrisisSettings)
    intake: IntakeSettings = Field(default_factory=IntakeSettings)
    telegram: TelegramSettings = Field(default_factory=TelegramSettings)

    @property
    def resolved_database_url(self) -> str:
        """The database that was set, or `solace.db` in the data folder. May hold a password one day."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        path = str(self.data_dir / "solace.db")
        return "sqlite:///" + path.replace("%", "%25").replace("?", "%3F")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *others: PydanticBaseSettingsSource,
        **more: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is passed in: `load_settings` alone looks at the environment."""
        del settings_cls, others, more
        return (init_settings,)
