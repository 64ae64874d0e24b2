"""How settings are written: durations, counts, lists, keys, rates and hours.

Every function takes what the environment holds, or what code passes in, and raises `Wrong` with a
sentence for the operator. No message ever repeats the value: it may be a secret in the wrong place.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from ipaddress import ip_address
from pathlib import Path
from zoneinfo import available_timezones

from pydantic import SecretStr

from bot.domain.access import ApiKey, Role
from bot.domain.authors import MIN_KEY_BYTES
from bot.domain.channels import QuietHours
from bot.domain.pacing import Rate


class Wrong(ValueError):
    """A value that cannot be used. The message is shown, so it never holds the value."""


MAX_DURATION = timedelta(days=3650)
MIN_SECRET = 16
_UNITS = {
    "": timedelta(seconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_DURATION = re.compile(r"([0-9]{1,9}) ?([a-z]{0,3})")
_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9]) +(\S+)")
_KEY_NAME = re.compile(r"[a-z0-9-]{1,32}")
_DIGEST = re.compile(r"sha256:([0-9a-fA-F]{64})")
_SECRET = re.compile(rf"[!-~]{{{MIN_SECRET},}}")
_TOKEN = re.compile(r"[0-9]{1,19}:[A-Za-z0-9_-]{16,256}")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]_-]{1,255}(?:/[A-Za-z0-9._~-]+)*/?")
_OWN_MACHINE = re.compile(r"http://(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/]|$)")
NONE = "none"


def duration(value: object) -> object:
    """A time span: 30s, 20min, 6h, 30d, or a whole number of seconds."""
    if not isinstance(value, str | int):
        return value
    match = _DURATION.fullmatch(str(value).strip().lower())
    if match is None or match[2] not in _UNITS:
        raise Wrong("should be a whole number and a unit (s, min, h or d), such as 30s, 20min, 6h or 30d")
    if int(match[1]) > MAX_DURATION / _UNITS[match[2]]:
        raise Wrong(f"should be at most {MAX_DURATION.days}d")
    return int(match[1]) * _UNITS[match[2]]


def lowered(value: object) -> object:
    """Words of a fixed list in any case."""
    return value.strip().lower() if isinstance(value, str) else value


def unless_none(value: object) -> object:
    """The word none switches off what otherwise has a value."""
    return None if isinstance(value, str) and value.strip().lower() == NONE else value


def region(value: object) -> object:
    """A country by its two letters, in any case, or none."""
    value = unless_none(value)
    return value.strip().upper() if isinstance(value, str) else value


def day(value: object) -> object:
    """A date in ISO 8601, or none."""
    value = unless_none(value)
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise Wrong("should be a date, such as 2026-01-31, or none") from None


def rate(value: object) -> object:
    """A count and a unit: 100/s, 20/min or 6/h."""
    if not isinstance(value, str):
        return value
    try:
        return Rate.parse(value)
    except ValueError:
        raise Wrong("should be a count and a unit, such as 30/s, 20/min or 6/h") from None


def quiet_hours(value: object) -> object:
    """Two times and a time zone: 22:00-07:00 Europe/London."""
    if not isinstance(value, str):
        return value
    match = _HOURS.fullmatch(value.strip())
    if match is None:
        raise Wrong("should be two times and a time zone, such as 22:00-07:00 Europe/London")
    if match[5] not in available_timezones():
        raise Wrong("names a time zone that is not known; write one such as Europe/London, or UTC")
    start, end = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
    return QuietHours(start=start, end=end, zone=match[5])


def listed(value: object) -> object:
    """A list as JSON (`["a", "b"]`) or with commas (`a, b`)."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.startswith("["):
        return _json(text)
    return [part.strip() for part in text.split(",") if part.strip()]


def api_keys(value: object) -> object:
    """Names, secrets and roles: `name:secret,other:secret:read`, the same as a JSON list, or a JSON object.

    A secret may be given as `sha256:` and its digest in hex. Without a role a key is an admin's.
    A name may have several keys, also of one role, so that a secret can be changed while the old one still
    opens; an object has room for one a name.
    """
    if isinstance(value, str) and value.strip().startswith("{"):
        value = _json(value)
    if isinstance(value, Mapping):
        return _checked_keys(value.items())
    items = listed(value)
    if isinstance(items, tuple) and all(isinstance(item, ApiKey) for item in items):
        return items
    if not isinstance(items, list) or not all(isinstance(item, str) and ":" in item for item in items):
        raise Wrong("should be pairs of a name and a secret, such as shop:SECRET,forum:SECRET")
    return _checked_keys(item.split(":", 1) for item in items)


def _checked_keys(pairs: Iterable[Iterable[object]]) -> tuple[ApiKey, ...]:
    keys: list[ApiKey] = []
    for name, secret in pairs:
        plain = secret.get_secret_value() if isinstance(secret, SecretStr) else secret
        if not isinstance(name, str) or not _KEY_NAME.fullmatch(name):
            raise Wrong("needs names of 1 to 32 small letters, digits and hyphens")
        key = _key(name, plain if isinstance(plain, str) else "")
        if any(key.digest == each.digest for each in keys):
            raise Wrong("holds a secret twice; every key needs its own")
        keys.append(key)
    return tuple(keys)


def _key(name: str, text: str) -> ApiKey:
    """One key by its secret, or the digest of it, and its role."""
    head, _, tail = text.rpartition(":")
    role, secret = (Role(tail), head) if tail in set(Role) else (Role.ADMIN, text)
    digest = _DIGEST.fullmatch(secret)
    if digest is not None:
        return ApiKey(name=name, role=role, digest=bytes.fromhex(digest[1]))
    if not _SECRET.fullmatch(secret):
        raise Wrong(f"needs secrets of at least {MIN_SECRET} characters, without spaces and accents")
    return ApiKey.of(name, secret, role)


def _json(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_without_doubles)
    except Wrong:
        raise
    except (ValueError, RecursionError):
        raise Wrong("looks like JSON but is not; check quotes, commas and brackets") from None


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise Wrong("holds a name twice; write several keys of a name as a list")
    return dict(pairs)


def database_url(value: SecretStr) -> SecretStr:
    """`sqlite:///` and the path of a file."""
    text = value.get_secret_value()
    scheme, _, path = text.partition("://")
    if scheme.startswith("postgres"):
        raise Wrong("PostgreSQL comes in a later version; use sqlite:/// and a path for now")
    if scheme != "sqlite" or not path.startswith("/"):
        raise Wrong("should be sqlite:/// and a path, such as sqlite:///data/solace.db")
    if path in ("/", "/:memory:") or path.endswith("/") or "?" in path:
        raise Wrong("should end in the name of a file, such as sqlite:///data/solace.db")
    return value


def telegram_token(value: SecretStr) -> SecretStr:
    """What BotFather gives: the bot's number, a colon, and a secret."""
    if not _TOKEN.fullmatch(value.get_secret_value()):
        raise Wrong("should be a number, a colon and a secret, as @BotFather gives it; copy the whole line")
    return value


def web_address(value: str) -> str:
    """Http or https, a name and maybe a path; no user, query or slash at the end."""
    if not _ADDRESS.fullmatch(value):
        raise Wrong("should be an address such as https://api.telegram.org, without anything behind it")
    return value.rstrip("/")


def webhook_address(value: str) -> str:
    """The same; Telegram comes by https only, its self-hosted servers on one's own machine by http too."""
    try:
        value = web_address(value)
    except Wrong:
        raise Wrong(
            "should be an address such as https://bot.example.org, without anything behind it"
        ) from None
    if value.startswith("http://") and not _OWN_MACHINE.match(value):
        raise Wrong("should begin with https://; Telegram sends to nothing else")
    return value


def loopback(host: str) -> bool:
    """Whether a host's name or address means this machine alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def author_key(value: SecretStr) -> SecretStr:
    """A secret of at least 32 bytes."""
    if len(value.get_secret_value().encode()) < MIN_KEY_BYTES:
        raise Wrong(f"should have at least {MIN_KEY_BYTES} bytes; leave it out and Solace makes one itself")
    return value


def folder(value: Path) -> Path:
    """A folder; `~` is the home folder."""
    try:
        return value.expanduser()
    except RuntimeError:
        raise Wrong("starts with ~, but there is no such home folder; write the whole path") from None
