"""Judging a face photo: by nobody but for its quality, or by a vendor over real HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image

from ca.remote import DirectTransport
from esign.ceremony.errors import FaceServiceRefused, FaceServiceUnavailable
from esign.ceremony.face_check import FaceFinding, HttpFaceCheck, QualityOnly
from esign.errors import EsignError, EvidenceError
from esign.evidence.photo import read_photo
from tests.signers import face_jpeg
from tests.unit.ceremony.vendor_server import Question, Reply, VendorServer, serving, signature, signed

PHOTO = read_photo(face_jpeg(1)).jpeg
LIVE = {"outcome": "live", "score": 97, "reference": "face-0001"}
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def live(question: Question) -> Reply:
    return signed(question.request, LIVE)


def check(server: VendorServer, photo: bytes = PHOTO, **changed: Any) -> FaceFinding:
    return HttpFaceCheck(server.vendor(**changed), DirectTransport(), lambda: NOW).check(photo)


def test_the_embedded_check_says_that_it_saw_quality_only() -> None:
    assert QualityOnly().check(PHOTO) == FaceFinding("quality-only", "nobody")


def test_no_check_decodes_a_picture_beside_the_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    def decoded(*_: object, **__: object) -> None:
        raise AssertionError("a picture was decoded")

    monkeypatch.setattr(Image, "open", decoded)
    assert QualityOnly().check(PHOTO).shortcomings == ()
    with serving(live) as server:
        assert check(server).code == "live-97"


@pytest.mark.parametrize("broken", [b"", b"no picture", PHOTO[:20]])
def test_what_is_no_photo_is_refused_before_anybody_is_asked(broken: bytes) -> None:
    with serving(live) as server:
        for judge in (QualityOnly().check, lambda photo: check(server, photo)):
            with pytest.raises(EvidenceError) as refused:
                judge(broken)
            assert refused.value.code == "photo-broken"
    assert server.questions == []


def test_a_living_face_is_found_by_the_vendor_with_its_score() -> None:
    with serving(live) as server:
        finding = check(server)
    assert finding == FaceFinding("live-97", "test-vendor", (), "face-0001")


def test_a_face_that_is_not_alive_is_a_shortcoming_in_both_languages() -> None:
    with serving(lambda q: signed(q.request, {**LIVE, "outcome": "not-live", "score": 12})) as server:
        finding = check(server)
    assert (finding.code, finding.by) == ("not-live-12", "test-vendor")
    assert [found.code for found in finding.shortcomings] == ["face-not-live"]
    assert finding.shortcomings[0].zh.count("。") == 2
    assert finding.shortcomings[0].en.count(". ") == 1


def test_the_vendor_is_sent_the_photo_itself_signed() -> None:
    with serving(live) as server:
        check(server)
    question = server.questions[0]
    assert question.body == PHOTO
    assert question.headers["content-type"] == "image/jpeg"
    head = f"question.{question.request}.{question.headers['esign-timestamp']}."
    assert question.headers["esign-signature"] == signature(head.encode() + PHOTO)


@pytest.mark.parametrize(
    ("reply", "error", "code"),
    [
        (lambda _: Reply(500, b""), FaceServiceUnavailable, "face-http-error"),
        (lambda _: Reply(401, b""), FaceServiceRefused, "face-http-refused"),
        (lambda _: Reply(302, b"", location="/elsewhere"), FaceServiceRefused, "face-redirected"),
        (lambda _: Reply(200, b"x" * 20_000), FaceServiceRefused, "face-answer-too-large"),
        (lambda _: Reply(200, b"{"), FaceServiceRefused, "face-answer-malformed"),
        (lambda _: signed("0" * 32, LIVE), FaceServiceRefused, "face-answer-forged"),
        (lambda q: signed(q.request, {**LIVE, "score": 101}), FaceServiceRefused, "face-answer-malformed"),
        (lambda q: signed(q.request, {**LIVE, "score": True}), FaceServiceRefused, "face-answer-malformed"),
        (lambda q: signed(q.request, {**LIVE, "score": 0.97}), FaceServiceRefused, "face-answer-malformed"),
        (lambda q: signed(q.request, {**LIVE, "outcome": "sure"}), FaceServiceRefused, "face-answer-malformed"),
    ],
)
def test_what_goes_wrong_at_the_vendor_has_its_code(
    reply: Callable[[Question], Reply], error: type[EsignError], code: str
) -> None:
    with serving(reply) as server, pytest.raises(error) as told:
        check(server)
    assert told.value.code == code
    assert str(told.value).startswith("the face service ")


def test_a_slow_vendor_is_unavailable() -> None:
    def slow(question: Question) -> Reply:
        server.released.wait()
        return live(question)

    with serving(slow) as server, pytest.raises(FaceServiceUnavailable) as told:
        check(server, timeout_seconds=0.15)
    assert told.value.code == "face-timeout"
