"""The try-it page."""

from typing import Annotated

from pydantic import BaseModel, Field

from bot.adapters.http.schemas.fields import Conversation, Text, closed


class TryMessage(BaseModel):
    """A comment typed on the try-it page."""

    model_config = closed(
        {"conversation": "3d2f8f5e-5f0c-4f5c-9d53-2a6c1f0e7b11", "text": "I miss my old friends."}
    )
    conversation: Conversation
    text: Annotated[Text, Field(min_length=1)]


class TryPerson(BaseModel):
    """Whoever types in one conversation of the try-it page."""

    model_config = closed({"conversation": "3d2f8f5e-5f0c-4f5c-9d53-2a6c1f0e7b11"})
    conversation: Conversation


class Emotion(BaseModel):
    """One of the 28 emotions and its probability."""

    model_config = closed({"name": "sadness", "score": 0.71})
    name: str
    score: float


class TryVerdict(BaseModel):
    """What the bot made of a comment, in words for the person who typed it."""

    model_config = closed(
        {
            "message_id": "0b9c6a1e",
            "action": "reply",
            "reason": "support",
            "explanation": "This sounds like a hard moment, so the bot says something.",
            "label": "negative",
            "scores": {"positive": 0.03, "negative": 0.91, "neutral": 0.1, "ambiguous": 0.06},
            "emotions": [{"name": "sadness", "score": 0.71}],
            "milliseconds": 6.2,
            "model": "minilm-3",
            "reply_pending": True,
        }
    )
    message_id: str
    action: str
    reason: str
    explanation: str
    label: str | None
    scores: dict[str, float] | None
    emotions: list[Emotion]
    milliseconds: float
    model: str | None
    reply_pending: bool


class TryReply(BaseModel):
    """Where the reply stands; `text` as soon as it was sent."""

    model_config = closed({"state": "sent", "text": "That sounds painful, and it makes sense if it hurts."})
    state: str
    text: str | None
