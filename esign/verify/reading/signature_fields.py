"""Lists the signatures of a file: every filled signature field of every revision, each signature once.

Whatever the dictionary says and however broken it is, it is listed; judging comes later. A signature that a
later revision emptied, overwrote or unhooked from the form is listed from the revision that still had it.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property

from esign.verify.cms.signed_data import TST_INFO, encapsulated_type
from esign.verify.errors import MALFORMED, LimitReached, Malformed
from esign.verify.reading.document import PdfFile
from esign.verify.reading.fields import Field, form_fields, is_told_by_value, stray_signature_widgets
from esign.verify.reading.lexer import Lexer, Spans, skip_space
from esign.verify.reading.objects import PdfDict, PdfValue, Ref
from esign.verify.reading.revision import Revision


@dataclass
class SignatureField:
    """A filled signature field.

    `dictionary` is the signature dictionary as it was in the signed revision where that can be told, else as
    it is now. `value_ref` is its object (None: written inside the field). `span` is where its Contents lies
    in the file, from `<` to behind `>`. `present`: the document as it is now still has it. `is_rewritten`: a
    later revision says something else in the dictionary. `signed_field` is the field in the signed revision.
    `is_unreadable`: the field has a value, and it is no dictionary that can be read.
    """

    name: str
    field: Field
    value_ref: Ref | None
    dictionary: PdfDict
    contents: bytes
    byte_range: tuple[int, ...] | None
    span: tuple[int, int] | None
    duplicate_keys: tuple[str, ...] = ()
    other_names: list[str] = dataclasses.field(default_factory=list)
    present: bool = True
    is_rewritten: bool = False
    signed_field: Field | None = None
    is_unreadable: bool = False

    @property
    def kind(self) -> str:
        """`document-timestamp` or `signature`.

        A timestamp is what says so and holds a timestamp token. The dictionary's word alone would let a broken
        signature pass for a broken timestamp, which weighs less.
        """
        claims = self.sub_filter == "ETSI.RFC3161" or self.dictionary.get("Type") == "DocTimeStamp"
        return "document-timestamp" if claims and self._content_type == TST_INFO else "signature"

    @cached_property
    def _content_type(self) -> str | None:
        return encapsulated_type(self.contents)

    @property
    def sub_filter(self) -> str:
        return str(self.dictionary.get("SubFilter") or "")

    @property
    def end(self) -> int | None:
        """Where the byte range ends, if it has four numbers."""
        return self.byte_range[2] + self.byte_range[3] if self.byte_range and len(self.byte_range) == 4 else None


def signature_fields(file: PdfFile) -> list[SignatureField]:
    """Return the file's signatures in the order of what they cover. Raises `LimitReached`."""
    found: dict[object, SignatureField] = {}
    read: dict[tuple[int, int], tuple[Field, PdfDict]] = {}
    """What was read of fields, by the identity of the field and of its signature, which are kept so that it lasts."""
    for revision in _revisions(file):
        for form_field in _signature_form_fields(revision):
            value = revision.resolve(form_field.value)
            if (id(form_field), id(value)) in read:
                continue
            _add(found, revision, form_field, present=revision is file.present)
            if isinstance(form_field.value, Ref) and isinstance(value, dict) and is_told_by_value(value):
                read[id(form_field), id(value)] = (form_field, value)
            if len(found) > file.limits.signatures:
                raise LimitReached("the file has more signatures than the limit allows")
    for signature in found.values():
        _read_as_signed(file, signature)
    return sorted(found.values(), key=lambda signature: (signature.end is None, signature.end or 0))


def _read_as_signed(file: PdfFile, signature: SignatureField) -> None:
    """Take the dictionary from the signed revision: that one counts, whatever was written over it later."""
    end = signature.end
    if end is None or not 0 < end <= file.size or not signature.contents:
        return
    try:
        revision = file.revision(end)
        fields = form_fields(revision)
    except LimitReached:
        raise
    except Malformed:
        return
    for form_field in fields:
        value = revision.resolve(form_field.value)
        if form_field.kind == "Sig" and isinstance(value, dict) and value.get("Contents") == signature.contents:
            value_ref = form_field.value if isinstance(form_field.value, Ref) else None
            signed = _read(revision, form_field, value_ref, value, present=signature.present)
            if signed.byte_range == signature.byte_range:
                signature.is_rewritten = signature.present and _differs(signed, signature)
                signature.span, signature.dictionary = signed.span, signed.dictionary
                signature.duplicate_keys, signature.value_ref = signed.duplicate_keys, signed.value_ref
                signature.signed_field = form_field
                return


def _differs(signed: SignatureField, present: SignatureField) -> bool:
    keys = (signed.dictionary.keys() | present.dictionary.keys()) - {"Reference", "Prop_Build"}
    return any(signed.dictionary.get(key) != present.dictionary.get(key) for key in keys)


def _revisions(file: PdfFile) -> list[Revision]:
    """The present document first, then the earlier ones, newest first."""
    revisions = [file.present]
    for end in reversed(file.revision_ends):
        try:
            revision = file.revision(end)
            if revision is not file.present and revision.catalog:
                revisions.append(revision)
        except LimitReached:
            raise
        except Malformed:
            continue
    return revisions


def _signature_form_fields(revision: Revision) -> list[Field]:
    fields = [found for found in form_fields(revision) if found.kind == "Sig"]
    known = {ref for found in fields for ref in (found.ref, *found.widgets) if isinstance(ref, Ref)}
    if len(fields) > revision.file.limits.signatures * 4:
        raise LimitReached("the form has more signature fields than the limit allows")
    return fields + (stray_signature_widgets(revision, known) if revision is revision.file.present else [])


def _add(found: dict[object, SignatureField], revision: Revision, form_field: Field, *, present: bool) -> None:
    value_ref = form_field.value if isinstance(form_field.value, Ref) else None
    dictionary = revision.resolve(form_field.value)
    if isinstance(dictionary, dict):
        signature = _read(revision, form_field, value_ref, dictionary, present=present)
    elif _is_unreadable(revision, form_field.value):
        signature = SignatureField(
            form_field.name, form_field, value_ref, {}, b"", None, None, present=present, is_unreadable=True
        )
    else:
        return
    identity: object = signature.contents.rstrip(b"\0") and (signature.contents.rstrip(b"\0"), signature.byte_range)
    identity = identity or value_ref or (form_field.name, "direct")
    known = found.get(identity)
    if known is None:
        same_object = any(
            other.value_ref == value_ref
            and value_ref is not None
            and other.present
            and not present
            and not _is_signature(signature)
            for other in found.values()
        )
        if not same_object:
            found[identity] = signature
    elif present and known.present and known.name != form_field.name:
        known.other_names.append(form_field.name)


def _is_unreadable(revision: Revision, value: PdfValue) -> bool:
    """Whether a value that is no dictionary is something all the same.

    A reference to no object, or to a freed one, is null (ISO 32000-2 clause 7.3.10), and so is a null; an object
    that is in use and does not parse is neither.
    """
    if not isinstance(value, Ref):
        return value is not None
    entry = revision.location(value)
    if entry is None:
        return False
    if entry.container is not None or revision.resolve(value) is not None:
        return True
    try:
        span = revision.object_span(value)
        found, _ = Lexer(revision.file.data, revision.file.limits).read(span[0] if span else 0)
    except LimitReached:
        raise
    except MALFORMED:
        return True
    return found is not None


def _is_signature(signature: SignatureField) -> bool:
    return bool(signature.contents.rstrip(b"\0")) and signature.byte_range is not None


def _read(
    revision: Revision, form_field: Field, value_ref: Ref | None, dictionary: PdfDict, *, present: bool
) -> SignatureField:
    numbers = [revision.resolve(item) for item in revision.array(dictionary.get("ByteRange"))]
    byte_range = tuple(item for item in numbers if isinstance(item, int) and not isinstance(item, bool))
    contents = revision.resolve(dictionary.get("Contents"))
    span, repeated = _contents_span(revision, form_field, value_ref)
    return SignatureField(
        name=form_field.name,
        field=form_field,
        value_ref=value_ref,
        dictionary={key: revision.resolve(value) if key != "Reference" else value for key, value in dictionary.items()},
        contents=contents if isinstance(contents, bytes) else b"",
        byte_range=byte_range if byte_range and len(byte_range) == len(numbers) else None,
        span=span,
        duplicate_keys=repeated,
        present=present,
    )


def _contents_span(
    revision: Revision, form_field: Field, value_ref: Ref | None
) -> tuple[tuple[int, int] | None, tuple[str, ...]]:
    """Return where the Contents lies in the file, and the keys that the dictionary writes more than once."""
    holder = value_ref or form_field.ref
    place = revision.object_span(holder) if holder else None
    if place is None:
        return None, ()
    try:
        spans = _spans(revision.file, skip_space(revision.file.data, place[0]))
        if value_ref is None and "V" in spans:
            spans = _spans(revision.file, spans["V"][0][0])
    except Malformed:
        return None, ()
    repeated = tuple(key for key, occurrences in spans.items() if len(occurrences) > 1)
    return (spans["Contents"][0] if spans.get("Contents") else None), repeated


def _spans(file: PdfFile, position: int) -> Spans:
    """Return where the values of the dictionary at `position` lie, which is read once. Raises `Malformed`."""
    if position not in file.spans_at:
        file.spans_at[position] = Lexer(file.data, file.limits).read_dictionary(position)[2]
    return file.spans_at[position]
