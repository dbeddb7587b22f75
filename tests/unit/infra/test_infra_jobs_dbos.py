"""Jobs on the real engine, each test's worker in a process of its own: the engine's state is a process's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from esign.infra.database import open_database
from esign.infra.jobs_dbos import prepare_jobs

ROOT = Path(__file__).parents[3]

# A worker whose jobs append their subject to a file, slowly where the subject says so, and a client of its queue.
# Every line that it reads from its standard input is a command.
PROCESS = """
import os, sys, time
from datetime import timedelta
from esign.infra import jobs_dbos
from esign.infra.database import open_database
from esign.infra.jobs import JobKind
from esign.infra.jobs_dbos import DbosExecutor, DbosQueue
from esign.infra.logs import set_up_logs

set_up_logs("info")
database, done = open_database(sys.argv[1]), sys.argv[2]
running = []

def work(subject):
    running.append(subject)
    if subject.startswith("slow"):
        time.sleep(0.15)
    if subject.startswith("failing"):
        raise ValueError("what a job was about")
    with open(done, "a") as file:
        file.write(subject + chr(10))

class GivenUp(Exception):
    pass

def put(queue, subject, key, give_up):
    try:
        with database.transaction() as session:
            queue.enqueue(session, "work", subject, key=key)
            if give_up:
                raise GivenUp
    except GivenUp:
        pass

queue, sharing = DbosQueue(database), DbosQueue(database, {"work": "shared"})
executor = None
print("ready", flush=True)
for line in sys.stdin:
    command, *rest = line.split()
    answer = "done"
    if command in ("start", "start-sharing"):
        kind = JobKind("work", work, at_once=2, queue="shared" if command == "start-sharing" else "")
        jobs_dbos._FORMER_LOOK_SECONDS = 0.1
        executor = DbosExecutor(database, [kind, JobKind("other", work, queue=kind.queue)], name="worker-1")
        executor.start()
    elif command in ("put", "give-up"):
        put(queue, rest[0], rest[1], command == "give-up")
    elif command == "put-sharing":
        put(sharing, rest[0], rest[1], False)
    elif command == "await":
        while not os.path.exists(done) or len(open(done).read().split()) < int(rest[0]):
            time.sleep(0.01)
    elif command == "begun":
        while len(running) < int(rest[0]):
            time.sleep(0.01)
    elif command == "ended":
        while len(queue._client.list_workflows(status=["SUCCESS", "ERROR"])) < int(rest[0]):
            time.sleep(0.01)
    elif command == "forget":
        jobs_dbos.KEPT = timedelta(hours=float(rest[0]))
        answer = str(queue.forget_done())
    elif command == "count":
        answer = str(len(queue._client.list_workflows()))
    elif command == "stop":
        executor.stop(seconds=5)
    print(answer, flush=True)
"""


class Process:
    """A process of the service, told what to do."""

    def __init__(self, url: str, done: Path) -> None:
        self.done = done
        command = [sys.executable, "-W", "ignore", "-c", PROCESS, url, str(done)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self._read() == "ready"

    def tell(self, command: str) -> str:
        """Send a command and return the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        return self._read()

    def put(self, *subjects: str) -> None:
        for subject in subjects:
            self.tell(f"put {subject} key:{subject}")

    def effects(self) -> list[str]:
        return self.done.read_text().split() if self.done.exists() else []

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def end(self) -> str:
        """Close its standard input, await its end, and return what it said on standard error."""
        _out, said = self._process.communicate(timeout=60)
        assert self._process.returncode == 0, said
        return said

    def _read(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        if not line:
            raise AssertionError(self._process.communicate()[1])
        return line


@pytest.fixture
def url(database_url: str) -> str:
    database = open_database(database_url)
    prepare_jobs(database)
    database.close()
    return database_url


def test_jobs_are_there_if_their_transaction_commits_each_key_once_and_are_forgotten(url: str, tmp_path: Path) -> None:
    process = Process(url, tmp_path / "done")
    process.tell("give-up never key:never")
    assert process.tell("count") == "0"
    process.put("one", "two", "one")
    process.tell("put three key:one")
    assert process.tell("count") == "2"
    process.tell("start")
    process.put("later")
    process.tell("ended 3")
    assert sorted(process.effects()) == ["later", "one", "two"]
    process.put("one")  # also after it was done
    process.put("last")
    process.tell("ended 4")
    assert sorted(process.effects()) == ["last", "later", "one", "two"]
    assert process.tell("forget 1") == "0"
    assert process.tell("forget -1") == "4"
    assert process.tell("count") == "0"
    process.tell("stop")
    process.end()


def test_a_worker_that_is_killed_loses_no_job(url: str, tmp_path: Path) -> None:
    subjects = [f"slow-{number}" for number in range(6)]
    web = Process(url, tmp_path / "done")
    web.put(*subjects)
    for begun in (1, 2):
        worker = Process(url, tmp_path / "done")
        worker.tell("start")
        worker.tell(f"begun {begun}")
        worker.kill()
    assert set(web.effects()) < set(subjects)
    web.tell("start")
    web.tell("ended 6")
    assert set(web.effects()) == set(subjects)
    web.tell("stop")
    web.end()


def test_a_job_that_fails_is_stored_without_its_words_and_stops_no_other(url: str, tmp_path: Path) -> None:
    process = Process(url, tmp_path / "done")
    process.put("failing", "sound")
    process.tell("start")
    process.tell("ended 2")
    assert process.effects() == ["sound"]
    process.tell("stop")
    said = process.end()
    assert "a job failed" in said
    assert "what a job was about" not in said
    if url.startswith("sqlite"):
        stored = b"".join(path.read_bytes() for path in tmp_path.glob("esign.db*"))
        assert b"what a job was about" not in stored


def test_kinds_share_a_queue_and_what_an_earlier_build_put_into_their_own_is_done(url: str, tmp_path: Path) -> None:
    earlier = Process(url, tmp_path / "done")
    earlier.tell("start")
    earlier.put("before")
    earlier.tell("ended 1")
    earlier.tell("stop")
    earlier.put("left")
    earlier.end()
    later = Process(url, tmp_path / "done")
    later.tell("put-sharing shared key:shared")
    later.tell("start-sharing")
    later.tell("ended 3")
    assert sorted(later.effects()) == ["before", "left", "shared"]
    later.tell("stop")
    later.end()
