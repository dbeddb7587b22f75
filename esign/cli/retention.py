"""How long what is kept of people is kept: the rules, agreeing to them, legal holds, and what is due."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Final

import click
from sqlalchemy.orm import Session

from esign.ceremony.erasing import Erased, Order
from esign.cli.builders import builders_of
from esign.cli.families import Family
from esign.cli.output import errors_in_one_line, json_option, print_json
from esign.cli.service_database import service_database
from esign.cli.settings_option import read_settings, settings_option
from esign.cli.two_people import approval_option, done_by_two, institution_of
from esign.infra.database import Database
from esign.infra.keystore import open_key_store
from esign.retention.agreements import agree as agree_to
from esign.retention.agreements import agreement_to, subject_of
from esign.retention.holds import Hold, HoldReason
from esign.retention.matter_office import erase_due
from esign.retention.periods import day_of
from esign.retention.room import RetentionRoom, choice_of, retention_room
from esign.retention.rules import Rule, Rules, chosen_rules
from esign.staff.actors import Operator
from esign.staff.domain.roles import ApprovalKind
from esign.staff.models import ApprovalRow
from esign.staff.projection import read_tree
from esign.staff.room import staff_room
from esign.staff.two_people import Behind, behind_operator

OPERATOR: Final = "operator"
REASON: Final = "due-by-rules"
LISTED: Final = 200


@click.group("retention", cls=Family)
def retention_commands() -> None:
    """How long what is kept of people is kept, what is held for a court, and what is due for erasure."""


@retention_commands.command("rules")
@settings_option
@json_option
@click.pass_context
def rules(context: click.Context, config: Path | None, as_json: bool) -> None:
    """Show the rules that are in force today: kind, class, how long, counted from what, and who says so.

    \b
    Example:
        esign retention rules --config /etc/esign.toml
    """
    with errors_in_one_line(as_json=as_json):
        chosen = chosen_rules(read_settings(config).retention.rules)
        today = day_of(builders_of(context).clock())
        if as_json:
            print_json(_form(chosen, today))
            return
        click.echo(f"{chosen.name}, version {chosen.version}, sha256 {chosen.digest}")
        for rule in chosen.in_force(today):
            whose = " ".join(filter(None, (rule.kind.value, rule.of.value, rule.term and rule.term.value)))
            law = "demanded by law" if rule.demanded else "our own decision"
            click.echo(f"{whose:<42} {rule.keep!s:<5} from {rule.counted_from.value}, since {rule.since}, {law}")
            click.echo(f"    {rule.source.en}")
        promise = chosen.promise
        click.echo(f"requests of persons: answered within {promise.working_days} working days")
        click.echo(f"    {promise.source.en}")
        click.echo(f"stored faces: an authority is to be told at {chosen.filing_at} people")
        click.echo(f"    {chosen.filing_source.en}")


@retention_commands.command("agree")
@approval_option
@settings_option
@click.pass_context
def agree(context: click.Context, approval: str | None, config: Path | None) -> None:
    """Record that two people agree to the rules, so that with retention.erasure = carry-out the sweep erases by them.

    The trail keeps the digest of the file: a file that is changed needs their agreement anew.

    \b
    Example:
        esign retention agree --approval apr_01k9x8a1d2e7m2qv8w3c5t6r4n
    """
    with errors_in_one_line(as_json=False), _opened(context, config) as (room, database):
        now, kind = builders_of(context).clock(), ApprovalKind.RETENTION_RULES
        approvals = staff_room(database, open_key_store(read_settings(config).keys)).approvals
        with database.transaction() as session:
            root, subject = read_tree(session).root, subject_of(room.rules)
            place = None if root is None else root.id
            behind = behind_operator(session, approvals, approval, kind, subject, place, now=now)
            agree_to(session, room.rules, by=behind.by, approved_by=behind.approved_by, actor=OPERATOR, now=now)
        click.echo(f"the rules with sha256 {room.rules.digest} are agreed to")


@retention_commands.command("due")
@settings_option
@json_option
@click.pass_context
def due(context: click.Context, config: Path | None, as_json: bool) -> None:
    """List the envelopes of which something is to be erased today, and whether the sweep will do it; and what is kept
    without an envelope, which two people erase."""
    with errors_in_one_line(as_json=as_json), _opened(context, config) as (room, database):
        mode = read_settings(config).retention.erasure
        with database.reading() as session:
            now = builders_of(context).clock()
            found = room.retention.due(session, now=now)
            matters = room.matters.due(session, now=now, at_most=LISTED)
            agreed = agreement_to(session, room.rules) is not None
        sweeps = mode == "carry-out" and agreed
        if as_json:
            form = {"due": list(found), "erasure": mode, "agreed": agreed, "sweep_erases": sweeps}
            print_json(form | {"due_without_envelope": list(matters)})
            return
        for one in (*found, *matters):
            click.echo(one)
        click.echo(f"{len(found)} due; the sweep {'erases' if sweeps else 'proposes'} (retention.erasure = {mode})")
        click.echo(f"{len(matters)} due that no envelope holds; two people erase them")


@retention_commands.command("erase")
@click.argument("subject")
@approval_option
@settings_option
@click.pass_context
def erase(context: click.Context, subject: str, approval: str | None, config: Path | None) -> None:
    """Erase what is over of SUBJECT, an envelope or a claim that has none, and nothing whose time is not. Refused under
    a legal hold.

    \b
    Example:
        esign retention erase env_01k9x7m2qv8w3c5t6r4n0b1d2e --approval apr_01k9x8a1d2e7m2qv8w3c5t6r4n
    """
    with errors_in_one_line(as_json=False), _opened(context, config) as (room, database):
        settings, now = read_settings(config), builders_of(context).clock()

        def act(session: Session, behind: Behind) -> Erased:
            order = Order(behind.by, behind.approved_by, REASON)
            if room.matters.has(subject):
                return erase_due(room, session, subject, order, now)
            return room.retention.carry_out(session, subject, order, now=now)

        def place(session: Session, subject: str) -> str | None:
            return _institution(session, room, subject, now)

        erased = done_by_two(settings, database, approval, ApprovalKind.ERASURE, subject, act, now=now, place=place)
        room.retention.delete_blobs(erased)
        click.echo(f"{erased.records} records are erased")


@retention_commands.group("hold")
def hold_commands() -> None:
    """Legal holds: set by one person, lifted by two. Nothing under a hold is erased."""


@hold_commands.command("set")
@click.argument("subject")
@click.option("--reason", required=True, type=click.Choice([one.value for one in HoldReason]))
@click.option("--by", required=True, help="Id of whoever sets it.")
@click.option("--words", help="More about it, for people; kept sealed.")
@click.option("--review-on", type=click.DateTime(["%Y-%m-%d"]), help="Day on which somebody is to look at it.")
@settings_option
@click.pass_context
def set_hold(
    context: click.Context,
    subject: str,
    reason: str,
    by: str,
    words: str | None,
    review_on: datetime | None,
    config: Path | None,
) -> None:
    """Put a legal hold on SUBJECT, an envelope or a claim that has none. It stays until two people lift it.

    \b
    Example:
        esign retention hold set env_01k9x7m2qv8w3c5t6r4n0b1d2e --reason court --by usr_01k9x7m2qv8w3c5t6r4n0b1d2e
    """
    with errors_in_one_line(as_json=False), _opened(context, config) as (room, database):
        now = builders_of(context).clock()
        with database.transaction() as session:
            hold = room.holds.set(
                session,
                subject,
                HoldReason(reason),
                by=by,
                actor=OPERATOR,
                now=now,
                words=words,
                review_on=None if review_on is None else review_on.date(),
            )
        click.echo(f"hold {hold}")


@hold_commands.command("lift")
@click.argument("hold")
@click.option("--approval", required=True, help="Id of the approval that one person asked for and another gave.")
@settings_option
@click.pass_context
def lift_hold(context: click.Context, hold: str, approval: str, config: Path | None) -> None:
    """Lift HOLD with an approval that two people gave in the console; it is used up.

    \b
    Example:
        esign retention hold lift hld_01k9x7m2qv8w3c5t6r4n0b1d2e --approval apr_01k9x8a1d2e7m2qv8w3c5t6r4n
    """
    with errors_in_one_line(as_json=False):
        settings, now = read_settings(config), builders_of(context).clock()
        keys = open_key_store(settings.keys)
        with _opened(context, config) as (room, database):
            approvals = staff_room(database, keys).approvals
            with database.transaction() as session:
                found, row = room.holds.get(session, hold), session.get(ApprovalRow, approval)
                own = _institution(session, room, found.subject, now)
                place = own or (row.institution if row is not None else "")
                kind = ApprovalKind.LEGAL_HOLD_LIFT
                approvals.consume(session, Operator(), approval, kind, hold, place, now=now)
                asked = session.get_one(ApprovalRow, approval)
                room.holds.lift(
                    session,
                    hold,
                    by=asked.requested_by,
                    approved_by=asked.decided_by or "",
                    reason="approved",
                    actor=OPERATOR,
                    now=now,
                )
        click.echo(f"{hold} is lifted")


@hold_commands.command("list")
@click.argument("subject")
@settings_option
@json_option
@click.pass_context
def list_holds(context: click.Context, subject: str, config: Path | None, as_json: bool) -> None:
    """List the holds of SUBJECT, an envelope or a claim that has none, those that were lifted, too."""
    with errors_in_one_line(as_json=as_json), _opened(context, config) as (room, database):
        with database.reading() as session:
            found = room.holds.of(session, subject)
        if as_json:
            print_json({"holds": [_hold_form(one) for one in found]})
            return
        for one in found:
            review = "" if one.review_on is None else f", to be looked at on {one.review_on}"
            state = f"holds{review}" if one.lifted_at is None else f"lifted {one.lifted_at:%Y-%m-%d}"
            click.echo(f"{one.id}  {one.reason.value:<10} set {one.set_at:%Y-%m-%d} by {one.set_by}  {state}")
        if not found:
            click.echo("no hold")


@contextmanager
def _opened(context: click.Context, config: Path | None) -> Iterator[tuple[RetentionRoom, Database]]:
    """Yield the retention room over what the settings name."""
    from esign.choices import open_blobs  # noqa: PLC0415  # it loads the whole service

    settings = read_settings(config)
    with service_database(settings) as database:
        blobs = open_blobs(settings.blobs)
        builders = builders_of(context)
        room = retention_room(
            database,
            open_key_store(settings.keys),
            blobs,
            choice_of(settings.retention),
            clock=builders.clock,
            records_about=builders.rooms().records_about,
            matters_of=builders.rooms().matters_of,
        )
        yield room, database


def _institution(session: Session, room: RetentionRoom, subject: str, now: datetime) -> str | None:
    """Return whose an envelope or matter is. Raises `Refusal` (`no-envelope`), `RetentionRefused` (`no-matter`)."""
    if room.matters.has(subject):
        return room.matters.get(session, subject, now).institution
    return institution_of(session, subject)


def _hold_form(hold: Hold) -> dict[str, object]:
    return {
        "id": hold.id,
        "reason": hold.reason.value,
        "lifted": hold.lifted_at is not None,
        "review_on": None if hold.review_on is None else hold.review_on.isoformat(),
    }


def _form(rules: Rules, today: date) -> dict[str, object]:
    return {
        "name": rules.name,
        "version": rules.version,
        "sha256": rules.digest,
        "rules": [_rule_form(one) for one in rules.in_force(today)],
        "answer_within_working_days": rules.promise.working_days,
        "answer_source": rules.promise.source.en,
        "faces_filing_at": rules.filing_at,
        "faces_source": rules.filing_source.en,
    }


def _rule_form(rule: Rule) -> dict[str, object]:
    return {
        "kind": rule.kind.value,
        "of": rule.of.value,
        "term": None if rule.term is None else rule.term.value,
        "keep": str(rule.keep),
        "from": rule.counted_from.value,
        "since": rule.since.isoformat(),
        "demanded": rule.demanded,
        "source": rule.source.en,
    }
