"""Print operator and clerk at their pages: a run from the first button to the salesperson's hands, scan by scan."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pypdfium2
from PIL import Image
from werkzeug.test import TestResponse

from delivery.domain import commands as c
from delivery.printing.parcels import label_of
from esign.public.typesetting import code39_widths
from tests.print_shop import PrintShop
from tests.service import system_now

HERE = "/console/delivery"


def scan(shop: PrintShop, who: str, act: str, code: str, **more: str) -> dict[str, str]:
    """Scan as the module of the page does."""
    member = shop.printer if who == "printer" else shop.clerk
    fields = member.form(f"{HERE}/scan", f"{HERE}/scan").fields
    told = member.post(
        f"{HERE}/scan", {**fields, "act": act, "code": code, **more}, headers={"Accept": "application/json"}
    )
    assert told.status_code == 200, told.text
    answer: dict[str, str] = told.get_json()
    return answer


def printed(shop: PrintShop, count: int) -> list[str]:
    """Have so many policies printed by the desk's button."""
    numbers = [shop.issue() for _ in range(count)]
    told = shop.printer.send(f"{HERE}/printing", f"{HERE}/printing/begin")
    assert told.status_code == 303, told.text
    shop.insurer.work()
    return numbers


def packed(shop: PrintShop, numbers: list[str]) -> str:
    for act in ("bind", "pass"):
        assert {scan(shop, "printer", act, one)["tone"] for one in numbers} <= {"done", "again"}
    told = shop.printer.send(f"{HERE}/printing", f"{HERE}/parcels")
    parcel = re.search(r"pcl_[0-9a-z]+", told.headers["Location"])
    assert parcel is not None
    for one in numbers:
        assert scan(shop, "printer", "pack", one, parcel=parcel[0])["tone"] == "done"
    return parcel[0]


def sent(shop: PrintShop, numbers: list[str]) -> str:
    parcel = packed(shop, numbers)
    page = f"{HERE}/parcels/{parcel}"
    assert shop.printer.send(page, f"{page}/close").status_code == 303
    assert scan(shop, "printer", "dispatch", label_of(parcel))["tone"] == "done"
    return parcel


def text_of(told: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", told.text))


def test_a_run_goes_from_the_button_to_the_salesperson(shop: PrintShop) -> None:
    numbers = printed(shop, 2)
    parcel = sent(shop, numbers)
    assert [shop.state(one) for one in numbers] == ["underway"] * 2
    assert label_of(parcel) in text_of(shop.clerk.get(f"{HERE}/outlet"))
    assert scan(shop, "clerk", "arrive", label_of(parcel))["missing"] == numbers
    assert scan(shop, "clerk", "arrive", numbers[0], parcel=parcel)["missing"] == numbers[1:]
    assert scan(shop, "clerk", "arrive", numbers[1], parcel=parcel)["missing"] == []
    for one in numbers:
        assert scan(shop, "clerk", "hand", one, salesperson=shop.seller)["tone"] == "done"
    assert [shop.state(one) for one in numbers] == ["with-salesperson"] * 2
    assert shop.events(numbers[0])[-7:] == [
        f"delivery.{one}" for one in ("printed", "bound", "checked", "packed", "dispatched", "arrived", "handed")
    ]


def test_the_button_is_there_only_while_something_waits(shop: PrintShop) -> None:
    shop.issue()
    assert "打印等待的 1 份" in text_of(shop.printer.get(f"{HERE}/printing"))
    shop.printer.send(f"{HERE}/printing", f"{HERE}/printing/begin")
    shop.insurer.work()
    page = shop.printer.get(f"{HERE}/printing")
    assert "没有等待打印的保单" in text_of(page)
    assert "/printing/begin" not in page.text


def test_each_wrong_scan_says_what_is_the_matter_and_what_to_do(shop: PrintShop) -> None:
    first, second = printed(shop, 2)
    told = scan(shop, "printer", "bind", "CY99999999")
    assert (told["tone"], told["text"]) == ("no", "没有此保单的递送记录。请核对保单号或条码。")
    assert scan(shop, "printer", "bind", "没有这个号")["tone"] == "no"
    assert scan(shop, "printer", "pass", first)["text"] == "保单已打印，还没有装订。请先装订。"
    assert scan(shop, "printer", "bind", f" {first.lower()} ")["tone"] == "done"
    assert scan(shop, "printer", "bind", first)["tone"] == "again"
    assert "先扫描包裹标签" in scan(shop, "printer", "pack", first)["text"]
    assert "不归本机构" in scan(shop, "clerk", "bind", second)["text"]
    assert "没有此包裹" in scan(shop, "printer", "dispatch", "PCL-01")["text"]
    parcel = packed(shop, [first])  # the first is bound already: that scan comes again
    other = packed(shop, [second])
    assert "已装入另一个包裹" in scan(shop, "printer", "pack", second, parcel=parcel)["text"]
    page = f"{HERE}/parcels/{parcel}"
    shop.printer.send(page, f"{page}/close")
    assert "此包裹已封口" in scan(shop, "printer", "pack", second, parcel=parcel)["text"]
    assert "还没有封口。请先在此包裹的页面上封口" in scan(shop, "printer", "dispatch", label_of(other))["text"]
    assert "还没有发出" in scan(shop, "clerk", "arrive", first)["text"]


def test_what_lies_in_another_parcel_is_asked_about_and_arrives_when_the_clerk_holds_it(shop: PrintShop) -> None:
    here, strayed, late = printed(shop, 3)
    parcel, other = sent(shop, [here]), sent(shop, [strayed, late])
    told = scan(shop, "clerk", "arrive", strayed, parcel=parcel)
    assert (told["tone"], told["other"]) == ("no", {"parcel": other, "label": label_of(other)})
    assert "另一个包裹" in told["text"]
    assert shop.state(strayed) == "underway"
    told = scan(shop, "clerk", "arrive", strayed, parcel=parcel, apart=other)
    assert (told["tone"], told["parcel"], told["other"]) == ("done", parcel, None)
    assert shop.state(strayed) == "at-outlet"
    assert scan(shop, "clerk", "arrive", strayed, parcel=parcel)["tone"] == "again"
    assert scan(shop, "clerk", "arrive", late, parcel=parcel, apart=parcel)["tone"] == "no"
    assert scan(shop, "clerk", "arrive", late)["tone"] == "done", "where no parcel is unpacked nothing is asked"


def test_without_the_module_the_question_about_another_parcel_is_a_form(shop: PrintShop) -> None:
    here, strayed = printed(shop, 2)
    parcel, other = sent(shop, [here]), sent(shop, [strayed])
    page = f"{HERE}/scan?act=arrive&parcel={parcel}"
    told = shop.clerk.post(f"{HERE}/scan", {**shop.clerk.form(page, f"{HERE}/scan").fields, "code": strayed})
    assert label_of(other) in text_of(told)
    form = told.text.partition('<form id="other"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', form))
    assert (fields["parcel"], fields["apart"], fields["code"]) == (parcel, other, strayed)
    assert "已到网点" in text_of(shop.clerk.post(f"{HERE}/scan", fields))


def test_a_code_that_a_keyboard_twisted_is_read(shop: PrintShop) -> None:
    first, second = printed(shop, 2)
    wide = "".join(chr(ord(one) + 0xFEE0) for one in first)
    assert scan(shop, "printer", "bind", wide)["code"] == first
    with shop.house.database.reading() as session:
        delivery = shop.deliveries.find(session, second)
    link = f"https://sign.example/r/delivery/{shop.house.links.link(delivery, 'person')}"
    assert scan(shop, "printer", "bind", link.swapcase())["code"] == second


def test_a_policy_of_another_outlet_is_set_apart(shop: PrintShop) -> None:
    other = shop.issue(outlet=shop.centre)
    assert "其他网点" in scan(shop, "clerk", "arrive", other)["text"]
    assert "不归本机构" in scan(shop, "clerk", "damaged", other)["text"]


def test_what_lies_in_another_outlets_parcel_is_told_nobody(shop: PrintShop) -> None:
    number = shop.issue(outlet=shop.centre)
    shop.runs.make(shop.runs.begin(shop.centre, by=shop.printer_id))
    parcel = shop.parcels.open(shop.centre, shop.centre, by=shop.printer_id, actor="tests")
    for act in ("bind", "pass"):
        assert scan(shop, "printer", act, number)["tone"] == "done"
    assert scan(shop, "printer", "pack", number, parcel=parcel)["tone"] == "done"
    shop.parcels.close(parcel, by=shop.printer_id, actor="tests")
    shop.parcels.dispatch(parcel, by=shop.printer_id, actor="tests")
    assert number not in shop.clerk.get(f"{HERE}/scan?act=arrive&parcel={parcel}").text
    assert scan(shop, "clerk", "arrive", "CY00000000", parcel=parcel)["missing"] == []
    assert shop.clerk.get(f"{HERE}/scan?act=arrive&parcel=pcl_none").status_code == 200


def test_a_copy_that_fails_its_check_is_printed_again(shop: PrintShop) -> None:
    (number,) = printed(shop, 1)
    scan(shop, "printer", "bind", number)
    assert scan(shop, "printer", "fail", number)["tone"] == "no", "a reason is wanted"
    assert scan(shop, "printer", "fail", number, reason="pages-missing")["tone"] == "done"
    assert shop.state(number) == "to-print"
    shop.printer.send(f"{HERE}/printing", f"{HERE}/printing/begin")
    shop.insurer.work()
    assert (shop.state(number), shop.events(number).count("delivery.printed")) == ("printed", 2)


def test_what_is_missing_in_a_parcel_is_reported_lost_and_printed_again(shop: PrintShop) -> None:
    numbers = printed(shop, 2)
    parcel = sent(shop, numbers)
    page = f"{HERE}/parcels/{parcel}"
    assert "还没有扫描到的 2 份" in text_of(shop.clerk.get(page))
    assert scan(shop, "clerk", "lost", numbers[0])["tone"] == "done"
    assert shop.clerk.send(page, f"{page}/arrive").status_code == 303
    assert [shop.state(one) for one in numbers] == ["to-print", "at-outlet"]


def test_a_salesperson_is_chosen_and_takes_their_own_alone(shop: PrintShop) -> None:
    numbers = printed(shop, 1)
    parcel = sent(shop, numbers)
    page = f"{HERE}/parcels/{parcel}"
    shop.clerk.send(page, f"{page}/arrive")
    assert "没有这位业务员" in scan(shop, "clerk", "hand", numbers[0])["text"]
    other = shop.insurer.console.id_of("xu.an")
    assert "不是此业务员的保单" in scan(shop, "clerk", "hand", numbers[0], salesperson=other)["text"]
    desk = text_of(shop.clerk.get(f"{HERE}/outlet"))
    assert numbers[0] in desk
    assert "周明" in desk


def test_a_photograph_of_the_bar_code_is_read(shop: PrintShop) -> None:
    (number,) = printed(shop, 1)
    fields = shop.printer.form(f"{HERE}/scan", f"{HERE}/scan/picture").fields
    told = shop.printer.post(
        f"{HERE}/scan/picture", {**fields, "act": "bind", "picture": (io.BytesIO(photographed(number)), "a.jpg")}
    )
    assert "已装订" in text_of(told)
    assert shop.state(number) == "bound"
    for nothing in (b"no picture", photographed("")):
        told = shop.printer.post(
            f"{HERE}/scan/picture", {**fields, "act": "bind", "picture": (io.BytesIO(nothing), "a.jpg")}
        )
        assert "没有读到条码" in text_of(told)


def photographed(number: str) -> bytes:
    """Return a picture of the bar code of a number, a little turned, as somebody holds a telephone."""
    picture = Image.new("L", (1200, 700), 225)
    at = 150.0
    for index, width in enumerate(code39_widths(number) if number else ()):
        if index % 2 == 0:
            picture.paste(20, (round(at), 250, round(at + width * 3), 450))
        at += width * 3
    written = io.BytesIO()
    picture.rotate(4, fillcolor=225, resample=Image.Resampling.BICUBIC).save(written, "JPEG", quality=80)
    return written.getvalue()


def test_files_lists_and_labels_are_downloaded_and_who_took_a_file_is_recorded(shop: PrintShop) -> None:
    numbers = printed(shop, 1)
    run = re.findall(r"/printing/(run_[0-9A-Za-z-]+)", shop.printer.get(f"{HERE}/printing").text)[0]
    page = f"{HERE}/printing/{run}"
    file = re.findall(rf"{page}/files/(prf_[0-9a-z]+)", shop.printer.get(page).text)[0]
    told = shop.printer.send(page, f"{page}/files/{file}")
    assert (told.status_code, told.headers["Cache-Control"]) == (200, "no-store")
    with pypdfium2.PdfDocument(told.data) as document:
        assert len(document) == 4
    assert shop.insurer.house.events(run)[-1] == "print-run.file-taken"
    assert numbers[0] in shop.printer.get(f"{page}/list.csv").text
    assert shop.printer.get(f"{page}/list.pdf").data.startswith(b"%PDF-")
    parcel = packed(shop, numbers)
    for name in ("label", "list"):
        assert shop.printer.get(f"{HERE}/parcels/{parcel}/{name}.pdf").data.startswith(b"%PDF-")


def test_pages_are_for_their_own_people(shop: PrintShop) -> None:
    assert shop.clerk.get(f"{HERE}/printing").status_code == 403
    assert shop.printer.get(f"{HERE}/outlet").status_code == 403
    assert shop.insurer.staff["zhou.ming"].get(f"{HERE}/scan").status_code == 403
    for path in ("printing/run_other-20261127-1", "parcels/pcl_other"):
        assert shop.printer.get(f"{HERE}/{path}").status_code == 404


def test_what_is_no_code_and_no_address_is_refused_before_a_database_is_asked(shop: PrintShop) -> None:
    for odd in ("%00", "pcl_%00", "run_%00/list.csv"):
        for page in ("printing", "parcels"):
            assert shop.printer.get(f"{HERE}/{page}/{odd}").status_code == 404, (page, odd)
    assert "by=%00" not in shop.clerk.get(f"{HERE}/open?by=%00").text
    for code in ("PCL-\x00", "PCL-é", "PCL-" + "0" * 290, "PCL-", "=1+1", "'; drop table"):
        told = scan(shop, "clerk", "arrive", code)
        assert (told["tone"], told["parcel"]) == ("no", ""), code
    assert scan(shop, "clerk", "arrive", "CY00000000", parcel="pcl_\x00")["parcel"] == ""
    assert "先扫描包裹标签" in scan(shop, "printer", "pack", shop.issue(), parcel="dlv_01")["text"]


def test_a_scan_of_a_megabyte_is_refused_and_not_read(shop: PrintShop) -> None:
    fields = shop.printer.form(f"{HERE}/scan", f"{HERE}/scan").fields
    told = shop.printer.post(f"{HERE}/scan", {**fields, "act": "bind", "code": "9" * 1_000_000})
    assert told.status_code == 413


def test_the_pages_speak_english_too(shop: PrintShop) -> None:
    for path in ("printing", "scan"):
        told = shop.printer.get(f"{HERE}/{path}", headers={"Accept-Language": "en"})
        main = re.sub(r"<bdi>.*?</bdi>", "", told.text.partition('<main id="main"')[2].partition("</main>")[0])
        assert re.findall(r"[\u4e00-\u9fff]+", re.sub(r"<[^>]+>", "", main)) == []


def test_a_parcel_whose_policy_was_packed_by_a_clock_that_is_ahead_is_dispatched_and_arrives(shop: PrintShop) -> None:
    (number,) = printed(shop, 1)
    parcel = packed(shop, [number])
    ahead = timedelta(minutes=5)
    with shop.house.database.transaction() as session:
        delivery = shop.deliveries.find(session, number)
        called = c.LogCall(at=system_now() + ahead, call="cal_01", outcome="no-answer", by=shop.seller)
        shop.deliveries.execute(session, delivery, called, actor="tests")
    page = f"{HERE}/parcels/{parcel}"
    assert shop.printer.send(page, f"{page}/close").status_code == 303
    assert shop.printer.send(page, f"{page}/dispatch").status_code == 303
    assert shop.clerk.send(page, f"{page}/arrive").status_code == 303
    assert shop.state(number) == "at-outlet"
