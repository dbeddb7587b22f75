"""What the print centre prints besides contracts: cover sheets, lists by bar codes, labels of parcels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from typing import Any, Final

from delivery.domain.print_code import mark_of, print_code
from esign.public.typesetting import Typeface, code39_widths, qr_svg, set_document

_TEMPLATES: Final = files("delivery.printing") / "templates"


@dataclass(frozen=True)
class Cover:
    """A cover sheet. `copy` is which print of the policy it is on. `link` leads to the receipt that the customer signs
    by themselves; None where there is none.
    """

    position: int
    policy: str
    copy: int
    product: str
    applicant: str = field(repr=False)
    address: str = field(repr=False)
    outlet: str
    salesperson: str = field(repr=False)
    hesitation_days: int
    link: str | None = field(repr=False)


@dataclass(frozen=True)
class ListLine:
    """A policy in a list; `code` is what the bar code on its cover says, `applicant` is masked, `pages` None where it
    is in no file.
    """

    position: int
    policy: str
    code: str
    applicant: str
    outlet: str
    pages: int | None


@dataclass(frozen=True)
class Label:
    """The label of a parcel; `code` is what its bar code says, `policies` None before it is closed."""

    code: str
    outlet: str
    print_centre: str
    route: str
    policies: int | None
    day: date


def cover_sheets(covers: Sequence[Cover], batch: str, insurer: str, typeface: Typeface, *, day: date) -> bytes:
    """Return a PDF of a page for each cover, in order. `batch` says which run it is.

    Raises `EsignError`: `document-characters-missing`, `document-not-set`.
    """
    told = [
        {
            **{name: getattr(one, name) for name in ("position", "copy", "policy", "product", "applicant", "address")},
            "code": print_code(one.policy, one.copy),
            "outlet": one.outlet,
            "salesperson": one.salesperson,
            "hesitation_days": one.hesitation_days,
            "barcode": list(code39_widths(print_code(one.policy, one.copy))),
            "qr": None if one.link is None else qr_svg(f"{one.link}#{mark_of(one.policy, one.copy)}"),
        }
        for one in covers
    ]
    return _set("covers.typ", {"batch": batch, "covers": told}, insurer, typeface, day)


def list_pdf(
    title: str, about: str, lines: Sequence[ListLine], insurer: str, typeface: Typeface, *, day: date
) -> bytes:
    """Return the list as a PDF. Raises as `cover_sheets` does."""
    told = [
        {
            "position": one.position,
            "code": one.code,
            "barcode": list(code39_widths(one.code)),
            "applicant": one.applicant,
            "outlet": one.outlet,
            "pages": "" if one.pages is None else str(one.pages),
        }
        for one in lines
    ]
    pages = sum(one.pages or 0 for one in lines)
    total = f"共 {len(lines)} 份" + (f"，{pages} 页" if pages else "")
    return _set("list.typ", {"title": title, "about": about, "lines": told, "total": total}, insurer, typeface, day)


def label_pdf(label: Label, insurer: str, typeface: Typeface) -> bytes:
    """Return the label as a PDF of one page (A5). Raises as `cover_sheets` does."""
    data = {
        "code": label.code,
        "barcode": list(code39_widths(label.code)),
        "outlet": label.outlet,
        "print_centre": label.print_centre,
        "route": label.route,
        "policies": "封口时填" if label.policies is None else f"{label.policies} 份",
        "day": label.day.isoformat(),
    }
    return _set("label.typ", data, insurer, typeface, label.day)


def _set(template: str, data: dict[str, Any], insurer: str, typeface: Typeface, day: date) -> bytes:
    whole = {**data, "insurer": insurer, "date": [day.year, day.month, day.day]}
    return set_document(_TEMPLATES, template, whole, typeface, day=day)
