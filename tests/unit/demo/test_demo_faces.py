"""The drawn faces pass for photos: size, light and sharpness, and no bytes beyond the picture."""

from __future__ import annotations

import pytest

from demo.faces import PORTRAITS, draw_face
from esign.evidence.photo import check_photo, read_photo


@pytest.fixture(scope="module", params=PORTRAITS)
def face(request: pytest.FixtureRequest) -> bytes:
    return draw_face(request.param)


def test_a_face_is_accepted_as_a_photo(face: bytes) -> None:
    photo = read_photo(face)
    assert (photo.width, photo.height) == (720, 900)
    assert check_photo(photo) == ()


def test_a_face_stays_small_enough_to_lie_in_a_contract(face: bytes) -> None:
    assert 30_000 < len(face) < 200_000


def test_a_face_is_drawn_the_same_each_time() -> None:
    name = next(iter(PORTRAITS))
    assert draw_face(name) == draw_face(name)


def test_an_unknown_name_has_no_face() -> None:
    with pytest.raises(KeyError):
        draw_face("somebody")
