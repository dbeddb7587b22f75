"""From the contract's data to the PDF: tagged, PDF/A-3a, the same bytes for the same data."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from pathlib import Path

import typst

from demo.contract.amounts import in_capitals, in_digits
from demo.contract.barcode import code39_widths
from demo.contract.data import ContractData, Party, age_on
from esign.errors import EsignError

FONT_FOLDERS = (
    Path("/usr/share/fonts/opentype/noto"),  # Debian, Ubuntu
    Path("/usr/share/fonts/noto-cjk"),  # Arch, Alpine
    Path("/usr/share/fonts/google-noto-cjk"),  # Fedora
)
FONT_FILES = ("NotoSerifCJK", "NotoSansCJK")
TEMPLATE = Path(__file__).parent / "template" / "main.typ"


def find_fonts(folders: tuple[Path, ...] = FONT_FOLDERS) -> Path:
    """Return the folder that holds Noto Serif CJK and Noto Sans CJK, regular and bold.

    Only this folder is read, not every font of the machine: that keeps a rendering under a second.
    Raises EsignError `demo-fonts-missing`, with the package to install.
    """
    for folder in folders:
        wanted = (f"{name}-{weight}.ttc" for name in FONT_FILES for weight in ("Regular", "Bold"))
        if all((folder / file).is_file() for file in wanted):
            return folder
    raise EsignError(
        "demo-fonts-missing",
        "the fonts Noto Serif CJK and Noto Sans CJK are not installed",
        "run: apt-get install fonts-noto-cjk",
    )


def render_contract(data: ContractData, *, fonts: Path | None = None) -> bytes:
    """Return the contract as PDF bytes (PDF/A-3a); the document date is the day of application.

    `fonts` is the folder with the Noto CJK fonts, found by itself if not given.
    Raises EsignError: fonts missing (`demo-fonts-missing`), template and data at odds (`demo-template`).
    """
    moment = datetime.combine(data.applied_on, time(1, 0), UTC)
    try:
        return typst.compile(
            TEMPLATE,
            root=TEMPLATE.parent,
            format="pdf",
            font_paths=[find_fonts() if fonts is None else find_fonts((fonts,))],
            ignore_system_fonts=True,
            pdf_standards=["a-3a"],
            timestamp=moment,
            sys_inputs={"data": json.dumps(_fill_in(data), ensure_ascii=False)},
        )
    except typst.TypstError as error:
        raise EsignError(
            "demo-template",
            f"the contract cannot be set: {error.message} (template and data disagree)",
            "correct demo/contract/template",
        ) from error


def _fill_in(data: ContractData) -> dict[str, object]:
    total = data.premium * data.payment_years
    return {
        "company": data.company,
        "product": data.product,
        "terms_code": data.terms_code,
        "contract_number": data.contract_number,
        "application_number": data.application_number,
        "barcode": code39_widths(data.contract_number),
        "applied_on": _day(data.applied_on),
        "effective_on": _day(data.effective_on),
        "date": [data.applied_on.year, data.applied_on.month, data.applied_on.day],
        "applicant": _party(data.applicant, data.applied_on),
        "insured": _party(data.insured, data.applied_on),
        "applicant_is": data.applicant_is,
        "insured_is": data.insured_is,
        "beneficiaries": [
            {"name": b.name, "relation": b.relation, "id": b.identity_number, "order": b.order, "share": b.share}
            for b in data.beneficiaries
        ],
        "sum": in_digits(data.sum_insured),
        "sum_capitals": in_capitals(data.sum_insured),
        "premium": in_digits(data.premium),
        "premium_capitals": in_capitals(data.premium),
        "total": in_digits(total),
        "total_capitals": in_capitals(total),
        "years": data.payment_years,
        "last_payment": data.effective_on.year + data.payment_years - 1,
        "bank": data.bank,
        "account": data.account,
        "values": [
            {
                "year": row.year,
                "age": row.age,
                "paid": in_digits(row.premiums_paid),
                "benefit": in_digits(row.death_benefit),
                "cash": in_digits(row.cash_value),
                "loss": in_digits(row.premiums_paid - row.cash_value),
                "percent": f"{row.cash_value / row.premiums_paid:.1%}",
                "paid_up": "—" if row.paid_up_sum is None else in_digits(row.paid_up_sum),
            }
            for row in data.values
        ],
    }


def _party(party: Party, day: date) -> dict[str, object]:
    return {
        "name": party.name,
        "gender": party.gender,
        "born": _day(party.born),
        "age": age_on(party.born, day),
        "id": party.identity_number,
        "phone": party.phone,
        "occupation": party.occupation,
        "address": party.address,
    }


def _day(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
