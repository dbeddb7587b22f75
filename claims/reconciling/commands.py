"""`esign claims reconcile`, `payment-file` and `bank-statement`: money between us and the bank, by file."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Final

import click

from claims.payment.books import PayingBooks
from claims.payment.camt053 import is_xml, read_camt053
from claims.payment.pain001 import Debtor
from claims.payment.statement import BYTES_AT_MOST, encode_statement, read_statement
from claims.reconciling.comparing import MEANINGS, Found
from claims.reconciling.filing import PaymentFiles
from claims.reconciling.taking import Reconciling
from claims.service.office import Office
from claims.settlement.telling import in_yuan
from esign.public.commands import (
    errors_in_one_line,
    json_option,
    open_house,
    print_json,
    settings_option,
    written_whole,
)
from esign.public.house import House

ROOM: Final = "claims"
SAID: Final = {
    Found.KNOWN: "paid, as we have it",
    Found.KNOWN_RETURN: "given back, as we have it",
    Found.MADE_UNANSWERED: "made, though the bank had not answered: the claim goes on",
    Found.MADE_AFTER_ALL: "made, though it was said to have failed: the claim says what follows",
    Found.GIVEN_BACK: "given back: the claim's handler sees to it",
    Found.SURPLUS_BACK: "given back of what was paid too much",
    Found.NOT_OURS: "not ours",
    Found.AMOUNT_DIFFERS: "another amount than ours",
    Found.PAID_TWICE: "paid twice",
    Found.NOT_PAID_BEFORE: "given back, though nobody knows that it was paid",
    Found.NOT_TAKEN: "contradicts what the claim has settled",
    Found.MISSING: "ours, answered as made, and not in the statement of its day",
}
"""In the order in which they are told."""
SIMULATED: Final = "The bank is simulated: nobody's money moved."
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT: Final = click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file that is written, whole."
)


@click.command("reconcile")
@click.argument("file", type=_FILE)
@json_option
@settings_option
@click.pass_context
def reconcile_command(context: click.Context, file: Path, config: Path | None, *, as_json: bool) -> None:
    """Compare a bank's statement FILE with our payments.

    FILE is ISO 20022 camt.053.001.08, or the simulated bank's own form. Each entry counts once, however often a
    statement brings it: what was made is taken down with its claim, money that came back opens the claim's question
    again, and what does not fit waits for a manager at /console/claims/reconciliation.

    \b
    Example:
        esign claims bank-statement --out today.json && esign claims reconcile today.json
    """
    with errors_in_one_line(as_json=as_json):
        with file.open("rb") as stream:
            data = stream.read(BYTES_AT_MOST + 1)
        statement = read_camt053(data) if is_xml(data) else read_statement(data)
        with open_house(context, config, ROOM) as house:
            done = Reconciling(_office(house)).take(statement)
        waiting = sum(number for found, number in done.found.items() if MEANINGS[found].owner is not None)
        if as_json:
            told = {found.value: number for found, number in sorted(done.found.items())}
            print_json({"statement": done.statement, "found": told, "before": done.before, "waiting": waiting})
            return
        new = sum(number for found, number in done.found.items() if found is not Found.MISSING)
        click.echo(f"Statement {done.statement}: {new:,} new entries, {done.before:,} taken before")
        for found, said in SAID.items():
            if found in done.found:
                click.echo(f"{done.found[found]:>10,}  {said}")
        click.echo(f"{waiting:>10,}  of these wait for a manager: /console/claims/reconciliation")


@click.command("bank-statement")
@click.option("--after", default=0, type=click.IntRange(min=0), help="Entries behind this number; default: all.")
@_OUT
@settings_option
@click.pass_context
def bank_statement_command(context: click.Context, after: int, out: Path, config: Path | None) -> None:
    """Write the statement of the simulated bank: which money it would have moved."""
    with errors_in_one_line(as_json=False):
        with open_house(context, config, ROOM) as house:
            statement = PayingBooks(house.database).statement(after)
        with written_whole(out) as stream:
            stream.write(encode_statement(statement))
        click.echo(f"Statement {statement.id}: {len(statement.entries):,} entries in {out}\n{SIMULATED}")


def _day(_context: click.Context, _option: click.Parameter, typed: datetime) -> date:
    return typed.date()


@click.command("payment-file")
@click.option("--id", "id_", required=True, help="What the bank knows the file by, up to 35 characters, once for ever.")
@click.option("--account", required=True, help="The account that pays.")
@click.option("--bank-code", required=True, help="Its bank, by the twelve digits of CNAPS.")
@click.option("--name", help="Whose account it is; default: the insurer of the settings.")
@click.option("--pay-on", required=True, type=click.DateTime(["%Y-%m-%d"]), callback=_day, help="The day of payment.")
@_OUT
@json_option
@settings_option
@click.pass_context
def payment_file_command(
    context: click.Context,
    id_: str,
    account: str,
    bank_code: str,
    name: str | None,
    pay_on: date,
    out: Path,
    config: Path | None,
    *,
    as_json: bool,
) -> None:
    """Write the payments that no file holds yet as ISO 20022 pain.001.001.09.

    A payment is in one file, for ever; the same id with the same account and day writes the same bytes again. The file
    names people and accounts: only its owner can read it.

    \b
    Example:
        esign claims payment-file --id CLM-20261127-1 --account 6222000000001234 --bank-code 102100099996 \\
            --pay-on 2026-11-30 --out pay.xml
    """
    with errors_in_one_line(as_json=as_json):
        with open_house(context, config, ROOM) as house:
            debtor = Debtor(name or house.organisation, bank_code, account)
            written = PaymentFiles(_office(house)).write(id_, debtor, pay_on=pay_on)
        with written_whole(out) as stream:
            stream.write(written.content)
        if as_json:
            told = {"payments": written.payments, "fen": written.fen, "left_out": list(written.left_out)}
            print_json({"id": id_, **told, "again": written.again})
            return
        again = " (again, the same as before)" if written.again else ""
        click.echo(f"{id_}: {written.payments:,} payments, {in_yuan(written.fen)} yuan, in {out}{again}")
        for payment in written.left_out:
            click.echo(f"left out: {payment} (payee erased, or a name or account that the schema does not take)")
        click.echo(SIMULATED)


def _office(house: House) -> Office:
    return Office(house, PayingBooks(house.database))
