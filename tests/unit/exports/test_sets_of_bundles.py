"""A set: bundles stored in one archive, and an index that says what is in it, what is not, and runs nothing."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ca.errors import TrustServiceUnavailable
from ca.ports import TimestampToken
from esign.bundle.set_index import IndexRow, index_table
from esign.bundle.writing import Measure
from esign.exports.sets import set_chunks, size_of_set
from esign.exports.streamed_set import Chosen, chosen_envelopes, write_set
from tests.service import YU, short_request, system_now
from tests.unit.exports.export_office import *  # noqa: F403
from tests.unit.exports.export_office import EXPORTED, ExportOffice, members_of

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def row(envelope: str, content: bytes = b"bundle", **changes: object) -> IndexRow:
    measure = Measure()
    list(measure.through([content]))
    written = measure.written
    moment = datetime(2026, 11, 26, tzinfo=UTC)
    made = IndexRow(envelope, written.size, written.sha256, written.crc, "completed", moment, moment, "order-1")
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_set_has_the_size_that_was_told_and_an_index_of_what_is_in_it_and_what_is_not() -> None:
    rows = [row("env_1"), IndexRow("env_2", problem="record-erased")]
    made = b"".join(set_chunks(rows, lambda _row: iter((b"bun", b"dle"))))
    assert len(made) == size_of_set(rows)
    members = members_of(made)
    assert list(members) == ["env_1.asice", "index.csv", "index.jsonl"]
    assert members["env_1.asice"] == b"bundle"
    told = [json.loads(line) for line in members["index.jsonl"].splitlines()]
    assert [(one["envelope"], one["file"], one["problem"]) for one in told] == [
        ("env_1", "env_1.asice", None),
        ("env_2", None, "record-erased"),
    ]
    table = list(csv.DictReader(io.StringIO(members["index.csv"].decode())))
    assert [one["sha256"] for one in table] == [told[0]["sha256"], ""]


@pytest.mark.parametrize("begins", ["=", "+", "-", "@"])
def test_no_text_in_the_table_is_a_formula(begins: str) -> None:
    table = index_table([row("env_1", external_id=f"{begins}cmd|' /C calc'!A0")])
    assert f",'{begins}cmd".encode() in table


def test_a_set_is_written_one_bundle_at_a_time_in_the_order_of_the_ids(office: ExportOffice, contract: bytes) -> None:
    made = [office.short(contract) for _ in range(2)]
    office.desk.create(short_request(contract, YU))  # not over: not meant
    out, told = io.BytesIO(), list[str]()
    wanted = chosen_envelopes(office.database, Chosen(since=system_now() - timedelta(hours=1), state="completed"))
    rows = write_set(office.service.bundles, wanted, lambda: EXPORTED, out.write, lambda one: told.append(one.envelope))
    assert told == [one.envelope for one in rows] == sorted(one.id for one in made)
    members = members_of(out.getvalue())
    assert list(members) == [*(f"{envelope}.asice" for envelope in told), "index.csv", "index.jsonl"]
    assert "envelope.json" in members_of(members[f"{told[0]}.asice"])
    with zipfile.ZipFile(out) as archive:
        assert archive.getinfo(f"{told[0]}.asice").compress_type == zipfile.ZIP_STORED
    until = Chosen(until=system_now() - timedelta(hours=1))
    assert list(chosen_envelopes(office.database, until)) == []


@ON_SQLITE
def test_an_envelope_that_cannot_be_exported_is_told_and_holds_up_no_other(
    office: ExportOffice, contract: bytes
) -> None:
    whole, open_one = office.short(contract), office.desk.create(short_request(contract, YU))
    office.cover()
    out = io.BytesIO()
    wanted = [open_one.id, "env_unknown", whole.id]
    rows = write_set(office.service.bundles, wanted, lambda: EXPORTED, out.write, lambda _row: None)
    assert [one.problem for one in rows] == ["envelope-not-over", "no-envelope", None]
    assert list(members_of(out.getvalue())) == [f"{whole.id}.asice", "index.csv", "index.jsonl"]


class NoAnswer:
    token_size_bound = 8192

    def timestamp(self, digest: bytes) -> TimestampToken:
        raise TrustServiceUnavailable("tsa-unreachable", "the timestamp authority does not answer", "try again")


@ON_SQLITE
def test_a_set_without_timestamps_is_no_set(office: ExportOffice, contract: bytes) -> None:
    envelope = office.short(contract)
    maker = office.service.bundles
    silent = replace(maker, services=replace(maker.services, timestamp_authority=NoAnswer()))
    with pytest.raises(TrustServiceUnavailable):
        write_set(silent, [envelope.id], lambda: EXPORTED, io.BytesIO().write, lambda _row: None)
