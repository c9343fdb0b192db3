"""The axis's own hop goes into the original bytes, and changes none of them."""

import datetime as dt
import re

import pytest
from support.edxml_messages import DOCUMENT, STATUS, edited, fault_of

from axis.protocol.edxml import NAMESPACE, VIET_NAM, EdxmlInvalid, Hop, insert_hop, mend_start, read

AT = dt.datetime(2027, 1, 15, 3, 0, 1, tzinfo=dt.UTC)
HOP = (
    b"<edXML:TraceHeader><edXML:OrganId>000.00.00.H01</edXML:OrganId>"
    b"<edXML:Timestamp>2027/01/15 10:00:01</edXML:Timestamp></edXML:TraceHeader>"
)
READ = Hop("000.00.00.H01", dt.datetime(2027, 1, 15, 10, 0, 1, tzinfo=VIET_NAM))
OWN = re.search(rb"<edXML:TraceHeader>.*?</edXML:TraceHeader>", DOCUMENT, re.DOTALL)[0].decode()
BUSINESS = re.search(rb"<edXML:Bussiness>.*?</edXML:Bussiness>", DOCUMENT, re.DOTALL)[0].decode()
LIST = re.search(rb"<edXML:TraceHeaderList>.*?</edXML:TraceHeaderList>", DOCUMENT, re.DOTALL)[0].decode()


def insert(data):
    return insert_hop(data, "000.00.00.H01", AT)


def test_it_stands_behind_the_hops_that_are_there():
    changed = insert(DOCUMENT)
    assert changed.replace(HOP, b"") == DOCUMENT
    assert read(changed).message.trace == (*read(DOCUMENT).message.trace, READ)
    assert insert(changed).count(HOP * 2) == 1


@pytest.mark.parametrize(
    ("changes", "inserted"),
    [
        ([(OWN, "")], HOP),
        ([(OWN, "<edXML:TraceHeader />")], HOP),
        ([(OWN, ""), (BUSINESS, "")], HOP),
        ([(OWN, BUSINESS), (BUSINESS + "\n        " + BUSINESS, BUSINESS + OWN)], HOP),
        ([(LIST, "")], b"<edXML:TraceHeaderList>" + HOP + b"</edXML:TraceHeaderList>"),
        ([("<edXML:Subject>", "<!-- <edXML:TraceHeaderList> --><edXML:Subject>")], HOP),
        ([("<edXML:Subject>V/v kiểm", "<edXML:Subject><![CDATA[</edXML:TraceHeader>]]>kiểm")], HOP),
    ],
    ids=["no hop", "empty hop", "empty list", "other order", "no list", "comment", "cdata"],
)
def test_wherever_the_trace_is_only_the_hop_is_added(changes, inserted):
    data = edited(DOCUMENT, *changes)
    changed = insert(data)
    assert changed.replace(inserted, b"", 1) == data
    assert read(changed).message.trace == (*read(data).message.trace, READ)
    assert read(changed).message.business == read(data).message.business


def test_a_list_that_is_one_empty_tag_is_opened():
    changed = insert(edited(DOCUMENT, (LIST, "<edXML:TraceHeaderList  />")))
    assert b"<edXML:TraceHeaderList  >" + HOP + b"</edXML:TraceHeaderList>" in changed
    assert read(changed).message.trace == (READ,)


def test_it_takes_the_prefix_that_is_in_scope():
    data = DOCUMENT.replace(b"edXML:", b"").replace(b"xmlns:edXML=", b"xmlns:unused=")
    assert read(insert(data)).message.trace[-1] == READ
    other = f'<x:TraceHeaderList xmlns:x="{NAMESPACE}">'
    data = edited(
        DOCUMENT,
        ("<edXML:TraceHeaderList>", other),
        ("</edXML:TraceHeaderList>", "</x:TraceHeaderList>"),
    )
    assert HOP.replace(b"edXML:", b"x:") in insert(data)


@pytest.mark.parametrize("junk", [b"", b"\xef\xbb\xbf", b"junk\r\n"])
def test_junk_and_all_that_the_message_had_wrong_stays(junk):
    data = junk + edited(DOCUMENT, ("<edXML:Reference>", '<edXML:Reference xlink:href="cid:1">')) + b"\r\n"
    changed = insert(data)
    assert changed.replace(HOP, b"") == data
    assert read(changed).warnings == read(data).warnings


def test_a_status_has_no_trace_and_stays_as_it_is():
    assert insert(STATUS) is STATUS


def test_the_agency_is_escaped():
    assert read(insert_hop(DOCUMENT, "<a>&", AT)).message.trace[-1].organ_id == "<a>&"


@pytest.mark.parametrize("data", [b"", b"<a/>", b"<!DOCTYPE a><a/>", DOCUMENT[:500]])
def test_what_could_not_be_read_gets_none(data):
    with pytest.raises(EdxmlInvalid):
        insert(data)
    assert fault_of(data)


@pytest.mark.parametrize(
    ("start", "mended"),
    [
        (b"junk\n<?xml version='1.0'?>", b"<?xml version='1.0'?>"),
        (b'<?xml version="1.0" encoding="UTF-16"?>', b'<?xml version="1.0" encoding="UTF-8"?>'),
        (
            b"\xef\xbb\xbf\n<?xml version='1.0' encoding = 'x-y'?>",
            b"<?xml version='1.0' encoding = 'UTF-8'?>",
        ),
        (
            b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>',
            b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>',
        ),
        (b"\xef\xbb\xbf", b"\xef\xbb\xbf"),
        (b"", b""),
    ],
)
def test_what_stands_before_a_message_is_mended_and_nothing_else(start: bytes, mended: bytes) -> None:
    rest = b"<edXML note=\"<?xml encoding='x'?>\">\xe1\xba\xbf</edXML>".replace(b"<?xml", b"&lt;?xml")
    assert mend_start(start + rest) == mended + rest
