"""`esign trail open-epoch`: a trail that came back from a backup goes on as another log, and says what was lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from esign.cli.builders import builders_of
from esign.cli.output import errors_in_one_line, json_option, print_json
from esign.cli.service_database import service_database
from esign.cli.settings_option import read_settings, settings_option
from esign.cli.trail_keys import own_verifier, verifiers_of
from esign.cli.trail_verdict import kept_checkpoints
from esign.infra.database import Database
from esign.infra.settings import Settings
from esign.trail.checkpoint import verify_checkpoint
from esign.trail.epochs import Published, open_epoch
from esign.trail.remembered import RememberedCheckpoint
from esign.trail.restoration import Restoration
from esign.trail.sequencer import BATCH, Sequencer


@dataclass(frozen=True)
class Known:
    """What the operator knows to have been published: files of kept checkpoints, a size, the log's earlier keys."""

    files: tuple[Path, ...] = ()
    size: int | None = None
    keys: tuple[str, ...] = ()


def open_next_epoch(
    settings: Settings, database: Database, known: Known, *, by: str, reason: str, now: datetime
) -> Restoration:
    """Open the next epoch of the service's trail, and give the event its leaf. Raises as `open_epoch` does."""
    public_keys = {one.public_key for one in (own_verifier(settings), *verifiers_of(known.keys))}
    kept = kept_checkpoints(known.files, public_keys)
    remembered = RememberedCheckpoint(settings.trail.memory).read()
    published = Published(
        [one.witnessed.signed.checkpoint for one in kept],
        None if remembered is None else verify_checkpoint(remembered, public_keys),
        known.size,
    )
    with database.transaction() as session:
        opened = open_epoch(
            session, settings.trail.name, published, least=settings.trail.epoch, by=by, reason=reason, now=now
        )
    placed = BATCH
    while placed == BATCH:
        with database.transaction() as session:
            placed = Sequencer().run_once(session)
    return opened


@click.command("open-epoch")
@click.option(
    "--witness",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file of checkpoints that somebody outside kept: mails, signers' copies, a witness's file. Repeat it.",
)
@click.option("--published", type=click.IntRange(min=0), help="The largest size that you know was published.")
@click.option("--log-key", "keys", multiple=True, help="An earlier key of this log, or a file of such keys. Repeat it.")
@click.option("--by", required=True, help="Id of whoever brought the backup back.")
@click.option("--reason", required=True, help="Why, as a code such as disk-failure.")
@settings_option
@json_option
@click.pass_context
def open_epoch_command(
    context: click.Context,
    files: tuple[Path, ...],
    published: int | None,
    keys: tuple[str, ...],
    by: str,
    reason: str,
    config: Path | None,
    as_json: bool,
) -> None:
    """Let a trail that was restored from a backup go on, in its next epoch.

    A database that came back may lack events under a checkpoint that was published. The log must not sign another
    history under the same name: the next epoch begins with the event trail.restored, which names the lost range. Give
    whatever is known of what was published; what this machine remembers is taken by itself.

    \b
    Exit status: 0 if it was opened, 10 if nothing shows that it is needed or nobody says what was published, 14 if the
    log signed two histories already, which an epoch does not mend.

    \b
    Example:
        esign trail open-epoch --witness kept.txt --by stf_lin --reason disk-failure
    """
    with errors_in_one_line(as_json=as_json):
        settings = read_settings(config)
        now, known = builders_of(context).clock(), Known(files, published, keys)
        with service_database(settings) as database:
            opened = open_next_epoch(settings, database, known, by=by, reason=reason, now=now)
        vkey = own_verifier(settings, opened.epoch).vkey
        if as_json:
            print_json({"epoch": opened.epoch, "from": opened.lost_from, "to": opened.lost_to, "key": vkey})
            return
        lost = (
            f"events after {opened.lost_from} up to {opened.lost_to} were lost" if opened.lost else "nothing was lost"
        )
        click.echo(f"epoch {opened.epoch} is open: {lost}, as far as is known")
        click.echo(f"publish its key beside the earlier one: {vkey}")
