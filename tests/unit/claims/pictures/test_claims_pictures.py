"""Photographs of claims: what cannot be used is refused with its reason, what does not fit is kept and marked."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from PIL import ExifTags, Image

from claims.domain.values import INSURERS_ZONE, Lane
from claims.errors import ClaimRefused
from claims.pictures.judging import Mark, Seen, marks, said_of, wanting
from claims.pictures.slots import CLOSE_UP, PLATE, SLOTS, WHOLE_CAR, wanted
from claims.pictures.store import Pictures, Taken
from claims.risk.facts import Picture
from claims.risk.places import Place
from demo.cars import photo
from tests.claims_shell import ClaimsHouse

NOON = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)
LARGE = (1600, 1200)


def taken(claims: ClaimsHouse, claim: str, slot: str, upload: bytes) -> Taken:
    return Pictures(claims.office).take(claim, slot, upload, actor="tests")


def code_of(claims: ClaimsHouse, claim: str, upload: bytes) -> str | None:
    return taken(claims, claim, "close-up", upload).code


def test_what_cannot_be_used_says_why_and_what_to_do() -> None:
    assert wanting(WHOLE_CAR, (), (1200, 300), 5, ()) == "photo-too-small"
    assert wanting(WHOLE_CAR, ("photo-too-dark",), LARGE, 5, ()) == "photo-too-dark"
    assert wanting(WHOLE_CAR, (), LARGE, 5, ()) is None
    assert said_of("photo-too-dark", CLOSE_UP).zh.startswith("太暗，看不清撞痕。")
    assert "the number plate" in said_of("photo-blurred", PLATE).en
    assert said_of("never-heard-of", PLATE).zh  # whatever the quarantine says, there are words


def test_one_photograph_is_not_two_of_a_claim_but_may_be_taken_again() -> None:
    others = (Seen("whole-car", 0b1011, Picture()),)
    assert wanting(PLATE, (), LARGE, 0b1111, others) == "photo-twice"
    assert wanting(WHOLE_CAR, (), LARGE, 0b1111, others) is None
    assert wanting(PLATE, (), LARGE, None, others) is None


def test_time_place_likeness_and_editing_are_marked_each_on_its_own() -> None:
    here, there = Place(31.2, 121.4), Place(31.3, 121.4)
    others = (Seen("whole-car", 1, Picture(taken_in=here)),)
    assert marks(Picture(taken_at=NOON - timedelta(hours=30)), NOON, others) == (Mark.TIME_OFF,)
    assert marks(Picture(taken_at=NOON + timedelta(hours=2), taken_in=here), NOON, others) == ()
    assert marks(Picture(taken_in=there), NOON, others) == (Mark.PLACES_APART,)
    assert marks(Picture(taken_in=there), NOON, (), scene=here) == (Mark.PLACES_APART,)
    assert marks(Picture(taken_in=there), NOON, (), scene=there) == ()
    assert marks(Picture(distance=6), NOON, ()) == (Mark.SEEN_BEFORE,)
    assert marks(Picture(distance=64, edited=False), NOON, ()) == ()
    assert marks(Picture(edited=True), NOON, ()) == (Mark.EDITED,)


def test_papers_and_the_other_car_are_photographed_where_they_are_needed() -> None:
    assert [one.code for one in wanted(papers=False, other_car=False)] == ["whole-car", "plate", "close-up"]
    assert [one.code for one in wanted(papers=True, other_car=True)][3:] == [
        "other-car",
        "vehicle-licence",
        "driving-licence",
    ]
    assert all(one.hint.zh and one.hint.en for one in SLOTS.values())


def test_a_photograph_is_kept_sealed_without_what_it_told_of_itself(claims: ClaimsHouse) -> None:
    claim = claims.report()
    upload = photo(1, taken="2019:01:01 08:00:00", place=(31.2, 121.4))
    found = taken(claims, claim, "whole-car", upload).picture
    assert found is not None
    assert found.marks == (Mark.TIME_OFF,)
    with claims.house.database.reading() as session:
        (kept,) = Pictures(claims.office).of(session, claim)
        jpeg = Pictures(claims.office).read(session, kept.id)
        told = Pictures(claims.office).told(session, claim)
    assert kept == found
    assert Image.open(io.BytesIO(jpeg)).size == (1280, 960)
    assert not Image.open(io.BytesIO(jpeg)).getexif()
    assert told is not None
    assert told[0].taken_at == datetime(2019, 1, 1, 8, 0, tzinfo=INSURERS_ZONE)
    assert told[0].distance == 64
    assert claims.house.events(claim)[-1] == "claim.picture-added"


def test_the_same_photograph_sent_twice_is_one(claims: ClaimsHouse) -> None:
    claim, upload = claims.report(), photo(2)
    first, second = (taken(claims, claim, "plate", upload).picture for _ in range(2))
    assert first == second
    assert claims.house.events(claim).count("claim.picture-added") == 1


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda: b"%PDF-1.7 this is no picture", "photo-format"),
        (lambda: photo(3)[:9000], "photo-broken"),
        (lambda: photo(3, light=0.08), "photo-too-dark"),
        (lambda: photo(3, blur=14), "photo-blurred"),
        (lambda: photo(3, size=(320, 240)), "photo-too-small"),
    ],
    ids=["a letter", "half a picture", "night", "blurred", "a stamp"],
)
def test_what_nobody_can_use_is_not_kept(claims: ClaimsHouse, made: Callable[[], bytes], code: str) -> None:
    claim = claims.report()
    assert code_of(claims, claim, made()) == code
    assert "claim.picture-added" not in claims.house.events(claim)


def test_a_huge_picture_is_refused_by_its_numbers(claims: ClaimsHouse) -> None:
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    assert code_of(claims, claims.report(), out.getvalue()) == "photo-size"


def test_a_picture_of_an_earlier_claim_is_kept_marked_and_told_to_the_score(claims: ClaimsHouse) -> None:
    earlier, later = claims.report(), claims.report()
    assert taken(claims, earlier, "close-up", photo(77)).picture is not None
    found = taken(claims, later, "close-up", photo(77, light=1.04, size=(1024, 768))).picture
    assert found is not None
    assert found.marks == (Mark.SEEN_BEFORE,)
    taken(claims, later, "close-up", photo(78))  # taken again: what was sent first is not forgotten
    with claims.house.database.reading() as session:
        told = Pictures(claims.office).told(session, later)
    assert told is not None
    assert min(one.distance for one in told if one.distance is not None) <= 6


def test_only_what_is_asked_for_is_taken(claims: ClaimsHouse) -> None:
    with pytest.raises(ClaimRefused, match="no photograph of this kind"):
        taken(claims, claims.report(), "selfie", photo(5))


def test_a_picture_that_tells_a_time_which_is_none_stops_nobody_from_sending_the_next(claims: ClaimsHouse) -> None:
    claim, out, exif = claims.report(), io.BytesIO(), Image.Exif()
    tags = {ExifTags.Base.DateTimeOriginal: "2026:11:27 12:00:00", ExifTags.Base.OffsetTimeOriginal: "+23:59:59.999999"}
    exif.get_ifd(ExifTags.IFD.Exif).update(tags)
    Image.open(io.BytesIO(photo(81))).save(out, "JPEG", quality=88, exif=exif)
    assert taken(claims, claim, "close-up", out.getvalue()).picture is not None
    assert taken(claims, claim, "whole-car", photo(82)).picture is not None
    with claims.house.database.reading() as session:
        told = Pictures(claims.office).told(session, claim)
    assert told is not None and told[0].taken_at is None


def test_a_photograph_that_comes_after_the_survey_is_scored_before_money_moves(claims: ClaimsHouse) -> None:
    """It was on another claim before: people decide now, though the offer was made and agreed to."""
    earlier = claims.report()
    assert taken(claims, earlier, "close-up", photo(31)).refused is None
    claim = claims.report(estimate="1500.00")
    claims.to_offer(claim)
    assert not claims.state(claim).unscored
    assert taken(claims, claim, "close-up", photo(31, light=1.02)).refused is None
    assert claims.state(claim).to_score == ("survey",)
    claims.agree(claim).payee(claim).advance(claim)
    state = claims.state(claim)
    assert [one.to_people for one in state.scores if one.step == "survey"] == [True]
    assert (state.lane, state.paid) == (Lane.BLOCKED, 0)


def test_a_photograph_before_the_survey_waits_for_it(claims: ClaimsHouse) -> None:
    claim = claims.report()
    assert taken(claims, claim, "close-up", photo(33)).refused is None
    assert "survey" not in claims.state(claim).unscored
