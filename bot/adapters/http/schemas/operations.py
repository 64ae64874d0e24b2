"""How the program is, and what went wrong."""

from pydantic import BaseModel

from bot.adapters.http.schemas.fields import closed


class Readiness(BaseModel):
    """Whether everything that is needed works."""

    model_config = closed({"ready": True, "parts": {"intake": True, "delivery-http": True, "database": True}})
    ready: bool
    parts: dict[str, bool]


class FieldProblem(BaseModel):
    """A field that cannot be used, and why."""

    model_config = closed({"field": "messages[0].channel_id", "detail": "is missing"})
    field: str
    detail: str


class ProblemDetails(BaseModel):
    """An error (RFC 9457)."""

    model_config = closed(
        {
            "type": "about:blank",
            "title": "Unprocessable Content",
            "status": 422,
            "detail": "Some fields cannot be used.",
            "errors": [{"field": "messages[0].channel_id", "detail": "is missing"}],
        }
    )
    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = None
