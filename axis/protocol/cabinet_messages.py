"""The messages of an e-cabinet: meetings, ballot papers, members' opinions, and results.

Entered in `axis.protocol.messages.KINDS`; docs/neighbours/cabinet.md. JSON Schema 2020-12.
"""

from typing import Annotated, Literal

from pydantic import Field

from axis.protocol.message_body import Day, MessageBody, Sha256

MEMBERS_MOST = 200
"""Members of a cabinet."""

MemberCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,40}$")]
ItemCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,40}$")]
Line = Annotated[str, Field(min_length=1, max_length=500)]
Text = Annotated[str, Field(min_length=1, max_length=5_000)]
Choice = Literal["agree", "disagree", "other"]
Count = Annotated[int, Field(ge=0, le=MEMBERS_MOST)]


class CabinetMeeting(MessageBody):
    """An invitation to a meeting, with what is to be decided there."""

    meeting: ItemCode
    """The meeting's code."""
    title: Line
    """What it is about."""
    held_on: Day
    """The day of the meeting, Viet Nam's."""
    place: Line
    """The room."""
    items: Annotated[list[Line], Field(min_length=1, max_length=100)]
    """The agenda, in order."""
    members: Annotated[list[MemberCode], Field(min_length=1, max_length=MEMBERS_MOST)]
    """The invited members, among them those of the receiving agency."""


class Attendance(MessageBody):
    """How a member will take part in a meeting; the member signs it."""

    meeting: ItemCode
    """The meeting's code."""
    member: MemberCode
    """Who answers."""
    attendance: Literal["room", "remote", "absent"]
    """In the room, from afar, or not at all."""


class BallotPaper(MessageBody):
    """A question to the members, whose draft is the second attachment; sent again as a reminder."""

    ballot: ItemCode
    """The ballot's code."""
    question: Line
    """What is asked."""
    meeting: ItemCode | None
    """The meeting at which it is cast; null where opinions are collected in writing."""
    closes_on: Day
    """The last day on which a ballot counts, Viet Nam's."""
    draft: Sha256
    """SHA-256 of the draft that is put to the vote."""
    members: Annotated[list[MemberCode], Field(min_length=1, max_length=MEMBERS_MOST)]
    """Who is asked; of a reminder, those whose ballot has not come."""
    reminder: Annotated[int, Field(ge=0, le=1_000)]
    """0 when it is sent first, then counting the reminders."""


class Opinion(MessageBody):
    """One member's ballot; the member signs it."""

    ballot: ItemCode
    """The ballot's code."""
    member: MemberCode
    """Whose ballot it is."""
    draft: Sha256
    """The draft that the member read."""
    choice: Choice
    """Agrees, does not agree, or has another opinion."""
    text: Text | None
    """The other opinion, or a reason; null where nothing is said."""


class CountedBallot(MessageBody):
    """A ballot as it was counted, so that its member finds it."""

    member: MemberCode
    """Whose ballot it is."""
    choice: Choice
    """As counted."""
    message: Sha256
    """SHA-256 of the member's message."""


class BallotResult(MessageBody):
    """The result of a ballot, with every ballot that was counted."""

    ballot: ItemCode
    """The ballot's code."""
    members: Count
    """All members, whether they voted or not."""
    agree: Count
    """In favour."""
    disagree: Count
    """Not in favour."""
    other: Count
    """With another opinion."""
    is_adopted: bool
    """Whether the draft is adopted."""
    decided_by: Literal["majority", "prime-minister", "no-majority"]
    """By more than half of all members; at a tie by the Prime Minister's vote; not adopted without either."""
    counted: Annotated[list[CountedBallot], Field(max_length=MEMBERS_MOST)]
    """In the order they came."""
    seal: Sha256
    """What the chain of the counted ballots ends in: docs/neighbours/cabinet.md#the-chain-of-ballots."""
