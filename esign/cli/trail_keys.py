"""Keys of logs and of witnesses, as they are named on the command line: as texts, or as files of lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, TypeVar

from esign.cli.files import opened
from esign.errors import EsignError
from esign.infra.checkpoint_key import CheckpointKey
from esign.infra.keystore import open_key_store
from esign.infra.settings import Settings
from esign.trail.checkpoint import Origin
from esign.trail.cosignature import Cosigner
from esign.trail.errors import ExportRefused
from esign.trail.note import NoteVerifier
from esign.trail.recheck import ExportVerdict

_FILE_AT_MOST: Final = 64 * 1024

T = TypeVar("T")


def own_verifier(settings: Settings, epoch: int | None = None) -> NoteVerifier:
    """Return the key by which checkpoints of the service's own trail are verified. Raises `KeyStoreError`."""
    origin = Origin(settings.trail.name, epoch or settings.trail.epoch)
    return origin.verifier(CheckpointKey(open_key_store(settings.keys)).public_key)


def verifiers_of(keys: Iterable[str]) -> list[NoteVerifier]:
    """Return the verifier keys of logs in these texts, or in the lines of the files that they name.

    Raises `NoteRefused`, `EsignError` (`file-unreadable`, `trail-key-missing`).
    """
    missing = ("trail-key-missing", "verifier key", "write `esign trail key` into it")
    return [verifier for key in keys for verifier in _keys(key, NoteVerifier.from_vkey, missing)]


def cosigners_of(keys: Iterable[str]) -> list[Cosigner]:
    """Return the witnesses whose verifier keys are in these texts, or in the lines of the files that they name.

    Raises `NoteRefused`, `EsignError` (`file-unreadable`, `witness-key-missing`).
    """
    missing = ("witness-key-missing", "key of a witness", "ask the witness for its key")
    return [witness for key in keys for witness in _keys(key, Cosigner.from_vkey, missing)]


def require_log(verdict: ExportVerdict, verifiers: Iterable[NoteVerifier]) -> None:
    """Refuse the trail of another log, signed by the same key. Raises `ExportRefused` (`export-log`)."""
    if verdict.log not in {Origin.parse(verifier.name).log for verifier in verifiers}:
        raise ExportRefused(
            "export-log",
            f"the export is of the log {verdict.log}, and no key given is one of that log",
            "give the key of the log that you meant to check",
        )


def _keys(key: str, read: Callable[[str], T], missing: tuple[str, str, str]) -> list[T]:
    path = Path(key)
    try:
        is_file = path.is_file()
    except OSError:  # a key is longer than any file's name may be
        is_file = False
    if not is_file and "+" in key:
        return [read(key)]
    with opened(path) as stream:
        text = stream.read(_FILE_AT_MOST).decode("utf-8", "replace")
    found = [read(line.strip()) for line in text.splitlines() if line.strip()]
    if not found:
        code, what, cure = missing
        raise EsignError(code, f"{path} holds no {what}", cure)
    return found
