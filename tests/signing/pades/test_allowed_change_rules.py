"""What a later revision may add that nobody sees: data for checking later, objects given up."""

import re

import pytest
from support import pdfs

from signing.verdict import Indication

STORE = b"<</Type/DSS/Certs[%s]/CRLs[95 0 R 99 0 R]/VRI<</%s<</Cert[96 0 R 99 0 R]/TU(D:2019)>>>>>>"


def stored(data, store, **more):
    catalog = pdfs.current(data, pdfs.CATALOG)
    objects = {
        pdfs.CATALOG: re.sub(rb"/DSS \d+ 0 R", b"", catalog)[:-2].rstrip() + b"/DSS 97 0 R>>",
        95: pdfs.stream(b"list"),
        96: pdfs.stream(b"certificate"),
        97: store,
    }
    return pdfs.append(data, {**objects, **more})


@pytest.mark.parametrize(
    "certificates", [b"96 0 R", b"96 0 R 99 0 R", b"99 0 R", b"", b"null", b"96 0 R null 12345 0 R"], ids=str
)
def test_data_for_checking_later_may_refer_to_nothing(certificates):
    data = stored(pdfs.signed_by_person(), STORE % (certificates, b"A" * 40))
    assert pdfs.outcome(data) == ("passed", "archive")


def test_data_for_checking_later_may_be_replaced_and_given_up():
    first = stored(pdfs.signed_by_person(), STORE % (b"96 0 R", b"A" * 40))
    second = pdfs.append(first, {97: STORE % (b"98 0 R", b"B" * 40), 98: pdfs.stream(b"another")})
    assert pdfs.outcome(second) == ("passed", "archive")
    last = pdfs.append(second, {97: b"<</Type/DSS/Certs[98 0 R]>>"})
    listed = b"xref\n95 2\n0000000000 00001 f \n0000000000 00001 f \n97 1\n"
    at = last.rindex(b"xref\n97 1\n")
    freed = last[:at] + listed + last[at + len(b"xref\n97 1\n") :]
    assert pdfs.outcome(freed) == ("passed", "archive")


def test_data_for_checking_later_may_not_fill_in_what_a_page_shows():
    page = pdfs.PAGE_VALUE % (b"[4 0 R 96 0 R]", b"")
    data = pdfs.sign(pdfs.append(pdfs.sample(), {pdfs.PAGE: page}))
    assert pdfs.words(data) == ["passed"]
    assert pdfs.outcome(stored(data, STORE % (b"96 0 R", b"A" * 40)))[0] == "HASH_FAILURE"


def test_data_for_checking_later_may_not_reach_into_the_page():
    data = pdfs.signed_by_person()
    store = STORE % (b"4 0 R", b"A" * 40)
    catalog = pdfs.current(data, pdfs.CATALOG)
    objects = {
        pdfs.CATALOG: catalog[:-2].rstrip() + b"/DSS 97 0 R>>",
        pdfs.TEXT: pdfs.stream(b"BT /F1 12 Tf (9.999.999) Tj ET"),
        97: store,
    }
    assert pdfs.outcome(pdfs.append(data, objects))[0] == "HASH_FAILURE"


@pytest.mark.parametrize("generation", [1, 65535])
def test_what_a_page_shows_may_not_be_given_up(generation):
    data = pdfs.append(pdfs.signed_by_person(), {90: b"null"})
    freed = data.replace(b"\n90 1\n", b"\n4 1\n0000000000 %05d f \n90 1\n" % generation)
    freed = re.sub(
        rb"startxref\n\d+\n%%EOF\n$", b"startxref\n%d\n%%%%EOF\n" % freed.rindex(b"xref\n4 1"), freed
    )
    assert pdfs.judge(freed)[0].indication is Indication.TOTAL_FAILED
