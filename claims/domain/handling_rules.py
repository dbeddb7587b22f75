"""From the report to the survey: triage, risk, who handles it, papers, pictures, forms, two reports of one event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from claims.domain import commands as c
from claims.domain import events as e
from claims.domain.money_rules import fallen
from claims.domain.refusal import refusal
from claims.domain.rule import IDS_AT_MOST, Rule, require_new
from claims.domain.state import Claim, find
from claims.domain.tracking_rules import callback
from claims.domain.values import Lane, PaymentState, SurveyWay


def report(state: Claim | None, command: c.Report) -> tuple[e.Event, ...]:
    """Return the event that begins a claim; nothing where exactly this was reported already."""
    if state is not None:
        if state.reported.digest == command.digest and state.reported.policy == command.policy:
            return ()
        raise refusal("claim-exists")
    if command.occurred_at > command.at:
        raise refusal("loss-in-future")
    return (e.ClaimReported(**vars(command)),)


def _is_triaged(state: Claim, command: c.Triage) -> bool:
    return state.survey is not None and state.survey.id == command.survey


def _triage(state: Claim, command: c.Triage) -> tuple[e.Event, ...]:
    if state.lane is Lane.BLOCKED and command.lane is not Lane.BLOCKED:
        raise refusal("block-first")
    if command.lane is Lane.VIP and not state.reported.vip:
        raise refusal("not-vip")
    if state.person_asked and (command.lane is Lane.EXPRESS or command.way is SurveyWay.SELF_SERVICE):
        raise refusal("people-decide")
    require_new(state, command.survey)
    return (e.ClaimTriaged(**vars(command)),)


def _is_scored(state: Claim, command: c.RecordScore) -> bool:
    return command.step not in state.unscored and any(
        one.trace_digest == command.trace_digest and one.step == command.step for one in state.scores
    )


def _score(state: Claim, command: c.RecordScore) -> tuple[e.Event, ...]:
    if command.maximum < max(command.score, state.highest_score):
        raise refusal("maximum-falls")
    if command.hard_stop and not command.to_people:
        raise refusal("hard-stop-to-people")
    scored = e.ClaimScored(**vars(command))
    overturned = state.overturned_at
    above = overturned is None or command.hard_stop or command.maximum > overturned
    if not command.to_people or state.lane is Lane.BLOCKED or not above:
        return (scored,)
    return (scored, e.ClaimBlocked(at=command.at, step=command.step), *fallen(state, command.at, "blocked"))


def _is_sent(state: Claim, command: c.SendToPeople) -> bool:
    return command.step not in state.unscored


def _send(state: Claim, command: c.SendToPeople) -> tuple[e.Event, ...]:
    return (e.ClaimBlocked(at=command.at, step=command.step), *fallen(state, command.at, "blocked"))


def _is_reviewed(state: Claim, command: c.ReviewBlock) -> bool:
    return command.reason in state.known


def _review(state: Claim, command: c.ReviewBlock) -> tuple[e.Event, ...]:
    if state.lane is not Lane.BLOCKED:
        raise refusal("not-blocked")
    return (e.BlockReviewed(**vars(command)),)


def _is_taken(state: Claim, command: c.Take) -> bool:
    return state.handler == command.by


def _take(state: Claim, command: c.Take) -> tuple[e.Event, ...]:
    if state.handler is not None:
        raise refusal("claim-taken")
    return (e.ClaimTaken(**vars(command)),)


def _is_handed_over(state: Claim, command: c.HandOver) -> bool:
    return state.handler == command.to


def _hand_over(_state: Claim, command: c.HandOver) -> tuple[e.Event, ...]:
    return (e.ClaimHandedOver(**vars(command)),)


def _has_asked(state: Claim, _command: c.AskForPerson) -> bool:
    return state.person_asked


def _ask_person(state: Claim, command: c.AskForPerson) -> tuple[e.Event, ...]:
    return (e.PersonAsked(at=command.at), *fallen(state, command.at, "person-asked"))


def _is_asked_back(state: Claim, command: c.AskCallBack) -> bool:
    return find(state.callbacks, command.callback) is not None


def _ask_back(state: Claim, command: c.AskCallBack) -> tuple[e.Event, ...]:
    if len(state.callbacks) >= IDS_AT_MOST:
        raise refusal("claim-too-long")
    return (e.CallBackAsked(**vars(command)),)


def _is_called(state: Claim, command: c.RecordCalledBack) -> bool:
    return callback(state, command.callback).done


def _call(_state: Claim, command: c.RecordCalledBack) -> tuple[e.Event, ...]:
    return (e.CalledBack(**vars(command)),)


def _are_papers_asked(state: Claim, command: c.AskPapers) -> bool:
    return command.request in state.known


def _ask_papers(state: Claim, command: c.AskPapers) -> tuple[e.Event, ...]:
    if state.papers is not None:
        raise refusal("papers-asked")
    if not command.items or len(set(command.items)) < len(command.items):
        raise refusal("papers-unclear")
    return (e.PapersAsked(**vars(command)),)


def _papers_left(state: Claim, items: tuple[str, ...]) -> frozenset[str]:
    if state.papers is None:
        raise refusal("no-papers-asked")
    if unknown := set(items) - state.papers.missing:
        raise refusal("paper-not-missing", sorted(unknown))
    return state.papers.missing - set(items)


def _are_papers_in(state: Claim, command: c.RecordPapers) -> bool:
    return command.record in state.known


def _record_papers(state: Claim, command: c.RecordPapers) -> tuple[e.Event, ...]:
    left = _papers_left(state, command.items)
    return (e.PapersReceived(**vars(command), complete=not left),)


def _are_papers_waived(state: Claim, command: c.WaivePapers) -> bool:
    return command.reason in state.known


def _waive_papers(state: Claim, command: c.WaivePapers) -> tuple[e.Event, ...]:
    left = _papers_left(state, command.items)
    return (e.PapersWaived(**vars(command), complete=not left),)


def _has_picture(state: Claim, command: c.AddPicture) -> bool:
    return command.picture in state.known


def _add_picture(state: Claim, command: c.AddPicture) -> tuple[e.Event, ...]:
    require_new(state, command.picture)
    return (e.PictureAdded(**vars(command)),)


def _has_form(state: Claim, command: c.FileForm) -> bool:
    return command.form in state.known


def _file_form(state: Claim, command: c.FileForm) -> tuple[e.Event, ...]:
    require_new(state, command.form)
    require_device(state, command.device)
    return (e.FormFiled(**vars(command)),)


def _is_revoked(state: Claim, command: c.RevokeDevice) -> bool:
    return command.device in state.revoked


def _revoke(_state: Claim, command: c.RevokeDevice) -> tuple[e.Event, ...]:
    return (e.DeviceRevoked(**vars(command)),)


def _is_joined(state: Claim, command: c.Join) -> bool:
    return state.joined_into == command.into


def _join(state: Claim, command: c.Join) -> tuple[e.Event, ...]:
    if state.absorbed:
        raise refusal("has-absorbed")
    require_no_money(state)
    return (e.ClaimJoined(**vars(command)),)


def _has_absorbed(state: Claim, command: c.Absorb) -> bool:
    return command.other in state.absorbed


def _absorb(_state: Claim, command: c.Absorb) -> tuple[e.Event, ...]:
    return (e.ClaimAbsorbed(**vars(command)),)


def require_device(state: Claim, device: str | None) -> None:
    """Raise `ClaimRefused` (`phone-revoked`) for a phone that was reported lost."""
    if device is not None and device in state.revoked:
        raise refusal("phone-revoked")


def require_no_money(state: Claim) -> None:
    """Raise `ClaimRefused` (`money-out`) where money was paid for the claim, or is on its way."""
    if state.open_payment is not None or any(one.state is not PaymentState.FAILED for one in state.payments):
        raise refusal("money-out")


HANDLING_RULES: Final[Mapping[type[c.Command], Rule]] = {
    c.Triage: Rule(_is_triaged, _triage),
    c.RecordScore: Rule(_is_scored, _score),
    c.SendToPeople: Rule(_is_sent, _send),
    c.ReviewBlock: Rule(_is_reviewed, _review),
    c.Take: Rule(_is_taken, _take),
    c.HandOver: Rule(_is_handed_over, _hand_over),
    c.AskForPerson: Rule(_has_asked, _ask_person),
    c.AskCallBack: Rule(_is_asked_back, _ask_back),
    c.RecordCalledBack: Rule(_is_called, _call),
    c.AskPapers: Rule(_are_papers_asked, _ask_papers),
    c.RecordPapers: Rule(_are_papers_in, _record_papers),
    c.WaivePapers: Rule(_are_papers_waived, _waive_papers),
    c.AddPicture: Rule(_has_picture, _add_picture),
    c.FileForm: Rule(_has_form, _file_form),
    c.RevokeDevice: Rule(_is_revoked, _revoke),
    c.Join: Rule(_is_joined, _join),
    c.Absorb: Rule(_has_absorbed, _absorb),
}
