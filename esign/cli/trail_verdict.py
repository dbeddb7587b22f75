"""What was found of an exported trail, in words and as JSON; and the checkpoints that it is compared with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from esign.cli.files import opened
from esign.cli.output import ExitStatus, print_json, printable
from esign.trail.cosignature import Cosigner
from esign.trail.errors import WitnessLost, WitnessRefused
from esign.trail.recheck import ExportVerdict
from esign.trail.witness_file import BYTES_AT_MOST, Witnessed, read_witness_file, verify_witnessed
from esign.trail.witnessing import Comparison, Outcome

_NAMED: Final = 20
"""So many comparisons are told one by one in words; the rest is counted. JSON has them all."""


@dataclass(frozen=True)
class Kept:
    """A checkpoint that somebody kept, and in which file."""

    file: Path
    witnessed: Witnessed


def kept_checkpoints(
    files: Iterable[Path], public_keys: Collection[bytes], witnesses: Collection[Cosigner] = ()
) -> list[Kept]:
    """Return the checkpoints in these files, with their signatures verified.

    Raises `WitnessRefused` naming the file, `EsignError` (`file-unreadable`).
    """
    kept: list[Kept] = []
    for file in files:
        with opened(file) as stream:
            data = stream.read(BYTES_AT_MOST + 1)
        try:
            found = verify_witnessed(read_witness_file(data), public_keys, witnesses)
        except WitnessRefused as error:
            raise WitnessRefused(error.code, f"{file}: {error.cause}", error.cure) from error
        kept += [Kept(file, one) for one in found]
    return kept


def print_verdict(verdict: ExportVerdict, kept: Sequence[Kept], *, as_json: bool) -> ExitStatus:
    """Print what the export is, and what became of each checkpoint that was kept; return how the command ends."""
    against = [one for one in verdict.compared if one.contradicts]
    lost = [one.lost for one in verdict.compared if one.lost is not None]
    if as_json:
        print_json(_form(verdict, kept, against, lost))
    else:
        _tell(verdict, kept, against, lost)
    if against:
        return ExitStatus.CONTRADICTED
    return ExitStatus.LOST if lost else ExitStatus.DONE


def _form(
    verdict: ExportVerdict, kept: Sequence[Kept], against: Sequence[Comparison], lost: Sequence[WitnessLost]
) -> dict[str, object]:
    form: dict[str, object] = {
        "holds": not against and not lost,
        "witnessed_lost": len(lost),
        "log": verdict.log,
        "events": verdict.events,
        "streams": verdict.streams,
        "checkpoints": verdict.checkpoints,
        "epochs": list(verdict.epochs),
        "epochs_unexplained": list(verdict.epochs_unexplained),
        "lost": [{"epoch": one.epoch, "from": one.lost_from, "to": one.lost_to} for one in verdict.restorations],
        "root": verdict.root.hex(),
        "fixed_at": verdict.fixed_at.isoformat(),
        "timestamps_judged": verdict.timestamps_judged,
        "times_in_doubt": verdict.times_in_doubt,
        "witnessed": [_compared_form(one, where) for one, where in zip(verdict.compared, kept, strict=True)],
    }
    if against:
        first = against[0]
        form["error"] = {"code": first.outcome.value, "cause": first.cause, "cure": first.cure}
    elif lost:
        form["error"] = {"code": lost[0].code, "cause": lost[0].cause, "cure": lost[0].cure}
    return form


def _compared_form(compared: Comparison, kept: Kept) -> dict[str, object]:
    seen = compared.seen
    return {
        "outcome": compared.outcome.value,
        "log": seen.origin.log,
        "epoch": seen.origin.epoch,
        "size": seen.size,
        "root": seen.root.hex(),
        "file": str(kept.file),
        "line": kept.witnessed.line,
        "by": [{"witness": who.name, "time": when.isoformat()} for who, when in kept.witnessed.by.items()],
        "cause": compared.cause or None,
        "cure": compared.cure or None,
    }


def _tell(
    verdict: ExportVerdict, kept: Sequence[Kept], against: Sequence[Comparison], lost: Sequence[WitnessLost]
) -> None:
    held = "adds up, and says that what was seen was lost" if lost else "holds"
    held = "adds up, and is not what was seen" if against else held
    click.echo(f"{held}: {verdict.events} events in {verdict.streams} streams of {verdict.log}")
    click.echo(f"  {verdict.checkpoints} checkpoints, epochs {', '.join(map(str, verdict.epochs))}")
    click.echo(f"  root {verdict.root.hex()}")
    judged = "" if verdict.timestamps_judged else "; its timestamps were not judged, give --trust"
    click.echo(f"  fixed at {verdict.fixed_at.isoformat()}{judged}")
    for one in verdict.restorations:
        click.echo(
            f"  restored: before epoch {one.epoch}, events after {one.lost_from} up to {one.lost_to} were lost"
            if one.lost
            else f"  restored: epoch {one.epoch} was opened at {one.lost_from} events, and nothing is known to be lost"
        )
    for epoch in verdict.epochs_unexplained:
        click.echo(f"  in doubt: epoch {epoch} began without trail.restored, so nobody says what was lost before it")
    if verdict.times_in_doubt:
        click.echo(
            f"  in doubt: {verdict.times_in_doubt} events say another time than the timestamps around them allow "
            "(moved clocks, or a history written later)"
        )
    _tell_witnessed(verdict.compared, kept)
    for compared in against[:_NAMED]:
        click.echo(f"esign: {printable(compared.cause)}; {compared.cure} [{compared.outcome.value}]", err=True)
    for loss in lost[:_NAMED]:
        click.echo(f"esign: {printable(loss.cause)}; {loss.cure} [{loss.code}]", err=True)


def _tell_witnessed(compared: Sequence[Comparison], kept: Sequence[Kept]) -> None:
    if not compared:
        click.echo(
            "  compared with nothing that anybody kept: a trail cut short or written anew adds up too; --witness"
        )
        return
    holding = [where for one, where in zip(compared, kept, strict=True) if one.outcome is Outcome.HOLDS]
    click.echo(f"  {len(holding)} of {len(compared)} checkpoints that were kept are of this trail")
    if holding:
        latest = max(holding, key=lambda one: one.witnessed.signed.checkpoint.size).witnessed
        signers = ", ".join(f"{who.name} at {when.isoformat()}" for who, when in latest.by.items())
        by = f", signed by {printable(signers)}" if signers else ""
        click.echo(f"  the largest of them has {latest.signed.checkpoint.size} events{by}")
    lost = sum(one.outcome is Outcome.LOST for one in compared)
    if lost:
        click.echo(f"  {lost} of {len(compared)} are not, and the trail says that they were lost")
