"""An exported trail as a command reads it that counts: every event is told once, while the whole is checked.

What is counted is what was checked, byte for byte: the file is read once. What was told of an export that does not add
up counts for nothing, since the error is raised before anything is printed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from ca.trust import load_trust_store
from esign.cli.builders import builders_of
from esign.cli.files import opened
from esign.cli.trail_keys import cosigners_of, require_log, verifiers_of
from esign.cli.trail_verdict import kept_checkpoints
from esign.errors import EsignError
from esign.trail.event import LoggedEvent
from esign.trail.recheck import ExportVerdict, verify_export

Command = TypeVar("Command", bound=Callable[..., object])


def export_options(command: Command) -> Command:
    """Add the options by which a command is given an exported trail and what to check it by: `trail`, `keys`, `roots`,
    `witness_files`."""
    for option in reversed(
        (
            click.option(
                "--trail",
                type=click.Path(path_type=Path, dir_okay=False),
                help="An exported trail to count from, instead of the service's database.",
            ),
            click.option(
                "--log-key",
                "keys",
                multiple=True,
                help="The log's verifier key, or a file of such keys, had from whoever runs the log. Repeat it.",
            ),
            click.option(
                "--trust",
                "roots",
                multiple=True,
                type=click.Path(path_type=Path, exists=True),
                help="Roots believed for timestamps: files or folders. Without them, timestamps are not judged.",
            ),
            click.option(
                "--witness",
                "witness_files",
                multiple=True,
                type=click.Path(path_type=Path, dir_okay=False),
                help="A file of checkpoints that somebody outside kept. Repeat it.",
            ),
        )
    ):
        command = option(command)
    return command


def checked_export(
    context: click.Context,
    trail: Path,
    told: Callable[[LoggedEvent], None],
    *,
    keys: tuple[str, ...],
    roots: tuple[Path, ...] = (),
    witness_files: tuple[Path, ...] = (),
) -> ExportVerdict:
    """Tell every event of an export in order, check the whole, and return what it is. Asks no database, no network.

    Raises `EsignError` (`trail-key-missing`, `file-unreadable`), `ExportRefused`, `NoteRefused`, `WitnessRefused`,
    `WitnessContradicted` and `WitnessLost` where the log signed another trail than this one, and what judging
    timestamps raises. What was told before is then to be thrown away.
    """
    if not keys:
        raise EsignError(
            "trail-key-missing",
            "an export is checked by the key of its log, and none was given",
            "give --log-key with the file that `esign trail key` wrote",
        )
    verifiers = verifiers_of(keys)
    public_keys = {verifier.public_key for verifier in verifiers}
    judge = builders_of(context).stored_timestamps(load_trust_store(roots)) if roots else None
    kept = kept_checkpoints(witness_files, public_keys, cosigners_of(()))
    with opened(trail) as stream:
        verdict = verify_export(
            stream,
            public_keys,
            timestamps=judge,
            seen=[one.witnessed.signed.checkpoint for one in kept],
            told=told,
        )
    require_log(verdict, verifiers)
    for one in verdict.compared:
        one.raise_if_contradicted()
        if one.lost is not None:
            raise one.lost
    return verdict
