"""The quarantine without processes keeps to the port: same answers, same errors, same form of what crosses."""

from __future__ import annotations

import pytest
from hostile_tasks import TABLE

from esign.errors import DocumentRefused, SigningError
from esign.infra.quarantine import InProcessQuarantine, QuarantineFailed


@pytest.fixture(scope="module")
def quarantine() -> InProcessQuarantine:
    return InProcessQuarantine(TABLE, setup={"word": "ready"})


def test_what_crosses_is_json_on_the_other_side(quarantine: InProcessQuarantine) -> None:
    answer = quarantine.run("echo", {"value": (1, "二")}, [b"x"])
    assert answer.value == [1, "二"]
    assert answer.attachments == (b"x",)


def test_what_is_no_json_is_refused_before_the_task(quarantine: InProcessQuarantine) -> None:
    with pytest.raises(TypeError):
        quarantine.run("echo", {"value": b"x"})  # type: ignore[dict-item]


def test_errors_are_those_that_a_process_would_hand_over(quarantine: InProcessQuarantine) -> None:
    with pytest.raises(DocumentRefused) as refused:
        quarantine.run("refuses", {})
    assert refused.value.cause == "第一页 is �[2Jencrypted"
    with pytest.raises(SigningError):
        quarantine.run("lowers", {})
    with pytest.raises(QuarantineFailed) as stumbled:
        quarantine.run("stumbles", {})
    assert stumbled.value.code == "file-breaks-reader"


def test_it_does_not_claim_to_confine(quarantine: InProcessQuarantine) -> None:
    assert not quarantine.confinement.network_closed
    assert not quarantine.confinement.complete
