"""What falls due each year, in the console: by timestamping unit, with how many documents rest on it."""

from __future__ import annotations

from esign.staff.domain.roles import Role
from tests.unit.desk.desk_office import JIANG
from tests.unit.web.envelope_console import EnvelopeConsole


def test_the_keys_page_lists_until_when_the_timestamps_hold(office: EnvelopeConsole) -> None:
    branch = office.branch
    operator = office.at(branch.with_role(Role.OPERATIONS))
    assert "还没有文件靠时间戳封存。" in operator.get("/console/keys").text
    branch.completed(JIANG)
    assert branch.service.renewer.sweep() == 0
    told = operator.get("/console/keys").text
    assert "Test Time-Stamping Unit" in told
    assert "1 份文件" in told
    assert "90 天内到期" not in told
