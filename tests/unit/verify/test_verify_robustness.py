"""Whatever is dropped in, a verdict comes out: no exception, no acceptance of what was damaged."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from signed_material import judge

from ca.trust import TrustStore
from esign.verify import Limits, verify
from tests.examples import some_of

NOW = datetime(2027, 1, 1, tzinfo=UTC)


@settings(max_examples=some_of(60), deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_get_a_report_that_is_json(data: bytes) -> None:
    report = judge(b"%PDF-1.7\n" + data, TrustStore(), at=NOW)
    assert json.loads(json.dumps(report.as_json()))["schema"] == "esign-verification/1"
    assert report.exit_status == 4


DAMAGE = st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 4), st.binary(max_size=4))
"""Where (as a share of the file), how many bytes go, and what comes in their place."""


@settings(max_examples=some_of(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(DAMAGE, min_size=1, max_size=8))
def test_a_signed_file_with_damaged_bytes_gets_a_report(
    signed: bytes, trust: TrustStore, damage: list[tuple[float, int, bytes]]
) -> None:
    document = bytearray(signed)
    for share, removed, added in damage:
        position = int(share * len(document))
        document[position : position + removed] = added
    report = judge(bytes(document), trust)
    assert json.dumps(report.as_json())
    if report.conclusion == "TOTAL-PASSED":
        assert len(report.signatures) == len(judge(signed, trust).signatures)


@pytest.mark.parametrize("cut", [1, 100, 5_000, 40_000, 100_000])
def test_a_cut_file_never_passes_as_the_whole(signed: bytes, trust: TrustStore, cut: int) -> None:
    report = judge(signed[:-cut], trust)
    seal = [s for s in report.signatures if s.field == "seal"]
    assert report.conclusion != "TOTAL-PASSED" or not seal or seal[0].level != "B-LTA" or cut == 1


@pytest.mark.parametrize(
    "limits",
    [Limits(objects=5), Limits(comparisons=10), Limits(signatures=1), Limits(merged_entries=5), Limits(fields=1)],
)
def test_a_limit_that_is_reached_is_said_and_nothing_is_accepted(
    signed: bytes, trust: TrustStore, limits: Limits
) -> None:
    report = verify(io.BytesIO(signed), name="x", trust=trust, at=datetime.now(UTC), limits=limits)
    assert (report.conclusion, report.exit_status) == ("TOTAL-FAILED", 4)
    assert [finding.code for finding in report.findings] == ["limit-reached"]


class _Failing(io.BytesIO):
    """A stream whose medium fails, and that has no file behind it."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise OSError("the medium failed")


def test_a_medium_that_fails_gives_a_report(signed: bytes, trust: TrustStore) -> None:
    report = verify(_Failing(signed), name="x", trust=trust, at=NOW)
    assert report.exit_status == 4
    assert report.findings[0].code == "not-readable"
