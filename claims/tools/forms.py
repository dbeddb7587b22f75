"""The forms whose fields are declared, by their tool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from claims.tools.fields import Section
from claims.tools.further_forms import INVESTIGATION, LARGE_LOSS, RECOVERY
from claims.tools.imaging_form import IMAGING
from claims.tools.injury_form import INJURY
from claims.tools.self_service_form import SELF_SERVICE
from claims.tools.survey_form import SURVEY
from claims.tools.tool import Tool

FORMS: Final[Mapping[Tool, tuple[Section, ...]]] = {
    Tool.SURVEY: SURVEY,
    Tool.SELF_SERVICE: SELF_SERVICE,
    Tool.INJURY: INJURY,
    Tool.RECOVERY: RECOVERY,
    Tool.LARGE_LOSS: LARGE_LOSS,
    Tool.INVESTIGATION: INVESTIGATION,
    Tool.IMAGING: IMAGING,
}
