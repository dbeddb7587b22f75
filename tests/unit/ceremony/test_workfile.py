"""The work file: whole at its destination or not there at all, and nothing left behind."""

from __future__ import annotations

import errno
import io
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, BinaryIO

import pytest

from esign.ceremony import workfile
from esign.ceremony.workfile import Workfile, digest_of, write_beside
from esign.errors import EsignError, OutputError


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "contract.pdf"
    path.write_bytes(b"a contract")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "out"
    path.mkdir()
    return path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


class _Failing:
    """A stream whose named method fails as a full disk does; all else goes through."""

    def __init__(self, inner: IO[bytes], method: str) -> None:
        self._inner = inner
        self._method = method

    def __getattr__(self, name: str) -> object:
        if name == self._method:
            return self._fail
        return getattr(self._inner, name)

    def __enter__(self) -> _Failing:
        return self

    def __exit__(self, *_error: object) -> None:
        self._inner.close()

    def _fail(self, *_arguments: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def full_disk(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """Let every stream that the work file opens from a descriptor fail in `method`."""
    real = os.fdopen

    def fdopen(descriptor: int, mode: str) -> _Failing:
        return _Failing(real(descriptor, mode), method)

    monkeypatch.setattr(os, "fdopen", fdopen)


def failing_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    def sync(_folder: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(workfile, "sync_folder", sync)


def test_a_released_document_is_whole_and_alone(source: Path, folder: Path) -> None:
    with Workfile(source, folder / "signed.pdf") as work:
        work.append(b" and one")
        work.append(b" and two")
        assert names(folder) != {"signed.pdf"}
        work.release({folder / "signed.key": b"key"})
    assert (folder / "signed.pdf").read_bytes() == b"a contract and one and two"
    assert (folder / "signed.key").read_bytes() == b"key"
    assert names(folder) == {"signed.pdf", "signed.key"}
    assert source.read_bytes() == b"a contract"


def test_without_a_release_nothing_is_left(source: Path, folder: Path) -> None:
    with Workfile(source, folder / "signed.pdf") as work:
        work.append(b" and more")
    assert names(folder) == set()


def test_an_error_in_between_leaves_nothing_and_goes_on(source: Path, folder: Path) -> None:
    with pytest.raises(KeyError), Workfile(source, folder / "signed.pdf") as work:
        work.append(b" and more")
        raise KeyError("somewhere else")
    assert names(folder) == set()


def test_an_interrupt_while_copying_leaves_nothing(source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_self: Workfile, _original: BinaryIO) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Workfile, "_copy", interrupted)
    with pytest.raises(KeyboardInterrupt), Workfile(source, folder / "signed.pdf"):
        pytest.fail("it was opened")
    assert names(folder) == set()


def test_a_source_that_is_not_there_is_said_to_be_unreadable(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(EsignError, match=r"missing\.pdf") as caught, Workfile(tmp_path / "missing.pdf", folder / "x"):
        pytest.fail("it was opened")
    assert caught.value.code == "document-unreadable"
    assert names(folder) == set()


def test_a_source_that_is_a_folder_is_said_to_be_unreadable(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(EsignError) as caught, Workfile(tmp_path, folder / "x"):
        pytest.fail("it was opened")
    assert caught.value.code == "document-unreadable"
    assert names(folder) == set()


def test_a_destination_in_a_folder_that_is_missing_is_unwritable(source: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught, Workfile(source, tmp_path / "nowhere" / "signed.pdf"):
        pytest.fail("it was opened")
    assert caught.value.code == "output-unwritable"
    assert names(tmp_path) == {"contract.pdf"}


def test_a_destination_below_a_file_is_unwritable(source: Path) -> None:
    with pytest.raises(OutputError) as caught, Workfile(source, source / "signed.pdf"):
        pytest.fail("it was opened")
    assert caught.value.code == "output-unwritable"


def test_a_destination_that_is_a_folder_is_unwritable_and_takes_the_companions_back(source: Path, folder: Path) -> None:
    (folder / "signed.pdf").mkdir()
    with Workfile(source, folder / "signed.pdf") as work:
        with pytest.raises(OutputError) as caught:
            work.release({folder / "signed.key": b"key"})
        assert caught.value.code == "output-unwritable"
    assert names(folder) == {"signed.pdf"}
    assert (folder / "signed.pdf").is_dir()


@pytest.mark.parametrize("method", ["write", "flush"])
def test_a_disk_that_fills_up_while_copying_is_named_and_nothing_is_left(
    method: str, source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_disk(monkeypatch, method)
    with pytest.raises(OutputError) as caught, Workfile(source, folder / "signed.pdf"):
        pytest.fail("it was opened")
    assert caught.value.code == "output-disk-full"
    assert names(folder) == set()


@pytest.mark.parametrize("method", ["write", "flush"])
def test_a_disk_that_fills_up_while_appending_is_named(
    method: str, source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "signed.pdf").write_bytes(b"of last week")
    with Workfile(source, folder / "signed.pdf") as work:
        monkeypatch.setattr(work, "_stream", _Failing(work.stream, method))
        with pytest.raises(OutputError) as caught:
            work.append(b" and more")
        assert caught.value.code == "output-disk-full"
    assert names(folder) == {"signed.pdf"}
    assert (folder / "signed.pdf").read_bytes() == b"of last week"


def test_a_disk_that_refuses_even_the_closing_leaves_nothing(source: Path, folder: Path) -> None:
    with Workfile(source, folder / "signed.pdf") as work:
        real = work.stream
        work._stream = _Failing(real, "close")  # type: ignore[assignment]
    assert names(folder) == set()
    real.close()


def test_a_disk_that_fills_up_at_a_companion_leaves_nothing(
    source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Workfile(source, folder / "signed.pdf") as work:
        full_disk(monkeypatch, "write")
        with pytest.raises(OutputError) as caught:
            work.release({folder / "signed.key": b"key"})
        assert caught.value.code == "output-disk-full"
    assert names(folder) == set()


def test_a_second_companion_that_fails_takes_the_first_back(source: Path, folder: Path) -> None:
    (folder / "second").mkdir()
    with Workfile(source, folder / "signed.pdf") as work, pytest.raises(OutputError):
        work.release({folder / "first": b"1", folder / "second": b"2"})
    assert names(folder) == {"second"}


def test_a_release_replaces_what_was_there(source: Path, folder: Path) -> None:
    (folder / "signed.pdf").write_bytes(b"of last week")
    (folder / "signed.key").write_bytes(b"key of last week")
    with Workfile(source, folder / "signed.pdf") as work:
        work.release({folder / "signed.key": b"key"})
    assert (folder / "signed.pdf").read_bytes() == b"a contract"
    assert (folder / "signed.key").read_bytes() == b"key"
    assert names(folder) == {"signed.pdf", "signed.key"}


@pytest.mark.parametrize("how", ["second companion", "sync"])
def test_a_failed_release_keeps_the_earlier_document_and_its_key(
    how: str, source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its key the sealed evidence of the earlier document would be lost for good."""
    (folder / "signed.pdf").write_bytes(b"of last week")
    (folder / "signed.key").write_bytes(b"key of last week")
    companions = {folder / "signed.key": b"key"}
    if how == "sync":
        failing_sync(monkeypatch)
    else:
        companions[folder / "missing" / "second"] = b"2"
    with Workfile(source, folder / "signed.pdf") as work, pytest.raises(OutputError):
        work.release(companions)
    assert (folder / "signed.pdf").read_bytes() == b"of last week"
    assert (folder / "signed.key").read_bytes() == b"key of last week"
    assert names(folder) == {"signed.pdf", "signed.key"}


def test_it_is_kept_where_the_file_system_has_no_hard_links(
    source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(_source: Path, _target: Path) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", no_links)
    (folder / "signed.pdf").write_bytes(b"of last week")
    failing_sync(monkeypatch)
    with Workfile(source, folder / "signed.pdf") as work, pytest.raises(OutputError):
        work.release({})
    assert (folder / "signed.pdf").read_bytes() == b"of last week"
    assert names(folder) == {"signed.pdf"}


def test_a_release_that_cannot_be_made_durable_is_no_release(
    source: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_sync(monkeypatch)
    with Workfile(source, folder / "signed.pdf") as work, pytest.raises(OutputError):
        work.release({folder / "signed.key": b"key"})
    assert names(folder) == set()


def test_nothing_is_readable_for_others(source: Path, folder: Path) -> None:
    with Workfile(source, folder / "signed.pdf") as work:
        work.release({folder / "signed.key": b"key"})
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_a_work_file_that_is_not_open_says_so(source: Path, folder: Path) -> None:
    work = Workfile(source, folder / "signed.pdf")
    with pytest.raises(RuntimeError):
        _ = work.stream
    with pytest.raises(RuntimeError):
        work.release({})


def test_the_digest_is_over_everything_wherever_the_stream_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workfile, "CHUNK", 3)
    stream = io.BytesIO(b"abc" * 5)
    stream.seek(7)
    whole = digest_of(stream)
    monkeypatch.undo()
    assert digest_of(io.BytesIO(b"abc" * 5)) == whole
    assert digest_of(io.BytesIO(b"abc" * 4)) != whole


def test_a_small_file_is_written_with_its_mode(folder: Path) -> None:
    write_beside(folder / "public.pem", b"open", mode=0o644)
    assert (folder / "public.pem").stat().st_mode & 0o777 == 0o644
    assert names(folder) == {"public.pem"}


def test_a_small_file_that_fails_leaves_what_was_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "note").write_bytes(b"old")
    full_disk(monkeypatch, "write")
    with pytest.raises(OutputError) as caught:
        write_beside(folder / "note", b"new")
    assert caught.value.code == "output-disk-full"
    monkeypatch.undo()
    failing_sync(monkeypatch)
    with pytest.raises(OutputError):
        write_beside(folder / "note", b"new")
    assert (folder / "note").read_bytes() == b"old"
    assert names(folder) == {"note"}


def test_two_runs_to_one_destination_leave_a_document_with_its_own_companion(tmp_path: Path) -> None:
    source, destination = tmp_path / "in.pdf", tmp_path / "out.pdf"
    source.write_bytes(b"in")
    companion = tmp_path / "out.key"
    for _ in range(60):
        ready = threading.Barrier(2)

        def run(tag: bytes, ready: threading.Barrier = ready) -> None:
            with Workfile(source, destination) as work:
                work.append(tag)
                ready.wait()
                work.release({companion: tag})

        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(run, tag) for tag in (b"A", b"B")]:
                done.result()
        assert destination.read_bytes() == b"in" + companion.read_bytes()


def test_what_was_set_aside_and_cannot_be_removed_does_not_undo_a_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, destination = tmp_path / "in.pdf", tmp_path / "out.pdf"
    source.write_bytes(b"in")
    destination.write_bytes(b"earlier")

    def refuse(_self: object) -> None:
        raise OSError(errno.EROFS, "read-only file system")

    monkeypatch.setattr(workfile._Replacement, "settle", refuse)
    with Workfile(source, destination) as work:
        work.release({})
    assert destination.read_bytes() == b"in"
