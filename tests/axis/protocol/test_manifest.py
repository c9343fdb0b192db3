"""The manifest: every rule of the contract, named with its place when it is broken."""

import json
from hashlib import sha256

import pytest
from support.manifests import LEFT_OUT, attachment, manifest, reference

from axis.protocol.document_types import DOCUMENT_TYPES
from axis.protocol.errors import MalformedJson, ManifestInvalid, TooLarge
from axis.protocol.manifest import (
    Attachment,
    Reference,
    Signer,
    check_manifest,
    number_key,
    parse_manifest,
    read_sender,
)
from axis.protocol.manifest_limits import MOST_PLACES, ManifestLimits

NFD_NAME = "Quye\u0302\u0301t \u0111i\u0323nh.pdf"
NFC_NAME = "Quyết định.pdf"


def check(value, **limits):
    return check_manifest(value, ManifestLimits(**limits), sha256="0" * 64)


def faults(value, **limits):
    with pytest.raises(ManifestInvalid) as caught:
        check(value, **limits)
    return caught.value.places


def pointers(value, **limits):
    return [place.pointer for place in faults(value, **limits)]


def test_the_contracts_example_is_read():
    value = manifest()
    data = json.dumps(value, ensure_ascii=False).encode()
    read = parse_manifest(data)
    assert read.sender == "000.00.00.H24"
    assert read.to == ("000.00.00.G22", "000.00.00.H26")
    assert (read.number, read.number_key, read.issued_on, read.year) == (
        "123/UBND-VX",
        "123/UBND-VX",
        "2019-06-03",
        2019,
    )
    assert (read.type, read.priority, read.action) == ("cong-van", "normal", "new")
    assert read.signer == Signer("Nguyễn Văn An", "Chủ tịch")
    assert (read.refers_to, read.due_on) == ((), None)
    (main,) = value["attachments"]
    assert read.attachments == (Attachment(main["name"], main["media_type"], main["size"], main["sha256"]),)
    assert read.sha256 == sha256(data).hexdigest()


def test_only_the_required_members_are_needed():
    left_out = dict.fromkeys(["priority", "action", "refers_to", "signer", "due_on"], LEFT_OUT)
    read = check(manifest(**left_out))
    assert (read.priority, read.action, read.refers_to, read.signer, read.due_on) == (
        "normal",
        "new",
        (),
        None,
        None,
    )


@pytest.mark.parametrize("name", ["from", "to", "number", "issued_on", "type", "subject", "attachments"])
def test_a_required_member_that_is_left_out_is_named(name):
    (place,) = faults(manifest(**{name: LEFT_OUT}))
    assert (place.pointer, place.found) == (f"/{name}", "nothing")


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


@pytest.mark.parametrize("value", [None, 5, "x", [], [manifest()]])
def test_a_manifest_that_is_no_object_is_refused(value):
    assert pointers(value) == [""]
    with pytest.raises(ManifestInvalid):
        read_sender(value)


@pytest.mark.parametrize("action", ["recall", "update", "replace"])
def test_what_changes_a_document_names_one_of_the_same_sender(action):
    assert pointers(manifest(action=action)) == ["/refers_to"]
    assert pointers(manifest(action=action, refers_to=LEFT_OUT)) == ["/refers_to"]
    assert pointers(manifest(action=action, refers_to=[reference(sender="H25")])) == ["/refers_to/0/from"]
    read = check(manifest(action=action, refers_to=[reference(sender="H24", number=" 12/UBND")]))
    assert read.refers_to == (Reference("000.00.00.H24", " 12/UBND", "12/UBND", "2019-05-02", 2019),)


def test_a_new_document_may_refer_to_anybodys():
    assert check(manifest(refers_to=[reference(sender="G22")])).refers_to[0].sender == "000.00.00.G22"


def test_a_document_is_referred_to_once():
    twice = [reference(), reference(number="12/UBND ", issued_on="2019-05-03")]
    assert pointers(manifest(refers_to=twice)) == ["/refers_to/1"]
    assert len(check(manifest(refers_to=[reference(), reference(issued_on="2018-05-02")])).refers_to) == 2


def test_a_recall_alone_needs_no_attachment():
    assert check(manifest(action="recall", refers_to=[reference()], attachments=[])).attachments == ()
    assert pointers(manifest(action="update", refers_to=[reference()], attachments=[])) == ["/attachments"]


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


def test_names_that_are_one_in_nfc_are_not_unique():
    value = manifest(attachments=[attachment(name=NFC_NAME), attachment(name=NFD_NAME)])
    assert pointers(value) == ["/attachments/1/name"]


def test_limits_hold_to_the_character_item_and_byte():
    assert check(manifest(subject="ế" * 2000, number="x" * 100))
    assert pointers(manifest(subject="ế" * 2001, number="x" * 101)) == ["/number", "/subject"]
    many = [attachment(name=f"{place}.pdf") for place in range(101)]
    assert len(check(manifest(attachments=many[:100])).attachments) == 100
    assert pointers(manifest(attachments=many)) == ["/attachments"]
    codes = [f"000.00.{n % 100:02}.H{n // 100:02}" for n in range(1001)]
    assert len(check(manifest(to=codes[:1000])).to) == 1000
    assert pointers(manifest(to=codes)) == ["/to"]
    assert check(manifest(attachments=[attachment(size=2**30)]))
    assert check(manifest(attachments=[attachment(size=0)]))


def test_attachments_together_stay_below_the_documents_limit():
    three = [attachment(name=f"{place}", size=2**30) for place in range(3)]
    (place,) = faults(manifest(attachments=three))
    assert (place.pointer, place.found) == ("/attachments", f"{3 * 2**30} bytes")
    assert check(manifest(attachments=three[:2]))


def test_limits_are_arguments():
    assert pointers(manifest(), recipients=1, subject_characters=5) == ["/to", "/subject"]
    with pytest.raises(TooLarge):
        parse_manifest(json.dumps(manifest()).encode(), ManifestLimits(bytes=100))


def test_every_broken_rule_is_named_at_once():
    value = manifest(sender=1, to=1, number=1, issued_on=1, type=1, subject=1, priority=1, action=1)
    value |= {"refers_to": 1, "signer": 1, "due_on": 1, "attachments": 1, "extra": 1}
    assert sorted(pointers(value)) == sorted(f"/{name}" for name in value)


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


def test_a_refusal_names_a_thousand_places_at_most():
    value = manifest() | {f"m{place}": 1 for place in range(5000)}
    places = faults(value)
    assert len(places) == MOST_PLACES
    assert places[-1].found == "5000 broken rules"


def test_the_sender_is_read_whatever_else_is_wrong():
    assert read_sender({"from": "H24", "to": 5}) == "000.00.00.H24"
    with pytest.raises(ManifestInvalid):
        read_sender({"to": ["H24"]})


def test_bytes_that_are_no_json_are_malformed_and_not_invalid():
    with pytest.raises(MalformedJson):
        parse_manifest(b'{"from": "H24", "from": "H25"}')


@pytest.mark.parametrize(
    "media_type", ["text/plain; charset=utf-8", 'a/b;x="y z"', "application/vnd.ms-excel", "x/" + "y" * 253]
)
def test_media_types_may_have_parameters(media_type):
    assert check(manifest(attachments=[attachment(media_type=media_type)]))


def test_every_kind_of_document_is_a_type():
    legal = {slug for slug, kind in DOCUMENT_TYPES.items() if kind.is_legal}
    assert {"luat", "nghi-dinh", "thong-tu"} <= legal
    administrative = 29 + 4  # of Decree 30/2020, and of Circular 01/2011 before it
    assert len(DOCUMENT_TYPES) - len(legal) == administrative + len(["thong-diep"])
    main = attachment(media_type="application/vnd.axis.ho-so.v1+json")
    for slug, kind in DOCUMENT_TYPES.items():
        assert check(manifest(type=slug, attachments=[main])).type == kind.slug
        assert kind.vi
        assert kind.en


def test_the_main_attachment_of_a_message_says_what_it_is_about():
    def message(media_type, **members):
        return manifest(type="thong-diep", attachments=[attachment(media_type=media_type)], **members)

    longest = "application/vnd.axis." + "a" * 31 + ".v1+json"
    for media_type, kind in (("application/vnd.axis.ho-so-moi.v1+json", "ho-so-moi"), (longest, "a" * 31)):
        assert check(message(media_type)).kind == kind
    for media_type in (
        "application/pdf",
        "application/json",
        "application/vnd.axis.ho-so.v2+json",
        "application/vnd.axis.Ho-So.v1+json",
        "application/vnd.axis.ho--so.v1+json",
        "application/vnd.axis..v1+json",
        longest.replace("a", "aa", 1),
        "application/vnd.axis.ho-so.v1+json; charset=utf-8",
    ):
        assert pointers(message(media_type)) == ["/attachments/0/media_type"], media_type


def test_only_a_message_has_a_kind():
    main = attachment(media_type="application/vnd.axis.ho-so.v1+json")
    assert check(manifest(type="cong-van", attachments=[main])).kind is None
    recall = manifest(type="thong-diep", action="recall", attachments=[], refers_to=[reference()])
    assert check(recall).kind is None
