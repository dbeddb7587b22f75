"""Pictures that cross from a process that may have been taken over: nothing of them is believed unseen."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from PIL import Image

from esign.ceremony.quarantined.seen_pictures import SeenPictures, pictures_form, read_pictures
from esign.errors import EvidenceError
from esign.verifications.judged import Judged, decode
from esign.verify.report import EvidencePicture, PageDifference

BOX = (1.0, 2.0, 30.5, 40.0)


@cache
def drawn(kind: str = "PNG", colour: str = "white") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), colour).save(out, kind)
    return out.getvalue()


def pictures() -> SeenPictures:
    page = PageDifference("applicant", 2, drawn(), drawn(colour="red"), drawn(colour="blue"), (BOX,), 1.25)
    ink = EvidencePicture("applicant", "signature", 1, "image/png", drawn())
    photo = EvidencePicture("applicant", "photo", None, "image/jpeg", drawn("JPEG"))
    return SeenPictures((page,), (ink, photo))


def crossed() -> tuple[Any, list[bytes]]:
    form, data = pictures_form(pictures())
    return json.loads(json.dumps(form)), list(data)


def test_pictures_cross_as_they_are() -> None:
    assert read_pictures(*crossed()) == pictures()
    assert read_pictures(*pictures_form(SeenPictures())) == SeenPictures()


def test_pictures_are_kept_beside_the_report_as_they_are() -> None:
    judged = Judged({"conclusion": "TOTAL-PASSED"}, True, datetime(2026, 3, 2, tzinfo=UTC), pictures())
    assert decode(judged.encode(), judged.encode_pictures()) == judged
    assert decode(judged.encode()).pictures == SeenPictures()


Change = Callable[[Any, list[bytes]], object]


def taller(data: Sequence[bytes]) -> bytes:
    """A PNG that says to be very high."""
    return data[0][:20] + (1 << 30).to_bytes(4, "big") + data[0][24:]


@pytest.mark.parametrize(
    "change",
    [
        lambda form, _data: form["pages"][0].update(page=0),
        lambda form, _data: form["pages"][0].update(page=True),
        lambda form, _data: form["pages"][0].update(field=7),
        lambda form, _data: form["pages"][0].update(rectangles=[[1, 2, 3]]),
        lambda form, _data: form["pages"][0].update(rectangles=[[1, 2, 3, "4"]]),
        lambda form, _data: form["pages"][0].update(more="x"),
        lambda form, _data: form["pages"][0].update(dots_per_point=0),
        lambda form, _data: form["pages"][0].update(dots_per_point=1e9),
        lambda form, _data: form["evidence"][0].update(kind="script"),
        lambda form, _data: form["evidence"][0].update(media_type="image/svg+xml"),
        lambda form, _data: form["evidence"][0].update(media_type="image/jpeg"),
        lambda form, _data: form.update(pages=[form["pages"][0]] * 50),
        lambda _form, data: data.pop(),
        lambda _form, data: data.append(b"x"),
        lambda _form, data: data.__setitem__(0, b"<svg onload='alert(1)'/>"),
        lambda _form, data: data.__setitem__(0, data[0][:20]),
        lambda _form, data: data.__setitem__(0, taller(data)),
        lambda _form, data: data.__setitem__(4, b"\xff\xd8"),
    ],
)
def test_what_does_not_fit_is_refused(change: Change) -> None:
    form, data = crossed()
    change(form, data)
    with pytest.raises(EvidenceError):
        read_pictures(form, data)
