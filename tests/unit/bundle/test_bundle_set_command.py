"""`esign bundle check` of a set, and of several files: a line for each bundle, sums, JSON, the worst exit status."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest

from esign.bundle.checking.set_listing import list_set
from esign.bundle.set_index import INDEX_TABLE
from esign.infra.quarantine.confinement import Confinement
from esign.infra.quarantine.errors import too_heavy
from esign.infra.quarantine.port import Answer
from esign.judging.question import JudgingLimits
from esign.judging.single_bundle import BundleJudge
from tests.bundle_sets import members_of_set, row_of, set_of, stored
from tests.bundles import Case
from tests.command import Desk


@pytest.fixture(scope="module")
def desk(case: Case, bundle: bytes, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A folder with a bundle, sets of it, the root and the log's key, and nothing of the service."""
    desk = Desk(tmp_path_factory.mktemp("auditor"))
    members = members_of_set([row_of(bundle)], [bundle])
    root = next(content for name, content in case.members.items() if name.startswith("certificates/roots/"))
    for name, content in {
        "contract.asice": bundle,
        "set.zip": set_of([bundle]),
        "edited.zip": stored({**members, INDEX_TABLE: b"other"}),
        "hostile.zip": set_of([bundle]) + b"more",
        "empty.asice": b"",
        "root.pem": root,
        "trail.key": case.log_key.encode() + b"\n",
    }.items():
        (desk.folder / name).write_bytes(content)
    return desk


def arguments(desk: Desk, *names: str) -> list[str | Path]:
    options = ("--trust", desk.folder / "root.pem", "--log-key", desk.folder / "trail.key", "--no-pictures")
    return ["bundle", "check", *(desk.folder / name for name in names), *options]


def test_a_set_is_told_with_a_line_for_each_bundle_and_a_sum(desk: Desk, case: Case) -> None:
    told = desk.run(*arguments(desk, "set.zip")).stdout.splitlines()
    assert told == [
        f"TOTAL-PASSED   {case.envelope.id}.asice  (test mode)",
        "TOTAL-PASSED   set.zip  bundles: 1 (1 passed, 0 undecided, 0 failed)",
    ]
    chinese = desk.run(*arguments(desk, "set.zip"), "--lang", "zh-CN").stdout
    assert "1 个证据包：通过 1，待定 0，不通过 0" in chinese


def test_a_set_in_json_has_its_verdict_and_each_bundles(desk: Desk, case: Case) -> None:
    told = desk.json(*arguments(desk, "edited.zip"), status=1)
    assert (told["schema"], told["conclusion"]) == ("esign-bundle-set-check/1", "TOTAL-FAILED")
    assert [finding["code"] for finding in told["findings"]] == ["set-table-differs"]
    (bundle,) = told["bundles"]
    assert (bundle["schema"], bundle["envelope"]) == ("esign-bundle-check/1", case.envelope.id)
    assert bundle["conclusion"] == "TOTAL-PASSED"
    assert told["counts"] == {"TOTAL-PASSED": 1, "TOTAL-FAILED": 0, "INDETERMINATE": 0}


def test_several_files_are_checked_in_one_go_with_the_worst_exit_status(desk: Desk, case: Case) -> None:
    told = desk.json(*arguments(desk, "contract.asice", "set.zip", "empty.asice"), status=4)
    assert [one["schema"] for one in told["files"]] == [
        "esign-bundle-check/1",
        "esign-bundle-set-check/1",
        "esign-bundle-check/1",
    ]
    assert told["counts"] == {"TOTAL-PASSED": 2, "TOTAL-FAILED": 1, "INDETERMINATE": 0}
    lines = desk.run(*arguments(desk, "edited.zip", "contract.asice"), status=1).stdout.splitlines()
    assert lines[-1] == "files: 2 (1 passed, 0 undecided, 1 failed)"
    assert f"TOTAL-PASSED   {case.envelope.id}.asice  (test mode)" in lines


def test_a_set_that_cannot_be_read_has_exit_status_4(desk: Desk) -> None:
    told = desk.json(*arguments(desk, "hostile.zip"), status=4)
    assert (told["readable"], told["bundles"]) == (False, [])
    assert [finding["code"] for finding in told["findings"]] == ["container-form"]


def test_a_file_that_cannot_be_opened_is_told_before_anything_is_judged(desk: Desk) -> None:
    told = json.loads(desk.run(*arguments(desk, "contract.asice", "missing.zip"), "--json", status=10).stdout)
    assert told["error"]["code"] == "document-unreadable"


def test_a_bundle_of_a_set_that_takes_too_much_fails_and_is_not_the_end_of_it(case: Case, bundle: bytes) -> None:
    class Tired:
        """Reads nothing in the time that it has."""

        confinement = Confinement(*[True] * len(fields(Confinement)))

        def __call__(self, *_: object) -> Answer:
            raise too_heavy("time")

    data, tired = set_of([bundle]), Tired()
    judge = BundleJudge(tired, tired, 0, JudgingLimits())
    (listed,) = list_set(data).bundles
    checked = judge.check_member(listed, case.question())
    (finding,) = checked.verdict.findings
    assert (finding.code, checked.verdict.readable) == ("limit-reached", False)
    assert checked.verdict.name == listed.member.name
