"""The text of a page, and where a field is on it, read in quarantine."""

from __future__ import annotations

import pytest

from esign.ceremony.quarantined import FieldOnPage, find_field, quarantine_in_process, read_page_text
from esign.errors import DocumentRefused
from esign.infra.quarantine import Quarantine, QuarantineFailed
from esign.infra.quarantine.port import Answer
from esign.pades.typeface import Typeface
from tests.documents import contract_with_field


@pytest.fixture(scope="module")
def quarantine(typeface: Typeface) -> Quarantine:
    return quarantine_in_process(typeface)


class Taken:
    """A quarantine whose task was taken over: it answers what it likes."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def run(self, *_: object, **__: object) -> Answer:
        return self._answer


def test_a_pages_text_comes_line_by_line(quarantine: Quarantine, contract: bytes) -> None:
    assert read_page_text(quarantine, contract, 2).split("\n") == ["第二页", "合同到此为止。"]
    with pytest.raises(DocumentRefused) as refused:
        read_page_text(quarantine, contract, 3)
    assert refused.value.code == "page-missing"
    with pytest.raises(DocumentRefused):
        read_page_text(quarantine, b"%PDF-1.7\nnothing", 1)


def test_a_field_is_found_as_it_is_seen(quarantine: Quarantine) -> None:
    document = contract_with_field("Signature1", (119, 421, 238, 505))
    assert find_field(quarantine, document, "Signature1") == FieldOnPage(1, 2000, 4002, 2000, 998)
    assert find_field(quarantine, document, "Signature2") is None
    assert find_field(quarantine, contract_with_field(separate_widget=False, turned=90), "Signature1") is None


def test_what_a_task_that_was_taken_over_answers_is_a_strangers() -> None:
    told = read_page_text(Taken(Answer(None, ("a\u202eb\x00\xa0c\r\nd".encode() + b"\xff",))), b"", 1)  # type: ignore[arg-type]
    assert "\u202e" not in told
    assert "\x00" not in told
    assert told.startswith("ab")
    for box in ([1, 2, 3], [1, 2, 3, 10_001], [1, 2, 3, -4], ["1", 2, 3, 4], None):
        with pytest.raises(QuarantineFailed, match="its answer has no form"):
            find_field(Taken(Answer({"page": 1, "box": box})), b"", "x")  # type: ignore[arg-type]
