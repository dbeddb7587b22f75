"""Erasing people's data, erasing it anew after a restore, and looking at what people were shown."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.orm import Session

from esign.backup.erasing_again import erase_what_came_back
from esign.ceremony.documents import Documents
from esign.ceremony.domain import VOCABULARY as ENVELOPE_VOCABULARY
from esign.ceremony.envelopes import Envelopes
from esign.ceremony.erasing import Order
from esign.ceremony.forgetting import people_records
from esign.ceremony.opening_screens import VOCABULARY as OPENING_VOCABULARY
from esign.ceremony.opening_screens import OpenedScreens, ScreenOpener
from esign.ceremony.screens import Screens
from esign.ceremony.workfile import output_error
from esign.cli.builders import builders_of
from esign.cli.families import Family
from esign.cli.output import errors_in_one_line
from esign.cli.service_database import service_database
from esign.cli.settings_option import read_settings, settings_option
from esign.cli.told_erasures import erasures_of, erasures_option
from esign.cli.trail_keys import own_verifier, verifiers_of
from esign.cli.two_people import approval_option, done_by_two
from esign.infra.blobs import BlobStore, save_blob
from esign.infra.database import Database
from esign.infra.errors import ConfigurationError
from esign.infra.keystore import open_key_store
from esign.infra.personal_records import PersonalRecords
from esign.infra.sealed_blobs import SealedBlobs
from esign.infra.settings import Settings
from esign.retention.usual_eraser import usual_eraser
from esign.staff.domain.roles import ApprovalKind
from esign.staff.two_people import Behind
from esign.trail.log import Trail


@click.group("evidence", cls=Family)
def evidence_commands() -> None:
    """Erase the private evidence of an envelope, for good; look at what its people were shown."""


@evidence_commands.command("erase")
@click.argument("envelope")
@approval_option
@click.option("--reason", required=True, help="Why, as a code such as customer-request.")
@settings_option
@click.pass_context
def erase(context: click.Context, envelope: str, approval: str | None, reason: str, config: Path | None) -> None:
    """Erase the private evidence of ENVELOPE: raw handwriting, photo, device and identity data, names and phones.

    Also in every copy of the PDF that was handed out. The signatures stay valid, and what is printed on the page stays.
    Only an envelope that is over can be erased. Nothing brings it back but a backup of the keys, kept 30 days at most.

    \b
    Example:
        esign evidence erase env_01k9x7m2qv8w3c5t6r4n0b1d2e --reason customer-request \\
            --approval apr_01k9x9c4t6r4n0b1d2e7m2qv8w
    """
    with errors_in_one_line(as_json=False):
        settings, builders = read_settings(config), builders_of(context)
        now, records = builders.clock(), people_records(open_key_store(settings.keys))
        with service_database(settings) as database:
            eraser = usual_eraser(database, records, builders.rooms().records_about)

            def act(session: Session, behind: Behind) -> int:
                order = Order(behind.by, behind.approved_by, reason)
                return eraser.erase_evidence(session, envelope, order, now=now).records

            count = done_by_two(settings, database, approval, ApprovalKind.EVIDENCE_ERASURE, envelope, act, now=now)
        click.echo(
            f"{count} records and the envelope's wrapped key are erased" if count else "nothing was left to erase"
        )


@evidence_commands.command("replay")
@erasures_option
@click.option("--log-key", "keys", multiple=True, help="An earlier key of this log, or a file of such keys. Repeat it.")
@click.option(
    "--younger-keys",
    is_flag=True,
    help="The wrapped keys that were restored are younger than the data: what has no key was erased, and goes too.",
)
@settings_option
@click.pass_context
def replay(
    context: click.Context, erasures: tuple[Path, ...], keys: tuple[str, ...], younger_keys: bool, config: Path | None
) -> None:
    """Erase anew everything that was erased before: after a backup was restored, before the service starts.

    May be repeated, also where a restore fell half-way: what is erased already is passed over.

    \b
    Example:
        esign evidence replay --config /etc/esign.toml --erasures trail.jsonl --younger-keys
    """
    from esign.choices import open_blobs  # noqa: PLC0415  # it loads the blob stores

    with errors_in_one_line(as_json=False):
        settings, builders = read_settings(config), builders_of(context)
        now, rooms = builders.clock(), builders.rooms().kept
        verifiers = (own_verifier(settings), *verifiers_of(keys)) if erasures else ()
        told = erasures_of(erasures, {one.public_key for one in verifiers}, rooms.erasures)
        store, blobs = open_key_store(settings.keys), open_blobs(settings.blobs)
        with service_database(settings) as database:
            count = erase_what_came_back(database, store, blobs, told, younger_keys=younger_keys, now=now, rooms=rooms)
        click.echo(f"{count} records were back, and are erased again")


@evidence_commands.command("screens")
@click.argument("envelope")
@click.option("--out", "folder", required=True, type=click.Path(path_type=Path), help="A folder that is not there yet.")
@approval_option
@click.option("--reason", required=True, help="Why, as a code such as complaint.")
@settings_option
@click.pass_context
def screens(
    context: click.Context,
    envelope: str,
    folder: Path,
    approval: str | None,
    reason: str,
    config: Path | None,
) -> None:
    """Write every screen that the recipients of ENVELOPE were shown, in order, as pages that need no server.

    For each recipient a folder with an index: what was shown, when, for how long, and what was pressed. That they were
    looked at, by whom and why, is recorded in the trail.

    \b
    Example:
        esign evidence screens env_01k9x7m2qv8w3c5t6r4n0b1d2e --out screens --reason complaint \\
            --approval apr_01k9x9c4t6r4n0b1d2e7m2qv8w
    """
    from esign.choices import open_blobs  # noqa: PLC0415  # it loads the whole service
    from esign.web.replay import files_of, write_replay  # noqa: PLC0415  # as above

    with errors_in_one_line(as_json=False):
        settings, now = read_settings(config), builders_of(context).clock()
        if folder.exists():
            raise ConfigurationError("folder-exists", f"{folder} is there already", "name a folder that is not")
        blobs = open_blobs(settings.blobs)
        with service_database(settings) as database:
            opener = _opener(settings, database, blobs)

            def act(session: Session, behind: Behind) -> list[OpenedScreens]:
                by, second = behind.by, behind.approved_by
                return opener.open_in(session, envelope, by=by, approved_by=second, reason=reason, now=now)

            opened = done_by_two(settings, database, approval, ApprovalKind.OPEN_EVIDENCE, envelope, act, now=now)
        for one in opened:
            write_replay(folder / one.recipient, files_of(envelope, one, blobs))
            click.echo(f"{folder / one.recipient / 'index.html'}: {one.role}, {len(one.screens)} screens")
        if not opened:
            click.echo("nobody was shown anything yet")


@evidence_commands.command("key")
@click.argument("envelope")
@click.option("--out", "file", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The file.")
@approval_option
@click.option("--reason", required=True, help="Why, as a code such as court-request.")
@settings_option
@click.pass_context
def key(
    context: click.Context, envelope: str, file: Path, approval: str | None, reason: str, config: Path | None
) -> None:
    """Write the wrapped key of ENVELOPE: with the custodian's own key it opens the sealed evidence, elsewhere.

    That it was handed out, to whom and why, is recorded in the trail. Delete the file after use: while a copy of it is
    somewhere, an erasure does not reach the evidence.

    \b
    Example:
        esign evidence key env_01k9x7m2qv8w3c5t6r4n0b1d2e --out case.envelope-key.cms \\
            --reason court-request --approval apr_01k9x9c4t6r4n0b1d2e7m2qv8w
    """
    from esign.exports.handing_out import hand_out_key  # noqa: PLC0415  # it loads the whole service

    with errors_in_one_line(as_json=False):
        settings, now = read_settings(config), builders_of(context).clock()
        if file.exists():
            raise ConfigurationError("file-exists", f"{file} is there already", "name a file that is not")
        with service_database(settings) as database:

            def act(session: Session, behind: Behind) -> bytes:
                by, second = behind.by, behind.approved_by
                return hand_out_key(session, envelope, by=by, approved_by=second, reason=reason, now=now)

            wrapped = done_by_two(settings, database, approval, ApprovalKind.ENVELOPE_KEY, envelope, act, now=now)
        try:
            save_blob([wrapped], file)
        except OSError as error:
            raise output_error(file, error) from error
        click.echo(f"{file}: the wrapped key of {envelope}")


def _opener(settings: Settings, database: Database, blobs: BlobStore) -> ScreenOpener:
    records = PersonalRecords(open_key_store(settings.keys))
    return ScreenOpener(
        Envelopes(database, Trail(ENVELOPE_VOCABULARY)),
        Documents(SealedBlobs(blobs), records.data_keys),
        records,
        Screens(records),
        Trail(OPENING_VOCABULARY),
    )
