"""A person signs in at the register's pages and sees who looked this person up, and nobody else."""

import re
from datetime import datetime
from random import Random

import pytest
from support.asgi import AsgiClient

from axis.protocol.working_calendar import VIET_NAM
from nodes.systems.population import POPULATION
from nodes.systems.population_http import FAILURES_MOST, FORM_BYTES, PersonPages
from nodes.systems.population_page import texts_of
from nodes.systems.register import open_register
from nodes.systems.system import Incoming

UNIT, OWN, OTHER = "000.00.00.H24", "000000000001", "000000000002"
HOST = {"Host": "127.0.0.1", "Content-Type": "application/x-www-form-urlencoded"}
LOOK_UP = {
    "MaYeuCau": "H24-1",
    "MaDVC": "1.000110",
    "MaTichHop": "TH-1",
    "MaCanBo": "000000000009",
    "MaDonVi": UNIT,
    "TaiKhoan": "h24.1",
    "MucDich": "<b>Đăng ký thường trú</b>",
    "SoDinhDanh": OWN,
    "HoVaTen": "NGUYEN VAN DUC",
    "NgayThangNamSinh": {"Nam": "1980"},
}


@pytest.fixture
def pages(tmp_path):
    register = open_register(tmp_path / "register.sqlite", POPULATION.tables)
    for number, login in ((OWN, "11111111"), (OTHER, "22222222")):
        row = (number, None, "Nguyễn", "Văn", "Đức", "1", "1980", "{}", "{}", "{}", login)
        register.execute("INSERT INTO persons VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    message = Incoming("tra-cuu-dan-cu", UNIT, "7/TĐ-TC", "", LOOK_UP, "TOTAL-PASSED", "a" * 64)
    POPULATION.step(register, [message], datetime(2024, 3, 4, 17, tzinfo=VIET_NAM), Random(1))
    register.close()
    return AsgiClient(PersonPages(tmp_path / "register.sqlite").app(("127.0.0.1",)), headers=HOST)


def begin(pages):
    """The token of the form, and the cookie that belongs to it."""
    page = pages.get("/")
    return re.search(r'name="form" value="([^"]+)"', page.text)[1], page.headers["set-cookie"].split(";")[0]


def sign_in(pages, number, code):
    form, cookie = begin(pages)
    body = f"form={form}&number={number}&code={code}"
    done = pages.post("/sign-in", headers={**HOST, "Cookie": cookie}, content=body)
    session = done.headers.get("set-cookie", "").split(";")[0]
    return done, f"{cookie}; {session}", form


def test_a_person_sees_the_own_look_ups_and_markup_in_them_is_text(pages):
    done, cookies, _ = sign_in(pages, OWN, "11111111")
    assert (done.status_code, done.headers["location"]) == (303, "/")
    page = pages.get("/", headers={**HOST, "Cookie": cookies})
    assert f"{UNIT} 7/TĐ-TC" in page.text
    assert "h24.1" in page.text
    assert "&lt;b&gt;Đăng ký thường trú" in page.text
    assert "bị từ chối" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_another_person_sees_nothing_of_it(pages):
    _, cookies, _ = sign_in(pages, OTHER, "22222222")
    page = pages.get("/", headers={**HOST, "Cookie": cookies, "Accept-Language": "en"})
    assert "Nobody looked you up." in page.text
    assert "7/TĐ-TC" not in page.text


@pytest.mark.parametrize(("number", "code"), [(OWN, "22222222"), (OWN, ""), ("000000000003", ""), ("", "")])
def test_a_wrong_code_shows_nothing(pages, number, code):
    done, cookies, _ = sign_in(pages, number, code)
    assert done.status_code == 403
    assert "không đúng" in done.text
    assert "7/TĐ-TC" not in pages.get("/", headers={**HOST, "Cookie": cookies}).text


def test_a_number_is_locked_after_wrong_codes(pages):
    for _ in range(FAILURES_MOST):
        assert sign_in(pages, OWN, "0")[0].status_code == 403
    assert sign_in(pages, OWN, "11111111")[0].status_code == 429
    assert sign_in(pages, OTHER, "22222222")[0].status_code == 303


def test_whoever_signs_out_is_out(pages):
    _, cookies, form = sign_in(pages, OWN, "11111111")
    assert pages.post("/sign-out", headers={**HOST, "Cookie": cookies}, content="").status_code == 403
    assert "7/TĐ-TC" in pages.get("/", headers={**HOST, "Cookie": cookies}).text
    done = pages.post("/sign-out", headers={**HOST, "Cookie": cookies}, content=f"form={form}")
    assert done.status_code == 303
    assert "7/TĐ-TC" not in pages.get("/", headers={**HOST, "Cookie": cookies}).text


def test_forms_of_other_sites_and_long_ones_are_refused(pages):
    body = f"number={OWN}&code=11111111"
    assert pages.post("/sign-in", content=body).status_code == 403
    _, cookie = begin(pages)
    for spoilt in (body, f"form=x&{body}", "x" * (FORM_BYTES + 1), "a=1&" * 11, "số"):
        answer = pages.post("/sign-in", headers={**HOST, "Cookie": cookie}, content=spoilt.encode())
        assert answer.status_code == 403
    assert pages.get("/", headers={"Host": "axis.example"}).status_code == 400


def test_each_text_is_in_both_languages():
    vi, en = texts_of("vi"), texts_of("en")
    assert all(vi[name] != en[name] for name in vi)
