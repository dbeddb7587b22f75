"""The second verdict on a document: what the verifier found, held against a policy and what our trail knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from esign.verify.acceptance.document import judged_document
from esign.verify.acceptance.knowledge import TrailKnowledge
from esign.verify.acceptance.policy import Policy
from esign.verify.acceptance.requirements.case import Case
from esign.verify.acceptance.verdict import Acceptance, conclude_acceptance


def accept(
    report: Mapping[str, object],
    policy: Policy,
    *,
    seals: Collection[str] = (),
    trail: TrailKnowledge | None = None,
) -> Acceptance:
    """Judge a document by a policy. `report` is the verifier's, in the form of esign-verification/1.

    `seals` are SHA-256 (lower-case hex) of the certificates of our seal, present and earlier; `trail` is whoever can
    look the file up, None where nobody can. Raises what `trail` raises.
    """
    document = judged_document(report)
    case = Case(
        document=document,
        seals=frozenset(seals) | policy.seals,
        knowledge=None if trail is None else trail.about(document.sha256),
        keys=frozenset() if trail is None else trail.keys,
    )
    requirements = tuple(requirement.judge(case) for requirement in policy.requirements)
    return Acceptance(policy.name, policy.version, conclude_acceptance(requirements), requirements)
