"""What the population register shows a person: a form to sign in with, and who looked this person up."""

import functools
from collections.abc import Mapping
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from nodes.known_agencies import known_name
from nodes.systems.population_report import OwnLookUp
from signing.pages.formats import printable, shown_time
from signing.verdict_sentences import Language

_TEXTS: Final = {
    "title": ("Ai đã tra cứu thông tin của tôi", "Who looked me up"),
    "sign_in": ("Đăng nhập", "Sign in"),
    "sign_out": ("Đăng xuất", "Sign out"),
    "number": ("Số định danh", "Personal number"),
    "code": ("Mã đăng nhập", "Sign-in code"),
    "wrong": (
        "Số định danh hoặc mã đăng nhập không đúng.",
        "The number or the code is not right.",
    ),
    "too_often": (
        "Sai quá nhiều lần. Số định danh này bị khóa cho đến khi hệ thống khởi động lại.",
        "Wrong too often. This number is locked until the system starts again.",
    ),
    "wrong_form": (
        "Biểu mẫu này không thuộc trang hiện tại. Hãy mở lại trang.",
        "This form is not of a page of this system. Open the page again.",
    ),
    "at": ("Thời điểm", "When"),
    "unit": ("Đơn vị", "Unit"),
    "account": ("Tài khoản", "Account"),
    "purpose": ("Mục đích", "Purpose"),
    "outcome": ("Kết quả", "Outcome"),
    "message": ("Thông điệp đã ký", "Signed message"),
    "found": ("đã trả thông tin", "data given"),
    "not-found": ("không có", "not found"),
    "no-match": ("không khớp, không trả thông tin", "no match, nothing given"),
    "refused": ("bị từ chối", "refused"),
    "logged": ("đã ghi nhật ký", "logged"),
    "nothing": ("Chưa ai tra cứu thông tin của bạn.", "Nobody looked you up."),
    "flagged": ("bị đánh dấu: quá thường xuyên hoặc thiếu căn cứ", "flagged: too often, or without a basis"),
    "none_said": ("không nêu", "not said"),
    "ledger": (
        "Mỗi lần tra cứu là một thông điệp do đơn vị ký, được ghi vào sổ cái của trục dưới số nêu trên.",
        "Each look-up is a message that the unit signed; the axis's ledger has it under the number above.",
    ),
    "invented": ("Mọi người và mã đăng nhập đều là giả lập.", "All persons and codes are invented."),
}


def texts_of(language: Language) -> Mapping[str, str]:
    """Return all texts of a language by their names."""
    place = 0 if language == "vi" else 1
    return {name: both[place] for name, both in _TEXTS.items()}


def sign_in_page(language: Language, form_token: str, fault: str = "") -> str:
    """Return the page with the form; `fault`: the name of the text that says what was wrong."""
    return _render(language, form_token=form_token, fault=fault, look_ups=None, number="")


def own_page(language: Language, form_token: str, number: str, look_ups: list[OwnLookUp]) -> str:
    """Return the page of a person who is signed in."""
    return _render(language, form_token=form_token, fault="", look_ups=look_ups, number=number)


def _render(language: Language, **shown: object) -> str:
    template = _environment(language).get_template("population.html")
    return template.render(say=texts_of(language), language=language, **shown)


@functools.cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("nodes.systems"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: printable(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["time"] = lambda text: shown_time(text, language)
    environment.filters["agency"] = lambda code: known_name(code) or code
    return environment
