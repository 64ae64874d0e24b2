"""What `solace doctor` looks at beside the database. Nothing here changes anything."""

import errno
import shutil
import socket
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from bot.adapters.phrasefile import load_crisis_card
from bot.application.doctor import Check, ModelStatus, failed, passed, warned
from bot.domain.crisis import violations as violations_of_card
from bot.domain.errors import SettingsError
from bot.domain.phrases import PhraseBook
from bot.domain.phrasing import violations
from bot.settings import CrisisSettings

LITTLE: Final = 500 * 1000**2
TOO_LITTLE: Final = 50 * 1000**2
"""Bytes of free disk: enough for weeks, and not enough for the write-ahead log of a busy day."""
WRITTEN: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""No right clock has shown less since this was written."""
CONFIRMED_FOR: Final = 180
"""Days for which the word of an operator holds that the entries of the crisis card are right."""
_PATIENCE: Final = 2.0
_OTHER_MODEL: Final = "set SOLACE_MODEL to one that `solace model list` shows"


def data_folder(folder: Path) -> Check:
    """Whether the folder is there and can be written to, or could be made."""
    nearest = _nearest(folder)
    try:
        with TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        return failed(
            "data folder",
            f"SOLACE_DATA_DIR cannot be written to ({error.strerror})",
            "give this user the right to, or set it to another folder",
        )
    return passed(
        "data folder", f"{folder.absolute()}{'' if nearest == folder else ' (made at the first start)'}"
    )


def disk(folder: Path) -> Check:
    """How much room there is."""
    free = shutil.disk_usage(_nearest(folder)).free
    detail, advice = f"{free / 1000**3:.1f} GB free", "make room, or set SOLACE_DATA_DIR to another disk"
    if free < TOO_LITTLE:
        return failed("disk", detail, advice)
    return warned("disk", detail, advice) if free < LITTLE else passed("disk", detail)


def model(models: Sequence[ModelStatus]) -> Check:
    """Whether the model that the settings name is there and whole."""
    active = next((each for each in models if each.active), None)
    if active is None:
        return failed(
            "model",
            "there is no such model",
            _OTHER_MODEL,
        )
    if active.problem is not None:
        return failed("model", active.problem, f"{_OTHER_MODEL}, or install Solace again")
    return passed("model", f"{active.version}, {active.source}, files verified")


def language_filter(find: Callable[[], Path]) -> Check:
    """Whether the language of a text can be told."""
    try:
        file = find()
    except SettingsError as error:
        return failed(
            "language filter", str(error), "install Solace again, with all packages that it asks for"
        )
    return passed("language filter", f"{file.name} is there")


def phrase_book(read: Callable[[], PhraseBook]) -> Check:
    """Whether there is something to say, and all of it keeps to the rules."""
    try:
        book = read()
    except SettingsError as error:
        return failed("phrases", str(error), "install Solace again")
    odd = [phrase.id for phrase in book.phrases if violations(phrase.text)]
    if odd:
        return warned("phrases", f"break a rule of the book: {', '.join(odd)}", "reword or remove them")
    return passed("phrases", f"{len(book.phrases)} in version {book.version}")


def crisis_card(crisis: CrisisSettings, *, today: date) -> list[Check]:
    """Whether there is a card that keeps to its rules, and whether somebody stands for its entries."""
    card = load_crisis_card(crisis.region)
    name = "crisis card"
    broken = violations_of_card(card.text)
    if broken:
        return [failed(name, f"{broken[0]}", "install Solace again")]
    shown = f"edition {card.edition}"
    confirm = (
        "call or open every entry that it names for your region, "
        "then set SOLACE_CRISIS__CONFIRMED_ON to the day"
    )
    if crisis.confirmed_on is None:
        return [warned(name, f"{shown}; nobody has confirmed its entries", confirm)]
    if crisis.confirmed_on > today:
        advice = "set SOLACE_CRISIS__CONFIRMED_ON to the day on which they were checked"
        return [warned(name, f"{shown}; its entries were confirmed on a day that is still to come", advice)]
    age = (today - crisis.confirmed_on).days
    if age > CONFIRMED_FOR:
        return [warned(name, f"{shown}; its entries were confirmed {age} days ago", confirm)]
    return [passed(name, f"{shown}, entries confirmed on {crisis.confirmed_on:%Y-%m-%d}")]


def clock(folder: Path) -> Check:
    """Whether the time can be right: cooldowns and deadlines hang on it."""
    now, advice = datetime.now(UTC), "set it, and let it follow a time server"
    if now < WRITTEN:
        return failed("clock", f"it says {now:%Y-%m-%d}", advice)
    newest = max(
        (datetime.fromtimestamp(each.stat().st_mtime, UTC) for each in folder.glob("*")), default=now
    )
    if newest > now + timedelta(minutes=5):
        return warned("clock", f"it says {now:%Y-%m-%d %H:%M} UTC, but the data folder is newer", advice)
    return passed("clock", f"{now:%Y-%m-%d %H:%M} UTC")


def address(host: str, port: int, *, wanted: bool) -> Check:
    """Whether the HTTP server can listen where it should, or does so already."""
    name = "address"
    if not wanted:
        return passed(name, "the HTTP server is switched off")
    try:
        _listen(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            if _solace_answers(host, port):
                return passed(name, f"port {port} is in use by a running Solace")
            return failed(
                name, f"port {port} is in use by another program", "end it, or set SOLACE_HTTP__PORT"
            )
        return failed(
            name,
            f"cannot be listened on ({error.strerror})",
            "set SOLACE_HTTP__HOST to an address of this machine, and SOLACE_HTTP__PORT to a port from 1024",
        )
    return passed(name, f"port {port} is free" if port else "any free port")


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(each for each in (folder, *folder.absolute().parents) if each.exists())


def _listen(host: str, port: int) -> None:
    for family, kind, protocol, _, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
            probe.listen()


def _solace_answers(host: str, port: int) -> bool:
    connection = HTTPConnection(host, port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/healthz")
        response = connection.getresponse()
        return b'"alive":true' in response.read(1024).replace(b" ", b"")
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
