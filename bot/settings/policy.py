from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field

from bot.domain.crisis import CrisisAction
from bot.domain.decisions import ReplyWhen, Sensitivity
from bot.settings import values
from bot.settings.kinds import Cap, Duration, Hours, Section


class PolicySettings(Section):
    """What is answered. A value set here holds on every platform; see `channel_defaults`."""

    reply_when: Annotated[ReplyWhen, BeforeValidator(values.lowered)] = Field(
        ReplyWhen.NEGATIVE, description="negative, distress or not_positive"
    )
    sensitivity: Annotated[Sensitivity, BeforeValidator(values.lowered)] = Field(
        Sensitivity.NORMAL, description="careful, normal or keen"
    )
    author_cooldown: Duration = Field(timedelta(hours=6), description="a duration, such as 6h; 0 is none")
    thread_cap: Cap = Field(3, description="a whole number from 1 to 1000, or none")
    chat_pace: Cap = Field(6, description="a whole number from 1 to 1000, or none")
    min_words: int = Field(2, ge=0, le=100, description="a whole number from 0 to 100")
    quiet_hours: Hours = Field(
        None, description="two times and a time zone, such as 22:00-07:00 Europe/London, or none"
    )
    crisis: Annotated[CrisisAction, BeforeValidator(values.lowered)] = Field(
        CrisisAction.CARD, description="card, silence, card+note or silence+note"
    )
    retention: Duration = Field(
        timedelta(days=30), description="a duration, such as 30d; 0 never stores a text"
    )
    deadline: Annotated[
        timedelta, Field(ge=timedelta(seconds=1), le=timedelta(days=1)), BeforeValidator(values.duration)
    ] = Field(timedelta(seconds=10), description="a duration from 1s to 1d, such as 10s")
    language_filter: bool = Field(True, description="true or false")
