"""Contracts that `esign sign` made, judged by openssl, pdfsig and qpdf: they must agree with our verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from ca.authority import KeyAlgorithm, create_authority
from demo.judges import ask_judges
from tests.authority import present_time
from tests.command import PASSPHRASE, Desk, set_up_desk
from tests.tools import require_tool


@pytest.fixture(scope="module", params=[KeyAlgorithm.P256, KeyAlgorithm.RSA2048], ids=["p256", "rsa2048"])
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, contract: bytes) -> Desk:
    def make_authority(folder: Path) -> None:
        create_authority(folder, passphrase=PASSPHRASE.encode(), clock=present_time, key_algorithm=request.param)

    return set_up_desk(tmp_path_factory.mktemp("desk"), contract, make_authority)


@pytest.mark.parametrize("level", ["B-B", "B-T", "B-LT", "B-LTA"])
def test_the_judges_agree_at_every_level(desk: Desk, level: str) -> None:
    signed = _sign(desk, ["applicant", "insured"], "--level", level)
    _all_agree(desk, signed)


@pytest.mark.parametrize("order", [["applicant", "insured"], ["insured", "applicant"]])
def test_the_judges_agree_whoever_signs_first(desk: Desk, order: list[str]) -> None:
    signed = _sign(desk, order)
    told = desk.json("verify", signed)
    assert [s["field"] for s in told["signatures"][:2]] == order
    assert told["findings"] == []
    _all_agree(desk, signed)


@pytest.mark.parametrize("photo", ["visible", "sealed", "digest-only"])
def test_the_judges_agree_wherever_the_photo_is_kept(desk: Desk, photo: str) -> None:
    _all_agree(desk, _sign(desk, ["applicant"], "--photo", photo))


def _sign(desk: Desk, roles: list[str], *more: str) -> Path:
    names = {"applicant": "张伟", "insured": "李秀英"}
    recipients = [part for role in roles for part in ("--recipient", desk.recipient(role, names[role]))]
    signed = desk.folder / f"{'-'.join(roles)}{'-'.join(more)}.pdf"
    desk.run("sign", desk.folder / "contract.pdf", "--seal", "--out", signed, *recipients, *more)
    return signed


def _all_agree(desk: Desk, signed: Path) -> None:
    for tool in ("openssl", "pdfsig", "qpdf"):
        require_tool(tool)
    judgements = ask_judges(signed, desk.folder / "ca/certificates/root.pem")
    assert {judge.tool for judge in judgements} == {"openssl", "pdfsig", "qpdf"}
    assert [judge for judge in judgements if not judge.agrees] == []
