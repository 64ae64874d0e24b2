"""Kinds of values, and what every section of settings has in common."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.domain.access import ApiKey
from bot.domain.channels import QuietHours
from bot.domain.pacing import Rate
from bot.settings import values

Duration = Annotated[timedelta, BeforeValidator(values.duration)]
RateValue = Annotated[Rate, BeforeValidator(values.rate)]
Cap = Annotated[int | None, Field(ge=1, le=1000), BeforeValidator(values.unless_none)]
Hours = Annotated[QuietHours | None, BeforeValidator(values.quiet_hours), BeforeValidator(values.unless_none)]
UserId = Annotated[int, Field(ge=1, le=2**53)]
Ids = Annotated[tuple[UserId, ...], BeforeValidator(values.listed)]
ApiKeys = Annotated[tuple[ApiKey, ...], BeforeValidator(values.api_keys)]


class Section(BaseModel):
    """Some settings that belong together."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
