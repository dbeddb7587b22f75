"""Pictures that are all but the same have hashes that are near, and others have not."""

from __future__ import annotations

import io
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageFilter

from claims.risk.pictures import NEAR, bands_of, distance, near_bands, picture_hash, signed, unsigned

HASHES = st.integers(0, 2**64 - 1)


def picture(seed: int, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """An invented picture: soft light and dark patches, as a photograph has."""
    noise = np.random.default_rng(seed).integers(0, 256, (12, 16), dtype=np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(2))


def compressed(image: Image.Image, quality: int) -> Image.Image:
    data = io.BytesIO()
    image.save(data, "JPEG", quality=quality)
    return Image.open(io.BytesIO(data.getvalue()))


def hashed(image: Image.Image) -> int:
    found = picture_hash(image)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "changed",
    [
        lambda image: compressed(image, 35),
        lambda image: image.resize((200, 150)),
        lambda image: ImageEnhance.Brightness(image).enhance(1.1),
        lambda image: image.convert("RGB"),
        lambda image: image.crop((4, 3, 636, 477)),
    ],
    ids=["compressed", "smaller", "lighter", "in colour", "cut by a few pixels"],
)
def test_a_picture_that_was_handled_stays_near(changed: object) -> None:
    for seed in range(5):
        image = picture(seed)
        assert distance(hashed(image), hashed(changed(image))) <= NEAR  # type: ignore[operator]


def test_other_pictures_are_far() -> None:
    hashes = [hashed(picture(seed, (96, 96))) for seed in range(40)]
    nearest = min(distance(one, other) for place, one in enumerate(hashes) for other in hashes[:place])
    assert nearest > 2 * NEAR


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_a_picture_that_shows_nothing_has_no_hash(shade: int) -> None:
    assert picture_hash(Image.new("L", (320, 240), shade)) is None


@given(HASHES, st.sets(st.integers(0, 63), max_size=NEAR))
def test_every_picture_within_six_bits_shares_a_band(hash_: int, flipped: set[int]) -> None:
    other = hash_ ^ sum(1 << bit for bit in flipped)
    assert set(bands_of(other)) & set(near_bands(hash_))


@given(HASHES)
def test_a_hash_survives_the_sign_that_databases_give_it(hash_: int) -> None:
    assert unsigned(signed(hash_)) == hash_
    assert -(2**63) <= signed(hash_) < 2**63


def test_a_question_asks_for_some_seven_hundred_bands() -> None:
    assert len(set(near_bands(0))) == 254 + 232 + 232


def test_the_bands_that_are_asked_for_are_all_that_are_within_two_bits_of_ones_own() -> None:
    hash_ = 0x9F3C_5A77_0123_89AB
    flips = [1 << bit for bit in range(64)]
    changes = [0, *flips, *(one | other for one, other in combinations(flips, 2))]
    within = {band for change in changes for band in bands_of(hash_ ^ change)}
    assert set(near_bands(hash_)) == within
    assert len(near_bands(hash_)) == len(within)
