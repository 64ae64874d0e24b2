"""What the proxy does to a connection, seen from both of its ends."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from tcp_proxy import KINDS, TcpProxy, proxying

ASKED, TOLD = b"what is it?", b"an answer of thirty-two letters."


@contextmanager
def answering() -> Iterator[str]:
    """A server that says the same to whatever it is asked, again and again."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def talk(line: socket.socket) -> None:
            with line:
                try:
                    while line.recv(100):
                        line.sendall(TOLD)
                except OSError:
                    pass

        def serve() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=talk, args=(line,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def proxy() -> Iterator[TcpProxy]:
    with answering() as target, proxying(target) as found:
        yield found


def line_to(proxy: TcpProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(proxy.url.rpartition(":")[2])), timeout=20)


def heard(line: socket.socket) -> bytes:
    """Everything up to a whole answer, or to the end."""
    line.sendall(ASKED)
    told = b""
    while len(told) < len(TOLD) and (piece := line.recv(100)):
        told += piece
    return told


def test_it_passes_everything_on_and_counts_who_came(proxy: TcpProxy) -> None:
    with line_to(proxy) as one, line_to(proxy) as other:
        assert (heard(one), heard(other), heard(one)) == (TOLD, TOLD, TOLD)
        assert (proxy.accepted, proxy.open) == (2, 2)


@pytest.mark.parametrize(("kind", "details"), [("delay", {"seconds": 0.01}), ("throttle", {"rate": 1e5})])
def test_a_slow_way_brings_everything(proxy: TcpProxy, kind: str, details: dict[str, float]) -> None:
    with line_to(proxy) as line, proxy.during(kind, **details):  # type: ignore[arg-type]
        assert heard(line) == TOLD


def test_what_is_frozen_goes_on_later(proxy: TcpProxy) -> None:
    with line_to(proxy) as line:
        assert heard(line) == TOLD
        with proxy.during("freeze"):
            line.sendall(ASKED)
            line.settimeout(0.05)
            with pytest.raises(TimeoutError):
                line.recv(100)
        line.settimeout(20)
        assert line.recv(100) == TOLD


def test_what_saw_a_black_hole_is_dead_for_good_and_the_next_one_is_not(proxy: TcpProxy) -> None:
    with line_to(proxy) as dead:
        assert heard(dead) == TOLD
        with proxy.during("blackhole"):
            dead.sendall(ASKED)
        dead.sendall(ASKED)
        dead.settimeout(0.05)
        with pytest.raises(TimeoutError):
            dead.recv(100)
        with line_to(proxy) as alive:
            assert heard(alive) == TOLD


def test_a_truncated_answer_ends_as_if_all_were_said(proxy: TcpProxy) -> None:
    with proxy.during("truncate", size=5), line_to(proxy) as line:
        assert heard(line) == TOLD[:5]


def test_a_cut_comes_in_the_place_of_an_answer(proxy: TcpProxy) -> None:
    with proxy.during("cut"), line_to(proxy) as line, suppress(ConnectionResetError):
        assert heard(line) == b""  # an end without a word is as good
    with line_to(proxy) as line:
        assert heard(line) == TOLD


def test_where_it_refuses_nobody_listens_and_then_the_same_port_does(proxy: TcpProxy) -> None:
    with line_to(proxy) as line:
        assert heard(line) == TOLD
        with proxy.during("refuse"):
            with pytest.raises(ConnectionRefusedError):
                line_to(proxy)
            assert proxy.open == 0
    with line_to(proxy) as line:
        assert heard(line) == TOLD


def test_there_is_no_other_manner(proxy: TcpProxy) -> None:
    with pytest.raises(ValueError, match="no manner 'rude'"):
        proxy.be("rude")  # type: ignore[arg-type]
    assert len(KINDS) == 8
