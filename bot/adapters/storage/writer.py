"""The one thread that writes. Works that wait together share one COMMIT, each in its own savepoint."""

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.domain.errors import StoreError

Work = Callable[[Connection], Any]
_MOST_AT_ONCE: Final = 64


class Writer:
    """Runs works one after the other on a thread of its own.

    Args:
        engine: begins every transaction with BEGIN IMMEDIATE.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[tuple[Work, Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="solace-writer", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what was handed in, then end the thread. Blocks."""
        self._queue.put(None)
        self._thread.join()

    def submit(self, work: Work) -> Future[Any]:
        """Hand in a work; its future is done after the COMMIT."""
        future: Future[Any] = Future()
        self._queue.put((work, future))
        return future

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, stopped = [first], False
            while len(batch) < _MOST_AT_ONCE and not self._queue.empty():
                following = self._queue.get()
                if following is None:
                    stopped = True
                    break
                batch.append(following)
            self._commit(batch)
            if stopped:
                return

    def _commit(self, batch: list[tuple[Work, Future[Any]]]) -> None:
        attempt = _attempt if len(batch) > 1 else _alone
        outcomes: list[tuple[Future[Any], Any, Exception | None]] = []
        try:
            with self._engine.begin() as connection:
                outcomes = [(future, *attempt(connection, work)) for work, future in batch]
        except _UndoneError as undone:  # the transaction was this work's alone
            outcomes = [(future, None, undone.cause) for _, future in batch]
        except Exception as error:  # noqa: BLE001  # this thread outlives every error: each caller hears of it
            refusal = store_error(error)
            for _, future in batch:
                future.set_exception(refusal)
            return
        for future, result, failure in outcomes:
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)


class _UndoneError(Exception):
    """A work that was alone in its transaction failed, and took that back."""

    def __init__(self, cause: Exception) -> None:
        super().__init__()
        self.cause = cause


def _alone(connection: Connection, work: Work) -> tuple[Any, None]:
    """The work's result; it needs no savepoint, which costs two statements.

    Raises:
        _UndoneError: rolls back; there is nobody else's work in it.
    """
    try:
        return work(connection), None
    except SQLAlchemyError as error:
        raise _UndoneError(store_error(error)) from error
    except Exception as error:
        raise _UndoneError(error) from error


def _attempt(connection: Connection, work: Work) -> tuple[Any, Exception | None]:
    """The work's result or its exception; an exception undoes this work and no other."""
    savepoint = connection.begin_nested()
    try:
        result = work(connection)
    except SQLAlchemyError as error:
        if savepoint.is_active:
            savepoint.rollback()
        return None, store_error(error)
    except Exception as error:  # noqa: BLE001  # the caller's own error, raised again where the caller waits
        savepoint.rollback()
        return None, error
    savepoint.commit()
    return result, None


_ADVICE: Final = {
    "disk is full": "make room",
    "malformed": "run `solace db check`, and bring a backup back",
    "not a database": "bring a backup back with `solace db restore`",
    "disk I/O error": "look at the disk and at the system's log",
    "readonly database": "give Solace the right to write there",
}


def store_error(error: Exception) -> StoreError:
    """Ours for theirs: the driver's words, without the statement's parameters (they are people's texts)."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    said = str(cause or (error if isinstance(error, sqlite3.Error) else type(error).__name__))
    advice = next((f"; {advice}" for words, advice in _ADVICE.items() if words in said), "")
    refusal = StoreError(f"the database refused: {said}{advice}")
    refusal.__cause__ = cause
    return refusal
