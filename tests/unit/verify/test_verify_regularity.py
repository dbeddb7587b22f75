"""Updates that are written strictly, and those that some readers would put together otherwise."""

from __future__ import annotations

import io

import pytest

from esign.verify.changes.regularity import is_closed, is_put_together_otherwise, is_strict
from esign.verify.limits import Limits
from esign.verify.reading.document import PdfFile
from tests.attacks.contracts import CONTENT, FREE, approved, objects, unsigned
from tests.attacks.honest_updates import FILLED
from tests.attacks.incremental_saving import FORGED
from tests.attacks.repair_attacks import with_a_twin
from tests.attacks.writing import Form, stream, update, written


def read(document: bytes) -> PdfFile:
    return PdfFile(io.BytesIO(document), Limits())


@pytest.mark.parametrize("form", ["table", "stream", "packed"])
def test_an_update_as_the_standard_says_is_strict(form: Form) -> None:
    once = update(approved(), FILLED, form=form)
    assert is_strict(read(once), len(approved()))
    assert is_strict(read(update(once, {FREE: b"[(a (b) c) <61> /A#20 -.5 null]"}, form="stream")), len(approved()))


@pytest.mark.parametrize(
    "value", [b"<< /A 1 % comment\n>>", b"(a (b (c)))", b"1 00 R", b"/A /B", b"<< /A 1 >> x", b"<6z>", b"truey"]
)
def test_values_that_readers_may_take_otherwise_are_not(value: bytes) -> None:
    assert not is_strict(read(update(approved(), {FREE: value})), len(approved()))


@pytest.mark.parametrize("behind", [b" " * 1100, b"\n% comment\n", b"\n900 0 obj\nnull\nendobj\n"])
def test_what_stands_behind_the_end_is_not(behind: bytes) -> None:
    assert not is_strict(read(update(approved(), FILLED) + behind), len(approved()))


def test_a_file_whose_last_objects_are_in_force_is_put_together_alike() -> None:
    assert not is_put_together_otherwise(read(update(approved(), {CONTENT: objects()[CONTENT]})))


def test_a_file_with_a_later_object_that_is_not_in_force_is_put_together_otherwise() -> None:
    assert is_put_together_otherwise(read(with_a_twin()))


def test_so_is_one_with_an_object_that_was_freed_and_one_inside_a_stream() -> None:
    assert is_put_together_otherwise(read(update(approved(), {}, freed={CONTENT: 1})))
    hidden, _ = written({CONTENT: FORGED}, 0)
    assert is_put_together_otherwise(read(update(approved(), {FREE: stream(hidden)})))


@pytest.mark.parametrize(
    ("value", "closed"),
    [
        (stream(b"data"), True),
        (stream(b"data").replace(b"/Length 4", b"/Length 3"), False),
        (stream(b"data").replace(b"/Length 4", b""), False),
        (b"<< >>", True),
        (b"<< >> endobj x", True),
        (b"<< >> x", False),
        (b"no value", True),
    ],
)
def test_an_object_is_closed_where_all_readers_close_it(value: bytes, closed: bool) -> None:
    revision = read(update(unsigned(), {FREE: value})).present
    assert is_closed(revision, revision.entries[FREE].offset) is closed
