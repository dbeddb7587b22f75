"""How the work of judging grows with the signatures: counted in calls, which are the same on every machine."""

from __future__ import annotations

import io
import sys
from types import FrameType

import pytest

from bench.signed_files import signed_many_times
from ca.trust import TrustAnchor, TrustStore
from esign.verify import verify
from tests.fuzz.make_seeds import AT, Signing


def calls_while_judging(document: bytes, trust: TrustStore) -> int:
    """How many functions of ours and of the libraries in Python are called."""
    counted = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event == "call"

    sys.setprofile(count)
    try:
        report = verify(io.BytesIO(document), name="x", trust=trust, at=AT)
    finally:
        sys.setprofile(None)
    assert report.conclusion == "TOTAL-PASSED", report.findings
    return counted


@pytest.fixture(scope="module")
def signing() -> Signing:
    return Signing()


def test_fifty_signatures_take_no_more_than_nine_times_the_calls_of_ten(signing: Signing) -> None:
    """Five times would be in step. What became of a field is looked at once; walking over the fields of each signed
    revision is what still grows with the square: a tenth of the calls at ten, and cheap ones."""
    trust = TrustStore((TrustAnchor(signing.root.der),))
    ten, fifty = (calls_while_judging(signed_many_times(signing, count), trust) for count in (10, 50))
    assert fifty < 9 * ten
