"""One process for one file, without a zygote: as confined as any other, and ended like any other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from other_processes import process_ended

from esign.infra.quarantine import QuarantineFailed, QuarantineLimits, QuarantineUnavailable
from esign.infra.quarantine.single import SingleProcess

MIB = 1024 * 1024
LIMITS = QuarantineLimits(memory_bytes=128 * MIB, cpu_seconds=2, wall_seconds=2.0, exchange_bytes=MIB)


@contextmanager
def reading(path: Path, *, tasks: str = "hostile_tasks:TABLE", content: bytes = b"%PDF") -> Iterator[SingleProcess]:
    path.write_bytes(content)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        with SingleProcess(descriptor, tasks, LIMITS) as process:
            yield process
    finally:
        os.close(descriptor)


def test_the_file_is_read_under_everything_that_the_machine_enforces(tmp_path: Path) -> None:
    with reading(tmp_path / "document", content=b"%PDF-1.7 the file") as process:
        answer = process.run_on_file("reads-its-file", {})
        assert answer.value == [17, [0, 1, 2, 3]]
        assert process.confinement.complete
        escapes = process.run_on_file("escapes", {"path": str(tmp_path / "victim"), "owner": os.getpid()}).value
    assert isinstance(escapes, dict)
    assert "nothing" not in escapes.values()


@pytest.mark.parametrize(
    ("task", "code", "words"),
    [
        ("eats-memory", "file-too-heavy", "memory"),
        ("computes-for-ever", "file-too-heavy", "time"),
        ("waits-for-ever", "file-too-heavy", "time"),
        ("segfaults", "file-breaks-reader", "Segmentation fault"),
        ("leaves", "file-breaks-reader", "ended without an answer"),
        ("closes-and-stays", "file-breaks-reader", "ended without an answer"),
        ("stumbles", "file-breaks-reader", "KeyError"),
    ],
)
def test_what_a_file_does_to_its_process_is_told(tmp_path: Path, task: str, code: str, words: str) -> None:
    with reading(tmp_path / "document") as process, pytest.raises(QuarantineFailed, match=words) as raised:
        process.run_on_file(task, {})
    assert raised.value.code == code


def test_closing_ends_a_process_that_still_works(tmp_path: Path) -> None:
    with reading(tmp_path / "document") as process:
        assert process.confinement.complete
        pid = process.pid
    assert process_ended(pid)


def test_what_does_not_load_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    with (
        reading(tmp_path / "document", tasks="hostile_tasks:NONE") as process,
        pytest.raises(QuarantineUnavailable, match="AttributeError"),
    ):
        process.run_on_file("reads-its-file", {})
