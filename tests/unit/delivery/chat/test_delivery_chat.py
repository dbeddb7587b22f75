"""Gateways that fail for an hour: the daily list in a group chat and the message of a chase go once each, and none is
lost; and the group reads nobody's name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from delivery.chat.models import ChatPost, ChatRow
from delivery.chat.opening import Chats
from delivery.chat.posting import ChatPosts, ListNumbers, post_id, post_text, told_of_chats
from delivery.commands import delivery_commands
from delivery.domain.clocks import day_of
from delivery.lists.daily import DailyLists
from delivery.room import ROOM as DELIVERY
from esign.ceremony.models import Task
from esign.infra.group_chat import TEXT_AT_MOST
from esign.infra.models import Message
from esign.public.chats import Secret
from esign.public.errors import EsignError
from esign.public.people import RecordErased
from esign.public.rooms import Rooms
from policy.room import ROOM as POLICY
from tests.delivery_shell import DeliveryHouse, delivery_house
from tests.rooms import RoomHouse, room_house
from tests.service import system_now
from tests.unit.delivery.chat.gateway import Gateway, gateway
from tests.unit.delivery.delivery_play import HANDED


@pytest.fixture(scope="module")
def outside() -> Iterator[Gateway]:
    with gateway() as opened:
        yield opened


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, outside: Gateway) -> Iterator[RoomHouse]:
    """A service whose messages and group chats go to the gateway."""
    settings = {
        "ESIGN_OUTGOING_ALLOW": outside.host,
        "ESIGN_NOTIFICATIONS_CHANNEL": "apprise",
        "ESIGN_NOTIFICATIONS_URLS": f"json://{outside.host}/sms/{{phone}}",
    }
    with room_house(tmp_path_factory.mktemp("chat"), Rooms((POLICY, DELIVERY)), **settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def branch(house: RoomHouse) -> Branch:
    room = delivery_house(house)
    return Branch(room, room.policy.sales["institution"])


@dataclass
class Branch:
    """An institution with a sub-branch whose daily list is made, and its group."""

    room: DeliveryHouse
    institution: str
    day: date = field(default_factory=lambda: day_of(system_now()))

    def open(self, outside: Gateway, path: str) -> str:
        return Chats(self.room.own).open(self.institution, Secret(f"json://{outside.host}/{path}"), actor="tests")

    def enter(self) -> str:
        """Enter what goes to the group today, as the beat does; return its id."""
        lists = DailyLists(self.room.deliveries)
        with self.room.house.database.transaction() as session:
            lists.make_one(self.institution, session)
            lists._posts.enter(session, self.day)
        return post_id(self.institution, self.day)

    def work(self) -> None:
        """Do what the worker does with the tasks there are."""
        jobs = {job.name: job for part in self.room.house.process.parts for job in part.jobs}
        for task in self.tasks():
            jobs[task.kind].run(task.id)

    def tasks(self) -> list[Task]:
        return [one for one in self.room.house.desk.tasks() if one.kind == "delivery-chat"]

    def post(self, post: str) -> ChatPost:
        with self.room.house.database.reading() as session:
            return session.get_one(ChatPost, post)

    def command(self, *arguments: str, given: str | None = None) -> Result:
        house = self.room.house
        return CliRunner().invoke(
            delivery_commands, ["chat", *arguments], input=given, obj=house.builders, env=dict(house.environment)
        )


def test_a_list_goes_to_its_group_once_though_the_gateway_fails_for_an_hour(branch: Branch, outside: Gateway) -> None:
    assert branch.open(outside, "group") == "json"
    post, greeted = branch.enter(), len(outside.of("/group"))
    outside.status = 503
    for number in range(1, 8):
        branch.enter()  # a beat that looks again enters nothing twice
        branch.work()
        assert (branch.post(post).tries, branch.post(post).failure) == (number, "chat-unavailable")
    assert len(branch.tasks()) == 1
    with pytest.raises(EsignError) as told:
        told_of_chats(branch.room.house.database)
    assert told.value.code == "chat-not-posted"
    shown = branch.command("show").output
    assert "chat-unavailable after 7 tries" in shown
    assert outside.host not in shown

    outside.status = 200
    branch.work()
    branch.enter()
    branch.work()
    [text] = outside.of("/group")[greeted:]
    assert post in text
    assert "待送达" in text
    assert branch.post(post).state == "sent"
    assert not branch.tasks()
    assert told_of_chats(branch.room.house.database) == "daily lists go to 1 group chats"


def test_the_address_is_kept_sealed_replaced_and_erased_with_the_chat(branch: Branch, outside: Gateway) -> None:
    branch.open(outside, "first")
    database, records = branch.room.house.database, branch.room.own.records
    with database.reading() as session:
        record = session.get_one(ChatRow, branch.institution).record
        assert records.read(session, record).decode().endswith("/first")
    stored = str(branch.room.house.events("delivery-chats"))
    assert "opened" in stored
    branch.open(outside, "second")
    assert "closed, its address is erased" in branch.command("close", branch.institution).output
    assert "no group chat was open" in branch.command("close", branch.institution).output
    with database.reading() as session:
        with pytest.raises(RecordErased):
            records.read(session, record)
        assert session.get(ChatRow, branch.institution) is None
    assert told_of_chats(database) == "no daily list goes to a group chat"


def test_an_address_is_read_from_a_file_and_one_that_leads_inside_is_refused(branch: Branch, outside: Gateway) -> None:
    opened = branch.command("open", branch.institution, "--address-file", "-", given=f"json://{outside.host}/file\n")
    assert "(json)" in opened.output
    for address, said in (
        ("json://127.0.0.1:1/x", "sends without TLS"),
        ("jsons://127.0.0.1:1/x", "may not reach"),
        ("jsons://127.0.0.1:1/x?verify=no", "trusts any certificate"),
        ("syslog://", "cannot be judged"),
        ("nothing", "not one that Apprise can use"),
    ):
        told = branch.command("open", branch.institution, "--address-file", "-", given=address)
        assert told.exit_code != 0
        assert said in told.output, address
    nobody = branch.command("open", "ins_none", "--address-file", "-", given=f"json://{outside.host}/file")
    assert "ins_none" in nobody.output


def test_a_day_that_is_over_or_a_closed_chat_is_told_no_more(branch: Branch, outside: Gateway) -> None:
    branch.open(outside, "late")
    yesterday = branch.day - timedelta(days=1)
    with branch.room.house.database.transaction() as session:
        DailyLists(branch.room.deliveries)._posts.enter(session, yesterday)
    before = outside.asked
    branch.work()
    assert branch.post(post_id(branch.institution, yesterday)).state == "too-late"
    assert outside.asked == before


def test_a_list_that_was_given_up_is_told_as_such_and_not_as_a_closed_chat(branch: Branch, outside: Gateway) -> None:
    branch.open(outside, "given-up")
    tomorrow = branch.day + timedelta(days=1)
    with branch.room.house.database.transaction() as session:
        DailyLists(branch.room.deliveries)._posts.enter(session, tomorrow)
    post = post_id(branch.institution, tomorrow)
    ChatPosts(branch.room.own).give_up(post, "chat-address")
    assert (branch.post(post).state, branch.post(post).failure) == ("given-up", "chat-address")
    with pytest.raises(EsignError) as told:
        told_of_chats(branch.room.house.database)
    assert "chat-address" in str(told.value)
    branch.command("close", branch.institution)
    with branch.room.house.database.transaction() as session:
        session.delete(session.get_one(ChatPost, post))


def test_the_text_has_numbers_and_ids_and_fits_whatever_there_is() -> None:
    day = datetime(2026, 11, 27, tzinfo=UTC).date()
    lists = [ListNumbers(f"lst_{'x' * 26}_20261127", 9999, 999, 99) for _ in range(40)]
    text = post_text("澄岳人寿保险股份有限公司", day, f"chp_{'x' * 26}_20261127", lists, "https://sign.example/console")
    assert text.startswith("【澄岳人寿保险股份有限公司】2026-11-27 待送达 399960 件，催办 39960 件，超期 3960 件\n")
    assert len(text) <= TEXT_AT_MOST


def test_the_message_of_a_chase_goes_once_though_the_gateway_fails_for_an_hour(
    branch: Branch, outside: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, box = branch.room, branch.room.house.process.messages
    delivery = room.deliver(*HANDED[1:], days_ago=12, salesperson=room.policy.sales["id"])
    outside.status = 503
    for _ in range(2):
        room.sweeping.sweep()
        room.sweeping.remind("swp_any")
    chosen = select(Message).where(Message.kind == "delivery-chased")
    with room.house.database.reading() as session:
        [message] = [one for one in session.scalars(chosen) if delivery in str(one.facts)]
    begun = system_now()
    for minutes in (0, 1, 3, 10, 45):
        now = begun + timedelta(minutes=minutes)
        monkeypatch.setattr(box, "_clock", lambda now=now: now)
        box.send(message.id)
        room.sweeping.sweep()
    outside.status = 200
    monkeypatch.setattr(box, "_clock", lambda: begun + timedelta(hours=3))
    for _ in range(2):
        box.send(message.id)
    assert room.state(delivery).chase is not None
    assert room.house.events(delivery).count("delivery.chased") == 1
    policy = room.row(delivery).policy
    assert [policy in text for text in outside.of("/sms/")] == [True]
