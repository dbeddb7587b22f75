"""Make the rates beside each product version from the model in `policy.products.actuary`.

    python policy/data/products/make_rates.py

A version that is sold keeps its rates: run this for a new version, and look at what else it would change.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path

from policy.amounts import fen_of
from policy.products.actuary import annual_premium, basis_of
from policy.products.catalogue import PaymentTerm
from policy.products.files import FOLDER, SUM_UNIT, ProductSheet, rates_of, read_sheet, sheets_in
from policy.proposal import Gender

MODEL_SUM = Decimal(100_000)


def rates_for(sheet: ProductSheet) -> str:
    """Return the text of the file of the rates: one line for each gender and payment term."""
    rows = [_row(sheet, gender, term) for term in sheet.payment_terms for gender in Gender]
    return "[\n" + ",\n".join(f"  {row}" for row in rows) + "\n]\n"


def _row(sheet: ProductSheet, gender: Gender, term: PaymentTerm) -> str:
    youngest, oldest = sheet.insured_ages
    ages = range(youngest, min(oldest, sheet.payment_ends_by - term.years) + 1)
    row = {
        "gender": gender,
        "years": term.years,
        "frequency": term.frequency,
        "first_age": youngest,
        "rates": [_rate(sheet, gender, term, age) for age in ages],
    }
    return json.dumps(row)


def _rate(sheet: ProductSheet, gender: Gender, term: PaymentTerm, age: int) -> int:
    basis = basis_of(sheet.kind, gender)
    premium = annual_premium(basis, age=age, sum_insured=MODEL_SUM, years=term.years)
    return fen_of(premium / (MODEL_SUM / SUM_UNIT))


def main(folder: Path) -> None:
    """Write the rates of every product version in a folder."""
    for path in sheets_in(folder):
        rates_of(path).write_text(rates_for(read_sheet(path.read_bytes())), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
