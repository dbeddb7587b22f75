"""`esign bundle export`: evidence bundles at the machine of the service, of one envelope or of many."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from esign.cli.builders import builders_of
from esign.cli.output import ExitStatus, errors_in_one_line, json_option, print_json
from esign.cli.settings_option import read_settings, settings_option
from esign.cli.whole_file import written_whole
from esign.errors import EsignError, OutputError

if TYPE_CHECKING:
    from esign.bundle.facts import Exported
    from esign.bundle.set_index import IndexRow
    from esign.exports.streamed_set import Chosen
    from esign.process import Process

ENDED: Final = ("completed", "declined", "expired", "voided")
_DAY: Final = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"])


@click.command("export")
@click.argument("envelopes", nargs=-1)
@click.option("--out", "file", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The file.")
@click.option("--by", required=True, help="Id of whoever exports.")
@click.option("--reason", required=True, help="Why, as a code such as court-request.")
@click.option("--since", type=_DAY, metavar="DAY", help="Made on this day (UTC), as 2026-10-01, or later.")
@click.option("--until", type=_DAY, metavar="DAY", help="Made before this day (UTC).")
@click.option("--state", type=click.Choice(ENDED), help="All that ended so.")
@click.option("--institution", help="All of this institution (ins_...).")
@click.option("--overwrite", is_flag=True, help="Replace FILE if it is there.")
@settings_option
@json_option
@click.pass_context
def export(
    context: click.Context,
    envelopes: tuple[str, ...],
    file: Path,
    by: str,
    reason: str,
    since: datetime | None,
    until: datetime | None,
    state: str | None,
    institution: str | None,
    overwrite: bool,
    config: Path | None,
    as_json: bool,
) -> None:
    """Write the evidence bundle of an envelope (.asice); of several ENVELOPES, or of all that are meant, a ZIP of them.

    Each envelope must be over. That it is exported, by whom and why, is recorded in the trail before its bundle is
    made. Sealed evidence stays sealed. FILE appears whole or not at all; memory does not grow with the number.

    \b
    Exit status: 0 if every bundle was made, 10 if any was not: the index in FILE says which and why.

    \b
    Examples:
        esign bundle export env_01k9x7m2qv8w3c5t6r4n0b1d2e --out case.asice --by stf_lin --reason court-request
        esign bundle export --since 2026-10-01 --until 2026-11-01 --out october.zip --by stf_lin --reason audit
    """
    with errors_in_one_line(as_json=as_json):
        from esign.exports.streamed_set import Chosen  # noqa: PLC0415  # it loads the whole service

        chosen = Chosen(_utc(since), _utc(until), state, institution)
        if bool(envelopes) == (chosen != Chosen()):
            raise EsignError(
                "export-not-chosen",
                "name envelopes, or say which are meant, and not both",
                "see esign bundle export -h",
            )
        if file.exists() and not overwrite:
            raise OutputError("output-exists", f"{file} is there already", "choose another name, or use --overwrite")
        builders = builders_of(context)
        process = builders.open_process(read_settings(config))
        try:
            failed = _export(process, envelopes, chosen, file, _exporter(builders.clock, by, reason), as_json=as_json)
        finally:
            process.service.ports.quarantine.close()
            process.service.ports.database.close()
        if failed:
            sys.exit(ExitStatus.REFUSED)


def _exporter(clock: Callable[[], datetime], by: str, reason: str) -> Callable[[], Exported]:
    """Return what says of each bundle when and why it is made, all for one export."""
    from esign.bundle.facts import Exported  # noqa: PLC0415  # as above
    from esign.infra.ids import new_id  # noqa: PLC0415

    id_ = new_id("exp", clock())
    return lambda: Exported(id_, clock(), f"operator:{by}", reason)


def _export(
    process: Process,
    envelopes: tuple[str, ...],
    chosen: Chosen,
    file: Path,
    exported: Callable[[], Exported],
    *,
    as_json: bool,
) -> int:
    """Write the file and tell of it; return how many bundles could not be made."""
    from esign.bundle.writing import Measure  # noqa: PLC0415  # as above
    from esign.exports.streamed_set import chosen_envelopes, index_row, write_set  # noqa: PLC0415

    maker, rows = process.service.bundles, list["IndexRow"]()
    with written_whole(file) as stream:
        if len(envelopes) == 1:
            bundle, measure = maker.make(envelopes[0], exported()), Measure()
            stream.writelines(measure.through(bundle.chunks))
            rows.append(index_row(bundle.about, measure.written))
        else:
            wanted: Iterable[str] = sorted(set(envelopes))
            if not envelopes:
                wanted = chosen_envelopes(process.service.ports.database, chosen)
            tell = (lambda _row: None) if as_json else _progress
            rows = write_set(maker, wanted, exported, stream.write, tell)
            if not rows:
                raise EsignError("nothing-to-export", "no envelope is meant by that", "ask for others")
    failed = [row for row in rows if row.problem is not None]
    if as_json:
        print_json({"file": str(file), "envelopes": [dict(row.values()) for row in rows]})
    else:
        click.echo(f"{file}: {len(rows) - len(failed)} of {len(rows)} envelopes")
    return len(failed)


def _progress(row: IndexRow) -> None:
    click.echo(f"  {row.envelope}: {row.problem or f'{row.size} bytes'}", err=True)


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)
