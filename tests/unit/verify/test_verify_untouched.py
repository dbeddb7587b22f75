"""What two revisions share is not compared: only if it is the same, with everything it leads to."""

from __future__ import annotations

from esign.verify.changes.between import changes_between
from esign.verify.changes.change import ChangeKind
from esign.verify.reading.document import PdfFile
from esign.verify.reading.objects import Ref
from esign.verify.reading.places import Places
from esign.verify.reading.untouched import Untouched
from tests.unit.verify.written_revisions import document, opened, revised

PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources %s >>"


def untouched(file: PdfFile, number: int, old: int = 0, places: Places | None = None) -> bool:
    """Whether the object is untouched between revision `old` and the last."""
    revision = file.revision(file.revision_ends[old])
    return Untouched(revision, file.present, places or Places()).holds(Ref(number, 0))


def chain() -> bytes:
    return document(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Kids [] >>", b"<< /Next 4 0 R >>", b"[ 5 0 R ]", b"(end)"
    )


def test_an_object_is_touched_by_a_change_of_what_it_leads_to_and_of_nothing_else() -> None:
    file = opened(revised(chain(), {5: b"(END)"}))
    assert not untouched(file, 3)
    assert not untouched(file, 5)
    assert untouched(file, 2)


def test_a_circle_is_touched_if_one_of_it_is() -> None:
    circle = document(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< >>", b"<< /Next 4 0 R >>", b"<< /Next 3 0 R /Last 5 0 R >>", b"(end)"
    )
    assert untouched(opened(revised(circle, {2: b"<< /A 1 >>"})), 3)
    changed = opened(revised(circle, {5: b"(END)"}))
    assert not untouched(changed, 3)
    assert not untouched(changed, 4)


def test_an_object_that_came_after_what_refers_to_it_is_a_touch() -> None:
    missing = document(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Metadata 9 0 R >>")
    assert not untouched(opened(revised(missing, {9: b"<< /A 1 >>"})), 2)


def test_a_step_that_points_ends_at_a_place_and_touches_where_the_place_is_another() -> None:
    data = document(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< >>", b"<< /Pg 4 0 R >>", b"<< /A 1 >>")
    file = opened(revised(data, {4: b"<< /A 2 >>"}))
    page = Ref(4, 0)
    assert untouched(file, 3, places=Places({page: 1}, {page: 1}))
    assert not untouched(file, 3, places=Places({page: 1}, {page: 2}))
    assert not untouched(file, 3)


def test_what_a_page_inherits_from_a_node_that_it_does_not_name_is_compared() -> None:
    """The page names a parent of its own, so nothing leads from it to the node that gives it what it draws with."""
    signed = document(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        PAGES % b"<< /XObject << /Amount 5 0 R >> >>",
        b"<< /Type /Page /Parent 4 0 R /MediaBox [0 0 9 9] >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"(100)",
        b"(999)",
    )
    file = opened(revised(signed, {2: PAGES % b"<< /XObject << /Amount 6 0 R >> >>"}))
    assert untouched(file, 3)
    found = changes_between(file.revision(file.revision_ends[0]), file.present)
    assert ChangeKind.CONTENT in {change.kind for change in found}


def test_what_was_found_untouched_is_looked_at_again_where_it_moved_in_between() -> None:
    """The second revision shows another object; the third takes the first one back."""
    first = chain()
    second = revised(first, {5: b"(END)"})
    file = opened(revised(second, {2: b"<< /A 1 >>"}, reused={5: first.index(b"5 0 obj")}))
    earliest, between = (file.revision(end) for end in file.revision_ends[:2])
    found = Untouched(earliest, file.present, Places())
    assert found.holds(Ref(3, 0))
    assert not Untouched(between, file.present, Places(), found).holds(Ref(3, 0))


def test_what_was_found_untouched_stays_so_for_a_later_signature() -> None:
    second = revised(chain(), {2: b"<< /A 1 >>"})
    file = opened(revised(second, {2: b"<< /A 2 >>"}))
    earliest, between = (file.revision(end) for end in file.revision_ends[:2])
    found = Untouched(earliest, file.present, Places())
    assert found.holds(Ref(3, 0))
    spent = file.budget.comparisons
    later = Untouched(between, file.present, Places(), found)
    assert later.holds(Ref(3, 0))
    assert later.holds(Ref(5, 0))
    assert file.budget.comparisons == spent
    assert not later.holds(Ref(2, 0))
