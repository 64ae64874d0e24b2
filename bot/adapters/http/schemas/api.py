"""The API of incoming comments and outgoing replies."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator
from pydantic.config import JsonDict

from bot.adapters.http.schemas.fields import MAX_BATCH, AnyText, Id, Text, Time, closed

_SCORES: JsonDict = {"positive": 0.03, "negative": 0.91, "neutral": 0.1, "ambiguous": 0.06}
_REF: JsonDict = {"platform": "http", "channel_id": "support-42", "message_id": "1001"}
_INCOMING: JsonDict = {
    "channel_id": "support-42",
    "message_id": "1001",
    "author_id": "u-7",
    "text": "I failed the exam again and I feel awful.",
    "sent_at": "2026-01-31T12:00:00Z",
}
_ROW: JsonDict = {
    "text": "I failed the exam again and I feel awful.",
    "label": "negative",
    "groups": ["negative"],
    **_SCORES,
    "not_positive": 0.97,
    "distress": 0.88,
    "emotions": {"disappointment": 0.52, "sadness": 0.71},
    "language": "en",
    "crisis": False,
    "would_reply": True,
    "reason": "support",
    "model": "minilm-3",
}
_JUDGED: JsonDict = {
    "ref": _REF,
    "status": "judged",
    "action": "reply",
    "reason": "support",
    "label": "negative",
    "scores": _SCORES,
    "reply": {"id": 17, "state": "pending"},
}
_REPLY: JsonDict = {
    "sequence": 5,
    "message": _REF,
    "state": "sent",
    "text": "That sounds painful, and it makes sense if it hurts.",
    "phrase_id": "sad-painful",
    "settled_at": "2026-01-31T12:00:01Z",
}


class Texts(BaseModel):
    """Texts to classify; nothing of them is recorded."""

    model_config = closed({"texts": ["I failed the exam again and I feel awful.", "What a lovely day!"]})
    texts: Annotated[list[Text], Field(min_length=1, max_length=MAX_BATCH)]


class ClassifiedRow(BaseModel):
    """One text, its scores, and whether the bot would answer it by its default settings."""

    model_config = closed(_ROW)
    text: str
    label: str
    groups: list[str]
    positive: float
    negative: float
    neutral: float
    ambiguous: float
    not_positive: float
    distress: float
    emotions: dict[str, float]
    language: str
    crisis: bool
    would_reply: bool
    reason: str
    model: str


class Classified(BaseModel):
    """One row a text, in order."""

    model_config = closed({"rows": [_ROW]})
    rows: list[ClassifiedRow]


class Incoming(BaseModel):
    """A comment that another system brings. `channel_id` and `message_id` together are judged once."""

    model_config = closed(_INCOMING)
    channel_id: Id
    message_id: Id
    author_id: Annotated[Id, Field(description="Stored as a keyed hash only.")]
    text: AnyText
    sent_at: Annotated[
        Time | None, Field(description="Left out or in the future: the moment it arrives.")
    ] = None
    thread_id: Id | None = None
    platform: Annotated[Literal["http"] | None, Field(description="Only this one, whoever sends it.")] = None


class Messages(BaseModel):
    """One or many comments. A single comment may also be sent without the list around it."""

    model_config = closed({"messages": [_INCOMING]})
    messages: Annotated[list[Incoming], Field(min_length=1, max_length=MAX_BATCH)]

    @model_validator(mode="before")
    @classmethod
    def _one_alone(cls, value: object) -> object:
        return {"messages": [value]} if isinstance(value, dict) and "messages" not in value else value


class Ref(BaseModel):
    """The name of a message."""

    model_config = closed(_REF)
    platform: str
    channel_id: str
    message_id: str


class ReplyStanding(BaseModel):
    """Where the reply to a message stands."""

    model_config = closed({"id": 17, "state": "pending"})
    id: int
    state: str


class Judged(BaseModel):
    """The verdict on one comment. `known` = it was judged before, and this is what was decided then."""

    model_config = closed(_JUDGED)
    ref: Ref
    status: Literal["judged", "known"]
    action: str
    reason: str
    label: str | None
    scores: dict[str, float] | None
    reply: ReplyStanding | None


class Verdicts(BaseModel):
    """One verdict a comment, in order."""

    model_config = closed({"messages": [_JUDGED]})
    messages: list[Judged]


class FeedReply(BaseModel):
    """A reply that is meant to be read now."""

    model_config = closed(_REPLY)
    sequence: int
    message: Ref
    state: str
    text: str
    phrase_id: str
    settled_at: datetime


class Feed(BaseModel):
    """Settled replies in their order; pass `next` as `after` to go on."""

    model_config = closed({"replies": [_REPLY], "next": 5})
    replies: list[FeedReply]
    next: int


class OptOut(BaseModel):
    """A person, as your system names them."""

    model_config = closed({"author_id": "u-7"})
    author_id: Id
