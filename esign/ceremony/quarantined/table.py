"""The table of tasks, and what is loaded before the first of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from esign.ceremony.quarantined import (
    documents,
    judgement,
    material,
    newest_timestamp,
    page_images,
    page_readings,
    revisions,
    verification,
)
from esign.ceremony.quarantined.crossing import arguments_json
from esign.ceremony.quarantined.rehearsal import load_everything, rehearse
from esign.ceremony.quarantined.typefaces import load_typeface
from esign.infra.quarantine.in_process import InProcessQuarantine
from esign.infra.quarantine.port import Task, TaskTable

if TYPE_CHECKING:
    from esign.infra.columns import JsonValue

_TASKS: Final[Mapping[str, Task]] = {
    documents.PREPARE: documents.prepare_task,
    page_images.RENDER_PAGES: page_images.render_pages_task,
    page_readings.READ_PAGE_TEXT: page_readings.read_page_text_task,
    page_readings.FIND_FIELD: page_readings.find_field_task,
    judgement.JUDGE: judgement.judge_task,
    material.READ_MATERIAL: material.read_material_task,
    newest_timestamp.READ_NEWEST_TIMESTAMP: newest_timestamp.read_newest_timestamp_task,
    verification.VERIFY: verification.verify_task,
    revisions.OPEN_REVISION: revisions.open_revision_task,
    revisions.OPEN_TIMESTAMP_REVISION: revisions.open_timestamp_revision_task,
    revisions.ADD_VALIDATION_DATA: revisions.add_validation_data_task,
}


def _warm(setup: Mapping[str, JsonValue]) -> None:
    """Load the typefaces, and all that tasks would load on their way: they cannot open a file any more."""
    members = arguments_json.members(setup, ("typefaces", "alone"), "the setup")
    for form in arguments_json.sequence(members["typefaces"], "typefaces", at_most=100):
        load_typeface(form)
    if members["alone"] is True:
        load_everything()
        rehearse(InProcessQuarantine(TaskTable(_TASKS, lambda _setup: None)), with_type=bool(members["typefaces"]))


TABLE: Final = TaskTable(_TASKS, _warm)
