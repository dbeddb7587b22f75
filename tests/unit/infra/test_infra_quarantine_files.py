"""Tasks on a file that their caller opened: it is mapped, not copied, and the task can do nothing else with it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from esign.infra.quarantine import ProcessQuarantine, QuarantineFailed, QuarantineLimits, start_quarantine

MIB = 1024 * 1024
LIMITS = QuarantineLimits(memory_bytes=64 * MIB, cpu_seconds=2, wall_seconds=5.0, exchange_bytes=MIB)


@pytest.fixture(scope="module")
def quarantine() -> Iterator[ProcessQuarantine]:
    with closing(start_quarantine("hostile_tasks:TABLE", LIMITS)) as started:
        yield started


@contextmanager
def opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def test_a_task_reads_the_file_that_it_was_started_for(quarantine: ProcessQuarantine, tmp_path: Path) -> None:
    path = tmp_path / "document"
    path.write_bytes(b"%PDF-1.7 the whole file")
    with opened(path) as descriptor:
        answer = quarantine.run_on_file(descriptor, "reads-its-file", {})
    assert answer.attachments == (b"%PDF-1.7 the who",)
    assert answer.value == [23, [0, 1, 2, 3]]


def test_a_file_larger_than_the_memory_of_a_task_and_than_any_exchange_is_read(
    quarantine: ProcessQuarantine, tmp_path: Path
) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(200 * MIB)
    with opened(path) as descriptor:
        answer = quarantine.run_on_file(descriptor, "reads-its-file", {})
    assert answer.value == [200 * MIB, [0, 1, 2, 3]]


def test_an_empty_file_is_a_file(quarantine: ProcessQuarantine, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    with opened(tmp_path / "empty") as descriptor:
        assert quarantine.run_on_file(descriptor, "reads-its-file", {}).attachments == (b"",)


def test_a_task_cannot_write_to_its_file(quarantine: ProcessQuarantine, tmp_path: Path) -> None:
    path = tmp_path / "document"
    path.write_bytes(b"whole")
    descriptor = os.open(path, os.O_RDWR)
    try:
        with pytest.raises(QuarantineFailed, match="TypeError"):
            quarantine.run_on_file(descriptor, "writes-to-its-file", {})
    finally:
        os.close(descriptor)
    assert path.read_bytes() == b"whole"


def test_what_cannot_be_mapped_breaks_its_own_child_alone(quarantine: ProcessQuarantine, tmp_path: Path) -> None:
    with opened(tmp_path) as descriptor, pytest.raises(QuarantineFailed) as raised:
        quarantine.run_on_file(descriptor, "reads-its-file", {})
    assert raised.value.code == "file-breaks-reader"
    assert quarantine.run("echo", {"value": 1}).value == 1


def test_a_file_task_without_a_file_is_no_task(quarantine: ProcessQuarantine) -> None:
    with pytest.raises(QuarantineFailed, match="KeyError"):
        quarantine.run("reads-its-file", {})
