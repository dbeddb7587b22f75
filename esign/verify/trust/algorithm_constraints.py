"""Until when algorithms may be relied upon, as data (after ETSI TS 119 312; EN 319 102-1 clause 5.1.4.3).

A weak algorithm counts at the time for which existence is proven: what was made and proven before an algorithm fell
may be relied upon afterwards.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from esign.errors import EsignError

OPEN: Final = datetime.max.replace(tzinfo=UTC)
"""The end of what may be relied upon without an end that is known."""
NEVER: Final = datetime.min.replace(tzinfo=UTC)
"""The end of what may not be relied upon at any time."""
FILE_BYTES_AT_MOST: Final = 256 * 1024
_ROWS_AT_MOST: Final = 500
_OPEN: Final = "open"


@dataclass(frozen=True)
class AlgorithmUse:
    """One use of a digest, or of a scheme with a digest and a key of `bits`. `scheme` is None for a digest alone."""

    digest: str
    scheme: str | None = None
    bits: int = 0


@dataclass(frozen=True)
class AlgorithmConstraints:
    """The ends, exclusive and in UTC: of digests by name, and of schemes by the least key length in bits."""

    digests: Mapping[str, datetime]
    signatures: Mapping[str, tuple[tuple[int, datetime], ...]]

    def end_of(self, use: AlgorithmUse) -> datetime:
        """Return the first moment at which the use may not be relied upon; `OPEN` and `NEVER` are the extremes."""
        digest = self.digests.get(use.digest, NEVER)
        if use.scheme is None:
            return digest
        reached = [row for row in self.signatures.get(use.scheme, ()) if row[0] <= use.bits]
        return min(digest, max(reached)[1] if reached else NEVER)

    def end_of_all(self, uses: Iterable[AlgorithmUse]) -> datetime:
        """Return the earliest end among the uses; `OPEN` if there are none."""
        return min(map(self.end_of, uses), default=OPEN)


@cache
def default_constraints() -> AlgorithmConstraints:
    """Return the constraints that come with the verifier."""
    return constraints_from((resources.files(__package__) / "data" / "algorithm_constraints.toml").read_text("utf-8"))


def load_constraints(path: Path) -> AlgorithmConstraints:
    """Read constraints from a file. Raises `EsignError` with code `algorithm-constraints-unreadable`."""
    try:
        with path.open("rb") as stream:
            data = stream.read(FILE_BYTES_AT_MOST + 1)
        if len(data) > FILE_BYTES_AT_MOST:
            raise _unreadable(str(path), "it is too long")
        return constraints_from(data.decode("utf-8"), name=str(path))
    except OSError as error:
        raise _unreadable(str(path), error.strerror or "it cannot be read") from error
    except UnicodeDecodeError as error:
        raise _unreadable(str(path), "it is not text in UTF-8") from error


def constraints_from(text: str, *, name: str = "the file of algorithm constraints") -> AlgorithmConstraints:
    """Read constraints in TOML. Raises `EsignError` with code `algorithm-constraints-unreadable`."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _unreadable(name, "it is not TOML") from error
    digests, rows = document.get("digests"), document.get("signatures")
    if not isinstance(digests, dict) or not isinstance(rows, list) or not isinstance(document.get("source"), str):
        raise _unreadable(name, "it needs source, digests and signatures")
    if len(digests) > _ROWS_AT_MOST or len(rows) > _ROWS_AT_MOST:
        raise _unreadable(name, "it has too many rows")
    signatures: dict[str, list[tuple[int, datetime]]] = {}
    for row in rows:
        scheme, bits = (row.get("scheme"), row.get("least_bits")) if isinstance(row, dict) else (None, None)
        if not isinstance(scheme, str) or not isinstance(bits, int):
            raise _unreadable(name, "each of its signatures needs scheme, least_bits and until")
        signatures.setdefault(scheme, []).append((bits, _end(row.get("until"), name)))
    return AlgorithmConstraints(
        {digest: _end(until, name) for digest, until in digests.items()},
        {scheme: tuple(sorted(found)) for scheme, found in signatures.items()},
    )


def _end(value: object, name: str) -> datetime:
    if value == _OPEN:
        return OPEN
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(), UTC)
    raise _unreadable(name, 'until is a date, such as 2029-01-01, or "open"')


def _unreadable(name: str, cause: str) -> EsignError:
    return EsignError(
        "algorithm-constraints-unreadable",
        f"{name} cannot be used: {cause}",
        "take esign/verify/trust/data/algorithm_constraints.toml as a model",
    )
