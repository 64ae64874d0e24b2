"""A running bot on a full disk: it stops acknowledging, says why, and goes on when there is room."""

from pathlib import Path

from disks import fill, needs_root, small_disk
from processes import Installation, comment, until


@needs_root
def test_a_full_disk_is_answered_by_503_and_told_in_the_log(tmp_path: Path) -> None:
    here = Installation(folder=tmp_path)
    with small_disk(here.data), here.running() as server:
        first, late = [comment(1)], [comment(number) for number in range(2, 50)]
        server.bring(first)
        until(lambda: not here.count("SELECT count(*) FROM replies WHERE state IN ('pending', 'sending')"))
        filler = fill(here.data)
        answer = server.http.post("/v1/messages", json={"messages": late})
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) >= 1
        assert "disk is full; make room" in here.log.read_text()
        assert server.process.poll() is None
        filler.unlink()
        assert here.log.read_text().count("database_refuses") == 1
        assert {each["status"] for each in server.bring([*first, *late])} <= {"known", "judged"}
        assert here.count("SELECT count(*) FROM decisions") == 49
        assert here.log.read_text().count("database_works_again") == 1
        assert server.http.get("/readyz").status_code == 200
        assert server.end(15) == 0
