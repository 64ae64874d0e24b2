"""What single fields may hold."""

from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
)
from pydantic.config import JsonDict

from bot.domain.facts import MAX_TEXT
from bot.domain.messages import MAX_ID_LENGTH, require_id, scrubbed

MAX_BATCH: Final = 256
MAX_WAIT: Final = 20
MAX_SEQUENCE: Final = 2**63 - 1
MAX_FEED: Final = 500


def _scrub(value: object) -> object:
    return scrubbed(value) if isinstance(value, str) else value


def _refuse_odd(value: object, info: ValidationInfo) -> object:
    name = info.field_name or "id"
    if isinstance(value, str):
        try:
            require_id(name, value)
        except ValueError as error:
            raise ValueError(str(error).removeprefix(f"{name} ")) from error
    return value


def _refuse_number(value: object) -> object:
    """Seconds or milliseconds since 1970 look alike; a written time is never mistaken."""
    if value is None or (isinstance(value, str) and ":" in value):
        return value
    raise ValueError("must be a time in ISO 8601, such as 2026-01-31T12:00:00Z")


def _to_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("lies outside the calendar") from error


Text = Annotated[str, BeforeValidator(_scrub), Field(max_length=MAX_TEXT)]
AnyText = Annotated[str, BeforeValidator(_scrub)]
"""As long as a body may be: what is too long to be judged is recorded as that."""
Id = Annotated[str, BeforeValidator(_refuse_odd), Field(min_length=1, max_length=MAX_ID_LENGTH)]
Time = Annotated[AwareDatetime, BeforeValidator(_refuse_number), AfterValidator(_to_utc)]
Conversation = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{16,64}$")]


def closed(example: JsonDict) -> ConfigDict:
    """A model that knows all its fields, with the example that OpenAPI shows."""
    return ConfigDict(extra="forbid", hide_input_in_errors=True, json_schema_extra={"examples": [example]})
