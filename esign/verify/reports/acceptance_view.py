"""The second verdict as a person is shown it: whether the document is one that we accept, by which policy, and why."""

from __future__ import annotations

from typing import Final, Literal

from esign.verify.acceptance.verdict import Acceptance, AcceptanceVerdict
from esign.verify.acceptance.words import title, verdict_sentence
from esign.verify.reports.code_words import state
from esign.verify.reports.harmless import harmless
from esign.verify.reports.language import CHINESE, Labels
from esign.verify.reports.view import AcceptanceView, RequirementView, Tag, Tone

_TONES: Final[dict[AcceptanceVerdict, Tone]] = {
    AcceptanceVerdict.ACCEPTED: "pass",
    AcceptanceVerdict.NOT_ACCEPTED: "fail",
    AcceptanceVerdict.UNDECIDED: "wait",
}
_MET: Final[dict[bool | None, tuple[str, Tone]]] = {
    True: ("met", "pass"),
    False: ("unmet", "fail"),
    None: ("unknown", "wait"),
}


def acceptance_view(acceptance: Acceptance, labels: Labels) -> AcceptanceView:
    """Return the view of the verdict by an acceptance policy."""
    language = labels.language
    spoken: Literal["zh", "en"] = "zh" if language == CHINESE else "en"
    requirements = []
    for one in acceptance.requirements:
        name, tone = _MET[one.met]
        tag = Tag(state(language, "requirement", name), tone)
        try:
            requirements.append(RequirementView(title(one.code, spoken), harmless(one.said(spoken), 1000), tag))
        except KeyError:  # a requirement of a later version, in a report that was kept
            requirements.append(RequirementView(harmless(one.code), harmless(one.reason), tag))
    return AcceptanceView(
        labels.say("{policy}, version {version}", policy=harmless(acceptance.policy), version=acceptance.version),
        Tag(state(language, "acceptance", acceptance.verdict.value), _TONES[acceptance.verdict]),
        verdict_sentence(acceptance.verdict.value, spoken),
        tuple(requirements),
    )
