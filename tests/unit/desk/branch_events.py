"""What befalls a branch's envelopes besides what people do: seals that fail, signals, webhooks, checkpoints."""

from __future__ import annotations

from esign.ceremony.domain import Envelope, commands
from esign.ceremony.domain.values import SignalStrength
from esign.ceremony.public_events import AWAITS_CHECKPOINT, TOLD
from esign.ceremony.reactions import SEAL, SIGN
from esign.infra.exclusive import Exclusive
from esign.infra.ids import new_id
from esign.infra.outgoing_rules import OutgoingRules
from esign.trail.consumers import Consumer
from esign.trail.keeper import TrailKeeper
from esign.trail.publishing import CheckpointPublisher
from esign.webhooks.endpoints import Endpoints
from tests.service import CLIENT, system_now
from tests.unit.desk.desk_office import Branch
from tests.vectors.trail.stored import LOG_KEY, ORIGIN


def command(branch: Branch, envelope: Envelope, asked: commands.Command) -> None:
    """Give a command as the service itself does."""
    branch.service.envelopes.change(envelope.id, lambda _session, _state: asked, actor="system:worker")


def fail_seal(branch: Branch, envelope: Envelope, reason: str = "level-not-reached") -> None:
    """Let the seal of an envelope fail that everybody has confirmed."""
    branch.ceremonies.step(SIGN)
    now = system_now()
    command(branch, envelope, commands.StartSeal(at=now, attempt=1))
    command(branch, envelope, commands.FailSeal(at=now, attempt=1, reason=reason))
    with branch.service.ports.database.transaction() as session:
        branch.service.tasks.end_all(session, envelope.id, SEAL)


def raise_signal(branch: Branch, envelope: Envelope, finding: str = "staff-device", **about: str) -> str:
    """Raise a signal about the first recipient; return its id."""
    now = system_now()
    signal = new_id("sig", now)
    recipient = envelope.recipients[0].id
    strength = SignalStrength.STRONG
    command(
        branch,
        envelope,
        commands.RaiseSignal(at=now, recipient=recipient, signal=signal, finding=finding, strength=strength, **about),
    )
    return signal


def register_endpoint(branch: Branch) -> None:
    """Have the client's platform told of everything."""
    endpoints = Endpoints(branch.service.records.data_keys, OutgoingRules(), TOLD)
    with branch.service.ports.database.transaction() as session:
        endpoints.register(session, CLIENT, "https://sales.insurer.example/hooks", ["*"], branch.office.now)


def keep_trail(branch: Branch) -> None:
    """Give every event its place, publish a checkpoint, and enter the deliveries that follow."""
    database = branch.service.ports.database
    authority = branch.service.ports.trust_services.timestamp_authority
    keeper = TrailKeeper(
        database,
        CheckpointPublisher(ORIGIN, LOG_KEY, authority),
        [Consumer("webhooks", branch.deliveries.enter_event)],
        system_now,
        Exclusive(database),
        awaited=AWAITS_CHECKPOINT,
    )
    keeper.place()
    keeper.publish()
    keeper.consume()
