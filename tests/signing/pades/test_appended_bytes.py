"""What is appended has to be found alike by readers that go by lists and by those that look around."""

import re

import pytest
from support import pdfs

EVIL = pdfs.stream(b"BT /F1 14 Tf 72 700 Td (9.999.999) Tj ET")
LISTS, PACKED, EXTRA = 110, 109, 90


def entry(number, at, generation=0, kind=b"n"):
    return b"%d 1\n%010d %05d %s \n" % (number, at, generation, kind)


def placed(data, objects):
    """Append objects, by header and value; return the bytes so far and where the objects stand."""
    out, places = bytearray(data), []
    for header, value in objects:
        places.append(len(out))
        out += b"%s obj\n%s\nendobj\n" % (header, value)
    return out, places


def with_table(objects, table, data=None):
    """Append objects, by header and value, with a table made from where they stand."""
    data = pdfs.signed_by_person() if data is None else data
    out, places = placed(data, objects)
    begin = len(out)
    out += b"xref\n%strailer\n<</Size 120/Root 1 0 R/Prev %d%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        table(places),
        pdfs.startxref(data),
        pdfs.information(data),
        begin,
    )
    return bytes(out)


def with_stream(objects, rows, data=None):
    """Append objects with a list that is a stream: `rows` from where they stand, (number, kind, a, b)."""
    data = pdfs.signed_by_person() if data is None else data
    out, places = placed(data, objects)
    begin = len(out)
    listed = sorted([*rows(places), (LISTS, 1, begin, 0)])
    entries = b"".join(
        bytes([kind]) + a.to_bytes(4, "big") + b.to_bytes(2, "big") for _, kind, a, b in listed
    )
    out += (
        b"%d 0 obj\n<</Type/XRef/Size 120/W[1 4 2]/Index[%s]/Root 1 0 R/Prev %d%s/Length %d>>stream\n%s"
        % (
            LISTS,
            b" ".join(b"%d 1" % number for number, *_ in listed),
            pdfs.startxref(data),
            pdfs.information(data),
            len(entries),
            entries,
        )
    )
    return bytes(out) + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % begin


def packed(*objects, more=b""):
    """Pack objects, by number and value, into a stream."""
    head, body = b"", b""
    for number, value in objects:
        head += b"%d %d " % (number, len(body))
        body += value + b" "
    return b"<</Type/ObjStm/N %d/First %d/Length %d%s>>stream\n%s\nendstream" % (
        len(objects),
        len(head),
        len(head + body),
        more,
        head + body,
    )


PAGE = pdfs.current(pdfs.signed_by_person(), pdfs.PAGE)
OTHER_PAGE = PAGE.replace(b"4 0 R", b"90 0 R")
NULL = (b"90 0", b"null")
ALIKE = {
    "an object nobody uses": with_table([NULL], lambda at: entry(EXTRA, at[0])),
    "the same in a list that is a stream": with_stream([NULL], lambda at: [(EXTRA, 1, at[0], 0)]),
    "a packed object": with_stream(
        [(b"109 0", packed((EXTRA, b"null")))], lambda at: [(EXTRA, 2, PACKED, 0), (PACKED, 1, at[0], 0)]
    ),
    "the page as it was": with_table([(b"3 0", PAGE)], lambda at: entry(3, at[0])),
    "the page as it was, packed": with_stream(
        [(b"109 0", packed((3, PAGE)))], lambda at: [(3, 2, PACKED, 0), (PACKED, 1, at[0], 0)]
    ),
}
PAGES = [(b"3 0", OTHER_PAGE), (b"3 0", PAGE), (b"90 0", EVIL)]
OTHERWISE = {
    "a number twice, the last as it was": with_table(
        PAGES, lambda at: entry(3, at[0]) + entry(3, at[1]) + entry(EXTRA, at[2])
    ),
    "a number twice, the first as it was": with_table(
        PAGES, lambda at: entry(3, at[1]) + entry(3, at[0]) + entry(EXTRA, at[2])
    ),
    "a number used and given up": with_table(
        [(b"3 0", PAGE)], lambda at: entry(3, 0, 1, b"f") + entry(3, at[0])
    ),
    "an object in no list": with_table([(b"4 0", EVIL), NULL], lambda at: entry(EXTRA, at[1])),
    "an object in no list, with a comment": with_table(
        [(b"4 0%x\n", EVIL), NULL], lambda at: entry(EXTRA, at[1])
    ),
    "a place past the end": with_table([(b"4 0", EVIL), NULL], lambda _: entry(EXTRA, 99_999_999)),
    "a place beside the object": with_table([NULL], lambda at: entry(EXTRA, at[0] + 3)),
    "the place of another object": with_table([NULL, (b"91 0", b"1")], lambda at: entry(EXTRA, at[1])),
    "a trailer of its own": with_table(
        [(b"90 0", b"<</Type/Catalog>>\nendobj\ntrailer<</Root 90 0 R>>")], lambda at: entry(EXTRA, at[0])
    ),
    "another place to start": with_table(
        [(b"90 0", b"null\nendobj\nstartxref\n17\n%%EOF")], lambda at: entry(EXTRA, at[0])
    ),
    "packed twice": with_stream(
        [(b"109 0", packed((3, PAGE), (3, OTHER_PAGE))), (b"90 0", EVIL)],
        lambda at: [(3, 2, PACKED, 0), (EXTRA, 1, at[1], 0), (PACKED, 1, at[0], 0)],
    ),
    "packed along": with_stream(
        [(b"109 0", packed((EXTRA, b"null"), (3, OTHER_PAGE)))],
        lambda at: [(EXTRA, 2, PACKED, 0), (PACKED, 1, at[0], 0)],
    ),
    "packed in a stream that nothing names": with_stream(
        [(b"109 0", packed((3, PAGE), more=b"/Extends 108 0 R")), (b"108 0", packed((3, OTHER_PAGE)))],
        lambda at: [(3, 2, PACKED, 0), (108, 1, at[1], 0), (PACKED, 1, at[0], 0)],
    ),
    "packed in what is no such stream": with_stream([], lambda _: [(EXTRA, 2, pdfs.TEXT, 0)]),
    "packed in a stream that is nowhere": with_stream([], lambda _: [(EXTRA, 2, PACKED, 0)]),
    "packed in another place": with_stream(
        [(b"109 0", packed((91, b"1"), (EXTRA, b"null")))],
        lambda at: [(EXTRA, 2, PACKED, 0), (91, 2, PACKED, 1), (PACKED, 1, at[0], 0)],
    ),
}


@pytest.mark.parametrize("name", ALIKE)
def test_what_every_reader_finds_alike_and_nobody_sees_breaks_nothing(name):
    assert pdfs.outcome(ALIKE[name]) == ("passed", "archive")


@pytest.mark.parametrize("name", OTHERWISE)
def test_what_readers_may_find_otherwise_is_not_compared(name):
    word, found = pdfs.outcome(OTHERWISE[name])
    assert word == "GENERIC"
    assert found in {"irregular", "unlisted", "two-lists"}


def signed_packed(indirect):
    """A signed letter whose page is packed; `indirect`: with the stream's length in an object of its own."""
    stream = packed((3, pdfs.PAGE_VALUE % (b"4 0 R", b"")))
    length = re.search(rb"/Length (\d+)", stream)[1]
    objects = [(b"109 0", stream)]
    if indirect:
        objects = [(b"109 0", stream.replace(b"/Length " + length, b"/Length 108 0 R")), (b"108 0", length)]
    return pdfs.sign(
        with_stream(
            objects,
            lambda at: [
                (3, 2, PACKED, 0),
                (PACKED, 1, at[0], 0),
                *([(108, 1, at[1], 0)] if indirect else []),
            ],
            pdfs.sample(),
        )
    )


@pytest.mark.parametrize("indirect", [False, True])
def test_a_stream_of_objects_may_not_be_given_up(indirect):
    signed = signed_packed(indirect)
    assert pdfs.words(signed) == ["passed"]
    freed = with_table([], lambda _: entry(108 if indirect else PACKED, 0, 1, b"f"), signed)
    assert not {"passed"} & set(pdfs.words(freed))


@pytest.mark.parametrize("entry", [b"/Info", b"/Root"])
def test_a_trailer_that_leaves_something_out_is_not_compared(entry):
    """Some readers take it from the trailer before, and some find none."""
    data = ALIKE["an object nobody uses"]
    begin = data.rindex(b"trailer")
    rest = re.sub(entry + rb" \d+ 0 R", b"", data[begin:])
    assert rest != data[begin:]
    assert not {"passed"} & set(pdfs.words(data[:begin] + rest))
