"""A set written as it is made, for operators at the machine: one bundle at a time, whatever their number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ca.errors import TrustServiceError
from esign.bundle.facts import Description, Exported
from esign.bundle.set_index import IndexRow, file_name
from esign.bundle.writing import Measure, Written
from esign.bundle.zip_stream import ZipStream
from esign.ceremony.domain.values import ENDS
from esign.ceremony.models import EnvelopeRow
from esign.errors import EsignError
from esign.exports.exporting import is_passing
from esign.exports.making import BundleMaker
from esign.exports.sets import ended
from esign.infra.database import Database

_IN_MEMORY: Final = 8 * 1024 * 1024
_PIECE: Final = 1024 * 1024
_IDS_AT_ONCE: Final = 500


@dataclass(frozen=True)
class Chosen:
    """Which envelopes that are over: made from `since` on and before `until`, in this state, of this institution."""

    since: datetime | None = None
    until: datetime | None = None
    state: str | None = None
    institution: str | None = None
    client: str | None = None


def chosen_envelopes(database: Database, chosen: Chosen) -> Iterator[str]:
    """Yield the ids of these envelopes in their order, some hundreds at a time."""
    after = ""
    while True:
        with database.reading() as session:
            found = _page(session, chosen, after)
        yield from found
        if len(found) < _IDS_AT_ONCE:
            return
        after = found[-1]


def write_set(
    maker: BundleMaker,
    envelopes: Iterable[str],
    exported: Callable[[], Exported],
    write: Callable[[bytes], object],
    tell: Callable[[IndexRow], None],
) -> list[IndexRow]:
    """Write the archive of these envelopes' bundles, each told as it is done; return the rows of its index.

    `exported` is asked for each bundle. An envelope of which no bundle can be made has a row with the code of the
    reason; what may pass (a service that does not answer, an end that no checkpoint covers) is raised.
    """
    stream, rows = ZipStream(), list[IndexRow]()
    for envelope in envelopes:
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            row = _made(maker, envelope, exported(), file)
            if row.size is not None and row.crc is not None:
                file.seek(0)
                for chunk in stream.stored(file_name(envelope), _pieces(file), size=row.size, crc=row.crc):
                    write(chunk)
        rows.append(row)
        tell(row)
    for chunk in ended(stream, rows):
        write(chunk)
    return rows


def _made(maker: BundleMaker, envelope: str, exported: Exported, file: IO[bytes]) -> IndexRow:
    try:
        bundle, measure = maker.make(envelope, exported), Measure()
        file.writelines(measure.through(bundle.chunks))
    except (EsignError, TrustServiceError) as error:
        if is_passing(error):
            raise
        return IndexRow(envelope, problem=error.code)
    return index_row(bundle.about, measure.written)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def index_row(about: Description, written: Written) -> IndexRow:
    """Return what the index says of a bundle that was written."""
    return IndexRow(
        about.envelope,
        written.size,
        written.sha256,
        written.crc,
        about.state,
        about.created_at,
        about.ended_at,
        about.external_id,
    )


def _page(session: Session, chosen: Chosen, after: str) -> list[str]:
    wanted = select(EnvelopeRow.id).where(EnvelopeRow.id > after)
    states = [state.value for state in ENDS] if chosen.state is None else [chosen.state]
    wanted = wanted.where(EnvelopeRow.state.in_(sorted(states)))
    for column, value in ((EnvelopeRow.institution, chosen.institution), (EnvelopeRow.client, chosen.client)):
        if value is not None:
            wanted = wanted.where(column == value)
    if chosen.since is not None:
        wanted = wanted.where(EnvelopeRow.created_at >= chosen.since)
    if chosen.until is not None:
        wanted = wanted.where(EnvelopeRow.created_at < chosen.until)
    return list(session.scalars(wanted.order_by(EnvelopeRow.id).limit(_IDS_AT_ONCE)))
