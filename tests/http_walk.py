"""Schemathesis walks over our OpenAPI document: requests that it allows, and such that it does not.

Every answer must be one that the document describes: its status, its kind and its shape.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import requests
import schemathesis
from http_world import KEYS
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

WALK_KEYS: Final = {**KEYS, "shop:read": "shop-looks-0123456789"}
_CHECKS: Final = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


@dataclass(slots=True)
class Walk:
    """What came back.

    Attributes:
        statuses: how often each operation answered what.
        trouble: what went against the document, as schemathesis tells it.
    """

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    trouble: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return self.statuses.total()


def walk(url: str, *, examples: int, dice: int = 0, waits: bool = False) -> Walk:
    """Ask every operation `examples` times what it allows, and as often what it does not; each key in turn.

    Args:
        url: of a server with `WALK_KEYS`.
        examples: of each kind.
        dice: the same again.
        waits: whether long polls may be asked for, which take seconds.
    """
    found, session = Walk(), requests.Session()
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    given_keys: Sequence[str | None] = (*WALK_KEYS.values(), "no-such-secret-0123456789", None)

    def ask(operation: Any, mode: GenerationMode) -> None:
        @seed(dice)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            derandomize=False,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(mode))
        def each(case: Any) -> None:
            secret = given_keys[found.requests % len(given_keys)]
            if case.query and not waits:
                case.query.pop("wait", None)
            answer = case.call(
                base_url=url,
                session=session,
                headers={} if secret is None else {"Authorization": f"Bearer {secret}"},
            )
            found.statuses[operation.label, answer.status_code] += 1
            try:
                case.validate_response(answer, checks=_CHECKS)
            except Exception as error:  # noqa: BLE001  # whatever it dislikes is told at the end
                found.trouble.append(f"{operation.label}: {error}")

        each()

    for result in schema.get_all_operations():
        assert isinstance(result, Ok), "a route that the document describes wrongly"
        operation = result.ok()
        for mode in GenerationMode:
            try:
                ask(operation, mode)
            except Exception as error:  # noqa: BLE001  # such as nothing to get wrong in a route without input
                if (
                    "Unsatisfiable" not in type(error).__name__ + str(error)
                    and "SkipTest" not in type(error).__name__
                ):
                    found.trouble.append(f"{operation.label}, {mode}: {type(error).__name__}: {error}")
    return found
