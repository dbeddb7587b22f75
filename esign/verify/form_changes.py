"""Changes of the form: fields filled, signed, created, removed or altered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from esign.verify.change import Change, ChangeKind
from esign.verify.comparison import Comparison
from esign.verify.fields import Field, form_fields
from esign.verify.objects import PdfDict, PdfValue, Ref
from esign.verify.revision import Revision

_LINKS: Final = frozenset({"Parent", "Kids", "P", "StructParent", "Type"})
_APPEARANCE: Final = frozenset({"AP", "AS", "MK", "BS", "Border", "DA", "Q", "RV"})
_VALUE: Final = frozenset({"V", "I", "DV", "M"})
_SIGNED: Final = frozenset({"V", "AP", "AS", "M", "MK", "DA", "DR", "F", "Ff", "TU", "Q", "SV", "FT"})
_HIDING: Final = 0b100011


class FormComparison:
    """Compares the forms of two revisions, field by field, by their full names."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._old = _by_name(comparison.old)
        self._new = _by_name(comparison.new)
        self._old_widgets = _widgets(self._old)
        self._new_widgets = _widgets(self._new)

    def field_of_old_widget(self, widget: PdfValue) -> str | None:
        return self._old_widgets.get(widget) if isinstance(widget, Ref) else None

    def field_of_new_widget(self, widget: PdfValue) -> str | None:
        return self._new_widgets.get(widget) if isinstance(widget, Ref) else None

    def is_new_widget(self, widget: PdfValue) -> bool:
        """Whether the widget belongs to a signature field, or to a field that is reported as created anyway."""
        name = self.field_of_new_widget(widget)
        if name is None:
            return False
        return name not in self._old or self._new[name].kind == "Sig"

    def changes(self) -> Iterator[Change]:
        """Return the changes of the form and its fields."""
        yield from self._form_changes()
        for name, field in self._old.items():
            if name not in self._new:
                yield Change(ChangeKind.FIELD_REMOVED, "AcroForm/Fields", name)
            elif self._new[name].kind != field.kind:
                yield Change(ChangeKind.FIELD_ALTERED, "AcroForm/Fields", name)
            elif field.kind == "Sig":
                yield from self._signature_field_changes(field, self._new[name])
            else:
                yield from self._field_changes(field, self._new[name])
        for name, field in self._new.items():
            if name not in self._old:
                yield from self._created(field)

    def _form_changes(self) -> Iterator[Change]:
        old = self._comparison.old.dictionary(self._comparison.old.catalog.get("AcroForm"))
        new = self._comparison.new.dictionary(self._comparison.new.catalog.get("AcroForm"))
        for key in sorted((old.keys() | new.keys()) - {"Fields", "SigFlags", "DA", "NeedAppearances", "Q"}):
            if key == "DR":
                yield from self._resource_changes(old, new)
            elif where := self._comparison.difference(old.get(key), new.get(key), f"AcroForm/{key}"):
                yield Change(ChangeKind.CONTENT, where)

    def _resource_changes(self, old: PdfDict, new: PdfDict) -> Iterator[Change]:
        """Viewers draw fields with the form's fonts: more of them are no change, other glyphs under a name are."""
        before = self._comparison.old.dictionary(old.get("DR"))
        after = self._comparison.new.dictionary(new.get("DR"))
        kept = self._comparison.old.dictionary(before.get("Font"))
        now = self._comparison.new.dictionary(after.get("Font"))
        for name in sorted(kept.keys() & now.keys()):
            if where := self._comparison.difference(kept[name], now[name], f"AcroForm/DR/Font/{name}"):
                yield Change(ChangeKind.CONTENT, where)

    def _created(self, field: Field) -> Iterator[Change]:
        revision = self._comparison.new
        if field.kind != "Sig":
            yield Change(ChangeKind.FIELD_CREATED, "AcroForm/Fields", field.name)
            return
        value = revision.dictionary(field.value)
        is_timestamp = value.get("SubFilter") == "ETSI.RFC3161" and not _is_visible(revision, field)
        yield Change(ChangeKind.TIMESTAMPING if is_timestamp else ChangeKind.SIGNING, "AcroForm/Fields", field.name)

    def _signature_field_changes(self, old: Field, new: Field) -> Iterator[Change]:
        comparison = self._comparison
        path = f"field {old.name}"
        was_signed = comparison.old.resolve(old.value) is not None
        is_signed = comparison.new.resolve(new.value) is not None
        if was_signed and comparison.difference(old.value, new.value, f"{path}/V"):
            yield Change(ChangeKind.SIGNATURE_ALTERED, f"{path}/V", old.name)
        for before, after in self._pairs(old, new):
            for key in sorted((before.keys() | after.keys()) - _LINKS - {"V"}):
                if where := comparison.difference(before.get(key), after.get(key), f"{path}/{key}"):
                    named = self._signature_key_change(key, before, after, was_signed=was_signed, is_signed=is_signed)
                    if named is not None:
                        yield Change(named, where, old.name)
        if len(old.widgets) != len(new.widgets):
            yield Change(ChangeKind.FIELD_ALTERED, f"{path}/Kids", old.name)
        if is_signed and not was_signed:
            sub_filter = comparison.new.dictionary(new.value).get("SubFilter")
            is_timestamp = sub_filter == "ETSI.RFC3161" and not _is_visible(comparison.new, new)
            yield Change(ChangeKind.TIMESTAMPING if is_timestamp else ChangeKind.SIGNING, f"{path}/V", old.name)

    def _signature_key_change(
        self, key: str, before: PdfDict, after: PdfDict, *, was_signed: bool, is_signed: bool
    ) -> ChangeKind | None:
        """Name the change of one entry of a signature field or its widget; None if it is of no account."""
        if key == "Rect":
            return ChangeKind.SIGNATURE_MOVED
        if key == "Ff" or (key == "F" and _shown_alike(before.get(key), after.get(key))):
            return None  # making a field read-only is part of signing it
        if was_signed:
            return ChangeKind.SIGNATURE_ALTERED
        if key not in _SIGNED:
            return ChangeKind.FIELD_ALTERED
        return None if is_signed else ChangeKind.FORM_FILLING

    def _field_changes(self, old: Field, new: Field) -> Iterator[Change]:
        path = f"field {old.name}"
        value_changed = self._comparison.difference(old.value, new.value, f"{path}/V")
        if value_changed:
            yield Change(ChangeKind.FORM_FILLING, value_changed, old.name)
        if len(old.widgets) > len(new.widgets):
            yield Change(ChangeKind.WIDGET_REMOVED, f"{path}/Kids", old.name)
        if len(old.widgets) < len(new.widgets):
            yield Change(ChangeKind.FIELD_CREATED, f"{path}/Kids", old.name)
        for before, after in self._pairs(old, new):
            yield from widget_changes(
                self._comparison, before, after, path, old.name, value_changed=bool(value_changed)
            )

    def _pairs(self, old: Field, new: Field) -> Iterator[tuple[PdfDict, PdfDict]]:
        """The field's dictionary and those of its widgets, before and after."""
        yield old.dictionary, new.dictionary
        for before in old.widgets:
            if before != old.ref and before is not old.dictionary and before in new.widgets:
                yield self._comparison.old.dictionary(before), self._comparison.new.dictionary(before)


def widget_changes(
    comparison: Comparison, before: PdfDict, after: PdfDict, path: str, name: str, *, value_changed: bool = False
) -> Iterator[Change]:
    """Return what changed in a field's or widget's dictionary beside its value."""
    for key in sorted((before.keys() | after.keys()) - _LINKS):
        where = comparison.difference(before.get(key), after.get(key), f"{path}/{key}")
        if not where:
            continue
        if key in _APPEARANCE and not value_changed:
            yield Change(ChangeKind.APPEARANCE_ALONE, where, name)
        elif key in _APPEARANCE or key in _VALUE:
            yield Change(ChangeKind.FORM_FILLING, where, name)
        else:
            yield Change(ChangeKind.FIELD_ALTERED, where, name)


def _by_name(revision: Revision) -> dict[str, Field]:
    named: dict[str, Field] = {}
    for field in form_fields(revision):
        named.setdefault(field.name, field)
    return named


def _widgets(fields: dict[str, Field]) -> dict[Ref, str]:
    return {
        widget: name
        for name, field in fields.items()
        for widget in (field.ref, *field.widgets)
        if isinstance(widget, Ref)
    }


def _shown_alike(before: PdfValue, after: PdfValue) -> bool:
    """Whether two annotation flags hide or show alike (Invisible, Hidden, NoView)."""
    old, new = (flags if isinstance(flags, int) else 0 for flags in (before, after))
    return old & _HIDING == new & _HIDING


def _is_visible(revision: Revision, field: Field) -> bool:
    for widget in field.widgets:
        numbers = [revision.resolve(item) for item in revision.array(revision.dictionary(widget).get("Rect"))]
        corners = [float(item) for item in numbers if isinstance(item, int | float)]
        if len(corners) == 4 and corners[0] != corners[2] and corners[1] != corners[3]:
            return True
    return False
