"""Products as data: every file hangs together, the rates are those of the model, and a bad file is refused."""

from __future__ import annotations

import json
import runpy
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from policy.documents.consents import ELECTRONIC
from policy.errors import PolicyDataBroken
from policy.products.catalogue import PageKind, PaymentTerm
from policy.products.files import (
    BYTES_AT_MOST,
    FOLDER,
    catalogue_of,
    load_catalogue,
    product_of,
    rates_of,
    read_rates,
    read_sheet,
    sheets_in,
)
from policy.products.occupations import FILE, find_occupation, load_occupations, read_occupations
from policy.proposal import Frequency, Gender
from tests.unit.policy.policy_people import CANCER, TERM_LIFE, TODAY, WHOLE_LIFE, product

SHEET = FOLDER / f"{WHOLE_LIFE}-2026-1.json"


def test_every_product_asks_for_consent_to_an_electronic_contract() -> None:
    """So that electronic delivery, which is usual, is always consented to by itself."""
    for one in load_catalogue().products:
        assert ELECTRONIC in {consent.id for consent in one.consents}, one.code


def test_three_products_are_sold_today_each_in_one_version() -> None:
    assert [one.code for one in load_catalogue().sold_on(TODAY)] == [CANCER, TERM_LIFE, WHOLE_LIFE]


def test_one_version_follows_the_other_without_a_gap() -> None:
    earlier, later = product(TERM_LIFE, "2025-1"), product(TERM_LIFE, "2026-1")
    assert earlier.withdrawn_on == later.effective_from
    last = later.effective_from - timedelta(days=1)
    assert (earlier.is_sold_on(last), later.is_sold_on(last)) == (True, False)
    assert (earlier.is_sold_on(later.effective_from), later.is_sold_on(later.effective_from)) == (False, True)


def test_a_version_that_never_was_is_not_found() -> None:
    assert load_catalogue().find(WHOLE_LIFE, "1999-1") is None


def test_the_rates_are_those_of_the_model(tmp_path: Path) -> None:
    for path in sheets_in(FOLDER):
        shutil.copy(path, tmp_path)
    runpy.run_path(str(FOLDER / "make_rates.py"))["main"](tmp_path)
    for path in sheets_in(FOLDER):
        assert rates_of(tmp_path / path.name).read_bytes() == rates_of(path).read_bytes()


@pytest.mark.parametrize("code", [CANCER, TERM_LIFE, WHOLE_LIFE])
def test_everybody_a_product_takes_has_a_way_to_pay(code: str) -> None:
    of = product(code)
    for gender in Gender:
        for age in range(of.insured_ages[0], of.insured_ages[1] + 1):
            assert any(of.rates.rate(gender, term, age) for term in of.payment_terms)
            for outside in (of.insured_ages[0] - 1, of.insured_ages[1] + 1):
                assert not any(of.rates.rate(gender, term, outside) for term in of.payment_terms)


def test_the_last_premium_is_paid_before_the_age_that_the_product_says() -> None:
    of, ten = product(WHOLE_LIFE), PaymentTerm(10, Frequency.ANNUAL)
    assert of.rates.rate(Gender.MALE, ten, of.payment_ends_by - 10) is not None
    assert of.rates.rate(Gender.MALE, PaymentTerm(20, Frequency.ANNUAL), of.payment_ends_by - 19) is None


def test_each_version_shows_each_kind_of_page_and_the_words_are_in_both_languages() -> None:
    for of in load_catalogue().products:
        assert {of.page(kind).kind for kind in PageKind} == set(PageKind)
        texts = [of.company, of.name, *(p.title for p in of.pages), *(q.text for q in of.questions)]
        assert all(text.zh and text.en.isascii() for text in texts)


def test_only_the_product_for_the_old_is_always_recorded_and_reflected_on_for_longer() -> None:
    assert {one.code: (one.needs_recording(59), one.needs_recording(60)) for one in load_catalogue().products} == {
        CANCER: (True, True),
        TERM_LIFE: (False, True),
        WHOLE_LIFE: (False, True),
    }
    assert {one.code: one.hesitation_days for one in load_catalogue().products} == {
        CANCER: 20,
        TERM_LIFE: 15,
        WHOLE_LIFE: 15,
    }


def edited(change: Callable[[dict[str, Any]], object]) -> bytes:
    sheet = json.loads(SHEET.read_bytes())
    change(sheet)
    return json.dumps(sheet).encode()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda sheet: sheet.update(colour="blue"), "colour"),
        (lambda sheet: sheet.pop("sums"), "sums"),
        (lambda sheet: sheet["questions"][0]["text"].update(fr="non"), "questions"),
        (lambda sheet: sheet["sums"].update(step="10000"), "sums.step"),
        (lambda sheet: sheet.update(hesitation_days=10), "hesitation_days"),
        (lambda sheet: sheet.update(effective_from="2026-02-30"), "effective_from"),
        (lambda sheet: sheet.update(withdrawn_on="2025-12-31"), "withdrawn before it begins"),
        (lambda sheet: sheet.update(insured_ages=[65, 0]), "wrong way round"),
        (lambda sheet: sheet.update(applicant_ages=[17, 70]), "minor"),
        (lambda sheet: sheet["pages"].pop(), "page kind"),
        (lambda sheet: sheet["questions"].append(sheet["questions"][0]), "question is there twice"),
        (lambda sheet: sheet["consents"].append(sheet["consents"][0]), "consent is there twice"),
        (lambda sheet: sheet["payment_terms"].append(sheet["payment_terms"][0]), "payment term is there twice"),
        (lambda sheet: sheet["payment_terms"].append({"years": 2, "frequency": "once"}), "one payment"),
        (lambda sheet: sheet["sums"].update(least=0), "sums are the wrong way round"),
        (lambda sheet: sheet["sums"].update(step=1500), "no rate"),
        (lambda sheet: sheet["sums"].update(step=20_000, least=50_000, most=80_000), "by their step"),
        (lambda sheet: sheet.update(cover_to_age=80), "cover term"),
    ],
)
def test_a_product_that_does_not_hang_together_is_refused(
    change: Callable[[dict[str, Any]], object], named: str
) -> None:
    with pytest.raises(PolicyDataBroken, match=named):
        read_sheet(edited(change))


def rows(change: Callable[[list[dict[str, Any]]], object]) -> bytes:
    read = json.loads(rates_of(SHEET).read_bytes())
    change(read)
    return json.dumps(read).encode()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda read: read[0].pop("rates"), "rates"),
        (lambda read: read[0]["rates"].append(0), "above zero"),
        (lambda read: read.append(read[0]), "twice"),
    ],
)
def test_rates_that_do_not_hang_together_are_refused(
    change: Callable[[list[dict[str, Any]]], object], named: str
) -> None:
    with pytest.raises(PolicyDataBroken, match=named):
        read_rates(rows(change))


def test_rates_of_other_payment_terms_are_refused() -> None:
    with pytest.raises(PolicyDataBroken, match="other payment terms"):
        product_of(read_sheet(SHEET.read_bytes()), read_rates(rows(lambda read: read.pop())))


def copied(tmp_path: Path) -> Path:
    for path in (SHEET, rates_of(SHEET)):
        shutil.copy(path, tmp_path)
    return tmp_path


def test_a_version_without_its_rates_is_refused(tmp_path: Path) -> None:
    rates_of(copied(tmp_path) / SHEET.name).unlink()
    with pytest.raises(PolicyDataBroken, match="missing"):
        catalogue_of(tmp_path)


def test_a_file_under_another_name_is_refused(tmp_path: Path) -> None:
    (copied(tmp_path) / SHEET.name).rename(tmp_path / "something-else.json")
    with pytest.raises(PolicyDataBroken, match="another product version"):
        catalogue_of(tmp_path)


def test_two_versions_on_one_day_are_refused(tmp_path: Path) -> None:
    second = json.loads((copied(tmp_path) / SHEET.name).read_bytes()) | {
        "version": "2026-2",
        "effective_from": "2026-11-01",
    }
    path = tmp_path / f"{WHOLE_LIFE}-2026-2.json"
    path.write_text(json.dumps(second))
    shutil.copy(rates_of(SHEET), rates_of(path))
    with pytest.raises(PolicyDataBroken, match="not withdrawn when 2026-2 begins"):
        catalogue_of(tmp_path)


def test_a_file_without_end_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "endless.json").write_bytes(b" " * (BYTES_AT_MOST + 1))
    with pytest.raises(PolicyDataBroken, match="longer than"):
        catalogue_of(tmp_path)


def test_occupations_have_all_six_classes() -> None:
    assert {one.risk_class for one in load_occupations()} == {1, 2, 3, 4, 5, 6}
    found = find_occupation("miner")
    assert found is not None
    assert (found.risk_class, found.name.zh) == (6, "井下矿工")
    assert find_occupation("astronaut") is None


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"[{}]", "of its form"),
        (FILE.read_bytes().replace(b'"risk_class": 6', b'"risk_class": 7'), "of its form"),
        (FILE.read_bytes().replace(b'"miner"', b'"diver"'), "twice"),
        (b" " * 70_000, "longer than"),
    ],
)
def test_a_bad_table_of_occupations_is_refused(data: bytes, named: str) -> None:
    with pytest.raises(PolicyDataBroken, match=named):
        read_occupations(data)


def test_the_days_of_a_rate_table_are_its_own() -> None:
    assert product(CANCER).rates.until == date(2027, 12, 31)
