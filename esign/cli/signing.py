"""`esign sign`: a contract signed by its recipients, sealed, verified, in one go."""

from __future__ import annotations

import re
from datetime import timedelta, timezone
from pathlib import Path

import click

from ca.trust import TrustStore, load_trust_store
from esign.ceremony.roles import SEAL_WORDS
from esign.ceremony.signing_run import TEST_NOTICE, Order, Outcome, Seal, numbered, sign_contract
from esign.ceremony.trust_services import TrustServices
from esign.cli.authority import folder_option, passphrase_option, read_passphrase
from esign.cli.builders import Builders, OpenAuthority, builders_of
from esign.cli.destination import require_free_destination
from esign.cli.output import errors_in_one_line, json_option, print_json, progress_teller
from esign.cli.recipients import evidence_paths, read_recipient, read_seal_place
from esign.errors import EsignError
from esign.evidence.items import Placement
from esign.pades.level import Level

LEVELS = [level.value for level in Level if level is not Level.NONE]


@click.command()
@click.argument("document", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--recipient", "recipients", multiple=True, required=True, help="Who signs, as told above. Repeat it.")
@click.option("--seal", is_flag=True, help="Close the document with the organisation's seal.")
@click.option("--seal-at", default="", help="Where the seal stands (implies --seal); anchor=, field= or page=,box=.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Result; default: NAME.signed.pdf.")
@click.option(
    "--overwrite",
    is_flag=True,
    help="Replace a result that is there already. Its envelope key goes with it: nobody opens its evidence then.",
)
@click.option("--level", type=click.Choice(LEVELS), default="B-LTA", show_default=True, help="PAdES level to reach.")
@click.option(
    "--photo",
    "photo_placement",
    type=click.Choice([placement.value for placement in Placement]),
    default=Placement.SEALED.value,
    show_default=True,
    help="visible: printed on the page; sealed: inside, for the custodian; digest-only: kept outside, sealed.",
)
@click.option("--tsa", "tsa_url", help="Timestamp authority (RFC 3161) by URL instead of the embedded one.")
@click.option(
    "--trust",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Roots to believe besides the authority's: files or folders.",
)
@click.option("--utc-offset", default="+08:00", show_default=True, help="Offset of the times that are printed.")
@click.option("--envelope", "envelope_id", help="Id of the envelope in the evidence; default: a random one.")
@folder_option
@passphrase_option
@json_option
@click.pass_context
def sign(
    context: click.Context,
    document: Path,
    recipients: tuple[str, ...],
    seal: bool,
    seal_at: str,
    out: Path | None,
    overwrite: bool,
    level: str,
    photo_placement: str,
    tsa_url: str | None,
    trust: tuple[Path, ...],
    utc_offset: str,
    envelope_id: str | None,
    folder: Path,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Sign DOCUMENT for every recipient in order, seal it, and verify the result before it is released.

    \b
    A recipient is comma-separated key=value pairs:
        role         applicant, insured, agent, witness or guardian
        name         as it is printed
        handwriting  file with recorded strokes (docs/evidence-format.md)
        photo        file with a face photo, JPEG, PNG or WebP (optional)
      and, optionally, where:
        anchor=TEXT                       beside this text; also occurrence=N, where it stands several
                                          times, offset=RIGHT/UP and size=WIDTH/HEIGHT in points
        field=NAME                        in this empty field
        page=N,box=LEFT/BOTTOM/RIGHT/TOP  in points from the lower left corner of the page
      Otherwise beside the role's own text (such as 投保人签名), else on a signature page at the end.

    \b
    Example:
        esign sign contract.pdf --seal --out signed.pdf \\
            --recipient role=applicant,name=张伟,handwriting=a.json,photo=a.jpg \\
            --recipient role=insured,name=李秀英,handwriting=b.json,photo=b.jpg

    Beside the result stands NAME.envelope-key.cms, which opens the sealed evidence for the custodian, and a photo
    that is digest-only. Below B-LT a file carries no proof that its certificates were not revoked: `esign verify`,
    which works offline, then answers INDETERMINATE.
    """
    builders = builders_of(context)
    with errors_in_one_line(as_json=as_json):
        destination = out or document.with_suffix(".signed.pdf")
        inputs = [document, *evidence_paths(recipients), *trust, *([passphrase_file] if passphrase_file else [])]
        require_free_destination(destination, inputs, folder, overwrite=overwrite)
        authority = builders.open_authority(folder, read_passphrase(passphrase_file))
        order = Order(
            recipients=numbered(read_recipient(text) for text in recipients),
            seal=Seal(authority.organisation, authority.seal, read_seal_place(seal_at, SEAL_WORDS.anchor))
            if seal or seal_at
            else None,
            level=Level(level),
            photo_placement=Placement(photo_placement),
            typeface=builders.find_typeface(),
            envelope_id=envelope_id or f"env_{builders.entropy(10).hex()}",
            timezone=_timezone(utc_offset),
        )
        trusted = builders.authority_roots(folder) + load_trust_store(trust)
        services = _services(builders, authority, trusted, tsa_url)
        outcome = sign_contract(document, destination, order, services, progress_teller(quiet=as_json))
        _tell(destination, outcome, level, as_json=as_json)


def _services(builders: Builders, authority: OpenAuthority, trusted: TrustStore, tsa_url: str | None) -> TrustServices:
    return TrustServices(
        issuer=authority.issuer,
        timestamp_authority=builders.remote_timestamp_authority(tsa_url, trusted)
        if tsa_url
        else authority.timestamp_authority,
        revocation=builders.with_remote_revocation(authority.revocation) if tsa_url else authority.revocation,
        trust=trusted,
        custodian_certificate=authority.custodian_certificate,
        clock=builders.clock,
        entropy=builders.entropy,
        notice=TEST_NOTICE,
    )


def _tell(destination: Path, outcome: Outcome, level: str, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "file": str(destination),
                "sha256": outcome.sha256,
                "beside": [str(path) for path in outcome.beside],
                "verification": outcome.report.as_json(),
            }
        )
        return
    click.echo(f"{destination}: {outcome.report.conclusion}, SHA-256 {outcome.sha256}")
    if Level(level) < Level.B_LT:
        click.echo(f"  at {level} the file carries no revocation data: offline, `esign verify` will say INDETERMINATE")
    for path in outcome.beside:
        click.echo(f"{path}: sealed for the custodian; keep it apart from the document")


def _timezone(text: str) -> timezone:
    if not (found := re.fullmatch(r"([+-])(0\d|1[0-4]):([0-5]\d)", text)):
        raise EsignError("utc-offset-unreadable", f"{text} is not an offset", "write it like +08:00")
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(offset if found[1] == "+" else -offset)
