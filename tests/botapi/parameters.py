"""The parameters of a call, however they came: in the address, as JSON, as a form or in parts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botapi.refusals import Json, bad


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came along."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Named values: JSON's own types, or texts that hold the same.

    Attributes:
        files: uploads by the name of their part.
    """

    values: Mapping[str, Any]
    files: Mapping[str, Upload] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        """As it came; None where it is missing or null."""
        return self.values.get(name)

    def text(self, name: str) -> str:
        """A text, empty where it is missing."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def integer(self, name: str, otherwise: int = 0) -> int:
        """A whole number.

        Raises:
            Refused: 400, it is none.
        """
        value = self.values.get(name)
        if value is None or value == "":
            return otherwise
        try:
            return int(str(value))
        except ValueError:
            raise bad(f"invalid {name} specified") from None

    def flag(self, name: str) -> bool:
        """A truth value; False where it is missing."""
        return str(self.values.get(name, "")).lower() in {"true", "1", "yes"}

    def data(self, name: str) -> Any:
        """An object or list: JSON's own, or "a JSON-serialized object".

        Raises:
            Refused: 400, it cannot be read.
        """
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise bad(f"can't parse {name} JSON object") from None

    def mapping(self, name: str) -> Json:
        """An object; empty where it is missing.

        Raises:
            Refused: 400, it is something else.
        """
        value = self.data(name)
        if value is not None and not isinstance(value, dict):
            raise bad(f"object expected as {name}")
        return value or {}

    def upload(self, name: str) -> Upload | str:
        """A file, or the id of one that is there already.

        Raises:
            Refused: 400, there is neither.
        """
        given = self.text(name)
        if given.startswith("attach://"):
            name = given.removeprefix("attach://")
        found = self.files.get(name)
        if found is None and not given:
            raise bad(f"there is no {name} in the request")
        return found if found is not None else given

    def shown(self) -> Json:
        """What a ledger keeps: names and sizes instead of contents, and JSON already read."""
        read = {name: _read(value) for name, value in self.values.items()}
        sizes = {name: {"file": file.name, "bytes": len(file.content)} for name, file in self.files.items()}
        return read | sizes


def _read(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
