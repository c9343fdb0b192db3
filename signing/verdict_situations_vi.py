"""Texts of verdicts in Vietnamese for one kind of file, or for who judges without a hub."""

from typing import Final

__all__ = ["OR_MANIFEST", "SITUATIONS"]

OR_MANIFEST: Final = "Hoặc ký số bản kê: chữ ký đó bao trùm mọi tệp."
"""What a hub adds to the remedies for signatures inside and beside attachments that cannot be used."""

SITUATIONS: Final[dict[str, tuple[str | None, str | None]]] = {
    "FORMAT_FAILURE@beside": (
        None,
        "Cần ký lại tệp và gửi đúng tệp chữ ký mà phần mềm ký số đã tạo.",
    ),
    "FORMAT_FAILURE@carried": (
        None,
        "Cần ký lại tệp theo kiểu kèm nội dung bên trong và gửi đúng tệp mà phần mềm ký số đã tạo.",
    ),
    "FORMAT_FAILURE@pdf": (
        "Chữ ký trong tệp PDF không hợp lệ về cấu trúc: {reason}.",
        "Cần ký lại tệp bằng phần mềm của nó và gửi đúng tệp đã lưu.",
    ),
    "FORMAT_FAILURE@xml": (
        "Chữ ký trong tệp XML không hợp lệ về cấu trúc: {reason}.",
        "Cần ký lại tệp bằng phần mềm của nó và gửi đúng tệp đã lưu.",
    ),
    "FORMAT_FAILURE@package": (
        "Chữ ký trong tệp không hợp lệ về cấu trúc: {reason}.",
        "Cần ký lại tệp bằng phần mềm của nó và gửi đúng tệp đã lưu.",
    ),
    "HASH_FAILURE@manifest": (
        "Bản kê được gửi không phải là bản kê đã ký: nó đã bị thay đổi sau khi ký.",
        "Hãy ký đúng các byte sẽ gửi và gửi đúng các byte đã ký, không ghi lại tệp ở giữa.",
    ),
    "HASH_FAILURE@beside": (
        "Tệp không phải là tệp đã ký: tệp đã bị thay đổi sau khi ký, hoặc chữ ký là của tệp khác.",
        "Cần gửi lại đúng tệp đã ký, hoặc ký lại.",
    ),
    "HASH_FAILURE@carried": (
        "Nội dung bên trong chữ ký không phải là nội dung đã ký: nội dung đã bị thay đổi sau khi ký.",
        "Cần ký lại tệp và gửi đúng tệp mà phần mềm ký số đã tạo.",
    ),
    "HASH_FAILURE@pdf": (
        "Tệp PDF không phải là tệp đã ký: tệp đã bị thay đổi sau khi ký.",
        "Cần gửi đúng tệp đã ký, hoặc ký lại; lưu lại tệp sẽ làm hỏng chữ ký.",
    ),
    "HASH_FAILURE@xml": (
        "Tệp XML không phải là tệp đã ký: tệp đã bị thay đổi sau khi ký.",
        "Cần gửi đúng tệp đã ký, hoặc ký lại; trình bày lại tệp sẽ làm hỏng chữ ký.",
    ),
    "HASH_FAILURE@package": (
        "Một tệp bên trong không phải là tệp đã ký: tệp đã bị thay đổi sau khi ký.",
        "Cần gửi đúng tệp đã ký, hoặc ký lại; lưu lại tệp sẽ làm hỏng chữ ký.",
    ),
    "NO_CERTIFICATE_CHAIN_FOUND@file": (
        None,
        (
            "Cần đưa chứng thư số của các cơ quan cấp vào trong chữ ký, hoặc hỏi người vận hành xem cơ quan "
            "cấp đó có được tin cậy ở đây không."
        ),
    ),
    "NO_CERTIFICATE_CHAIN_FOUND:no-certificate@manifest": (
        "Chữ ký không kèm chứng thư số của người ký, nên không thể biết chữ ký là của ai.",
        "Hãy ký lại bản kê sao cho chữ ký kèm chứng thư số của người ký (openssl cms -signer).",
    ),
    "NO_CERTIFICATE_CHAIN_FOUND:no-certificate@file": (
        "Chữ ký không kèm chứng thư số của người ký, nên không thể biết chữ ký là của ai.",
        "Cần ký lại sao cho chữ ký kèm chứng thư số của người ký.",
    ),
    "CERTIFICATE_CHAIN_GENERAL_FAILURE:over-budget@manifest": (
        "Không thể lần theo đường dẫn đến gốc tin cậy: {reason}.",
        "Hãy ký lại, chỉ kèm trong chữ ký những chứng thư số dẫn đến gốc.",
    ),
    "CERTIFICATE_CHAIN_GENERAL_FAILURE:over-budget@file": (
        "Không thể lần theo đường dẫn đến gốc tin cậy: {reason}.",
        "Cần ký lại, chỉ kèm trong chữ ký những chứng thư số dẫn đến gốc.",
    ),
    "CERTIFICATE_CHAIN_GENERAL_FAILURE:authority-expired@manifest": (
        None,
        "Hãy xin cấp chứng thư số từ cơ quan cấp có chứng thư số của chính mình còn hạn, rồi ký lại.",
    ),
    "CERTIFICATE_CHAIN_GENERAL_FAILURE:authority-expired@file": (
        None,
        "Hãy xin cấp chứng thư số từ cơ quan cấp có chứng thư số của chính mình còn hạn, rồi ký lại.",
    ),
    "CERTIFICATE_CHAIN_GENERAL_FAILURE:authority-expired@offline": (
        None,
        (
            "Nếu có bằng chứng, chẳng hạn biên nhận, rằng tệp đã có từ trước đó, hãy xét theo thời điểm ấy "
            "(--receipt hoặc --at), với danh sách thu hồi của thời điểm ấy."
        ),
    ),
    "NO_CERTIFICATE_CHAIN_FOUND@offline": (
        None,
        (
            "Hãy đưa chứng thư số của các cơ quan cấp bằng --intermediates, và chứng thư số gốc bằng --trust "
            "nếu bạn tin cậy gốc đó."
        ),
    ),
    "EXPIRED@offline": (
        None,
        (
            "Nếu có bằng chứng, chẳng hạn biên nhận, rằng tệp đã có từ trước đó, hãy xét theo thời điểm ấy "
            "(--receipt hoặc --at); nếu không, cần ký lại bằng chứng thư số còn hiệu lực."
        ),
    ),
    "REVOKED@offline": (
        None,
        (
            "Nếu có bằng chứng, chẳng hạn biên nhận, rằng tệp đã có từ trước đó, hãy xét theo thời điểm ấy "
            "(--receipt hoặc --at); nếu không, cần ký lại bằng chứng thư số khác."
        ),
    ),
    "NOT_YET_VALID@offline": (
        None,
        "Hãy kiểm tra thời điểm được xét (--at); nếu đúng, cần ký lại bằng chứng thư số đang có hiệu lực.",
    ),
    "SIG_CONSTRAINTS_FAILURE@offline": (
        "Chứng thư số thuộc về {agency}, trong khi chữ ký cần tìm là của {sender}.",
        "Hãy yêu cầu chữ ký bằng chứng thư số của đúng cơ quan, hoặc xét mà không dùng --sender.",
    ),
    "TRY_LATER@offline": (
        None,
        (
            "Hãy lấy danh sách thu hồi mà cơ quan cấp chứng thư số phát hành cho thời điểm đó, rồi xét lại "
            "với danh sách này (--crl)."
        ),
    ),
    "TRY_LATER:list-ran-out@offline": (
        None,
        "Hãy lấy danh sách thu hồi mới hơn từ cơ quan cấp chứng thư số, rồi xét lại với nó (--crl).",
    ),
    "TRY_LATER:on-hold@offline": (
        None,
        "Hãy hỏi cơ quan cấp chứng thư số, rồi xét lại với danh sách thu hồi mới hơn (--crl).",
    ),
    "GENERIC:too-large@xml": (
        "Tệp quá lớn nên không thể tìm chữ ký bên trong: {reason}.",
        "Cần gửi tệp nhỏ hơn.",
    ),
    "GENERIC:too-large@package": (
        "Tệp quá lớn nên không thể tìm chữ ký bên trong: {reason}.",
        "Cần gửi tệp nhỏ hơn.",
    ),
    "GENERIC:pdf-too-large@pdf": (
        "Tệp quá lớn nên không thể tìm chữ ký bên trong: {reason}.",
        "Cần gửi tệp nhỏ hơn.",
    ),
    "GENERIC@manifest": (None, "Hãy ký lại bản kê, như openssl cms -sign -binary tạo."),
    "GENERIC@carried": (None, "Cần ký lại tệp và gửi đúng tệp mà phần mềm ký số đã tạo."),
    "GENERIC@beside": (None, "Cần ký lại tệp và gửi đúng tệp mà phần mềm ký số đã tạo."),
    "GENERIC:stopped@offline": (
        None,
        "Hãy xét lại khi máy rảnh hơn, hoặc trên máy có nhiều bộ nhớ hơn.",
    ),
}
"""By sub-indication, reason if any, and situation; `None` stands for what is said everywhere."""
