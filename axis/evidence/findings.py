"""What checking an evidence archive can find, and the words for it, in Vietnamese and English.

A finding is *altered* (the archive is not as the axis gave it), *contradicts* (its parts say different
things) or *unsaid* (something could not be told).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from axis.protocol.refused_characters import printable
from signing.verdict_sentences import Language

Kind = Literal["altered", "contradicts", "unsaid"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be."""

    kind: Kind
    code: str
    """A key of the texts."""
    place: str
    """The part that it is about, or nothing where it is the archive itself."""
    found: str = ""
    expected: str = ""

    def sentence(self, language: Language) -> str:
        """Put it into words."""
        words = TEXTS[language]
        shown = {name: printable(text) for name, text in self._members().items()}
        if not shown["place"].strip():
            shown["place"] = words["nameless"]
        return words[self.code].format(**shown)

    def to_json(self, language: Language) -> dict[str, str]:
        """Return the members of `axis verify --json`."""
        return {
            "kind": self.kind,
            "code": self.code,
            **self._members(),
            "sentence": self.sentence(language),
        }

    def _members(self) -> dict[str, str]:
        return {"place": self.place, "found": self.found, "expected": self.expected}


_EN: Final = {
    "nameless": "A part without a name",
    "structure": "The archive was altered: {found}.",
    "digest": "{place} was altered: SHA256SUMS has another digest of it.",
    "checksum": "The checksum (CRC-32) in the header of {place} was altered; its bytes are whole.",
    "stranger": "{place} was added: no evidence archive has such a part.",
    "order": "{place} was put into another place of the archive, or stands in it twice.",
    "missing": "{place} is missing.",
    "unlisted": "{place} was added: SHA256SUMS does not name it.",
    "sums": "SHA256SUMS was altered, or is by another ledger: its signature is not by {expected}.",
    "too-large": "{place} has {found} bytes, more than the {expected} that such a part may have.",
    "form": "{place} cannot be read: {found}.",
    "keys": "ledger-key.txt holds no key of a ledger.",
    "receipt": "{place} proves nothing: {found}.",
    "no-receipt": "There is no receipt of the leaf at position {found}, of which {place} speaks.",
    "leaf": "{place} says {found}, and the ledger says {expected}.",
    "attachment": "{place} is not the file that the manifest names.",
    "attachments": "The attachments are others than the manifest names: {found}.",
    "material": "{place}: its bytes have another digest than its name.",
    "verdict": "verdicts.json says {expected} of {place}; judged again it is {found}.",
    "page": "index.html says something else than the parts that it is made from.",
    "page-version": "index.html was made by another version of this program, and was not compared.",
    "not-kept": "What the verdict on {place} rested on was not kept, so it cannot be judged again.",
    "policy": "This program does not know the policy {found} by which {place} was judged.",
    "no-key": "It holds no document, and no key to check its list by: give the ledger's (--ledger-key).",
    "roots": "The roots you trust do not vouch for {place}: judged by them it is {found}.",
}
_VI: Final = {
    "nameless": "Một phần không có tên",
    "structure": "Hồ sơ đã bị thay đổi: {found}.",
    "digest": "{place} đã bị thay đổi: mã băm không khớp với SHA256SUMS.",
    "checksum": "Mã kiểm tra (CRC-32) trong phần đầu của {place} đã bị thay đổi; nội dung vẫn nguyên vẹn.",
    "stranger": "{place} là phần được thêm vào: hồ sơ chứng cứ không có phần nào như vậy.",
    "order": "{place} bị chuyển sang chỗ khác trong hồ sơ, hoặc có hai lần.",
    "missing": "Thiếu phần {place}.",
    "unlisted": "{place} là phần được thêm vào: SHA256SUMS không nêu phần này.",
    "sums": "SHA256SUMS đã bị thay đổi, hoặc là của sổ cái khác: không được ký bằng {expected}.",
    "too-large": "{place} có {found} byte, nhiều hơn mức {expected} mà phần như vậy có thể có.",
    "form": "Không đọc được {place}: {found}.",
    "keys": "ledger-key.txt không chứa khóa của sổ cái nào.",
    "receipt": "{place} không chứng minh được gì: {found}.",
    "no-receipt": "Không có biên nhận cho vị trí {found} của sổ cái mà {place} nhắc đến.",
    "leaf": "{place} ghi {found}, còn sổ cái ghi {expected}.",
    "attachment": "{place} không phải là tệp mà bản kê nêu.",
    "attachments": "Các tệp kèm theo khác với bản kê: {found}.",
    "material": "{place}: mã băm của nội dung khác với tên.",
    "verdict": "verdicts.json ghi {expected} về {place}; xét lại thì là {found}.",
    "page": "index.html nói khác với các phần mà từ đó trang được tạo ra.",
    "page-version": "index.html được tạo bằng phiên bản khác của phần mềm này nên không được so sánh.",
    "not-kept": "Căn cứ của kết quả xác thực về {place} không được lưu nên không thể xét lại.",
    "policy": "Phần mềm này không biết chính sách {found} đã dùng để xét {place}.",
    "no-key": "Hồ sơ không có văn bản nào và không kèm khóa để kiểm tra danh sách: cần cho khóa của sổ cái "
    "(--ledger-key).",
    "roots": "Các chứng thư gốc mà bạn tin không bảo đảm cho {place}: xét theo chúng thì là {found}.",
}
TEXTS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({"en": _EN, "vi": _VI})
