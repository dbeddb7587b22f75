"""The verdict for a person at a terminal: one plain sentence first, then each signature, then what was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from esign.cli.output import printable

SENTENCES = {
    "TOTAL-PASSED": "Every signature is valid, from a recognised authority, and nothing was changed afterwards.",
    "TOTAL-FAILED": "Do not rely on this document: a signature is broken or the document was changed.",
    "INDETERMINATE": "It cannot be decided: signatures may be intact, but something needed to trust them is missing.",
    "NO-SIGNATURE": "The document carries no signature.",
}


def print_report(report: Mapping[str, Any], *, readable: bool = True) -> None:
    """Print an esign-verification/1 document as text; `readable` is False where the file could not be judged."""
    document = report["document"]
    if readable:
        click.echo(f"{report['conclusion']}  {printable(document['name'])}")
        click.echo(SENTENCES[report["conclusion"]])
        click.echo(
            f"  {document['pages']} pages, {document['revisions']} revisions, {document['bytes']} bytes, "
            f"SHA-256 {document['sha256']}"
        )
    else:
        click.echo(f"NOT READABLE  {printable(document['name'])}")
        click.echo("This file could not be judged, so nothing is said of its signatures.")
    for signature in report["signatures"]:
        _print_signature(signature)
    if any(s["sub_indication"] == "NO_CERTIFICATE_CHAIN_FOUND" for s in report["signatures"]):
        click.echo(
            "\n  No root that could be believed was named: do so with --trust ROOT.pem. For what the service of this"
        )
        click.echo("  machine sealed: --trust esign-data/authority/certificates/root.pem")
    for finding in report["findings"]:
        where = f" ({printable(finding['field'])})" if finding["field"] else ""
        click.echo(f"  {finding['severity']}: {printable(finding['message'])}{where} [{finding['code']}]")


def _print_signature(signature: Mapping[str, Any]) -> None:
    indication = signature["indication"] + (f" {signature['sub_indication']}" if signature["sub_indication"] else "")
    level = f", level {signature['level']}" if signature["kind"] == "signature" else ""
    click.echo(f"\n  {printable(signature['field'])} ({signature['kind']}): {indication}{level}")
    if subject := signature["signer"].get("subject"):
        click.echo(f"    signer     {printable(subject)}")
    for label, key in (("claimed", "claimed_time"), ("proven", "best_signature_time")):
        if signature[key]:
            click.echo(f"    {label:9}  {printable(str(signature[key]))}")
    click.echo(
        f"    integrity  {signature['integrity']}; covers {signature['coverage']}; changes after: "
        f"{signature['changes_after']}"
    )
    if signature["evidence"].get("present"):
        kept = ", ".join(f"{key} {signature['evidence'][key]}" for key in ("handwriting", "photo"))
        bound = "bound to the certificate" if signature["evidence"].get("manifest_bound") else "NOT bound"
        click.echo(f"    evidence   {kept}; manifest {bound}")
