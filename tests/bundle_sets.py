"""Sets of bundles for tests, and their verdicts without a process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from esign.bundle.checking.check import BundleQuestion
from esign.bundle.checking.set_listing import list_set
from esign.bundle.checking.set_member import check_set_member
from esign.bundle.checking.set_verdict import SetVerdict
from esign.bundle.description import parse_description
from esign.bundle.layout import ENVELOPE
from esign.bundle.set_index import INDEX_LINES, INDEX_TABLE, IndexRow, file_name, index_lines, index_table
from esign.bundle.writing import Measure
from esign.bundle.zip_stream import STORED, ZipStream
from esign.exports.streamed_set import index_row
from tests.bundles import Members, members_of


def row_of(bundle: bytes, **changes: object) -> IndexRow:
    """Return what the index says of a bundle, with something changed."""
    measure = Measure()
    list(measure.through([bundle]))
    row = index_row(parse_description(members_of(bundle)[ENVELOPE]), measure.written)
    return replace(row, **changes)  # type: ignore[arg-type]


def stored(members: Members, *, method: int = STORED) -> bytes:
    """Return an archive of these members in the order given."""
    stream = ZipStream()
    chunks = [chunk for name, content in members.items() for chunk in stream.entry(name, content, method=method)]
    return b"".join((*chunks, *stream.end()))


def members_of_set(rows: Sequence[IndexRow], bundles: Sequence[bytes]) -> dict[str, bytes]:
    """Return the members of a set with this index, the bundles under their envelopes' names."""
    made = {file_name(parse_description(members_of(one)[ENVELOPE]).envelope): one for one in bundles}
    return {**dict(sorted(made.items())), INDEX_TABLE: index_table(rows), INDEX_LINES: index_lines(rows)}


def set_of(bundles: Sequence[bytes]) -> bytes:
    """Return the set of these bundles as it is exported."""
    rows = sorted(map(row_of, bundles), key=lambda row: row.envelope)
    return stored(members_of_set(rows, bundles))


def checked_set(data: bytes, question: BundleQuestion) -> SetVerdict:
    """Return the verdict on a set, each of its bundles judged."""
    verdict = SetVerdict("set.zip", question.at, list_set(data))
    for bundle in verdict.listing.bundles:
        verdict.count(check_set_member(data, bundle, question))
    return verdict
