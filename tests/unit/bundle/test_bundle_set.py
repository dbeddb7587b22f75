"""The verdict on a set of bundles: right as it was exported; what is removed, added, swapped or edited is named."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from mmap import ACCESS_READ, mmap
from pathlib import Path

import pytest

from esign.bundle.checking.set_container import SetLimits, is_set, open_set
from esign.bundle.checking.set_listing import list_set
from esign.bundle.checking.set_member import check_set_member
from esign.bundle.checking.set_verdict import SetVerdict
from esign.bundle.checking.words import said
from esign.bundle.set_index import INDEX_LINES, INDEX_TABLE, IndexRow, file_name, index_lines, index_table
from esign.bundle.zip_stream import DEFLATED, ZipEntry, central_header, end_of_directory, local_header
from esign.canonical_json import encode_canonical
from esign.exports.sets import set_chunks
from esign.verify.report import Conclusion
from tests.bundle_sets import checked_set, members_of_set, row_of, set_of, stored
from tests.bundles import Case, container_of, members_of
from tests.service import system_now

GOOD, OTHER = "env_a.asice", "env_b.asice"


@pytest.fixture(scope="module")
def bundles(case: Case, bundle: bytes, contract: bytes) -> tuple[bytes, bytes]:
    """Two bundles in the order of their envelopes' ids."""
    other = case.office.bundle(case.office.short(contract))
    first, second = sorted((bundle, other), key=lambda one: row_of(one).envelope)
    return first, second


@pytest.fixture(scope="module")
def rows(bundles: tuple[bytes, bytes]) -> list[IndexRow]:
    return [row_of(one) for one in bundles]


def found(findings: SetVerdict | bytes) -> set[tuple[str, str]]:
    """Return codes and members of the findings on the set, of a listing alone where bytes are given."""
    told = list_set(findings).findings if isinstance(findings, bytes) else findings.findings
    return {(finding.code, finding.member) for finding in told}


def test_a_set_passes_as_it_was_exported(case: Case, bundles: tuple[bytes, bytes]) -> None:
    verdict = checked_set(set_of(bundles), case.question())
    assert (verdict.findings, verdict.conclusion, verdict.exit_status) == ((), Conclusion.PASSED, 0)
    assert verdict.counts == {Conclusion.PASSED: 2}


def test_the_sets_of_these_tests_are_those_that_the_service_writes(
    bundles: tuple[bytes, bytes], rows: list[IndexRow]
) -> None:
    contents = dict(zip([row.envelope for row in rows], bundles, strict=True))
    assert b"".join(set_chunks(rows, lambda row: (contents[row.envelope],))) == set_of(bundles)


def test_a_set_is_undecided_where_one_of_its_bundles_is(case: Case, bundles: tuple[bytes, bytes]) -> None:
    verdict = checked_set(set_of(bundles[:1]), case.question(log_keys=()))
    assert (verdict.conclusion, verdict.exit_status) == (Conclusion.INDETERMINATE, 2)


def test_an_envelope_of_which_no_bundle_could_be_made_is_told(bundles: tuple[bytes, bytes]) -> None:
    told = [IndexRow("env_0", problem="record-erased"), row_of(bundles[0])]
    listing = list_set(stored(members_of_set(told, bundles[:1])))
    (finding,) = listing.findings
    assert (finding.code, dict(finding.facts)) == (
        "set-envelope-without-bundle",
        {"envelope": "env_0", "problem": "record-erased"},
    )
    assert SetVerdict("set.zip", system_now(), listing).conclusion is Conclusion.PASSED


EDITS: Mapping[str, tuple[Callable[[IndexRow], IndexRow], str]] = {
    "size": (lambda row: replace(row, size=(row.size or 0) + 1), "set-size-differs"),
    "sha256": (lambda row: replace(row, sha256="0" * 64), "set-digest-differs"),
    "state": (lambda row: replace(row, state="voided"), "set-row-differs"),
    "created_at": (
        lambda row: replace(row, created_at=row.created_at and row.created_at - timedelta(seconds=1)),
        "set-row-differs",
    ),
    "ended_at": (lambda row: replace(row, ended_at=None), "set-row-differs"),
    "external_id": (lambda row: replace(row, external_id="another"), "set-row-differs"),
}


@pytest.mark.parametrize("column", EDITS)
def test_what_the_index_says_otherwise_of_a_bundle_is_named(
    case: Case, bundles: tuple[bytes, bytes], rows: list[IndexRow], column: str
) -> None:
    edit, code = EDITS[column]
    data = stored(members_of_set([edit(rows[0]), rows[1]], bundles))
    listing = list_set(data)
    verdict = SetVerdict("set.zip", case.question().at, listing)
    verdict.count(check_set_member(data, listing.bundles[0], case.question()))
    (finding,) = verdict.findings
    assert (finding.code, finding.member) == (code, rows[0].file)
    assert finding.facts.get("place", column) == column
    assert verdict.conclusion is Conclusion.FAILED
    assert said(finding, "en") != said(finding, "zh-CN")


def test_an_index_that_gives_a_bundle_to_another_envelope_is_named(
    bundles: tuple[bytes, bytes], rows: list[IndexRow]
) -> None:
    data = stored(members_of_set([replace(rows[0], envelope="env_0"), rows[1]], bundles))
    assert found(data) == {("set-bundle-missing", "env_0.asice"), ("set-bundle-added", rows[0].file)}


def test_an_index_that_says_a_bundle_could_not_be_made_which_is_there_is_named(
    bundles: tuple[bytes, bytes], rows: list[IndexRow]
) -> None:
    told = [IndexRow(rows[0].envelope, problem="record-erased"), rows[1]]
    assert ("set-bundle-added", rows[0].file) in found(stored(members_of_set(told, bundles)))


@pytest.mark.parametrize("column", ["envelope", "file", "size", "sha256", "state", "created_at"])
@pytest.mark.parametrize("value", [7, "../x.asice", None, ["x"], "=1+1"])
def test_a_line_of_the_index_that_cannot_be_as_it_is_is_named(
    bundles: tuple[bytes, bytes], rows: list[IndexRow], column: str, value: object
) -> None:
    members = members_of_set(rows, bundles)
    line = {**json.loads(members[INDEX_LINES].splitlines()[0]), column: value}
    lines = encode_canonical(line) + b"\n" + members[INDEX_LINES].splitlines(keepends=True)[1]
    assert found(stored({**members, INDEX_LINES: lines})) & {
        ("set-index-malformed", INDEX_LINES),
        ("set-table-differs", INDEX_TABLE),
    }


def test_an_index_that_is_cut_or_holds_more_is_named(bundles: tuple[bytes, bytes], rows: list[IndexRow]) -> None:
    members = members_of_set(rows, bundles)
    lines = members[INDEX_LINES]
    for changed in (lines[:-1], lines + b"\n", lines + b"{}\n", lines.replace(b'"', b' "', 1), b"\xff\n", b"[" * 3000):
        assert ("set-index-malformed", INDEX_LINES) in found(stored({**members, INDEX_LINES: changed}))
    (too_many,) = list_set(stored({**members, INDEX_LINES: lines * 3}), SetLimits(members=5)).findings
    assert (too_many.code, too_many.facts["line"]) == ("set-index-malformed", "6")
    shorter = stored({**members, INDEX_LINES: lines.splitlines(keepends=True)[0]})
    assert found(shorter) == {("set-bundle-added", rows[1].file), ("set-table-differs", INDEX_TABLE)}


def test_every_cell_of_the_table_is_compared(bundles: tuple[bytes, bytes], rows: list[IndexRow]) -> None:
    members = members_of_set(rows, bundles)
    table = members[INDEX_TABLE].decode()
    for cell in table.splitlines()[1].split(","):
        edited = {**members, INDEX_TABLE: table.replace(cell or ",,", f"{cell}x", 1).encode()}
        assert found(stored(edited)) == {("set-table-differs", INDEX_TABLE)}


def test_each_member_that_somebody_removes_is_named(bundles: tuple[bytes, bytes], rows: list[IndexRow]) -> None:
    members = members_of_set(rows, bundles)
    for name in members:
        left = {kept: content for kept, content in members.items() if kept != name}
        code = "set-bundle-missing" if name.endswith(".asice") else "member-missing"
        assert (code, name) in found(stored(left))


def test_what_somebody_adds_is_named(bundles: tuple[bytes, bytes], rows: list[IndexRow]) -> None:
    members = members_of_set(rows, bundles)
    assert ("set-bundle-added", "env_0.asice") in found(stored({"env_0.asice": bundles[0], **members}))
    assert ("set-file-unknown", "run.exe") in found(stored({**members, "run.exe": b"MZ"}))
    assert found(stored({INDEX_TABLE: members_of_set([], [])[INDEX_TABLE], INDEX_LINES: b""})) == {("set-empty", "")}


def test_two_bundles_that_were_swapped_are_both_named(
    case: Case, bundles: tuple[bytes, bytes], rows: list[IndexRow]
) -> None:
    members = members_of_set(rows, bundles)
    one, other = (file_name(row.envelope) for row in rows)
    verdict = checked_set(stored({**members, one: members[other], other: members[one]}), case.question())
    assert {(code, name) for code in ("set-digest-differs", "set-envelope-differs") for name in (one, other)} <= found(
        verdict
    )
    assert verdict.conclusion is Conclusion.FAILED


def test_bundles_and_rows_in_another_order_are_named(bundles: tuple[bytes, bytes], rows: list[IndexRow]) -> None:
    members = members_of_set(rows, bundles)
    assert ("members-out-of-order", "") in found(stored(dict(reversed(members.items()))))
    assert ("set-index-out-of-order", INDEX_LINES) in found(stored(members_of_set(rows[::-1], bundles)))
    assert ("set-envelope-doubled", INDEX_LINES) in found(stored(members_of_set([*rows, rows[1]], bundles)))


def test_a_bundle_of_a_set_is_judged_as_it_is_alone(case: Case, bundles: tuple[bytes, bytes]) -> None:
    edited = container_of({**members_of(bundles[0]), "README.html": b"other"})
    verdict = checked_set(set_of([edited, bundles[1]]), case.question())
    assert (verdict.conclusion, verdict.exit_status, verdict.findings) == (Conclusion.FAILED, 1, ())
    assert verdict.counts == {Conclusion.FAILED: 1, Conclusion.PASSED: 1}


def test_a_set_in_a_set_is_not_read(case: Case, bundles: tuple[bytes, bytes], rows: list[IndexRow]) -> None:
    members = members_of_set(rows[:1], bundles[:1])
    name = file_name(rows[0].envelope)
    verdict = checked_set(stored({**members, name: set_of(bundles)}), case.question())
    assert {("set-nested", name), ("set-digest-differs", name)} <= found(verdict)
    assert verdict.counts == {Conclusion.FAILED: 1}


def test_what_is_no_bundle_in_a_set_fails_and_is_not_the_end_of_it(case: Case, bundles: tuple[bytes, bytes]) -> None:
    rows = [replace(row_of(bundles[0]), envelope="env_0"), row_of(bundles[0])]
    members = {"env_0.asice": b"no bundle", **members_of_set(rows, bundles[:1])}
    verdict = checked_set(stored(members), case.question())
    assert verdict.counts == {Conclusion.FAILED: 1, Conclusion.PASSED: 1}
    assert verdict.exit_status == 1


def test_a_file_is_a_set_by_what_is_in_it(bundles: tuple[bytes, bytes]) -> None:
    assert is_set(set_of(bundles))
    assert is_set(set_of(bundles)[:-1])
    for data in (bundles[0], bundles[0][:-1], b"", b"PK\3\4", b"%PDF"):
        assert not is_set(data)


def refused(data: bytes, limits: SetLimits | None = None) -> tuple[str, str]:
    listing = list_set(data, limits) if limits else list_set(data)
    assert (listing.readable, listing.bundles) == (False, ())
    (finding,) = listing.findings
    return finding.code, finding.member


def written(*entries: ZipEntry, content: bytes = b"one") -> bytes:
    """Return an archive of these entries, each with the same content, whatever they say of it."""
    made, offset = b"", 0
    for entry in entries:
        made += local_header(entry) + content
        offset = len(made)
    directory = b"".join(map(central_header, entries))
    return made + directory + end_of_directory(len(entries), len(directory), offset)


def entry(name: str, place: int = 0, **changes: int) -> ZipEntry:
    usual = ZipEntry(name.encode(), 0, 0x7A6C86F1, 3, 3, place)
    return replace(usual, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["../a.asice", "/a.asice", "a/b.asice", "a\\b.asice", "C:a.asice", ".a.asice", "a b.asice", "a.asice/"]
)
def test_a_name_that_leads_out_of_the_folder_is_refused(name: str) -> None:
    code, member = refused(written(entry(name)))
    assert code == ("member-link" if name.endswith("/") else "member-name-unsafe")
    assert member


@pytest.mark.parametrize("name", [GOOD, GOOD.upper()])
def test_a_name_that_is_there_twice_is_refused(name: str) -> None:
    first = len(local_header(entry(GOOD))) + 3
    assert refused(written(entry(GOOD), entry(name, first))) == ("member-doubled", name)


@pytest.mark.parametrize(("mode", "code"), [(0o120777, "member-link"), (0o040755, "member-link")])
def test_links_and_folders_are_refused(mode: int, code: str) -> None:
    data = written(entry(GOOD))
    place = data.index(b"PK\1\2") + 38
    assert refused(data[:place] + struct.pack("<L", mode << 16) + data[place + 4 :]) == (code, GOOD)


def test_what_is_packed_or_encrypted_is_refused_so_that_nothing_is_ever_unpacked() -> None:
    bomb = stored({GOOD: bytes(1_000_000), INDEX_LINES: b""}, method=DEFLATED)
    assert refused(bomb) == ("container-form", GOOD)
    data = written(entry(GOOD))
    place = data.index(b"PK\1\2") + 8
    assert refused(data[:place] + b"\1" + data[place + 1 :]) == ("member-encrypted", GOOD)


def test_sizes_and_counts_beyond_the_limits_are_refused() -> None:
    data = written(entry(GOOD), entry(OTHER, len(local_header(entry(GOOD))) + 3))
    assert refused(data, SetLimits(members=1)) == ("container-too-large", "")
    assert refused(data, SetLimits(bundle_bytes=2)) == ("container-too-large", GOOD)
    index = written(entry(INDEX_LINES))
    assert refused(index, SetLimits(index_bytes=2)) == ("container-too-large", INDEX_LINES)
    assert refused(written(entry(GOOD, packed=0xFFFFFFFF, size=0xFFFFFFFF)))[0] == "container-too-large"
    assert refused(written(entry(GOOD, size=9, packed=9))) == ("container-form", GOOD)
    assert refused(written(entry(GOOD, size=9))) == ("container-headers-differ", GOOD)


def test_two_members_that_share_their_bytes_are_refused() -> None:
    assert refused(written(entry(GOOD), entry(OTHER, 0))) == ("container-hidden-data", OTHER)


def test_no_byte_of_a_set_is_left_free() -> None:
    data = stored({GOOD: b"one", OTHER: b"two", INDEX_TABLE: b"", INDEX_LINES: b""})
    members = open_set(data)
    inside = {place for member in members for place in range(member.start, member.start + member.size)}
    for place in set(range(len(data))) - inside:
        for bit in (1, 128):
            changed = data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :]
            assert not list_set(changed).readable
    for changed in (data + b"x", b"x" + data, data[:-1]):
        assert not list_set(changed).readable


def test_a_set_larger_than_four_gigabytes_is_read_and_its_forms_for_that_stand_nowhere_else(tmp_path: Path) -> None:
    """The bundles are holes in a sparse file: nothing but headers and index is read of it."""
    size = 2 * 1024**3 - 1
    rows = [IndexRow(f"env_{number}", size, "0" * 64, 0, "completed") for number in range(3)]
    contents = {**{file_name(row.envelope): None for row in rows}, INDEX_TABLE: index_table(rows)}
    entries: list[ZipEntry] = []
    with (tmp_path / "set.zip").open("w+b") as file:
        for name, content in {**contents, INDEX_LINES: index_lines(rows)}.items():
            length = size if content is None else len(content)
            made = ZipEntry(name.encode(), 0, zlib.crc32(content or b""), length, length, file.tell())
            entries.append(made)
            file.write(local_header(made) + (content or b""))
            file.seek(made.offset + len(local_header(made)) + length)
        start = file.tell()
        directory = b"".join(map(central_header, entries))
        file.write(directory + end_of_directory(len(entries), len(directory), start))
        file.flush()
        with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            listing = list_set(data)
            assert (listing.readable, listing.findings) == (True, ())
            assert [one.member.start >> 31 for one in listing.bundles] == [0, 1, 2]
            assert is_set(data)
    assert start > 1 << 32
    small = len(central_header(entry(GOOD)))
    needless = written(entry(GOOD))[: -len(end_of_directory(1, small, 0))] + end_of_directory(1, small, 1 << 32)
    assert not list_set(needless).readable
