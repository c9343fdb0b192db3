"""The manifest: every rule of the contract, named with its place when it is broken."""

import json
from hashlib import sha256

import pytest
from support.manifests import (
    LEFT_OUT,
    NFC_NAME,
    NFD_NAME,
    attachment,
    check,
    faults,
    manifest,
    pointers,
    reference,
)

from axis.protocol.document_types import DOCUMENT_TYPES
from axis.protocol.errors import MalformedJson, ManifestInvalid
from axis.protocol.manifest import (
    Attachment,
    Reference,
    Signer,
    parse_manifest,
    read_sender,
)


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


def test_names_that_are_one_in_nfc_are_not_unique():
    value = manifest(attachments=[attachment(name=NFC_NAME), attachment(name=NFD_NAME)])
    assert pointers(value) == ["/attachments/1/name"]


def test_every_broken_rule_is_named_at_once():
    value = manifest(sender=1, to=1, number=1, issued_on=1, type=1, subject=1, priority=1, action=1)
    value |= {"refers_to": 1, "signer": 1, "due_on": 1, "attachments": 1, "extra": 1}
    assert sorted(pointers(value)) == sorted(f"/{name}" for name in value)


def test_the_sender_is_read_whatever_else_is_wrong():
    assert read_sender({"from": "H24", "to": 5}) == "000.00.00.H24"
    with pytest.raises(ManifestInvalid):
        read_sender({"to": ["H24"]})


def test_bytes_that_are_no_json_are_malformed_and_not_invalid():
    with pytest.raises(MalformedJson):
        parse_manifest(b'{"from": "H24", "from": "H25"}')


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
