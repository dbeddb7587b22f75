"""What is signed in the demo: long enough, signable by its anchors, the same bytes each time."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from demo.contract import render_contract, sample_contract
from demo.contract.places import PLACES
from demo.contract.render import find_fonts
from esign.errors import EsignError
from tests.printed import pages_of, places_found


@pytest.fixture(scope="module")
def contract() -> bytes:
    return render_contract(sample_contract())


def test_there_are_at_least_twenty_pages_and_the_three_sign_on_the_last(contract: bytes) -> None:
    pages = pages_of(contract)
    assert len(pages) >= 20
    assert places_found(contract, PLACES) == dict.fromkeys(PLACES, len(pages))
    assert "人民币300,000.00元（人民币叁拾万元整）" in pages[-1]


def test_the_same_day_gives_the_same_bytes_and_another_day_others_that_name_it(contract: bytes) -> None:
    assert render_contract(sample_contract()) == contract
    assert "2027年2月3日" in pages_of(render_contract(sample_contract(date(2027, 2, 3))))[0]


def test_missing_fonts_are_named_with_the_package_to_install(tmp_path: Path) -> None:
    with pytest.raises(EsignError) as refused:
        find_fonts((tmp_path,))
    assert refused.value.code == "demo-fonts-missing"
    assert "fonts-noto-cjk" in str(refused.value)


def test_a_folder_without_the_fonts_is_refused_before_setting(tmp_path: Path) -> None:
    with pytest.raises(EsignError) as refused:
        render_contract(sample_contract(), fonts=tmp_path)
    assert refused.value.code == "demo-fonts-missing"


def test_a_day_on_which_the_mother_would_be_too_old_is_refused() -> None:
    with pytest.raises(EsignError) as refused:
        sample_contract(date(2031, 1, 1))
    assert refused.value.code == "proposal-invalid"
