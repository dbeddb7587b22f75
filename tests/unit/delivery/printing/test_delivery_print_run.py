"""A print run: what waits goes into one file for an outlet, once, whatever is asked twice or stops half way."""

from __future__ import annotations

import subprocess
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select, update

from delivery.domain import commands as c
from delivery.domain.print_code import mark_of, print_code
from delivery.domain.values import EndReason
from delivery.errors import DeliveryDataBroken, DeliveryRefused
from delivery.models import DeliveryRow, PrintFile, PrintRunRow
from delivery.printing import runs as runs_module
from delivery.printing.merging import merged
from delivery.printing.papers import Cover, cover_sheets
from delivery.printing.runs import PrintRuns
from delivery.printing.terms import PrintTerms, read_terms
from delivery.service.notes import masked
from esign.infra.models import PersonalRecord
from esign.public.errors import EsignError
from esign.public.people import RecordErased
from tests.documents import contract
from tests.print_shop import PrintShop
from tests.service import system_now


def files_of(shop: PrintShop, run: str) -> list[PrintFile]:
    with shop.house.database.reading() as session:
        return list(session.scalars(select(PrintFile).where(PrintFile.run == run).order_by(PrintFile.part)))


def begun(shop: PrintShop) -> str:
    return shop.runs.begin(shop.centre, by=shop.printer_id)


def taken(shop: PrintShop, file: str) -> bytes:
    return shop.runs.take(file, by=shop.printer_id, actor="tests")


def test_a_run_asked_for_twice_is_one_with_one_file(shop: PrintShop) -> None:
    numbers = [shop.issue() for _ in range(2)]
    run = begun(shop)
    assert begun(shop) == run
    shop.runs.make(run)
    (file,) = files_of(shop, run)
    before = taken(shop, file.id)
    assert begun(shop) == run
    shop.runs.make(run)
    assert [one.id for one in files_of(shop, run)] == [file.id]
    assert taken(shop, file.id) == before
    assert [shop.state(one) for one in numbers] == ["printed"] * 2
    assert shop.insurer.house.events(run)[:2] == ["print-run.begun", "print-run.file-made"]


def test_what_is_issued_later_goes_into_the_next_run_of_the_day(shop: PrintShop) -> None:
    shop.issue()
    first = begun(shop)
    shop.issue()
    second = begun(shop)
    assert (first != second, second.rpartition("-")[0]) == (True, first.rpartition("-")[0])
    for run in (first, second):
        shop.runs.make(run)
        assert [one.policies for one in files_of(shop, run)] == [1]


def test_an_outlet_with_many_gets_numbered_files_and_a_run_that_stopped_goes_on(
    shop: PrintShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs_module, "load_terms", lambda: PrintTerms(keep_days=7, policies_in_a_file=2))
    numbers = [shop.issue() for _ in range(5)]
    run, kept = begun(shop), PrintRuns._keep

    def stopping(self: PrintRuns, run: str, *given: object) -> None:
        if files_of(shop, run):
            raise OSError("the disk is full")
        kept(self, run, *given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(PrintRuns, "_keep", stopping)
        with pytest.raises(OSError):
            shop.runs.make(run)
    assert [shop.state(one) for one in numbers] == ["printed"] * 2 + ["to-print"] * 3
    shop.runs.make(run)
    assert [(one.part, one.policies) for one in files_of(shop, run)] == [(1, 2), (2, 2), (3, 1)]


def test_what_cannot_be_printed_keeps_no_other_from_it_and_is_tried_again(shop: PrintShop) -> None:
    ended, erased, sound = (shop.issue() for _ in range(3))
    run = begun(shop)
    with shop.house.database.transaction() as session:
        delivery = shop.deliveries.find(session, ended)
        now = system_now()
        command = c.RecordEnded(at=now, reason=EndReason.CANCELLED, ended_on=now.date())
        shop.deliveries.execute(session, delivery, command, actor="tests")
        state = shop.deliveries.get(session, shop.deliveries.find(session, erased))
        assert state.issued is not None
        assert state.issued.note is not None
        shop.house.records.erase(session, state.issued.note, at=now)
    shop.runs.make(run)
    assert shop.state(sound) == "printed"
    with shop.house.database.reading() as session:
        progress = shop.runs.progress(session, run)
    assert (progress.policies, progress.printed, progress.troubled, progress.is_done) == (3, 1, 2, True)
    shop.runs.try_again(run)
    shop.runs.make(run)
    with shop.house.database.reading() as session:
        assert shop.runs.progress(session, run) == progress


def test_a_task_that_is_given_up_is_shown_and_can_be_tried_again(shop: PrintShop) -> None:
    number = shop.issue()
    run = begun(shop)
    shop.runs.give_up(run, "unforeseen")
    with shop.house.database.reading() as session:
        assert shop.runs.progress(session, run).troubled == 1
    shop.runs.try_again(run)
    shop.insurer.work()
    assert shop.state(number) == "printed"


def test_a_print_file_is_erased_on_its_day_and_nobody_takes_it_any_more(shop: PrintShop) -> None:
    shop.issue()
    run = begun(shop)
    shop.runs.make(run)
    (file,) = files_of(shop, run)
    with shop.house.database.transaction() as session:
        shop.runs.clean(session, system_now() + timedelta(days=6))
    taken(shop, file.id)
    for _ in range(2):
        with shop.house.database.transaction() as session:
            shop.runs.clean(session, system_now() + timedelta(days=7))
    assert shop.insurer.house.events(run).count("print-run.file-erased") == 1
    with pytest.raises(DeliveryRefused) as refused:
        taken(shop, file.id)
    assert refused.value.code == "print-file-erased"
    with shop.house.database.reading() as session, pytest.raises(RecordErased):
        shop.house.documents.read(session, file.blob, file.record)


def test_what_is_printed_looks_as_the_sealed_contract_does_with_its_seal(shop: PrintShop, tmp_path: Path) -> None:
    shop.issue()
    run = begun(shop)
    shop.runs.make(run)
    (file,) = files_of(shop, run)
    merged = pictures(taken(shop, file.id), tmp_path / "merged")
    sealed = pictures(shop.contract, tmp_path / "sealed")
    assert len(merged) == 4
    assert len(sealed) == 2
    for printed, signed in zip(merged[1:3], sealed, strict=True):
        assert np.mean(np.abs(printed.astype(int) - signed.astype(int))) < 0.05
    assert np.min(merged[1]) < 100, "there is something on the page"
    assert np.min(merged[3]) == 255, "the blank by which the next policy begins on a new sheet"


def pictures(pdf: bytes, path: Path) -> list[np.ndarray]:
    """Return the pages as another program draws them."""
    path.with_suffix(".pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "72", "-png", path.with_suffix(".pdf"), path], check=True)
    return [np.asarray(Image.open(one).convert("L")) for one in sorted(path.parent.glob(f"{path.name}-*.png"))]


def test_the_cover_says_in_codes_which_policy_it_is_and_where_to_sign(shop: PrintShop) -> None:
    number = shop.issue(applicant="沈知夏")
    run = begun(shop)
    shop.runs.make(run)
    with pypdfium2.PdfDocument(taken(shop, files_of(shop, run)[0].id)) as document:
        words = document[0].get_textpage().get_text_range()
        picture = document[0].render(scale=3).to_pil()
    read = {one.text for one in zxingcpp.read_barcodes(np.array(picture.convert("L")))}
    assert print_code(number, 1) in read
    (link,) = (one for one in read if one.startswith("https://sign.example/r/delivery/dlv_"))
    assert link.endswith(f"#{mark_of(number, 1)}")
    for told in ("沈知夏", "周明", "15 天犹豫期", "不含电子签名"):
        assert told in words


def test_names_in_lists_are_masked() -> None:
    assert [masked(one) for one in ("王芳", "沈知夏", "欧阳若兰", "李")] == ["王*", "沈**", "欧**", "李*"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"keep_days": 0, "policies_in_a_file": 5}', '{"keep_days": 7}'])
def test_terms_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(DeliveryDataBroken):
        read_terms(text)


def test_a_cover_that_ran_over_its_page_is_refused_rather_than_put_before_another_contract() -> None:
    with pytest.raises(EsignError) as refused:
        merged(contract(), [contract()])  # two pages of covers for one contract
    assert refused.value.code == "document-not-printable"


def test_the_longest_names_and_addresses_stay_on_one_page_each(shop: PrintShop) -> None:
    long = Cover(
        1,
        "CY330126112201",
        20,
        "险" * 30,
        "买" * 40,
        "栖" * 120,
        "网" * 40,
        "欧" * 40,
        20,
        "https://x.example/" + "a" * 90,
    )
    made = cover_sheets([long, long], "2026-11-27 第 1 批", "青" * 30, shop.house.typeface, day=date(2026, 11, 27))
    with pypdfium2.PdfDocument(made) as document:
        assert len(document) == 2


def test_one_whose_note_or_contract_was_altered_at_rest_keeps_no_other_from_being_printed(shop: PrintShop) -> None:
    altered, sound = shop.issue(), shop.issue()
    with shop.house.database.transaction() as session:
        note = session.scalars(select(DeliveryRow.note).where(DeliveryRow.policy == altered)).one()
        kept = session.scalars(select(PersonalRecord.sealed).where(PersonalRecord.id == note)).one()
        session.execute(update(PersonalRecord).where(PersonalRecord.id == note).values(sealed=b"x" * 80))
    run = begun(shop)
    shop.runs.make(run)
    assert (shop.state(altered), shop.state(sound)) == ("to-print", "printed")
    with shop.house.database.transaction() as session:
        session.execute(update(PersonalRecord).where(PersonalRecord.id == note).values(sealed=kept))
    shop.runs.try_again(run)
    shop.runs.make(run)
    assert shop.state(altered) == "printed"


def test_what_an_old_run_could_not_print_stays_at_the_desk_until_it_is_printed(shop: PrintShop) -> None:
    number = shop.issue()
    run = begun(shop)
    shop.runs.give_up(run, "given-up")
    with shop.house.database.transaction() as session:
        session.get_one(PrintRunRow, run).day -= timedelta(days=30)
    page = "/console/delivery/printing"
    assert run in shop.printer.get(page).text
    assert number not in {one for _, one, _ in waiting(shop)}, "no other run takes it"
    shop.printer.send(f"{page}/{run}", f"{page}/{run}/again")
    shop.runs.make(run)
    assert shop.state(number) == "printed"
    assert run not in shop.printer.get(page).text
    with shop.house.database.transaction() as session:
        session.get_one(PrintRunRow, run).day += timedelta(days=30)  # the next run of today has the next number


def waiting(shop: PrintShop) -> list[tuple[str, str, str]]:
    with shop.house.database.reading() as session:
        return list(shop.runs.waiting(session, shop.centre))
