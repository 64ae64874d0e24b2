"""What is left when everything should have been put away is told, by its kind and name."""

import asyncio
import socket
import threading
from pathlib import Path
from typing import Any

from bot.bootstrap.leftovers import nothing_left_behind, use_threads_that_may_hang


class Noting:
    """Remembers events with their fields."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []

    def noticed(self, event: str, **fields: object) -> None:
        self.told.append((event, fields))


async def test_where_nothing_is_left_nothing_is_told(tmp_path: Path) -> None:
    telemetry = Noting()
    use_threads_that_may_hang()
    async with nothing_left_behind(telemetry):  # type: ignore[arg-type]
        await asyncio.create_task(asyncio.sleep(0))
        await asyncio.to_thread((tmp_path / "notes").write_text, "put away")
        socket.create_server(("127.0.0.1", 0)).close()
    assert telemetry.told == []


async def test_a_task_a_thread_a_file_and_a_connection_are_named(tmp_path: Path) -> None:
    telemetry, end = Noting(), threading.Event()
    async with nothing_left_behind(telemetry):  # type: ignore[arg-type]
        task = asyncio.create_task(asyncio.sleep(1000), name="forgotten")
        thread = threading.Thread(target=end.wait, name="stuck")
        thread.start()
        file, line = (tmp_path / "notes").open("w"), socket.create_server(("127.0.0.1", 0))
    task.cancel()
    end.set()
    thread.join()
    file.close()
    line.close()
    assert telemetry.told == [
        (
            "left_over_at_shutdown",
            {"tasks": ["forgotten"], "threads": ["stuck"], "handles": ["notes", "socket"]},
        )
    ]


async def test_what_is_just_ending_gets_the_time_for_it() -> None:
    telemetry = Noting()
    async with nothing_left_behind(telemetry):  # type: ignore[arg-type]
        thread = threading.Timer(0.1, lambda: None)
        thread.start()
    assert telemetry.told == []


def test_a_job_that_hangs_keeps_no_program_from_ending_and_no_other_job_waiting() -> None:
    never = threading.Event()

    async def work() -> int:
        use_threads_that_may_hang()
        hanging = [asyncio.ensure_future(asyncio.to_thread(never.wait)) for _ in range(50)]
        found = await asyncio.to_thread(lambda: 7)
        for each in hanging:
            each.cancel()
        return found

    assert asyncio.run(work()) == 7
    never.set()


async def test_the_loops_threads_bring_results_and_errors_back() -> None:
    use_threads_that_may_hang()
    assert await asyncio.to_thread(divmod, 7, 2) == (3, 1)
    found = await asyncio.gather(asyncio.to_thread(divmod, 7, 0), return_exceptions=True)
    assert isinstance(found[0], ZeroDivisionError)
