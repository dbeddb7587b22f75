"""Changes of the form: fields filled, signed, created, removed or altered."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Final

from esign.verify.changes.change import Change, ChangeKind
from esign.verify.changes.comparison import Comparison
from esign.verify.changes.default_looks import look_changes
from esign.verify.changes.series import FieldOutcome
from esign.verify.changes.widgets import (
    ACTIONS,
    APPEARANCE,
    LINKS,
    acts,
    is_relinked,
    is_unseen,
    is_widget,
    shows_nothing,
    widget_changes,
)
from esign.verify.reading.fields import Field, form_fields, is_told_by_value, text_string
from esign.verify.reading.objects import PdfDict, PdfValue, Ref
from esign.verify.reading.revision import Revision

_SIGNED: Final = frozenset({"V", "AP", "AS", "M", "MK", "DA", "DR", "F", "Ff", "TU", "Q", "SV", "FT"})
_HIDING: Final = 0b100011
_FLAGS: Final = 0xFFFF
_NOT_SHOWN: Final = frozenset({"Fields", "SigFlags"})
_SHOWN_BY_FIELDS: Final = frozenset({"DA", "NeedAppearances", "Q"})
_MORE_IS_NO_CHANGE: Final = frozenset({"Font", "Encoding"})
_LAST_SIGNATURE: Final = ("XObject", "FRM")
"""Where some writers keep what the last signature shows: part of signing, and changed by nothing else."""


class FormComparison:
    """Compares the forms of two revisions, field by field. A field is known by its full name and its object."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._old = _by_identity(comparison.old)
        self._new = _by_identity(comparison.new)
        self._signatures = {self._signature(comparison.old, field) for field in self._old.values()} - {None}
        self._old_widgets = _widgets(self._old)
        self._new_widgets = _widgets(self._new)
        self._judged = {
            widget
            for identity in self._old.keys() & self._new.keys()
            for widget in self._old[identity].objects & self._new[identity].objects
        }

    def field_of_old_widget(self, widget: PdfValue) -> str | None:
        found = self._old_widgets.get(widget) if isinstance(widget, Ref) else None
        return found[1].name if found else None

    def field_of_new_widget(self, widget: PdfValue) -> str | None:
        found = self._new_widgets.get(widget) if isinstance(widget, Ref) else None
        return found[1].name if found else None

    def judges(self, widget: PdfValue) -> bool:
        """Whether `changes` compares this widget: it is one of the same field, before and after."""
        return widget in self._judged if isinstance(widget, Ref) else False

    def is_for_signing(self, old_widget: PdfValue) -> bool:
        """Whether a widget was one of a signature field."""
        found = self._old_widgets.get(old_widget) if isinstance(old_widget, Ref) else None
        return found is not None and found[1].kind == "Sig"

    def shows_signature(self, old_widget: PdfValue) -> bool:
        """Whether a widget was one of a signature field that was signed."""
        found = self._old_widgets.get(old_widget) if isinstance(old_widget, Ref) else None
        if found is None or found[1].kind != "Sig":
            return False
        return self._comparison.old.resolve(found[1].value) is not None

    def is_new_signature(self, widget: PdfValue) -> bool:
        """Whether a widget is the only one of a signed field that was not there before."""
        found = self._new_widgets.get(widget) if isinstance(widget, Ref) else None
        if found is None or found[0] in self._old or found[1].kind != "Sig" or _sole_widget(found[1]) != widget:
            return False
        return self._comparison.new.resolve(found[1].value) is not None

    def may_be_placed(self, widget: PdfValue) -> bool:
        """Whether a widget that was on no page may be put on one.

        It may if it is the only widget of a field that `changes` reports as created, or if its field was signed
        meanwhile, or if it cannot be seen.
        """
        found = self._new_widgets.get(widget) if isinstance(widget, Ref) else None
        if found is None:
            return False
        identity, field = found
        if identity not in self._old:
            return _sole_widget(field) == widget
        if field.kind != "Sig" or not self.judges(widget):
            return False
        dictionary = self._comparison.new.dictionary(widget)
        return is_unseen(self._comparison.new, dictionary) or self._is_newly_signed(self._old[identity], field)

    def changes(self) -> Iterator[Change]:
        """Return the changes of the form and its fields."""
        series = self._comparison.series
        outcomes, series.outcomes = series.outcomes_since(), {}
        yield from self._form_changes()
        kept = [(field, self._new[identity]) for identity, field in self._old.items() if identity in self._new]
        yield from look_changes(self._comparison, kept)
        for identity, field in self._old.items():
            now = self._new.get(identity)
            if now is None:
                yield Change(ChangeKind.FIELD_REMOVED, "AcroForm/Fields", field.name)
                continue
            yield from self._outcome(outcomes.get(identity), identity, field, now)
        for identity, field in self._new.items():
            if identity not in self._old:
                yield from self._created(field)

    def _outcome(self, known: FieldOutcome | None, identity: Hashable, old: Field, new: Field) -> tuple[Change, ...]:
        """Return what became of a field: as `known`, where that holds still."""
        revision, is_borrowed = self._comparison.old, self._is_borrowed(new)
        if known and (known.old is old and known.new is new and known.is_borrowed is is_borrowed):
            revision.of_other_generation |= known.other_generation
        else:
            self._comparison.took_known = False
            with revision.noting() as followed:
                changes = tuple(self._kept_changes(old, new))
            if self._comparison.took_known:
                return changes
            numbers = frozenset(ref.number for ref in followed)
            others = frozenset(followed & revision.of_other_generation)
            known = FieldOutcome(old, new, is_borrowed, numbers, others, changes)
        self._comparison.series.outcomes[identity] = known
        return known.changes

    def _kept_changes(self, old: Field, new: Field) -> Iterator[Change]:
        """The changes of a field that is still there."""
        if self._is_untouched(old, new):
            return
        yield from self._parent_changes(old, new)
        if new.kind != old.kind:
            yield Change(ChangeKind.FIELD_ALTERED, "AcroForm/Fields", old.name)
        if old.kind == "Sig":
            yield from self._signature_field_changes(old, new)
        else:
            yield from self._field_changes(old, new)

    def _form_changes(self) -> Iterator[Change]:
        old = self._comparison.old.dictionary(self._comparison.old.catalog.get("AcroForm"))
        new = self._comparison.new.dictionary(self._comparison.new.catalog.get("AcroForm"))
        for key in sorted((old.keys() | new.keys()) - _NOT_SHOWN - _SHOWN_BY_FIELDS):
            if key == "DR":
                yield from self._resource_changes(old, new)
            elif where := self._comparison.difference(old.get(key), new.get(key), f"AcroForm/{key}"):
                yield Change(ChangeKind.CONTENT, where)

    def _resource_changes(self, old: PdfDict, new: PdfDict) -> Iterator[Change]:
        """Viewers draw fields with the form's fonts: more of them are no change, anything else is."""
        before = self._comparison.old.dictionary(old.get("DR"))
        after = self._comparison.new.dictionary(new.get("DR"))
        for key in sorted(before.keys() | after.keys()):
            path = f"AcroForm/DR/{key}"
            kept = self._comparison.old.dictionary(before.get(key))
            now = self._comparison.new.dictionary(after.get(key))
            if key == "ProcSet" or not (kept or now):
                continue
            for name in sorted(kept if key in _MORE_IS_NO_CHANGE else kept.keys() | now.keys()):
                if where := self._comparison.difference(kept.get(name), now.get(name), f"{path}/{name}"):
                    of_signature = (key, name) == _LAST_SIGNATURE
                    yield Change(ChangeKind.SIGNING if of_signature else ChangeKind.CONTENT, where)

    def _parent_changes(self, old: Field, new: Field) -> Iterator[Change]:
        """What fields inherit: type and value are compared with the fields themselves."""
        path = f"field {old.name}/Parent"
        if old.parents != new.parents:
            yield Change(ChangeKind.FIELD_ALTERED, path, old.name)
            return
        for parent in old.parents:
            before, after = self._comparison.old.dictionary(parent), self._comparison.new.dictionary(parent)
            for change in widget_changes(self._comparison, before, after, path, old.name, value_changed=True):
                if change.kind is not ChangeKind.FORM_FILLING:
                    yield change

    def _created(self, field: Field) -> Iterator[Change]:
        revision = self._comparison.new
        path = "AcroForm/Fields"
        if any(acts(revision.dictionary(item)) for item in (field.dictionary, *field.widgets, *field.parents)):
            yield Change(ChangeKind.CONTENT, path, field.name)
        sole = _sole_widget(field)
        if field.kind != "Sig" or (sole is None and field.widgets) or self._is_borrowed(field):
            yield Change(ChangeKind.FIELD_CREATED, path, field.name)
        elif revision.resolve(field.value) is not None:
            yield from self._signing(field, path)
        elif shows_nothing(revision, revision.dictionary(sole)):
            yield Change(ChangeKind.FORM_FILLING, path, field.name)
        else:
            yield Change(ChangeKind.FIELD_CREATED, path, field.name)

    def _signing(self, field: Field, path: str) -> Iterator[Change]:
        """A field that got a value: of a document timestamp nothing is to be seen, or it is judged as a signature."""
        revision = self._comparison.new
        is_timestamp = revision.resolve(revision.dictionary(field.value).get("SubFilter")) == "ETSI.RFC3161"
        unseen = all(is_unseen(revision, revision.dictionary(item)) for item in _drawn(field))
        kind = ChangeKind.TIMESTAMPING if is_timestamp and unseen else ChangeKind.SIGNING
        yield Change(kind, path, field.name)

    def _is_borrowed(self, field: Field) -> bool:
        """Whether a field shows a signature that was there already: it was not made with what this field shows."""
        return self._signature(self._comparison.new, field) in self._signatures

    def _signature(self, revision: Revision, field: Field) -> Hashable:
        """What tells the signature that a field shows from all others; None without one. Read once where it can be."""
        if field.kind != "Sig" or field.value is None:
            return None
        value, known = revision.dictionary(field.value), self._comparison.series.signatures
        if id(value) in known:
            return known[id(value)][1]
        found = _signature(revision, value)
        if is_told_by_value(value):
            known[id(value)] = (value, found)
        return found

    def _is_untouched(self, old: Field, new: Field) -> bool:
        """Whether field and widgets are objects that are the same in both revisions, with all they lead to.

        Widgets are asked one by one: from the field's Kids they are compared by their place. What a field inherits is
        its parents', so fields with parents are not asked.
        """
        own = old.objects
        return (
            old.ref is not None
            and not (old.parents or new.parents)
            and own == new.objects
            and len(old.widgets) == len(new.widgets)
            and all(isinstance(widget, Ref) for widget in (*old.widgets, *new.widgets))
            and all(self._comparison.is_untouched(ref, ref) for ref in own)
        )

    def _is_newly_signed(self, old: Field, new: Field) -> bool:
        was_signed = self._comparison.old.resolve(old.value) is not None
        is_signed = self._comparison.new.resolve(new.value) is not None
        return is_signed and not was_signed and not self._is_borrowed(new)

    def _signature_field_changes(self, old: Field, new: Field) -> Iterator[Change]:
        comparison = self._comparison
        path = f"field {old.name}"
        was_signed = comparison.old.resolve(old.value) is not None
        is_signed = self._is_newly_signed(old, new)
        if was_signed and comparison.difference(old.value, new.value, f"{path}/V"):
            yield Change(ChangeKind.SIGNATURE_ALTERED, f"{path}/V", old.name)
        for before, after in self._pairs(old, new):
            for key in sorted((before.keys() | after.keys()) - LINKS - {"V"}):
                if where := comparison.difference(before.get(key), after.get(key), f"{path}/{key}"):
                    named = self._signature_key_change(key, before, after, was_signed=was_signed, is_signed=is_signed)
                    if named is not None:
                        yield Change(named, where, old.name)
            if is_relinked(comparison, before, after):
                yield Change(ChangeKind.FIELD_ALTERED, f"{path}/Parent", old.name)
        if old.objects != new.objects or len(old.widgets) != len(new.widgets):
            yield Change(ChangeKind.FIELD_ALTERED, f"{path}/Kids", old.name)
        if is_signed:
            yield from self._signing(new, f"{path}/V")
        elif not was_signed and comparison.new.resolve(new.value) is not None:
            yield Change(ChangeKind.FIELD_ALTERED, f"{path}/V", old.name)

    def _signature_key_change(
        self, key: str, before: PdfDict, after: PdfDict, *, was_signed: bool, is_signed: bool
    ) -> ChangeKind | None:
        """Name the change of one entry of a signature field or its widget; None if it is of no account."""
        if key == "Rect":
            return ChangeKind.SIGNATURE_MOVED
        if key in ACTIONS:
            return ChangeKind.CONTENT
        if key == "Ff" or (key == "F" and _shown_alike(before.get(key), after.get(key))):
            return None  # making a field read-only is part of signing it
        if was_signed:
            return ChangeKind.SIGNATURE_ALTERED
        if key in _SIGNED and is_signed:
            return None
        return ChangeKind.APPEARANCE_ALONE if key in APPEARANCE else ChangeKind.FIELD_ALTERED

    def _field_changes(self, old: Field, new: Field) -> Iterator[Change]:
        path = f"field {old.name}"
        value_changed = self._comparison.difference(old.value, new.value, f"{path}/V")
        if value_changed and self._has_same_words(old, new):
            value_changed = None  # in another encoding, which is no reason to look otherwise
        if value_changed:
            yield Change(ChangeKind.FORM_FILLING, value_changed, old.name)
        if old.objects - new.objects or len(old.widgets) > len(new.widgets):
            yield Change(ChangeKind.WIDGET_REMOVED, f"{path}/Kids", old.name)
        if new.objects - old.objects or len(old.widgets) < len(new.widgets):
            yield Change(ChangeKind.FIELD_CREATED, f"{path}/Kids", old.name)
        for before, after in self._pairs(old, new):
            yield from widget_changes(
                self._comparison, before, after, path, old.name, value_changed=bool(value_changed)
            )
            if is_relinked(self._comparison, before, after):
                yield Change(ChangeKind.FIELD_ALTERED, f"{path}/Parent", old.name)

    def _has_same_words(self, old: Field, new: Field) -> bool:
        before, after = self._comparison.old.resolve(old.value), self._comparison.new.resolve(new.value)
        return isinstance(before, bytes) and isinstance(after, bytes) and text_string(before) == text_string(after)

    def _pairs(self, old: Field, new: Field) -> Iterator[tuple[PdfDict, PdfDict]]:
        """The field's dictionary and those of its widgets, before and after."""
        yield old.dictionary, new.dictionary
        for widget in sorted((old.objects & new.objects) - {old.ref}):
            yield self._comparison.old.dictionary(widget), self._comparison.new.dictionary(widget)
        yield from zip(_direct(old), _direct(new), strict=False)


def _by_identity(revision: Revision) -> dict[Hashable, Field]:
    """Fields by name and object; fields that are written inside the form, and so have no object, by name and order."""
    known: dict[Hashable, Field] = {}
    for field in form_fields(revision):
        order = 0
        while (field.name, field.ref, order) in known:
            order += 1
        known[field.name, field.ref, order] = field
    return known


def _widgets(fields: dict[Hashable, Field]) -> dict[Ref, tuple[Hashable, Field]]:
    return {widget: (identity, field) for identity, field in fields.items() for widget in field.objects}


def _direct(field: Field) -> list[PdfDict]:
    """The widgets that are written inside the field's Kids."""
    return [item for item in field.widgets if isinstance(item, dict) and item is not field.dictionary]


def _drawn(field: Field) -> Iterator[PdfValue]:
    """The dictionaries that a viewer may draw for the field: its widgets, and itself if it looks like one too."""
    yield from field.widgets
    if field.ref not in field.widgets and (is_widget(field.dictionary) or {"Rect", "AP"} & field.dictionary.keys()):
        yield field.ref or field.dictionary


def _sole_widget(field: Field) -> PdfValue:
    """The field's only widget, or None if it has none or several."""
    drawn = list(_drawn(field))
    return drawn[0] if len(drawn) == 1 else None


def _signature(revision: Revision, dictionary: PdfDict) -> Hashable:
    """What tells a signature from all others: what it covers and its value; None if it has none."""
    contents = revision.resolve(dictionary.get("Contents"))
    if not isinstance(contents, bytes):
        return None
    byte_range = (str(revision.resolve(item)) for item in revision.array(dictionary.get("ByteRange")))
    return contents.rstrip(b"\0"), tuple(byte_range)


def _shown_alike(before: PdfValue, after: PdfValue) -> bool:
    """Whether two annotation flags hide or show alike (Invisible, Hidden, NoView)."""
    old, new = (0 if flags is None else flags for flags in (before, after))
    if not (type(old) is int and type(new) is int and 0 <= old <= _FLAGS and 0 <= new <= _FLAGS):
        return False
    return old & _HIDING == new & _HIDING
