"""`esign backup` and `esign restore`: the whole service into a folder, and back onto an empty place."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import click

from ca.trust import TrustStore, load_trust_store
from esign.backup.checking import Backup, open_backup, require_fitting_keys
from esign.backup.erasing_again import erase_what_came_back
from esign.backup.errors import BackupRefused
from esign.backup.manifest import Manifest
from esign.backup.restoring import Restored, require_empty
from esign.backup.restoring import restore as bring_back
from esign.backup.taking import Source, take_backup
from esign.backup.verifying import DocumentsFound, verify_documents, verify_trail
from esign.ceremony.documents import Documents
from esign.cli.builders import Builders, builders_of
from esign.cli.output import ExitStatus, errors_in_one_line, json_option, print_json, progress_teller
from esign.cli.service_database import service_database
from esign.cli.settings_option import read_settings, settings_option
from esign.cli.told_erasures import erasures_of, erasures_option
from esign.cli.trail_keys import own_verifier, verifiers_of
from esign.infra.blobs import BlobStore
from esign.infra.checkpoint_key import CheckpointKey
from esign.infra.jobs_dbos import prepare_jobs
from esign.infra.keystore import open_key_store
from esign.infra.personal_records import DataKeys
from esign.infra.sealed_blobs import SealedBlobs
from esign.infra.settings import Settings
from esign.trail.recheck import ExportVerdict

_quiet_option = click.option("--quiet", is_flag=True, help="Tell no progress.")
_NAMED = 20


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--wrapped-keys", type=click.Path(path_type=Path), help="Another folder, for the wrapped keys alone.")
@click.option("--without-wrapped-keys", is_flag=True, help="Leave them out: another backup of this moment has them.")
@_quiet_option
@settings_option
@json_option
@click.pass_context
def backup(
    context: click.Context,
    folder: Path,
    wrapped_keys: Path | None,
    without_wrapped_keys: bool,
    quiet: bool,
    config: Path | None,
    as_json: bool,
) -> None:
    """Write the whole service as it is in this moment into FOLDER: every row, every blob, with digests, signed.

    The service may run meanwhile. FOLDER appears whole or not at all. No key is in it: back up the keys folder and the
    authority's folder apart. The wrapped keys of records and envelopes go into a folder of their own, which is to be
    destroyed after 30 days, so that an erasure comes true.

    \b
    Exit status: 0 done, 10 refused, 13 if it cannot be written.

    \b
    Example:
        esign backup /backup/data-2026-11-26 --wrapped-keys /vault/keys-2026-11-26
    """
    if (wrapped_keys is None) != without_wrapped_keys:
        raise click.UsageError("name a folder with --wrapped-keys, or say --without-wrapped-keys")
    with errors_in_one_line(as_json=as_json):
        settings, builders = read_settings(config), builders_of(context)
        now, rooms = builders.clock(), builders.rooms()
        with service_database(settings) as database:
            source = Source(
                database,
                _blobs(settings),
                CheckpointKey(open_key_store(settings.keys)),
                settings.trail.name,
                version("esign"),
                _shared_settings(settings),
                rooms.tables,
            )
            taken = take_backup(source, folder, wrapped_keys, now=now, tell=progress_teller(quiet=quiet or as_json))
        form = _taken_form(folder, taken.data)
        if as_json:
            print_json(form | {"wrapped_keys": None if wrapped_keys is None else str(wrapped_keys)})
            return
        click.echo(f"{folder}: {form['rows']} rows, {form['blobs']} blobs, {form['events']} events in the trail")
        if wrapped_keys is not None:
            click.echo(f"{wrapped_keys}: the wrapped keys; keep it apart, and destroy it within 30 days")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--wrapped-keys",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The newest wrapped keys there are, of that moment or later.",
)
@click.option("--without-wrapped-keys", is_flag=True, help="Restore what can be read without them, which is little.")
@erasures_option
@click.option("--migrate", is_flag=True, help="Bring an older schema to that of this version.")
@click.option("--skip-documents", is_flag=True, help="Do not read and judge every sealed document again.")
@click.option("--log-key", "keys", multiple=True, help="An earlier key of this log, or a file of such keys. Repeat it.")
@_quiet_option
@settings_option
@json_option
@click.pass_context
def restore(
    context: click.Context,
    folder: Path,
    wrapped_keys: Path | None,
    without_wrapped_keys: bool,
    erasures: tuple[Path, ...],
    migrate: bool,
    skip_documents: bool,
    keys: tuple[str, ...],
    quiet: bool,
    config: Path | None,
    as_json: bool,
) -> None:
    """Bring the backup in FOLDER back onto an empty database and blob store, and verify everything that came back.

    Bring the keys folder and the authority's folder back first, from backups of their own. Every member is compared
    with the signed manifest before anything is written; all rows come back in one transaction. Right then what was
    erased is erased again (if it falls there: esign evidence replay, with the same --erasures, and with --younger-keys
    where the wrapped keys are newer than the data), the trail recomputed to its last checkpoint, every sealed document
    read and judged. Afterwards open the next epoch: until then no checkpoint is published.

    \b
    Exit status: 0 if all that came back holds, 10 if it was refused or a document does not.

    \b
    Example:
        esign restore /backup/data-2026-11-26 --wrapped-keys /vault/keys-2026-11-27 --erasures trail.jsonl
        esign trail open-epoch --witness kept.txt --by stf_lin --reason disk-failure
    """
    if (wrapped_keys is None) != without_wrapped_keys:
        raise click.UsageError("name a folder with --wrapped-keys, or say --without-wrapped-keys")
    builders, tell = builders_of(context), progress_teller(quiet=quiet or as_json)
    with errors_in_one_line(as_json=as_json):
        settings, now = read_settings(config), builders.clock()
        public_keys = {one.public_key for one in (own_verifier(settings), *verifiers_of(keys))}
        data = open_backup(folder, "data", public_keys)
        apart = None if wrapped_keys is None else open_backup(wrapped_keys, "wrapped-keys", public_keys)
        _require_fitting(settings, data.manifest, apart, now)
        told = erasures_of(erasures, public_keys, builders.rooms().erasures)
        trust, rooms = _trust(builders, settings), builders.rooms().kept
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with service_database(settings, current=False) as database:
            require_empty(database, rooms.tables)
            for part in (data, *([] if apart is None else [apart])):
                part.check(tell)
            blobs = _blobs(settings)
            keys_here = open_key_store(settings.keys)
            restored = bring_back(
                data,
                apart,
                database,
                blobs,
                now=now,
                migrate=migrate,
                open_keys=lambda: keys_here,
                tables=rooms.tables,
                tell=tell,
            )
            younger = apart is not None and apart.manifest.taken_at > data.manifest.taken_at
            erased = erase_what_came_back(database, keys_here, blobs, told, younger_keys=younger, now=now, rooms=rooms)
            prepare_jobs(database)
            verdict = verify_trail(database, data.manifest, public_keys)
            found = _Found.of(verdict, erased)
            documents = DocumentsFound()
            if not skip_documents and apart is not None:
                store = Documents(SealedBlobs(blobs), DataKeys(keys_here))
                documents = verify_documents(database, store, trust, at=now, tell=tell)
        _print(restored, found, documents, as_json=as_json)
    sys.exit(ExitStatus.REFUSED if documents.wrong else ExitStatus.DONE)


@dataclass(frozen=True)
class _Found:
    """What was found in a restored service: events under its last checkpoint, that root, and records erased again."""

    events: int
    root: str | None
    erased: int

    @classmethod
    def of(cls, verdict: ExportVerdict | None, erased: int) -> _Found:
        return cls(0, None, erased) if verdict is None else cls(verdict.events, verdict.root.hex(), erased)


def _print(restored: Restored, found: _Found, documents: DocumentsFound, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "rows": restored.rows,
                "blobs": restored.blobs,
                "schema": restored.schema,
                "events": found.events,
                "root": found.root,
                "erased_again": found.erased,
                "documents": {
                    "passed": documents.passed,
                    "undecided": documents.undecided,
                    "erased": documents.erased,
                    "wrong": [{"document": one, "code": code} for one, code in documents.wrong],
                },
                "next": "esign trail open-epoch",
            }
        )
        return
    click.echo(f"{restored.rows} rows and {restored.blobs} blobs are back, at schema {restored.schema}")
    click.echo(f"the trail holds: {found.events} events, root {found.root or 'none'}")
    click.echo(f"{found.erased} records were back, and are erased again")
    click.echo(
        f"sealed documents: {documents.passed} passed, {documents.undecided} undecided by the file alone, "
        f"{documents.erased} erased, {len(documents.wrong)} wrong"
    )
    for one, code in documents.wrong[:_NAMED]:
        click.echo(f"esign: document {one} did not come back whole; look at its blobs and keys [{code}]", err=True)
    click.echo("next: esign trail open-epoch; until then no checkpoint is published")
    click.echo("then: legal holds set since the backup must be set again, before rules may erase anew")


def _require_fitting(settings: Settings, data: Manifest, apart: Backup | None, now: datetime) -> None:
    if data.log != settings.trail.name or data.settings.get("mode") != settings.mode:
        raise BackupRefused(
            "restore-settings",
            f"the backup is of {data.log} in {data.settings.get('mode')} mode, and the settings say "
            f"{settings.trail.name} in {settings.mode} mode",
            "restore with the settings of the service that was backed up",
        )
    if apart is not None:
        require_fitting_keys(data, apart.manifest, now)


def _trust(builders: Builders, settings: Settings) -> TrustStore:
    trust = builders.authority_roots(settings.authority.folder)
    return trust + load_trust_store([settings.timestamps.trust]) if settings.timestamps.trust else trust


def _blobs(settings: Settings) -> BlobStore:
    from esign.choices import open_blobs  # noqa: PLC0415  # it loads the blob stores

    return open_blobs(settings.blobs)


def _shared_settings(settings: Settings) -> dict[str, str]:
    return {
        "mode": settings.mode,
        "public_url": settings.public_url,
        "trail.name": settings.trail.name,
        "trail.epoch": str(settings.trail.epoch),
        "acceptance.policy": settings.acceptance_policy,
    }


def _taken_form(folder: Path, manifest: Manifest) -> dict[str, object]:
    listed = manifest.blobs
    return {
        "folder": str(folder),
        "taken_at": manifest.taken_at.isoformat(),
        "rows": sum(one.rows for one in manifest.tables),
        "blobs": 0 if listed is None else listed.rows,
        "gone": manifest.gone,
        "events": manifest.trail.size,
        "manifest": manifest.digest,
    }
