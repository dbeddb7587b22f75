"""Comparing one revision after another with the present one finds what each comparison finds alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esign.verify.changes.between import changes_between
from esign.verify.changes.change import Change, ChangeKind
from esign.verify.changes.series import Series
from esign.verify.reading.document import PdfFile
from esign.verify.reading.objects import Ref
from tests.unit.verify.written_revisions import document, opened, revised

CATALOG = b"<< /Type /Catalog /Pages 2 0 R /AcroForm 4 0 R >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Resources 9 0 R /Annots [%s] >>"
FORM = b"<< /Fields [5 0 R 6 0 R 7 0 R 8 0 R] /DR << /Font << /A 12 0 R >> >> /DA (/A 9 Tf) >>"
SIGNATURE_FIELD = b"<< /FT /Sig /T (s%d) /Subtype /Widget /Rect [0 0 %d 9] /P 3 0 R %s >>"
TEXT_FIELD = b"<< /FT /Tx /T (t) /Subtype /Widget /Rect [0 0 9 9] /V %s /AP << /N 11 0 R >> >>"
SIGNATURE = b"<< /Type /Sig /Contents <%02d> /ByteRange [0 1 2 %d] /Lock 12 %d R >>"

references = st.sampled_from([b"10 0 R", b"11 0 R", b"12 0 R", b"12 1 R", b"13 0 R", b"14 0 R", b"9 0 R"])
entries = st.lists(
    st.tuples(st.sampled_from([b"/V", b"/Lock", b"/AP", b"/MK", b"/Kids [13 0 R] /X", b"/AA", b"/DA"]), references),
    max_size=3,
    unique_by=lambda entry: entry[0],
).map(lambda chosen: b" ".join(b" ".join(entry) for entry in chosen))
signature_fields = st.builds(
    lambda number, width, more: SIGNATURE_FIELD % (number, width, more),
    st.integers(1, 2),
    st.sampled_from([9, 9, 0]),
    entries,
)
text_fields = st.sampled_from([b"(a)", b"(b)", b"13 0 R", b"12 1 R"]).map(lambda value: TEXT_FIELD % value)
pages = st.lists(st.sampled_from([b"5 0 R", b"6 0 R", b"8 0 R", b"13 0 R", b"15 0 R"]), max_size=4, unique=True).map(
    lambda annotations: PAGE % b" ".join(annotations)
)
others = st.one_of(
    st.builds(lambda contents, end, generation: SIGNATURE % (contents, end, generation), *[st.integers(0, 1)] * 3),
    references.map(lambda reference: b"<< /N %s /Next 14 0 R >>" % reference),
    references.map(lambda reference: b"[%s (x)]" % reference),
    st.sampled_from([b"(text)", b"<< /Type /Font >>", b"null"]),
)
rewritten = st.one_of(
    st.tuples(st.integers(5, 7), signature_fields),
    st.tuples(st.integers(5, 8), text_fields),
    st.tuples(st.just(3), pages),
    st.tuples(st.integers(9, 15), others),
    st.tuples(st.just(4), st.just(FORM)),
)
updates = st.lists(
    st.tuples(st.lists(rewritten, min_size=1, max_size=3).map(dict), st.booleans(), st.integers(9, 15)),
    min_size=2,
    max_size=6,
)


def written(first: tuple[bytes, ...], later: list[tuple[dict[int, bytes], bool, int]]) -> bytes:
    """A document and its updates; some take an object back to where it lay in the first revision."""
    data = document(CATALOG, PAGES, PAGE % b"5 0 R 6 0 R", FORM, *first)
    for objects, takes_back, number in later:
        kept = {key: value for key, value in objects.items() if not (takes_back and key == number)}
        data = revised(data, kept, reused={number: data.index(b"\n%d 0 obj" % number) + 1} if takes_back else None)
    return data


def alone(data: bytes, end: int) -> tuple[Change, ...]:
    file = opened(data)
    return changes_between(file.revision(end), file.present)


def of_other_generation(data: bytes) -> set[Change]:
    """Ambiguous references: of those in the present document, a series knows more than it meets itself."""
    numbers = range(1, opened(data).present.trailer["Size"])  # type: ignore[arg-type]
    return {Change(ChangeKind.AMBIGUOUS, f"reference {number} 1") for number in numbers}


def in_series(file: PdfFile) -> list[tuple[Change, ...]]:
    series = Series()
    return [changes_between(file.revision(end), file.present, series) for end in file.revision_ends[:-1]]


@given(
    st.tuples(signature_fields, signature_fields, signature_fields, text_fields, *[others] * 7),
    updates,
)
def test_a_series_of_comparisons_finds_what_each_one_finds_alone(
    first: tuple[bytes, ...], later: list[tuple[dict[int, bytes], bool, int]]
) -> None:
    data = written(first, later)
    file = opened(data)
    found = in_series(file)
    assert len(found) == len(later)
    for end, changes in zip(file.revision_ends, found, strict=False):
        assert set(changes) - of_other_generation(data) == set(alone(data, end)) - of_other_generation(data)
        assert set(changes) >= set(alone(data, end))


def signed_in_turn(*odd: bytes, resources: bytes = b"<< >>") -> bytes:
    """Three empty fields, of which the second and the third are signed, one revision each. `odd`: more entries."""
    more = [*odd, b"", b"", b""]
    fields = [SIGNATURE_FIELD % (number, 0, more[number - 1]) for number in (1, 2, 3)]
    data = document(CATALOG, PAGES, PAGE % b"5 0 R 6 0 R 7 0 R", FORM, *fields, TEXT_FIELD % b"(a)", resources)
    for number in (6, 7):
        signed = SIGNATURE_FIELD % (number - 4, 0, more[number - 5] + b" /V %d 0 R" % (number + 10))
        data = revised(data, {number: signed, number + 10: SIGNATURE % (number, number, 0)})
    return data


def test_what_became_of_a_field_is_looked_at_once() -> None:
    file, series = opened(signed_in_turn()), Series()
    changes_between(file.revision(file.revision_ends[0]), file.present, series)
    before = dict(series.outcomes)
    changes_between(file.revision(file.revision_ends[1]), file.present, series)
    same = [known.old.name for identity, known in series.outcomes.items() if before[identity] is known]
    assert same == ["s1", "s3", "t"]


def test_what_rests_on_something_that_lay_elsewhere_in_between_is_looked_at_again() -> None:
    turned = SIGNATURE_FIELD % (1, 0, b"/MK 12 0 R")
    data = revised(revised(signed_in_turn(), {5: turned, 12: b"<< /R 90 >>"}), {12: b"<< /R 180 >>"})
    file = opened(data)
    assert in_series(file) == [alone(data, end) for end in file.revision_ends[:-1]]


@pytest.mark.parametrize(
    "document_with_an_odd_reference",
    [
        signed_in_turn(b"/Lock 1 1 R"),
        signed_in_turn(b"", b"", b"/Lock 1 1 R"),
        signed_in_turn(resources=b"<< /A 1 1 R >>"),
    ],
    ids=["of a field that is never signed", "of the field that is signed last", "of the page"],
)
def test_a_reference_that_was_odd_from_the_beginning_is_ambiguous_after_no_signature(
    document_with_an_odd_reference: bytes,
) -> None:
    """It is followed in the first comparison alone; the later one takes over what that found."""
    file = opened(document_with_an_odd_reference)
    found = in_series(file)
    assert Ref(1, 1) in file.present.of_other_generation
    for changes in found:
        assert ChangeKind.AMBIGUOUS not in {change.kind for change in changes}
