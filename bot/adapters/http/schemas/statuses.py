"""Which problems a route may answer with, for the OpenAPI document."""

from collections.abc import Iterable
from typing import Any, Final

from bot.adapters.http.problems import MEDIA_TYPE

_PROBLEM: Final[dict[str, Any]] = {
    "description": "Problem details",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
}
_ANYWHERE: Final = (401, 413, 421, 429, 503)


def _problems(statuses: Iterable[int]) -> dict[int | str, dict[str, Any]]:
    return dict.fromkeys(statuses, _PROBLEM)


OPEN: Final = _problems((413, 421))
"""A route that needs no key."""
LOOKS: Final = _problems((*_ANYWHERE, 422))
"""A route that changes nothing."""
CHANGES: Final = _problems((*_ANYWHERE, 400, 403, 415, 422))
"""A route that takes JSON."""
MISSING: Final = _problems((404,))
"""Besides, where something is named in the path."""
