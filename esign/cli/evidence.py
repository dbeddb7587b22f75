"""Erasing people's data, and erasing it anew after a restore."""

from __future__ import annotations

from pathlib import Path

import click

from esign.ceremony.capture import forget_handwriting
from esign.ceremony.domain import VOCABULARY as ENVELOPE_VOCABULARY
from esign.ceremony.envelopes import Envelopes
from esign.ceremony.erasing import VOCABULARY, Eraser
from esign.cli.builders import builders_of
from esign.cli.output import errors_in_one_line
from esign.cli.service_database import service_database
from esign.cli.settings_option import read_settings, settings_option
from esign.infra.database import Database
from esign.infra.keystore import open_key_store
from esign.infra.personal_records import PersonalRecords
from esign.infra.settings import Settings
from esign.trail.log import Trail


@click.group("evidence")
def evidence_commands() -> None:
    """Erase the private evidence of an envelope, for good."""


@evidence_commands.command("erase")
@click.argument("envelope")
@click.option("--by", required=True, help="Id of whoever asks for it.")
@click.option("--approved-by", required=True, help="Id of a second person, who approves.")
@click.option("--reason", required=True, help="Why, as a code such as customer-request.")
@settings_option
@click.pass_context
def erase(context: click.Context, envelope: str, by: str, approved_by: str, reason: str, config: Path | None) -> None:
    """Erase the private evidence of ENVELOPE: raw handwriting, photo, device and identity data, names and phones.

    Also in every copy of the PDF that was handed out. The signatures stay valid, and what is printed on the page stays.
    Only an envelope that is over can be erased. Nothing brings it back but a backup of the keys, kept 30 days at most.

    \b
    Example:
        esign evidence erase env_01k9x7m2qv8w3c5t6r4n0b1d2e --by stf_lin --approved-by stf_zhao \\
            --reason customer-request
    """
    with errors_in_one_line(as_json=False):
        settings, now = read_settings(config), builders_of(context).clock()
        with service_database(settings) as database:
            eraser = _eraser(settings, database)
            count = eraser.erase(envelope, by=by, approved_by=approved_by, reason=reason, now=now)
        click.echo(
            f"{count} records and the envelope's wrapped key are erased" if count else "nothing was left to erase"
        )


@evidence_commands.command("replay")
@settings_option
@click.pass_context
def replay(context: click.Context, config: Path | None) -> None:
    """Erase anew everything that was erased before: after a backup was restored, before the service starts.

    \b
    Example:
        esign evidence replay --config /etc/esign.toml
    """
    with errors_in_one_line(as_json=False):
        settings = read_settings(config)
        with service_database(settings) as database:
            count = _eraser(settings, database).replay(now=builders_of(context).clock())
        click.echo(f"{count} records were back, and are erased again")


def _eraser(settings: Settings, database: Database) -> Eraser:
    records = PersonalRecords(open_key_store(settings.keys), forgetting=(forget_handwriting,))
    return Eraser(Envelopes(database, Trail(ENVELOPE_VOCABULARY)), records, Trail(VOCABULARY))
