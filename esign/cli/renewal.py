"""`esign renew`: a signed file gets a fresh timestamp before the last one ends; what falls due in the service."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from ca.trust import load_trust_store
from esign.ceremony.workfile import Workfile, digest_of
from esign.cli.authority import folder_option, passphrase_option, read_passphrase
from esign.cli.builders import Builders, builders_of
from esign.cli.destination import require_free_destination
from esign.cli.output import errors_in_one_line, json_option, print_json
from esign.cli.service_database import service_database
from esign.cli.settings_option import read_settings, settings_option
from esign.infra.settings import Settings
from esign.renewal.checkpoint_dues import checkpoint_dues
from esign.renewal.file import HeldFile
from esign.renewal.renewing import BEFORE, Authorities, Renewal, renew
from esign.renewal.resting import dues, unknown_count
from esign.verify.trust.algorithm_constraints import default_constraints, load_constraints


@click.command("renew")
@click.argument("document", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--due", is_flag=True, help="Instead of renewing: list what falls due in the service, by year.")
@settings_option
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Result; default: NAME.renewed.pdf.")
@click.option("--overwrite", is_flag=True, help="Replace a result that is there already.")
@click.option(
    "--days",
    type=click.IntRange(0, 36500),
    default=BEFORE.days,
    show_default=True,
    help="Renew if the newest timestamp ends within so many days.",
)
@click.option("--tsa", "tsa_url", help="Timestamp authority (RFC 3161) by URL instead of the embedded one.")
@click.option(
    "--trust",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Roots to believe besides the authority's: files or folders.",
)
@click.option(
    "--algorithms",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Until when algorithms may be relied upon: a file as `esign verify --algorithms` takes it.",
)
@folder_option
@passphrase_option
@json_option
@click.pass_context
def renew_command(
    context: click.Context,
    document: Path | None,
    due: bool,
    config: Path | None,
    out: Path | None,
    overwrite: bool,
    days: int,
    tsa_url: str | None,
    trust: tuple[Path, ...],
    algorithms: Path | None,
    folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Renew DOCUMENT, a file of level B-LTA, if its newest timestamp ends soon; else write nothing and say so.

    Appended are the newest timestamp's validation data, asked for now, and a new timestamp over all of it. What was
    there stays byte for byte. The result is verified before it appears.

    \b
    Example:
        esign renew signed.pdf --out renewed.pdf --tsa https://tsa.example/tsr --trust roots/
        esign renew --due --config /etc/esign.toml
    """
    builders = builders_of(context)
    if due == (document is not None):
        raise click.UsageError("give a document, or --due and none")
    if document is None:
        with errors_in_one_line(as_json=as_json):
            _list_due(read_settings(config), builders, as_json=as_json)
        return
    with errors_in_one_line(as_json=as_json):
        destination = out or document.with_suffix(".renewed.pdf")
        inputs = [document, *trust, *([passphrase_file] if passphrase_file else [])]
        require_free_destination(destination, inputs, folder, overwrite=overwrite)
        authority = builders.open_authority(folder, read_passphrase(passphrase_file))
        trusted = builders.authority_roots(folder) + load_trust_store(trust)
        constraints = default_constraints() if algorithms is None else load_constraints(algorithms)
        authorities = Authorities(
            timestamps=builders.remote_timestamp_authority(tsa_url, trusted)
            if tsa_url
            else authority.timestamp_authority,
            revocation=builders.with_remote_revocation(authority.revocation),
            trust=trusted,
            constraints=constraints,
            clock=builders.clock,
        )
        with Workfile(document, destination) as work:
            before = digest_of(work.stream).hex()
            renewal = renew(HeldFile(work, destination.name, constraints), authorities, before=timedelta(days=days))
            after = before if renewal is None else digest_of(work.stream).hex()
            if renewal is not None:
                work.release({})
        _tell(destination, renewal, before, after, authorities, as_json=as_json)


def _list_due(settings: Settings, builders: Builders, *, as_json: bool) -> None:
    """Print what falls due each year: until when each unit holds, and how many documents and checkpoints rest on it."""
    trust = builders.authority_roots(settings.authority.folder)
    if settings.timestamps.trust is not None:
        trust += load_trust_store([settings.timestamps.trust])
    with service_database(settings) as database, database.reading() as session:
        found = dues(session, trust, default_constraints())
        checkpoints = checkpoint_dues(session, trust, default_constraints())
        unknown = unknown_count(session)
    if as_json:
        print_json(
            {
                "due": [
                    {
                        "year": one.year,
                        "unit": one.name,
                        "certificate_sha256": one.certificate_sha256,
                        "ends_at": one.ends_at.isoformat(),
                        "renewed_from": (one.ends_at - BEFORE).isoformat(),
                        "documents": one.documents,
                        "first_stamped_at": one.first_stamped_at and one.first_stamped_at.isoformat(),
                    }
                    for one in found
                ],
                "checkpoints_due": [
                    {
                        "year": one.year,
                        "unit": one.unit.name,
                        "certificate_sha256": one.unit.certificate_sha256,
                        "ends_at": one.ends_at.isoformat(),
                        "renewed_from": (one.ends_at - BEFORE).isoformat(),
                        "checkpoints": one.checkpoints,
                    }
                    for one in checkpoints
                ],
                "not_looked_at": unknown,
            }
        )
        return
    for one in found:
        click.echo(f"{one.year}  {one.documents:>9,} documents rest on {one.name} {one.certificate_sha256[:16]}")
        click.echo(f"      which ends {one.ends_at:%Y-%m-%d}; they are renewed from {one.ends_at - BEFORE:%Y-%m-%d}")
    if not found and not unknown:
        click.echo("no document rests on a timestamp yet")
    if unknown:
        click.echo(f"sealed documents that no worker has looked at yet: {unknown:,}; a worker looks once in an hour")
    for due in checkpoints:
        unit = due.unit
        click.echo(f"{due.year}  {due.checkpoints:>9,} checkpoints rest on {unit.name} {unit.certificate_sha256[:16]}")
        click.echo(f"      which ends {due.ends_at:%Y-%m-%d}; they are renewed from {due.ends_at - BEFORE:%Y-%m-%d}")


def _tell(
    destination: Path, renewal: Renewal | None, before: str, after: str, authorities: Authorities, *, as_json: bool
) -> None:
    if renewal is None:
        if as_json:
            print_json({"renewed": False, "sha256": before})
        else:
            click.echo("nothing to renew: the newest timestamp does not end so soon")
        return
    ends_at = renewal.after.ends_at(authorities.trust, authorities.constraints)
    if as_json:
        print_json(
            {
                "renewed": True,
                "file": str(destination),
                "sha256_before": before,
                "sha256": after,
                "stamped_at": renewal.stamped_at.isoformat(),
                "ends_at": ends_at.isoformat(),
                "verification": renewal.judged.report,
            }
        )
        return
    click.echo(f"{destination}: {renewal.judged.conclusion}, SHA-256 {after}")
    click.echo(f"  timestamp of {renewal.after.name}, which holds until {ends_at:%Y-%m-%d}")
