"""The exported trail that `esign verify --policy` asks; loaded where one is given, for it brings much along."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from esign.ceremony.recognition.exported import ExportedTrail
from esign.cli.files import opened
from esign.cli.trail_keys import require_log, verifiers_of


@contextmanager
def exported_trail(path: Path, keys: tuple[str, ...]) -> Iterator[ExportedTrail]:
    """Yield the export, verified whole by the keys of its log. Raises `EsignError`."""
    verifiers = verifiers_of(keys)
    with opened(path) as stream:
        trail = ExportedTrail(stream, [one.public_key for one in verifiers])
        require_log(trail.verdict, verifiers)
        yield trail
