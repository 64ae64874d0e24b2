"""From the environment and `.env` to `Settings`, or to one error that lists all there is to put right."""

import os
import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from io import StringIO
from pathlib import Path
from typing import Any

from dotenv.parser import parse_stream
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource

from bot.domain.errors import SettingsError
from bot.settings import reddit
from bot.settings.fields import DELIMITER, PREFIX, Settings
from bot.settings.values import Wrong

_DEFAULT_FILE = Path(".env")
_CLOSE = 0.6
"""As in difflib's own search for close matches."""
_PART = 0.85
"""What the last part of a name counts beside a whole one: several sections may have it."""

_MAX_NAME = 100
_SURROGATE = re.compile("[\ud800-\udfff]")


def load_settings(
    env_file: Path | None = _DEFAULT_FILE, environment: Mapping[str, str] | None = None
) -> Settings:
    """Read everything once.

    Names count in any letter case. The environment goes before the file; an empty value counts as not
    set. A missing file is no error, and neither are names in it without our prefix.

    Args:
        env_file: lines of NAME=value; None = no file.
        environment: instead of the process's own.

    Raises:
        SettingsError: one line a problem, `SOLACE_…: what is wrong`; never with a value.
    """
    problems: dict[str, str] = {}
    found = _in_file(env_file, problems) if env_file is not None else {}
    found |= _ours(os.environ if environment is None else environment, problems)
    found = {name: value for name, value in found.items() if name not in problems}
    try:
        settings = Settings(**_Variables(found)())
    except ValidationError as error:
        problems |= _explained(error)
    else:
        problems |= _contradictions(settings)
    if problems:
        raise SettingsError("\n".join(f"{name}: {problem}" for name, problem in problems.items()))
    return settings


class _Variables(EnvSettingsSource):
    """Flat names to nested sections, as pydantic-settings does it, from names that were checked before."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        super().__init__(Settings)
        self.env_vars = {name.lower(): value for name, value in variables.items()}


def _ours(variables: Mapping[str, str | None], problems: dict[str, str]) -> dict[str, str]:
    """The variables with our prefix, by canonical name; what is wrong with them goes to `problems`."""
    known = variable_names()
    found: dict[str, str] = {}
    for written, value in variables.items():
        name = written.upper()
        if not name.startswith(PREFIX):
            continue
        if name not in known:
            problems[_printable(written)] = _unknown(name, known)
        elif name in found:
            problems[name] = "is set twice, in different letter cases; keep one of them"
        elif value is None:
            problems[name] = "has no value; write NAME=value"
        elif _SURROGATE.search(value) or "\x00" in value:
            problems[name] = "holds bytes that are not text; write it as UTF-8"
        elif value.strip():
            found[name] = value.strip()
    return found


def variable_names() -> Mapping[str, FieldInfo]:
    """Every variable's full name and its field."""
    return dict(_walk(Settings, PREFIX))


def _walk(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            yield from _walk(section, f"{prefix}{name.upper()}{DELIMITER}")
        else:
            yield f"{prefix}{name.upper()}", field


def _unknown(name: str, known: Mapping[str, FieldInfo]) -> str:
    inside = sorted(each for each in known if each.startswith(f"{name}{DELIMITER}"))
    if inside:
        return f"is a whole section; set its parts one by one, such as {inside[0]}"
    closeness, near = max((_closeness(name, each), each) for each in known)
    if closeness < _CLOSE:
        return "is not known; .env.example lists every name"
    return f"is not known; did you mean {near}?"


def _closeness(name: str, known: str) -> float:
    """How alike two names are, from 0 to 1; a forgotten section is forgiven."""
    written = name.removeprefix(PREFIX)[:_MAX_NAME]
    whole = known.removeprefix(PREFIX)
    part = SequenceMatcher(None, written, whole.rpartition(DELIMITER)[2]).ratio()
    return max(SequenceMatcher(None, written, whole).ratio(), _PART * part)


def _printable(name: str) -> str:
    return ascii(name[:_MAX_NAME])[1:-1]


def _in_file(path: Path, problems: dict[str, str]) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except IsADirectoryError:
        problems[str(path)] = "is a folder; put a file with lines of NAME=value there, or nothing"
    except UnicodeDecodeError:
        problems[str(path)] = "is not a text file in UTF-8; write lines of NAME=value"
    except OSError as error:
        problems[str(path)] = f"cannot be read ({os.strerror(error.errno or 0).lower()}); check its rights"
    else:
        return _ours(_lines(path, text, problems), problems)
    return {}


def _lines(path: Path, text: str, problems: dict[str, str]) -> dict[str, str | None]:
    """Names and values as python-dotenv reads them; `$` stands for itself. The last line of a name counts."""
    found: dict[str, str | None] = {}
    for line in parse_stream(StringIO(text)):
        if line.error:
            written = line.original.string
            number = line.original.line + written.count("\n", 0, len(written) - len(written.lstrip()))
            problems[f"{path}, line {number}"] = "is not of the form NAME=value"
        elif line.key is not None:
            found[line.key] = line.value
    return found


def _explained(error: ValidationError) -> dict[str, str]:
    known = variable_names()
    problems: dict[str, str] = {}
    for each in error.errors(include_url=False, include_input=False):
        name = _variable(each["loc"])
        reason: Any = each.get("ctx", {}).get("error")
        # Only our own sentences are shown: any other message might quote the value.
        problems[name] = str(reason) if isinstance(reason, Wrong) else f"should be {known[name].description}"
    return problems


def _variable(location: tuple[int | str, ...]) -> str:
    """The variable that a validation error is about; what lies deeper than the variable is cut off."""
    known = variable_names()
    names = (PREFIX + DELIMITER.join(map(str, location[:depth])).upper() for depth in (1, 2))
    return next(name for name in names if name in known)


def _contradictions(settings: Settings) -> dict[str, str]:
    return _of_addresses(settings) | reddit.contradictions(settings.reddit)


def _of_addresses(settings: Settings) -> dict[str, str]:
    http, telegram = settings.http, settings.telegram
    if telegram.webhook_url is not None and not http.enabled:
        return {
            "SOLACE_TELEGRAM__WEBHOOK_URL": "needs SOLACE_HTTP__ENABLED to be true: updates come in there"
        }
    if telegram.webhook_url is not None and telegram.token is None:
        return {"SOLACE_TELEGRAM__TOKEN": "is needed when SOLACE_TELEGRAM__WEBHOOK_URL is set"}
    if http.enabled and not http.loopback and not http.api_keys:
        return {
            "SOLACE_HTTP__API_KEYS": "is needed when SOLACE_HTTP__HOST lets other machines in; "
            "set a name and a secret of 16 characters or more, such as shop:SECRET"
        }
    return {}
