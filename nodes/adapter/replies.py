"""The envelope in which the adapter answers: codes, and texts in Vietnamese with what helps.

Answers have the same members, good or bad, since clients read them. docs/neighbours/portal.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from nodes.systems.system import Refused

Success = Literal["0", "00"]
"""How success is written: clients read it in one of two ways."""
LOGGED_IN: Final = "0"
DONE: Final = "Xử lý thành công"
"""Clients look for the last two words, in small letters."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the protocol: the code of its refusal, and what to say of it."""

    code: str
    told: str
    """Vietnamese."""
    remedy: str
    """Vietnamese."""


RULES: Final[dict[str, Rule]] = {
    "login-right": Rule("1", "Sai tài khoản hoặc mật khẩu", "Đăng nhập lại bằng tài khoản được cấp"),
    "session-known": Rule("1", "Phiên làm việc không tồn tại hoặc đã hết hạn", "Đăng nhập lại"),
    "body-readable": Rule("2", "Nội dung không đọc được", "Gửi một đối tượng JSON mã hóa UTF-8"),
    "body-size": Rule("2", "Nội dung quá lớn", "Chia thành nhiều lần gửi"),
    "member-form": Rule("2", "Thiếu hoặc sai định dạng", "Sửa trường được nêu rồi gửi lại"),
    "service-known": Rule("2", "Dịch vụ không có", "Dùng một trong các dịch vụ được nêu"),
    "portal-known": Rule("2", "dstcode không phải của cổng này", "Sửa dstcode thành giá trị được nêu"),
    "dossier-new": Rule("3", "Hồ sơ đã tồn tại", "Gửi lại với isUpdating là True"),
    "dossier-known": Rule("4", "Không tìm thấy hồ sơ", "Đồng bộ hồ sơ với isUpdating là False trước"),
    "procedure-known": Rule("5", "Thủ tục không có trong danh mục", "Dùng mã thủ tục mà đơn vị cung cấp"),
    "dates-forward": Rule("6", "Thời gian đi lùi", "Sửa thời gian cho đúng thứ tự"),
    "status-follows": Rule(
        "7", "Trạng thái không được đứng sau trạng thái trước", "Gửi trạng thái được phép"
    ),
    "code-of-unit": Rule("8", "Mã không thuộc đơn vị", "Dùng mã của đơn vị đã đăng nhập"),
    "axis-took": Rule("9", "Trục liên thông không tiếp nhận", "Gửi lại sau; xem lý do được nêu"),
}
"""All rules by their names."""


class CallRefused(Exception):
    """A call, or one item of it, that is not taken."""

    def __init__(self, rule: str, place: str, found: str, expected: str) -> None:
        self.refused = Refused(rule, place, found[:_SHOWN], expected)
        super().__init__(str(self.refused))


_SHOWN: Final = 200  # characters of what was found


@dataclass(frozen=True, slots=True)
class Item:
    """What became of one item of a call."""

    code: str
    """The dossier's, as it was sent."""
    refused: Refused | None = None


def done(success: Success, result: Sequence[Any] = (), *, session: str = "") -> dict[str, Any]:
    """Return the answer to a call that went well."""
    return _envelope(success, DONE, result, (), session)


def logged_in(session: str) -> dict[str, Any]:
    """Return the answer to a login, whose success is written alike for all."""
    return _envelope(LOGGED_IN, DONE, (), (), session)


def refusal(refused: Refused) -> dict[str, Any]:
    """Return the answer to a call that was refused as a whole."""
    return _envelope(RULES[refused.rule].code, sentence(refused), (), (refused,), "")


def of_items(success: Success, items: Sequence[Item]) -> dict[str, Any]:
    """Return the answer to a call of several items, which has the code of the first refusal if any."""
    refused = [item.refused for item in items if item.refused is not None]
    result = [
        {
            "MaHoSo": item.code,
            "error_code": success if item.refused is None else RULES[item.refused.rule].code,
            "message": DONE if item.refused is None else sentence(item.refused),
        }
        for item in items
    ]
    if not refused:
        return _envelope(success, DONE, result, (), "")
    return _envelope(RULES[refused[0].rule].code, sentence(refused[0]), result, refused, "")


def sentence(refused: Refused) -> str:
    """Say in Vietnamese what was refused, where, and what helps."""
    rule = RULES[refused.rule]
    place = f"{refused.place}: " if refused.place else ""
    return f"{place}{rule.told}: {refused.found}. {rule.remedy}."


def _envelope(
    code: str, message: str, result: Sequence[Any], refused: Sequence[Refused], session: str
) -> dict[str, Any]:
    errors = [
        {
            "rule": each.rule,
            "place": each.place,
            "found": each.found,
            "expected": each.expected,
            "remedy": RULES[each.rule].remedy,
        }
        for each in refused
    ]
    return {
        "session": session,
        "error_code": code,
        "message": message,
        "result": list(result),
        "errors": errors,
    }
