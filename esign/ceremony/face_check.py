"""Who looks whether a photo shows a living face: a port, nobody but our own eye for quality, or a vendor by HTTP.

A vendor is sent the photo itself (`image/jpeg`; `vendor_call` has the envelope of it) and answers an object of exactly

    outcome      live or not-live
    score        how sure it is, a whole number from 0 to 100
    reference    the vendor's own number of this check, one word

Light and sharpness were judged where the photo was read (`quarantined.read_photo`): here nothing of it is decoded.

Whose face it is, no embedded check knows: the salesperson says it, and the evidence says that the salesperson did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from ca.ports import Clock, HttpTransport
from esign.ceremony.errors import FaceServiceRefused, FaceServiceUnavailable
from esign.ceremony.vendor_call import Vendor, VendorCall, VendorService
from esign.evidence.photo import photo_of
from esign.evidence.shortcoming import Shortcoming

QUALITY_ONLY: Final = "quality-only"
NOBODY: Final = "nobody"

_SERVICE: Final = VendorService("face", "the face service", FaceServiceUnavailable, FaceServiceRefused)
_LIVE, _NOT_LIVE = "live", "not-live"
_NOT_A_LIVING_FACE: Final = Shortcoming(
    "face-not-live",
    "没有认出是本人正在拍照。请摘下口罩，正对镜头，再拍一张。",
    "The photo was not recognised as taken of a person just now. Please take off any mask, face the camera and take "
    "it again.",
)


@dataclass(frozen=True)
class FaceFinding:
    """What the evidence says of a photo: `code` of what was found and `by` whom, both codes.

    `shortcomings` are what is wanting; a photo with any is taken again. `reference` is the vendor's own number of the
    check, one word, or None.
    """

    code: str
    by: str
    shortcomings: tuple[Shortcoming, ...] = ()
    reference: str | None = None


class FaceCheck(Protocol):
    """Checks face photos."""

    def check(self, photo_jpeg: bytes) -> FaceFinding:
        """Check a photo as `esign.evidence.photo.read_photo` makes it, in which nothing was found wanting.

        Raises `FaceServiceUnavailable`, `FaceServiceRefused`, and `EvidenceError` (`photo-broken`) for other bytes.
        """
        ...


class QualityOnly:
    """The embedded check: nothing about the face. Live mode counts it as a stand-in."""

    def check(self, photo_jpeg: bytes) -> FaceFinding:
        """Return `quality-only` by `nobody`. Raises `EvidenceError` (`photo-broken`)."""
        photo_of(photo_jpeg)
        return FaceFinding(QUALITY_ONLY, NOBODY)


class HttpFaceCheck:
    """A vendor that tells a living face from a picture of one."""

    def __init__(self, vendor: Vendor, transport: HttpTransport, clock: Clock) -> None:
        """Raises `ConfigurationError` (`face-...`) if the vendor cannot be asked so."""
        self._by = vendor.by
        self._call = VendorCall(_SERVICE, vendor, transport, clock)

    def check(self, photo_jpeg: bytes) -> FaceFinding:
        """Ask the vendor: `live-97` by the vendor, or `not-live-12` with a shortcoming; the number is its score.

        Raises `EvidenceError` (`photo-broken`), and `FaceServiceUnavailable` and `FaceServiceRefused` with the codes
        of `VendorCall.ask`.
        """
        photo_of(photo_jpeg)
        answer = self._call.ask(photo_jpeg, media_type="image/jpeg", members=("outcome", "score", "reference"))
        outcome, score = answer.word("outcome", _LIVE, _NOT_LIVE), answer.number("score", 0, 100)
        return FaceFinding(
            f"{outcome}-{score}",
            self._by,
            (_NOT_A_LIVING_FACE,) if outcome == _NOT_LIVE else (),
            answer.reference("reference"),
        )
