"""The mother sees the son's handwriting: on the page that she reads, and in the last look before she confirms."""

from __future__ import annotations

import io
import re

from PIL import Image

from esign.ceremony.reactions import SIGN
from tests.service import YE, YU, request
from tests.unit.web.page_room import Pages, Visitor


def picture(visitor: Visitor, text: str) -> Image.Image:
    """Return the page's picture that the HTML names."""
    found = re.search(r'(?:src|href)="(/c/[^"]+/pages/1\.jpg[^"]*)"', text)
    assert found is not None
    told = visitor.get(found[1])
    assert told.status_code == 200
    return Image.open(io.BytesIO(told.data))


def view_box(text: str) -> tuple[int, int, int, int]:
    found = re.search(r'viewBox="(\d+) (\d+) (\d+) (\d+)" role="img"', text)
    assert found is not None
    left, top, width, height = map(int, found.groups())
    return left, top, left + width, top + height


def ink_in(one: Image.Image, box: tuple[int, int, int, int]) -> int:
    """Return how many dark pixels there are."""
    return sum(one.convert("L").crop(box).histogram()[:100])


def test_who_signs_later_sees_the_handwriting_of_who_signed_before(pages: Pages, contract: bytes) -> None:
    envelope = pages.desk.create(request(contract))
    mother = pages.visitor(envelope, 1, YE)
    mother.until_reading()
    page = f"{mother.home}/pages/1"
    before = mother.get(page).text
    empty = picture(mother, before)
    form = mother.form(page, page)
    pages.desk.play(envelope, 0, YU)
    pages.desk.step(SIGN)
    after = mother.get(page).text
    signed = picture(mother, after)
    whole = (0, 0, *signed.size)
    assert ink_in(signed, whole) > ink_in(empty, whole) + 500
    # What she read before he signed is recorded as what it was.
    mother.post(page, form.fields)
    mother.read(1)
    stays = pages.desk.recipient(envelope, 1).session.stays
    assert len({stay.image for stay in stays}) == 2
    mother.read(2)
    assert mother.draw().status_code == 200
    mother.consent()
    mother.photograph()
    last = mother.get(f"{mother.home}/confirm").text
    seen = picture(mother, last)
    box = view_box(last)
    assert ink_in(seen, box) > ink_in(empty, box) + 500


def test_the_first_signers_last_look_is_close_to_their_own_place(pages: Pages, contract: bytes) -> None:
    envelope = pages.desk.create(request(contract))
    son, mother = pages.visitor(envelope, 0, YU), pages.visitor(envelope, 1, YE)
    son.until_confirming()
    own = view_box(son.get(f"{son.home}/confirm").text)
    son.confirm()
    pages.desk.step(SIGN)
    mother.until_confirming()
    both = view_box(mother.get(f"{mother.home}/confirm").text)
    assert both[3] - both[1] > own[3] - own[1]
