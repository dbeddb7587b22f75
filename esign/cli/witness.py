"""`esign witness`: for somebody outside, who countersigns the checkpoints of a log and keeps them."""

from __future__ import annotations

import os
import stat
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from esign.ceremony.workfile import locked_folder, output_error, write_beside
from esign.cli.builders import builders_of
from esign.cli.families import Family
from esign.cli.files import opened
from esign.cli.output import errors_in_one_line, json_option, print_json
from esign.cli.trail_keys import require_log, verifiers_of
from esign.errors import EsignError, OutputError
from esign.trail.checkpoint import Checkpoint, Origin, SignedCheckpoint, verify_checkpoint
from esign.trail.cosignature import CosigningKey, cosign, cosigned_by
from esign.trail.countersigning import BYTES_AT_MOST, parse_request, remembered, require_continuation
from esign.trail.errors import WitnessRefused
from esign.trail.note import NoteVerifier
from esign.trail.recheck import verify_export
from esign.trail.witness_file import BYTES_AT_MOST as STATE_BYTES_AT_MOST
from esign.trail.witness_file import read_witness_file, verify_witnessed
from esign.trail.witnessing import not_accepted

_EXPORT: Final = b'{"export":'
_KEY_AT_MOST: Final = 4096


@click.group("witness", cls=Family)
def witness_commands() -> None:
    """Watch somebody else's trail: countersign its checkpoints, and keep them so that a rewriting shows."""


@witness_commands.command("create-key")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--name", required=True, help="Your name as a witness, such as audit.example/esign; no spaces.")
def create_key(file: Path, name: str) -> None:
    """Make a key of your own in FILE, and print its public half, to be given to whoever believes you.

    \b
    Example:
        esign witness create-key witness.key --name audit.example/esign > witness.pub
    """
    with errors_in_one_line(as_json=False):
        key = CosigningKey.generate(name)
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(key.encode())
                stream.flush()
                os.fsync(stream.fileno())
        except FileExistsError as error:
            raise OutputError(
                "output-exists", f"{file} is there already", "a key is never overwritten: choose another name"
            ) from error
        except OSError as error:
            raise output_error(file, error) from error
        click.echo(key.cosigner.vkey)


@witness_commands.command("sign")
@click.argument("seen", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--key", "key_file", required=True, type=click.Path(path_type=Path), help="Your key: create-key made it.")
@click.option("--log-key", "log_keys", multiple=True, required=True, help="The log's verifier key, or a file of such.")
@click.option(
    "--state",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file in which you keep what you signed; made by the first run. Others can use it as --witness.",
)
@click.option("--accept-loss", is_flag=True, help="Sign although the trail says that what you signed was lost.")
@json_option
@click.pass_context
def sign(
    context: click.Context,
    seen: Path,
    key_file: Path,
    log_keys: tuple[str, ...],
    state: Path,
    accept_loss: bool,
    as_json: bool,
) -> None:
    """Countersign the newest checkpoint in SEEN, if it continues all that you saw, and print the note.

    SEEN is an exported trail, which is recomputed as a whole, or what `esign trail checkpoint --since SIZE` prints,
    which is small. What you keep is written before the note is printed, whole or not at all; two runs wait for each
    other. The signature is a cosignature/v1 of C2SP tlog-cosignature: this was the largest tree that you saw, and when.

    \b
    Exit status: 0 if it was signed, 10 if it is older or cannot be judged, 14 if the log shows another trail, 15 if it
    says that what you signed was lost: ask what happened, and only then run it with --accept-loss. Once is enough for
    each loss.

    \b
    Example:
        esign witness sign trail.jsonl --key witness.key --log-key trail.key --state witnessed.txt > signed.txt
    """
    with errors_in_one_line(as_json=as_json):
        key, verifiers = _read_key(key_file), verifiers_of(log_keys)
        if not state.absolute().parent.is_dir():
            raise OutputError("output-unwritable", f"{state.parent} is no folder", "name a file in one that is there")
        with locked_folder(state.absolute().parent):
            kept = _read_state(state, verifiers)
            signed = _judged(seen, verifiers, [one.checkpoint for one in kept], accept_loss=accept_loss)
            noted = cosign(signed, key, _not_before(kept, key, builders_of(context).clock()))
            content = b"\n".join(one.encode() for one in remembered(kept, noted, key.cosigner))
            write_beside(state, content)
        head = noted.checkpoint
        if as_json:
            note = noted.encode().decode()
            print_json({"note": note, "log": head.origin.log, "epoch": head.origin.epoch, "size": head.size})
        else:
            click.echo(noted.encode().decode(), nl=False)


def _judged(
    seen: Path, verifiers: list[NoteVerifier], known: list[Checkpoint], *, accept_loss: bool
) -> SignedCheckpoint:
    """Return the checkpoint that is to be signed, after it was found to continue all that is known."""
    public_keys = {one.public_key for one in verifiers}
    with opened(seen) as stream:
        start = stream.read(len(_EXPORT))
        stream.seek(0)
        if start == _EXPORT:
            verdict = verify_export(stream, public_keys, seen=known)
            require_log(verdict, verifiers)
            for one in verdict.compared:
                one.raise_if_contradicted()
            lost = not_accepted(verdict.compared)
            if lost is not None and not accept_loss:
                raise lost
            return verdict.head
        request = parse_request(stream.read(BYTES_AT_MOST + 1))
    head = verify_checkpoint(request.signed, public_keys)
    if head.origin.log not in {Origin.parse(one.name).log for one in verifiers}:
        raise WitnessRefused(
            "witness-log", f"the checkpoint is of the log {head.origin.log}, and no key given is", "give that log's key"
        )
    require_continuation(request, known)
    return request.signed


def _read_state(state: Path, verifiers: list[NoteVerifier]) -> list[SignedCheckpoint]:
    """Return what was signed so far; a file that cannot be read is never taken for an empty one."""
    if not state.exists():
        return []
    with opened(state) as stream:
        found = read_witness_file(stream.read(STATE_BYTES_AT_MOST + 1))
    return [one.signed for one in verify_witnessed(found, {one.public_key for one in verifiers})]


def _not_before(kept: list[SignedCheckpoint], key: CosigningKey, now: datetime) -> datetime:
    """Return the time to sign with. A clock that went back must not make an older statement of a larger tree."""
    return max((now, *(time for one in kept for time in cosigned_by(one, [key.cosigner]).values())))


def _read_key(file: Path) -> CosigningKey:
    with opened(file) as stream:
        if stat.S_IMODE(os.fstat(stream.fileno()).st_mode) & 0o077:
            raise EsignError("key-exposed", f"others than the owner may reach {file}", f"chmod go-rwx {file}")
        return CosigningKey.parse(stream.read(_KEY_AT_MOST).decode("utf-8", "replace"))
