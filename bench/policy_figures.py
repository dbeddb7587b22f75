"""How long the figures of a year take: the rows read and counted, and the fold of the events that make them.

`python -m bench.policy_figures [proposals]` fills a database of its own with so many invented ways (100,000), spread
over a year, four institutions and three products, and counts them as the page does; then it folds the events of 2,000
of them, as the command does with an export.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from esign.infra.database import open_database
from esign.infra.schema import upgrade
from esign.public.events import Event
from esign.public.figures import Month
from policy.figures.journeys import Told
from policy.figures.reading import Choice, figures_of_service
from policy.figures.steps import STEPS, End
from policy.models import JourneyRow

BEGIN = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
YEAR = 365 * 86_400
BATCH = 5_000
FOLDED = 2_000
_CEREMONY = ("opened", "identified", "read", "drawn", "confirmed", "signed")


def rows(count: int, chance: random.Random) -> Iterator[dict[str, object]]:
    """Yield rows of ways: four of five end in a policy."""
    for number in range(count):
        sent = BEGIN + chance.randrange(YEAR)
        is_issued = chance.random() < 0.8
        signed = sent + int(chance.lognormvariate(8, 1.4)) if is_issued or chance.random() < 0.3 else None
        step = "issued" if is_issued else "signed" if signed else chance.choice(STEPS[:6]).value
        yield {
            "proposal": f"prp_{number:026d}",
            "institution": f"ins_{number % 4}",
            "salesperson": f"stf_{number % 400}",
            "product": ("whole-life-suian", "term-life-anxing", "cancer-cover-yihe")[number % 3],
            "channel": "console" if number % 5 else "platform",
            "holds_until": "2026-12-31",
            "sent_at": sent,
            "signed_at": signed,
            "issued_at": signed + int(chance.lognormvariate(7, 1)) if is_issued and signed else None,
            "latest_at": (signed or sent) + 60,
            "step": step,
            "ending": None if is_issued else chance.choice(list(End)).value,
            "delivery": "electronic" if is_issued and number % 10 else None,
            "remote": 2 if signed else 0,
            "assisted": 0,
            "in_person": 0,
            "told": {},
        }


def events(count: int) -> Iterator[Event]:
    """Yield the events of so many whole ways, with two signers each, without what figures pass over."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(count):
        proposal, envelope = f"prp_{number}", f"env_{number}"
        signers = [f"rcp_{number}a", f"rcp_{number}b"]
        entered = {
            "product": "whole-life-suian",
            "institution": "ins_1",
            "salesperson": "stf_1",
            "client": None,
            "holds_until": "2026-12-31",
        }
        made = {
            "recipients": [
                {"id": one, "role": role} for one, role in zip(signers, ("applicant", "insured"), strict=True)
            ]
        }
        told: list[tuple[str, str, dict[str, object]]] = [
            (proposal, "proposal.entered", entered),
            (envelope, "envelope.created", made),
            (proposal, "proposal.sent", {"envelope": envelope}),
        ]
        for signer in signers:
            for step in _CEREMONY:
                told.append((envelope, f"recipient.{step}", {"recipient": signer, "presence": "remote"}))
        told += [
            (proposal, "proposal.signed", {"envelope": envelope}),
            (proposal, "underwriting.decided", {"outcome": "accept"}),
            (proposal, "debit.collected", {}),
            (proposal, "policy.issued", {}),
        ]
        for version, (stream, kind, payload) in enumerate(told, 1):
            at += timedelta(seconds=1)
            yield Event(f"evt_{number:010d}{version:010d}", stream, version, kind, 1, "system", at, payload)  # type: ignore[arg-type]


def main() -> None:
    """Print the figures of the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'figures.db'}"
        database = open_database(url)
        upgrade(database)
        chance = random.Random(7)  # noqa: S311  # the same ways at each run
        batch: list[dict[str, object]] = []
        with database.transaction() as session:
            for row in rows(count, chance):
                batch.append(row)
                if len(batch) == BATCH:
                    session.execute(insert(JourneyRow), batch)
                    batch.clear()
            if batch:
                session.execute(insert(JourneyRow), batch)
        for name, choice in (("all", Choice()), ("a month", Choice(month=Month("2026-06")))):
            began = time.process_time()
            with database.reading() as session:
                report = figures_of_service(session, choice)
            print(f"{name}: {report.whole.sent} ways counted in {time.process_time() - began:.2f} s of processor time")
        database.close()
    told, began = Told(), time.process_time()
    folded = 0
    for event in events(FOLDED):
        told.hear(event)
        folded += 1
    spent = time.process_time() - began
    print(f"fold: {folded} events of {len(list(told.journeys()))} ways, {folded / spent:.0f} events a second")


if __name__ == "__main__":
    main()
