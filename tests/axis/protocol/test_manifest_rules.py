"""The rules of the manifest's members: each is named with its place when it is broken."""

import pytest
from support.manifests import LEFT_OUT, NFC_NAME, NFD_NAME, attachment, check, faults, manifest, reference

from axis.protocol.manifest import (
    number_key,
)


@pytest.mark.parametrize(
    ("changes", "pointer", "found"),
    [
        ({"sender": None}, "/from", "null"),
        ({"sender": ""}, "/from", ""),
        ({"sender": "H24/../x"}, "/from", "H24/../x"),
        ({"to": []}, "/to", "an array of 0 items"),
        ({"to": "H24"}, "/to", '"H24"'),
        ({"to": ["G22", 7]}, "/to/1", "7"),
        ({"to": ["G22", "H26", "000.00.00.G22"]}, "/to/2", "000.00.00.G22"),
        ({"number": "  "}, "/number", '"  "'),
        ({"number": 123}, "/number", "123"),
        ({"number": "1\t2"}, "/number", "1\\u00092"),
        ({"number": "12\u200b3/UBND"}, "/number", "12\\u200b3/UBND"),
        ({"issued_on": "2019-02-30"}, "/issued_on", "2019-02-30"),
        ({"issued_on": "20190603"}, "/issued_on", "20190603"),
        ({"issued_on": "2019-W23-1"}, "/issued_on", "2019-W23-1"),
        ({"issued_on": "2019-06-03T00:00:00Z"}, "/issued_on", "2019-06-03T00:00:00Z"),
        ({"issued_on": "0000-01-01"}, "/issued_on", "0000-01-01"),
        ({"issued_on": "٢٠١٩-06-03"}, "/issued_on", "٢٠١٩-06-03"),
        ({"issued_on": None}, "/issued_on", "null"),
        ({"type": "Công văn"}, "/type", "Công văn"),
        ({"type": ["cong-van"]}, "/type", "an array of 1 items"),
        ({"subject": ""}, "/subject", '""'),
        ({"subject": "a\nb"}, "/subject", "a\\u000ab"),
        ({"subject": "a\x9fb"}, "/subject", "a\\u009fb"),
        ({"priority": "urgently"}, "/priority", "urgently"),
        ({"priority": None}, "/priority", "null"),
        ({"action": "delete"}, "/action", "delete"),
        ({"action": []}, "/action", "an array of 0 items"),
        ({"refers_to": None}, "/refers_to", "null"),
        ({"refers_to": ["12/UBND"]}, "/refers_to/0", '"12/UBND"'),
        ({"refers_to": [reference(number=LEFT_OUT)]}, "/refers_to/0/number", "nothing"),
        ({"refers_to": [reference(sender="")]}, "/refers_to/0/from", ""),
        ({"refers_to": [reference(issued_on="2019")]}, "/refers_to/0/issued_on", "2019"),
        ({"refers_to": [{**reference(), "year": 1}]}, "/refers_to/0/year", "1"),
        ({"signer": "An"}, "/signer", '"An"'),
        ({"signer": {"position": "x"}}, "/signer/name", "nothing"),
        ({"signer": {"name": "An", "position": 5}}, "/signer/position", "5"),
        ({"signer": {"name": "An", "title": "x"}}, "/signer/title", '"x"'),
        ({"due_on": "3/6/2019"}, "/due_on", "3/6/2019"),
        ({"due_on": 5}, "/due_on", "5"),
        ({"attachments": []}, "/attachments", "an array of 0 items"),
        ({"attachments": {}}, "/attachments", "an object of 0 members"),
        ({"attachments": [None]}, "/attachments/0", "null"),
        ({"attachments": [attachment(size="20000")]}, "/attachments/0/size", '"20000"'),
        ({"attachments": [attachment(size=True)]}, "/attachments/0/size", "true"),
        ({"attachments": [attachment(size=-1)]}, "/attachments/0/size", "-1"),
        ({"attachments": [attachment(size=1.5)]}, "/attachments/0/size", "1.5"),
        ({"attachments": [attachment(size=2**30 + 1)]}, "/attachments/0/size", str(2**30 + 1)),
        ({"attachments": [attachment(sha256="A" * 64)]}, "/attachments/0/sha256", "A" * 64),
        ({"attachments": [attachment(sha256="a" * 63)]}, "/attachments/0/sha256", "a" * 63),
        (
            {"attachments": [attachment(sha256="a" * 64 + "\n")]},
            "/attachments/0/sha256",
            "a" * 64 + "\\u000a",
        ),
        ({"attachments": [attachment(media_type="pdf")]}, "/attachments/0/media_type", "pdf"),
        (
            {"attachments": [attachment(media_type="a/b\r\nX: y")]},
            "/attachments/0/media_type",
            "a/b\\u000d\\u000aX: y",
        ),
        ({"attachments": [attachment(pages=3)]}, "/attachments/0/pages", "3"),
        ({"attachments": [attachment(), attachment()]}, "/attachments/1/name", "123-UBND-VX.pdf"),
    ],
)
def test_a_broken_rule_is_named_with_what_was_found(changes, pointer, found):
    (place,) = faults(manifest(**changes))
    assert (place.pointer, place.found) == (pointer, found)
    assert place.expected


def test_texts_and_names_come_in_nfc_and_codes_canonical():
    read = check(
        manifest(
            sender="H24",
            to=["H20.14"],
            number=" 1/QĐ ",
            subject="Quye\u0302\u0301t",
            attachments=[attachment(name=NFD_NAME)],
        )
    )
    assert (read.sender, read.to) == ("000.00.00.H24", ("000.00.14.H20",))
    assert (read.number, read.number_key) == (" 1/QĐ ", "1/QĐ")
    assert (read.subject, read.attachments[0].name) == ("Quyết", NFC_NAME)
    assert number_key(" 1/Q\u0110 ") == read.number_key


def test_an_unknown_member_is_named_with_the_one_meant():
    (place,) = faults({**manifest(), "atachments": 1})
    assert (place.pointer, place.expected) == ("/atachments", "no such member; perhaps attachments")


def test_an_unknown_member_of_any_name_has_a_printable_pointer():
    (place,) = faults({**manifest(), "a/~\n\u202e" + "x" * 5000: 1})
    assert place.pointer.startswith("/a~1~0\\u000a\\u202exxx")
    assert len(place.pointer) < 120


def test_what_was_found_is_never_longer_than_80_characters():
    value = manifest(number="\u202e" * 5000, subject="y" * 5000, type="z" * 5000, sender="x" * 5000)
    assert all(len(place.found) <= 80 + len("5000 characters: ") for place in faults(value))


@pytest.mark.parametrize(
    "media_type", ["text/plain; charset=utf-8", 'a/b;x="y z"', "application/vnd.ms-excel", "x/" + "y" * 253]
)
def test_media_types_may_have_parameters(media_type):
    assert check(manifest(attachments=[attachment(media_type=media_type)]))
