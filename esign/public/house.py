"""What a room is given in a process: everything of esign that it may use, over what is open there.

Nothing of it is asked before a request, a job or a beat comes: a room is opened also where its API is only described.
"""

from __future__ import annotations

from dataclasses import dataclass

from esign.ceremony.creation import FindOwner
from esign.infra.clock import ClientClocks, Clock
from esign.infra.database import Database
from esign.infra.group_chat import GroupChats
from esign.infra.personal_records import PersonalRecords
from esign.infra.room_links import RoomLinks
from esign.pades.typeface import Typeface
from esign.public.codes import OneTimeCodes
from esign.public.documents import RoomDocuments
from esign.public.envelopes import RoomEnvelopes
from esign.public.messages import RoomMessages
from esign.public.pictures import RoomPictures
from esign.public.work import RoomTasks


@dataclass(frozen=True)
class House:
    """`clock` is the system's; `clocks` tell the time as a client sees it, which in test mode it may have moved.

    `identity_levels` are what the operator chose (`identity.levels`): in live mode everybody who signs must reach
    one of them. Where there are none, nobody has chosen, and a room has nothing signed in live mode.

    `typeface` is the one that signatures are drawn with; what is set in type for people finds its fonts beside it.
    """

    database: Database
    records: PersonalRecords
    envelopes: RoomEnvelopes
    documents: RoomDocuments
    pictures: RoomPictures
    messages: RoomMessages
    chats: GroupChats
    tasks: RoomTasks
    links: RoomLinks
    codes: OneTimeCodes
    clock: Clock
    clocks: ClientClocks
    find_owner: FindOwner
    typeface: Typeface
    organisation: str
    public_url: str
    live: bool
    identity_levels: tuple[str, ...] = ()
