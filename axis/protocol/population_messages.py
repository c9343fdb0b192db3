"""The messages of the population register: an officer's look-up of a person, and the reply.

Members have the names that the register's public interface gives them. Entered in
`axis.protocol.messages.KINDS`; docs/neighbours/population.md. JSON Schema 2020-12.
"""

from typing import Annotated, Literal

from pydantic import Field

from axis.protocol.message_body import MessageBody, UnitCode

PersonNumber = Annotated[str, Field(pattern=r"^[0-9]{12}$")]
RequestCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,60}$")]
Code = Annotated[str, Field(max_length=60)]
Line = Annotated[str, Field(max_length=500)]
Name = Annotated[str, Field(max_length=100)]


class Birth(MessageBody):
    """When a person was born: the day, or the year where the day is not known."""

    year: Annotated[str, Field(pattern=r"^[0-9]{4}$")] | None = Field(default=None, alias="Nam")
    """The year alone."""
    day: Annotated[str, Field(pattern=r"^[0-9]{8}$")] | None = Field(default=None, alias="NgayThangNam")
    """The day, `yyyyMMdd`."""


class LookUp(MessageBody):
    """An officer asks for a person."""

    request: RequestCode = Field(alias="MaYeuCau")
    """The request's code, which the reply repeats."""
    service: Code = Field(alias="MaDVC")
    """The service for which it is asked."""
    integration: Code = Field(alias="MaTichHop")
    """The code under which the register admitted this service of this unit."""
    officer: Code = Field(alias="MaCanBo")
    """The officer's own number. Empty is refused by the register, which logs it."""
    unit: UnitCode = Field(alias="MaDonVi")
    """The officer's unit: the one that sends the message."""
    account: Code = Field(alias="TaiKhoan")
    """The account that the officer signed in with."""
    purpose: Line = Field(alias="MucDich")
    """What the data are needed for."""
    number: PersonNumber = Field(alias="SoDinhDanh")
    """The person's number."""
    name: Annotated[str, Field(pattern=r"^[A-Z]+( [A-Z]+)*$", max_length=200)] = Field(alias="HoVaTen")
    """The person's name in capitals without accents."""
    born: Birth = Field(alias="NgayThangNamSinh")
    """When the person was born."""


class FullName(MessageBody):
    """A name in its parts."""

    surname: Name = Field(alias="Ho")
    """Surname."""
    middle: Name = Field(alias="ChuDem")
    """Middle name."""
    given: Name = Field(alias="Ten")
    """Given name."""


class Address(MessageBody):
    """A place, by the codes of province, district and commune."""

    province: Code = Field(alias="MaTinhThanh")
    """Province."""
    district: Code = Field(alias="MaQuanHuyen")
    """District."""
    commune: Code = Field(alias="MaPhuongXa")
    """Commune."""
    detail: Line = Field(alias="ChiTiet")
    """House and street."""


class Person(MessageBody):
    """What the register says of a person."""

    number: PersonNumber = Field(alias="SoDinhDanh")
    """Twelve digits."""
    card: Annotated[str, Field(pattern=r"^[0-9]{9}$")] | None = Field(alias="SoCMND")
    """The older card's nine digits, where there was one."""
    name: FullName = Field(alias="HoVaTen")
    """With accents."""
    gender: Literal["1", "2"] = Field(alias="GioiTinh")
    """1 male, 2 female."""
    born: Birth = Field(alias="NgayThangNamSinh")
    """When the person was born."""
    origin: Address = Field(alias="QueQuan")
    """Place of origin."""
    residence: Address = Field(alias="ThuongTru")
    """Permanent residence."""
    present: Address = Field(alias="NoiOHienTai")
    """Present abode."""


class Reason(MessageBody):
    """Why a look-up was refused."""

    rule: Code = Field(alias="QuyTac")
    """The rule, of docs/neighbours/population.md#what-is-refused."""
    place: Line = Field(alias="ViTri")
    """The member of the request."""
    found: Line = Field(alias="TimThay")
    """What was found there."""
    expected: Line = Field(alias="MongDoi")
    """What was expected."""


class LookUpReply(MessageBody):
    """What became of a look-up."""

    request: RequestCode = Field(alias="MaYeuCau")
    """The code of the request."""
    outcome: Literal["found", "not-found", "no-match", "refused"] = Field(alias="KetQua")
    """Found; no such number; another name or birth under this number; refused."""
    reason: Reason | None = Field(alias="LyDo")
    """Of a refusal."""
    person: Person | None = Field(alias="CongDan")
    """Of a person that was found."""
