"""What stands at the top of every page of the console: one table, in the order in which it is shown.

Each area adds its entry here, and rooms add theirs behind them (`Console.entries`). `roles` are those of the page
itself (a test compares them); None is everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, cast

from flask import current_app, request, url_for

from esign.desk.exports import EXPORTERS
from esign.desk.verifications import VERIFIERS
from esign.desk.work import WORKERS
from esign.retention.office import READERS as READS_KEPT
from esign.staff.actors import Caller
from esign.staff.domain.roles import Role
from esign.web.console.access import Console, Entry
from esign.web.console.staff_pages import READERS
from esign.web.words import N_


@dataclass(frozen=True)
class Shown:
    """An entry as a page shows it."""

    label: str
    hint: str
    address: str
    is_current: bool
    endpoint: str
    group: str


SIGNING: Final = N_("签署")
KEPT: Final = N_("合规")
RUNNING: Final = N_("管理")
"""Menus of the console's own; it is run from the last one, which stands behind those of rooms."""
AT_MOST_BESIDE: Final = 5
"""So many entries stand beside one another, on a phone too; more than that stand in menus."""
NAVIGATION: Final[tuple[Entry, ...]] = (
    Entry(N_("首页"), "start", N_("等您办的事")),
    Entry(N_("信封"), "envelopes", N_("谁签到哪一步，下一步等谁"), frozenset(Role), SIGNING),
    Entry(N_("文件核验"), "verifications", N_("签过的 PDF 是不是完好"), VERIFIERS, SIGNING),
    Entry(N_("导出"), "export_list", N_("证据包，谁导出过什么、为什么"), EXPORTERS, SIGNING),
    Entry(N_("留存"), "retention", N_("保存了谁的什么，到什么时候"), READS_KEPT, KEPT),
    Entry(N_("个人请求"), "person_requests", N_("要副本、要更正、要删除的，先到期的在前"), READS_KEPT, KEPT),
    Entry(N_("审批"), "approval_list", N_("等您审批的、您申请的")),
    Entry(N_("发件箱"), "outbox", N_("测试模式里发给客户的每条消息"), frozenset(Role), RUNNING),
    Entry(N_("任务"), "jobs", N_("等着的、迟了的、没做成的"), WORKERS, RUNNING),
    Entry(N_("密钥"), "key_list", N_("接口密钥、证书和检查点"), WORKERS, RUNNING),
    Entry(N_("员工"), "staff", N_("谁在这里，能做什么"), READERS, RUNNING),
    Entry(N_("机构"), "institutions", N_("分公司、支公司、营业部"), frozenset({Role.ADMIN}), RUNNING),
    Entry(
        N_("代签提示"),
        "signals",
        N_("有没有人替别人签字"),
        frozenset({Role.SUPERVISOR, Role.COMPLIANCE}),
        SIGNING,
    ),
)


@dataclass(frozen=True)
class Menu:
    """What stands at one place of the top: an entry by itself, or several under the name of their menu."""

    label: str
    entries: tuple[Shown, ...]

    @property
    def is_current(self) -> bool:
        return any(one.is_current for one in self.entries)


def navigation_of(caller: Caller | None) -> list[Shown]:
    """Return the entries that the caller sees; nobody sees none. At most one is that of the page on which they are."""
    if caller is None:
        return []
    seen = [
        (entry, url_for(entry.endpoint))
        for entry in cast(Console, current_app).entries
        if entry.endpoint in current_app.view_functions
        and (entry.roles is None or not entry.roles.isdisjoint(caller.roles))
    ]
    here = nearest(request.path, [address for entry, address in seen if entry.endpoint != "start"])
    return [
        Shown(
            entry.label,
            entry.hint,
            address,
            address == (request.path.rstrip("/") if entry.endpoint == "start" else here),
            entry.endpoint,
            entry.group,
        )
        for entry, address in seen
    ]


def nearest(path: str, addresses: Iterable[str]) -> str | None:
    """Return the address at which a path is or, where there is none, the nearest one above it.

    The pages of one entry may stand below those of another: only the nearer of both is where somebody is.
    """
    return max((one for one in addresses if f"{path.rstrip('/')}/".startswith(f"{one}/")), key=len, default=None)


def menus_of(caller: Caller | None) -> list[Menu]:
    """Return what stands at the top for the caller."""
    return menus_for(navigation_of(caller))


def menus_for(shown: Sequence[Shown]) -> list[Menu]:
    """Return each entry by itself where they are few, else menus of them. A menu with one entry is that entry."""
    if len(shown) <= AT_MOST_BESIDE:
        return [Menu(one.label, (one,)) for one in shown]
    places: dict[str, list[Shown]] = {}
    for one in shown:
        places.setdefault(one.group or one.endpoint, []).append(one)
    if RUNNING in places:
        places[RUNNING] = places.pop(RUNNING)
    return [Menu(group[0].group if len(group) > 1 else group[0].label, tuple(group)) for group in places.values()]
