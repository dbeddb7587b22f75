"""For each step: which inputs its table has, of which type, and the function that computes them from facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from claims.risk.comparing import Input
from claims.risk.facts import Facts, Step
from claims.risk.inputs.assessment import assessment_inputs
from claims.risk.inputs.documents import documents_inputs
from claims.risk.inputs.history_network import history_network_inputs
from claims.risk.inputs.injury import injury_inputs
from claims.risk.inputs.payment import payment_inputs
from claims.risk.inputs.repair_shop import repair_shop_inputs
from claims.risk.inputs.report import report_inputs
from claims.risk.inputs.survey import survey_inputs
from claims.risk.inputs.vehicle_policy import vehicle_policy_inputs
from esign.public.decisions import Column

Computing: TypeAlias = Callable[[Facts], dict[str, Input]]

COMPUTED: Final[Mapping[Step, Computing]] = {
    Step.REPORT: report_inputs,
    Step.VEHICLE_POLICY: vehicle_policy_inputs,
    Step.SURVEY: survey_inputs,
    Step.ASSESSMENT: assessment_inputs,
    Step.INJURY: injury_inputs,
    Step.REPAIR_SHOP: repair_shop_inputs,
    Step.DOCUMENTS: documents_inputs,
    Step.HISTORY_NETWORK: history_network_inputs,
    Step.PAYMENT: payment_inputs,
}

WITHOUT_HISTORY: Final = frozenset({Step.SURVEY})
"""The steps that ask for nothing of earlier claims, so that nobody has to look them up."""

FLAGS: Final[Mapping[Step, str]] = {
    Step.REPORT: (
        "at_night police_informed reporter_is_driver called_from_shop is_holiday out_of_province driver_changed"
    ),
    Step.VEHICLE_POLICY: "vin_matches plate_matches used_beyond_policy modified had_salvage",
    Step.SURVEY: (
        "moved_before_photos debris_seen brake_marks_seen airbags_opened chassis_only old_damage_signs "
        "driver_refuses driver_differs in_drinking_hours alcohol_tested"
    ),
    Step.ASSESSMENT: "",
    Step.INJURY: "hospital_listed same_injury_before loss_of_income_claimed working_age",
    Step.REPAIR_SHOP: "shop_blocked shop_related shop_collects",
    Step.DOCUMENTS: "licence_valid certificate_of_other_event full_liability liability_explained",
    Step.HISTORY_NETWORK: "",
    Step.PAYMENT: "payee_is_insured account_changed payee_is_shop third_party_paid",
}
"""The inputs that are a yes or no; all others are numbers."""


def columns_of(step: Step) -> Mapping[str, Column]:
    """Return the columns of a step's table, in the order in which they are computed."""
    flags = FLAGS[step].split()
    return {name: Column.FLAG if name in flags else Column.NUMBER for name in COMPUTED[step](Facts())}
