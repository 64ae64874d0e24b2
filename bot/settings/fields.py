"""Every variable, its default, and what its value should be.

A field's description completes the sentence "SOLACE_…: should be …".
"""

from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.domain.crisis import REGIONS
from bot.domain.pacing import Rate
from bot.settings import values
from bot.settings.kinds import ApiKeys, Ids, RateValue, Section
from bot.settings.policy import PolicySettings
from bot.settings.reddit import RedditSettings

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


class HttpSettings(Section):
    """The HTTP API and its pages."""

    enabled: bool = Field(True, description="true or false")
    host: str = Field(
        "127.0.0.1", pattern=r"^[A-Za-z0-9.:_-]{1,255}$", description="an address or a host name to listen on"
    )
    port: int = Field(8080, ge=0, le=65535, description="a port from 0 to 65535; 0 takes any free one")
    api_keys: ApiKeys = Field(
        (), description="names, secrets and maybe roles, such as shop:SECRET,board:SECRET:read"
    )
    max_body_bytes: int = Field(
        1_048_576, ge=1024, le=67_108_864, description="a whole number of bytes from 1024 to 67108864"
    )
    key_pace: RateValue = Field(
        Rate(count=1000, per=timedelta(seconds=1)), description="a rate, such as 1000/s or 600/min"
    )
    account_pace: RateValue = Field(
        Rate(count=1000, per=timedelta(seconds=1)), description="a rate, such as 1000/s or 20/min"
    )
    chat_pace: RateValue = Field(
        Rate(count=10, per=timedelta(seconds=1)), description="a rate, such as 10/s or 20/min"
    )

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the API."""
        return values.loopback(self.host)


class CrisisSettings(Section):
    """What the crisis card names, and whose word it is that the names are right."""

    region: Annotated[Literal["US", "CA", "GB", "IE", "AU", "NZ"] | None, BeforeValidator(values.region)] = (
        Field(None, description=f"{', '.join(REGIONS)}, or none")
    )
    confirmed_on: Annotated[date | None, BeforeValidator(values.day)] = Field(
        None, description="a date, such as 2026-01-31, or none"
    )


class TelegramSettings(Section):
    """The bot account on Telegram; without a token there is none."""

    token: Annotated[SecretStr, AfterValidator(values.telegram_token)] | None = Field(
        None, description="a bot's token from @BotFather, such as 123456:ABC-…"
    )
    api_url: Annotated[str, AfterValidator(values.web_address)] = Field(
        "https://api.telegram.org",
        description="the address of a Bot API server, such as https://api.telegram.org",
    )
    owner_ids: Ids = Field((), description="ids of Telegram users, such as 1234567,7654321")
    operator: str | None = Field(
        None, max_length=200, description="at most 200 characters, such as Jo Smith, jo@example.org"
    )
    webhook_url: Annotated[str, AfterValidator(values.webhook_address)] | None = Field(
        None,
        description="an address under which Telegram reaches this program, such as https://bot.example.org",
    )


class IntakeSettings(Section):
    """How much is judged at once, and how much may wait."""

    max_batch: int = Field(64, ge=1, le=64, description="a whole number from 1 to 64")
    capacity: int = Field(2048, ge=256, le=1_000_000, description="a whole number from 256 to 1000000")


class Settings(BaseSettings):
    """Everything that can be set. `load_settings` reads it.

    Building one reads nothing but its arguments, and the file that `reddit.settings_file` names.
    """

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
    reddit: RedditSettings = Field(default_factory=RedditSettings)

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
