"""`esign trail`: take the trail away, check it again anywhere, and tell by which key and under which head it stands."""

from __future__ import annotations

import base64
import sys
from pathlib import Path

import click
from sqlalchemy.orm import Session

from ca.trust import load_trust_store
from esign.cli.builders import builders_of
from esign.cli.epochs import open_epoch_command
from esign.cli.families import Family
from esign.cli.files import opened
from esign.cli.output import errors_in_one_line, json_option, print_json
from esign.cli.service_database import service_database
from esign.cli.settings_option import read_settings, settings_option
from esign.cli.trail_keys import cosigners_of, own_verifier, require_log, verifiers_of
from esign.cli.trail_verdict import kept_checkpoints, print_verdict
from esign.cli.whole_file import written_whole
from esign.errors import EsignError, OutputError
from esign.trail.countersigning import Request
from esign.trail.errors import NotCovered, WitnessRefused
from esign.trail.export import export_trail
from esign.trail.merkle import Tree
from esign.trail.proof import BYTES_AT_MOST as PROOF_BYTES_AT_MOST
from esign.trail.proof import parse_inclusion_proof, verify_inclusion_proof
from esign.trail.publishing import latest_checkpoint
from esign.trail.recheck import verify_export
from esign.trail.sequencer import StoredNodes


@click.group("trail", cls=Family)
def trail_commands() -> None:
    """The append-only trail of everything that happened: export it, and check an export without the service."""


@trail_commands.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--overwrite", is_flag=True, help="Replace FILE if it is there.")
@settings_option
@json_option
def export(file: Path, overwrite: bool, config: Path | None, as_json: bool) -> None:
    """Write every event under the latest checkpoint into FILE, with all checkpoints and the proofs between them.

    FILE appears whole or not at all. It holds ids, codes and digests; nobody's personal data. Events that came after
    that checkpoint are not in it; how many is told.

    \b
    Example:
        esign trail key > trail.key
        esign trail export trail.jsonl
        esign trail verify trail.jsonl --key trail.key
    """
    with errors_in_one_line(as_json=as_json):
        if file.exists() and not overwrite:
            raise OutputError("output-exists", f"{file} is there already", "choose another name, or use --overwrite")
        settings = read_settings(config)
        with (
            service_database(settings) as database,
            database.reading() as session,
            written_whole(file) as stream,
        ):
            written = export_trail(session, stream)
        if as_json:
            counts = {"events": written.events, "checkpoints": written.checkpoints, "later_events": written.later}
            print_json({"file": str(file), **counts})
        else:
            click.echo(f"{file}: {written.events} events, {written.checkpoints} checkpoints")
            if written.later:
                click.echo(f"later events, under no checkpoint yet and not in it: {written.later}")


@trail_commands.command("verify")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--log-key",
    "--key",
    "keys",
    multiple=True,
    required=True,
    help="The log's verifier key, or a file of such keys, had from whoever runs the log. Repeat for earlier keys.",
)
@click.option(
    "--trust",
    "--tsa-roots",
    "roots",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Roots believed for timestamps: files or folders. Without them, timestamps are read but not judged.",
)
@click.option(
    "--witness",
    "witness_files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file of checkpoints that somebody outside kept: notes, or the codes on signers' copies. Repeat it.",
)
@click.option(
    "--witness-key",
    "witness_keys",
    multiple=True,
    help="A witness's verifier key, or a file of such keys: who signed which checkpoint is told then. Repeat it.",
)
@json_option
@click.pass_context
def verify(
    context: click.Context,
    file: Path,
    keys: tuple[str, ...],
    roots: tuple[Path, ...],
    witness_files: tuple[Path, ...],
    witness_keys: tuple[str, ...],
    as_json: bool,
) -> None:
    """Recompute a whole exported trail: every hash, signature, order and time. Asks no database and no network.

    A trail that was cut short, or written anew by whoever has the log's key, adds up too. What somebody outside kept
    shows it: give their checkpoints with --witness.

    \b
    Exit status: 0 if all holds, 10 if the export or a witness file does not add up, 11 if a timestamp is not good,
    14 if the log signed another trail than this one (witness-truncated, witness-rewritten, witness-epoch), 15 if it
    says itself that a checkpoint which was kept was lost (witness-lost): believe that only if others know of it.

    \b
    Example:
        esign trail verify trail.jsonl --log-key trail.key --trust tsa-root.pem --witness kept.txt
    """
    builders = builders_of(context)
    with errors_in_one_line(as_json=as_json):
        verifiers = verifiers_of(keys)
        public_keys = {verifier.public_key for verifier in verifiers}
        judge = builders.stored_timestamps(load_trust_store(roots)) if roots else None
        kept = kept_checkpoints(witness_files, public_keys, cosigners_of(witness_keys))
        with opened(file) as stream:
            verdict = verify_export(
                stream, public_keys, timestamps=judge, seen=[one.witnessed.signed.checkpoint for one in kept]
            )
        require_log(verdict, verifiers)
        status = print_verdict(verdict, kept, as_json=as_json)
    sys.exit(status)


@trail_commands.command("proof")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--key",
    "keys",
    multiple=True,
    required=True,
    help="The log's verifier key, or a file of such keys, had from whoever runs the log.",
)
@json_option
def proof(file: Path, keys: tuple[str, ...], as_json: bool) -> None:
    """Check the proof FILE (.tlog-proof) that one event is in the log of this key. Needs no service and no network.

    \b
    Example:
        esign trail proof evt_4c1f.tlog-proof --key trail.key
    """
    with errors_in_one_line(as_json=as_json):
        try:
            with file.open("rb") as stream:
                found = parse_inclusion_proof(stream.read(PROOF_BYTES_AT_MOST + 1))
        except OSError as error:
            raise EsignError(
                "proof-unreadable", f"{file} cannot be read ({error.strerror})", "check the path and its rights"
            ) from error
        event = verify_inclusion_proof(found, [one.public_key for one in verifiers_of(keys)])
        head = found.signed.checkpoint
        if as_json:
            print_json({"event": event.id, "type": event.type, "stream": event.stream, "size": head.size})
            return
        click.echo(f"{event.type} of {event.stream}, event {event.id}, at {event.time.isoformat()}")
        click.echo(f"is number {found.index} of the {head.size} events in the log {head.origin}")


@trail_commands.command("key")
@settings_option
def key(config: Path | None) -> None:
    """Print the key by which checkpoints of this trail are verified. It is public: publish it where many see it.

    \b
    Example:
        esign trail key > trail.key
    """
    with errors_in_one_line(as_json=False):
        click.echo(own_verifier(read_settings(config)).vkey)


@trail_commands.command("checkpoint")
@click.option(
    "--since",
    type=click.IntRange(min=0),
    help="The size that a witness saw last: the proof that nothing up to there was changed goes before the note.",
)
@settings_option
@json_option
def checkpoint(since: int | None, config: Path | None, as_json: bool) -> None:
    """Print the latest checkpoint: a signed note with the size and the root of the whole trail.

    Whoever keeps one can show later that nothing before it was changed.

    \b
    Example:
        esign trail checkpoint > checkpoint.txt
        esign trail checkpoint --since 4711 > for-the-witness.txt
    """
    with errors_in_one_line(as_json=as_json):
        path: tuple[bytes, ...] = ()
        with service_database(read_settings(config)) as database, database.reading() as session:
            newest = latest_checkpoint(session)
            if newest is not None and since is not None:
                path = _path_since(session, since, newest.checkpoint.size)
        if newest is None:
            raise NotCovered("nothing-published", "no checkpoint was published yet", "let a worker run for a moment")
        if not as_json:
            asked = newest.signed.encode() if since is None else Request(newest.signed, since, path).encode()
            click.echo(asked.decode(), nl=False)
            return
        print_json(
            {
                "note": newest.signed.encode().decode(),
                "log": newest.checkpoint.origin.log,
                "epoch": newest.checkpoint.origin.epoch,
                "size": newest.checkpoint.size,
                "root": newest.checkpoint.root.hex(),
                "since": since,
                "consistency": [base64.b64encode(one).decode("ascii") for one in path],
                "time": newest.token.gen_time.isoformat(),
                "timestamp": base64.b64encode(newest.token.der).decode("ascii"),
            }
        )


def _path_since(session: Session, since: int, size: int) -> tuple[bytes, ...]:
    """Return the proof that the tree of `size` leaves continues the one of `since`. Raises `WitnessRefused`."""
    if since > size:
        raise WitnessRefused(
            "witness-ahead",
            f"the latest checkpoint has {size} events, and {since} were seen",
            "if a witness saw more, the database was restored from a backup: see esign trail open-epoch",
        )
    return Tree(StoredNodes(session), size).consistency_path(since)


trail_commands.add_command(open_epoch_command)
