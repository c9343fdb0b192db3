"""Texts of verdicts in Vietnamese: sentences with remedies, reasons, and titles of checks."""

from typing import Final

__all__ = ["CHECKS", "REASONS", "SENTENCES"]

SENTENCES: Final[dict[str, tuple[str, str | None]]] = {
    "TOTAL_PASSED": ("Chữ ký hợp lệ và thuộc về {agency}.", None),
    "TOTAL_PASSED:pdf-added": (
        "Chữ ký hợp lệ và thuộc về {agency}. Phần được thêm vào tệp sau đó do {by} ký.",
        None,
    ),
    "UNSIGNED": (
        "Văn bản không có chữ ký số.",
        (
            "Hãy ký đúng các byte của bản kê (openssl cms -sign -binary -outform DER) và gửi bằng một"
            " văn bản thay thế."
        ),
    ),
    "SIGNED_BY_both": ("Văn bản có chữ ký của cơ quan và của cá nhân thuộc {agency}.", None),
    "SIGNED_BY_organisation": ("Văn bản có chữ ký của cơ quan {agency}.", None),
    "SIGNED_BY_person": ("Văn bản có chữ ký của cá nhân thuộc {agency}.", None),
    "FORMAT_FAILURE": (
        "Không đọc được chữ ký: {reason}.",
        (
            "Hãy gửi chữ ký CMS tách rời trên đúng các byte được gửi, dạng DER hoặc PEM, như openssl "
            "cms -sign -binary tạo."
        ),
    ),
    "HASH_FAILURE": (
        "Nội dung đã ký không phải là nội dung được gửi: nội dung bị thay đổi sau khi ký.",
        "Hãy ký đúng các byte sẽ gửi và gửi đúng các byte đã ký, không ghi lại tệp ở giữa.",
    ),
    "SIG_CRYPTO_FAILURE": (
        "Giá trị chữ ký không khớp với nội dung và khóa của chứng thư số.",
        (
            "Hãy ký lại bằng khóa bí mật của chứng thư số này và gửi đúng chữ ký đã tạo: "
            "đã dùng khóa khác, hoặc chữ ký đã bị thay đổi trên đường đi."
        ),
    ),
    "REVOKED": (
        "Chứng thư số đã bị thu hồi lúc {revoked_at}, trước thời điểm tin cậy {trusted_time}.",
        "Hãy xin cấp chứng thư số mới và ký lại.",
    ),
    "EXPIRED": (
        "Chứng thư số đã hết hạn lúc {not_after}, trước thời điểm tin cậy {trusted_time}.",
        "Hãy gia hạn chứng thư số và ký lại.",
    ),
    "NOT_YET_VALID": (
        "Chứng thư số chỉ có hiệu lực từ {not_before}, sau thời điểm tin cậy {trusted_time}.",
        "Hãy ký bằng chứng thư số đang có hiệu lực, hoặc chờ đến khi chứng thư số này có hiệu lực.",
    ),
    "NO_SIGNING_CERTIFICATE_FOUND": (
        "Chữ ký chỉ định một chứng thư số khác với chứng thư số kèm theo.",
        "Hãy kèm trong chữ ký đúng chứng thư số của người ký.",
    ),
    "NO_CERTIFICATE_CHAIN_FOUND": (
        "Không có đường dẫn từ chứng thư số của người ký đến một gốc tin cậy: {reason}.",
        (
            "Hãy kèm chứng thư số của người ký và của các cơ quan cấp trong chữ ký (openssl cms "
            "-certfile), hoặc hỏi "
            "người vận hành xem cơ quan cấp chứng thư số của bạn có được tin cậy không."
        ),
    ),
    "CERTIFICATE_CHAIN_GENERAL_FAILURE": (
        "Đường dẫn từ chứng thư số của người ký đến gốc tin cậy không đứng vững: {reason}.",
        "Hãy kiểm tra chứng thư số của các cơ quan cấp: chữ ký, tên và thời hạn.",
    ),
    "CHAIN_CONSTRAINTS_FAILURE": (
        "Một chứng thư số trên đường dẫn không cho phép việc sử dụng này: {reason}.",
        (
            "Hãy ký bằng chứng thư số có mục đích sử dụng khóa là ký số hoặc chống chối bỏ, do cơ "
            "quan có quyền cấp."
        ),
    ),
    "REVOKED_CA_NO_POE": (
        "Chứng thư số của một cơ quan cấp đã bị thu hồi lúc {revoked_at}.",
        "Hãy xin cấp chứng thư số từ một cơ quan cấp còn hiệu lực và ký lại.",
    ),
    "SIG_CONSTRAINTS_FAILURE": (
        "Chứng thư số thuộc về {agency}, nhưng văn bản do {sender} gửi.",
        "Hãy ký bằng chứng thư số của cơ quan gửi, hoặc đăng ký chứng thư số này cho cơ quan gửi.",
    ),
    "SIG_CONSTRAINTS_FAILURE:part": (
        "Chữ ký chỉ bao phủ một phần của tệp, bên cạnh còn có nội dung không được ký.",
        "Chỉ đọc phần đã được ký, hoặc yêu cầu ký toàn bộ tệp.",
    ),
    "SIG_CONSTRAINTS_FAILURE:xml": (
        "Tệp hiển thị nội dung mà chữ ký không bao phủ: {reason}.",
        "Chỉ đọc phần đã được ký, hoặc yêu cầu ký lại tệp sau khi bỏ nội dung đó.",
    ),
    "CRYPTO_CONSTRAINTS_FAILURE": (
        "Thuật toán hoặc độ dài khóa không được chấp nhận: {reason}.",
        (
            "Hãy ký bằng SHA-256 trở lên với khóa RSA từ 2048 đến 4096 bit, khóa trên đường cong P-256, "
            "P-384 hoặc P-521, hoặc khóa Ed25519."
        ),
    ),
    "TRY_LATER": (
        "Hiện chưa biết được chứng thư số có bị thu hồi hay không: thiếu danh sách thu hồi cho thời điểm đó.",
        "Không cần gửi lại; chữ ký sẽ tự được xác thực lại khi có danh sách thu hồi.",
    ),
    "TRY_LATER:list-ran-out": (
        (
            "Hiện chưa biết được chứng thư số có bị thu hồi hay không: danh sách thu hồi mới nhất hiện có "
            "({source}; {issuer}) đã hết hiệu lực ngày {next_update}."
        ),
        "Không cần gửi lại; chữ ký sẽ tự được xác thực lại khi có danh sách thu hồi mới hơn.",
    ),
    "TRY_LATER:on-hold": (
        "Chứng thư số bị tạm dừng vào thời điểm đó; cơ quan cấp có thể khôi phục hoặc thu hồi hẳn.",
        "Hỏi cơ quan cấp chứng thư số; hệ thống tự kiểm tra lại khi có danh sách hoặc phản hồi mới hơn.",
    ),
    "FORMAT_FAILURE:xml": (
        "Chữ ký trong tệp XML không hợp lệ về cấu trúc: {reason}.",
        "Hãy ký lại tệp bằng phần mềm của nó và gửi đúng tệp đã lưu.",
    ),
    "GENERIC:xml": (
        "Không thể xác thực chữ ký trong tệp XML: {reason}.",
        "Hãy ký toàn bộ tệp theo kiểu enveloped, không dùng phép biến đổi nào khác.",
    ),
    "FORMAT_FAILURE:pdf": (
        "Chữ ký trong tệp PDF không hợp lệ về cấu trúc: {reason}.",
        "Hãy ký lại tệp bằng phần mềm của nó và gửi đúng tệp đã lưu.",
    ),
    "HASH_FAILURE:pdf-altered": (
        "Tệp PDF đã bị sửa sau khi ký theo cách mà chữ ký không cho phép.",
        "Hãy gửi đúng tệp đã ký; điều gì cần sửa thì sửa trước khi ký, hoặc ký lại.",
    ),
    "GENERIC:pdf-later-signer": (
        "Tệp PDF có nội dung thêm vào sau chữ ký này, chưa rõ có phải của cùng nơi gửi không: {reason}.",
        "Trước hết hãy xem kết quả của chữ ký sau và khắc phục ở đó, hoặc gửi đúng tệp như lúc ký.",
    ),
    "GENERIC:pdf-encrypted": (
        "Tệp PDF bị mã hóa nên không thể xác thực các chữ ký trong đó.",
        "Hãy gửi tệp không đặt mật khẩu và không hạn chế quyền.",
    ),
    "TRY_LATER:pdf-later-signer": (
        "Tệp PDF có nội dung được thêm vào sau, và chữ ký bao trùm nội dung đó chưa thể xác thực.",
        "Chữ ký sau đang chờ thông tin thu hồi; chữ ký này chờ theo.",
    ),
    "CRYPTO_CONSTRAINTS_FAILURE:pdf": (
        "Cách ký tệp PDF không được chấp nhận: {reason}.",
        "Hãy ký theo ETSI.CAdES.detached (PAdES).",
    ),
    "SIG_CONSTRAINTS_FAILURE:container": (
        "Chữ ký không bao phủ hết nội dung của gói tệp: {reason}.",
        "Chỉ dùng các tệp đã được ký, hoặc yêu cầu ký lại gói với đầy đủ các tệp.",
    ),
    "SIG_CONSTRAINTS_FAILURE:mime": (
        "Thư hiển thị nội dung mà chữ ký không bao phủ: {reason}.",
        "Chỉ tin phần nội dung đã ký, hoặc yêu cầu ký chính văn bản và gửi dưới dạng tệp.",
    ),
    "HASH_FAILURE:container": (
        "Một tệp đã ký trong gói bị thay đổi sau khi ký: {found}.",
        "Hãy gửi đúng gói tệp đã ký; điều gì cần sửa thì sửa trước khi ký.",
    ),
    "GENERIC:container": (
        "Không thể xác thực chữ ký trong tệp: {reason}.",
        "Hãy tạo lại gói bằng phần mềm thông dụng, không mã hóa.",
    ),
    "GENERIC:mime": (
        "Không thể xác thực chữ ký trong thư: {reason}.",
        "Hãy gửi thư đúng như phần mềm thư điện tử đã lưu.",
    ),
    "GENERIC:unjudged": (
        "{reason}; chưa biết chữ ký có hợp lệ hay không.",
        "Hãy kiểm tra bằng phần mềm đã tạo ra tệp.",
    ),
    "GENERIC:stopped": (
        (
            "Việc xét chữ ký kéo dài hoặc tốn nhiều bộ nhớ đến mức phải dừng lại để bảo vệ máy; "
            "điều đó không có nghĩa là chữ ký sai."
        ),
        "Không cần gửi lại; hệ thống sẽ tự xét lại. Nếu vẫn không được, hãy báo cho người vận hành.",
    ),
    "GENERIC:too": (
        "Chữ ký lớn hoặc phức tạp hơn mức được đọc ở đây: {reason}.",
        (
            "Hãy ký lại và chỉ kèm những gì cần thiết: chứng thư số của người ký và của cơ quan cấp, ít "
            "người ký và ít dấu thời gian."
        ),
    ),
    "GENERIC:nested": (
        "Chữ ký phức tạp hơn mức được đọc ở đây: {reason}.",
        "Hãy ký lại bằng phần mềm ghi theo DER, hoặc bớt các dấu thời gian lồng vào nhau.",
    ),
    "GENERIC:no-content": (
        "Không có nội dung đã được ký: {reason}.",
        "Hãy cung cấp tệp đã ký cùng với chữ ký của nó.",
    ),
    "GENERIC": (
        "Không thể xác thực chữ ký: {reason}.",
        "Hãy gửi tệp không mã hóa, đúng như phần mềm soạn thảo lưu ra.",
    ),
}
"""By sub-indication, and some words for whole documents: sentence and remedy."""

REASONS: Final[dict[str, str]] = {
    "too-large": "dung lượng là {found}, trong khi chỉ đọc đến {limit}",
    "neither-der-nor-pem": "chữ ký không phải DER, không phải một khối PEM, cũng không phải base64",
    "broken-base64": "phần base64 bị hỏng",
    "malformed": "không phải là CMS SignedData",
    "not-signed-data": "là một loại thông điệp CMS khác ({found})",
    "too-many-certificates": "chứa {found} chứng thư số, vượt quá {limit}",
    "too-many-signers": "có {found} người ký, vượt quá {limit}",
    "no-signer": "không có người ký nào",
    "no-content": "bên trong không có nội dung và cũng không có nội dung kèm theo",
    "trailing-bytes": "còn byte thừa sau phần cuối",
    "nested-too-deep": "gồm hơn {limit} lớp lồng nhau, phần mềm ký số không tạo ra như vậy",
    "too-many-values": "gồm hơn {limit} mảnh, phần mềm ký số không tạo ra như vậy",
    "truncated": "bị cắt ngắn",
    "high-tag": "có một thẻ không bao giờ có trong chữ ký",
    "indefinite-primitive": "có một độ dài không kết thúc",
    "octet-string-pieces": "một chuỗi byte chia nhỏ bị hỏng",
    "attribute-not-once": "thuộc tính được ký {found} không xuất hiện đúng một lần",
    "attribute-missing": "thiếu thuộc tính được ký {found}",
    "attribute-malformed": "không đọc được một thuộc tính được ký",
    "parameters": "thuật toán {found} đi kèm tham số không được phép",
    "version": "có số phiên bản không tồn tại ({found})",
    "attribute-unsigned": "thuộc tính {found} nằm ngoài phần được ký",
    "too-many-unsigned": "chứa {found} dấu thời gian hoặc chữ ký xác nhận, vượt quá {limit}",
    "content-type": "kiểu nội dung là {found}, còn thuộc tính ghi {expected}",
    "content-type-without-attributes": (
        "khi không có thuộc tính được ký, kiểu nội dung chỉ có thể là data, nhưng lại là {found}"
    ),
    "content-could-be-attributes": (
        "chữ ký không có thuộc tính được ký, mà chính nội dung lại có dạng các thuộc tính"
    ),
    "xml-malformed": "tệp không phải là XML đúng chuẩn",
    "xml-dtd": "tệp có khai báo kiểu tài liệu (DTD), hệ thống không đọc loại này",
    "xml-too-complex": "tệp lồng nhau quá sâu hoặc có quá {limit} phần tử",
    "xml-too-much-work": "kiểm tra hết nội dung được ký tốn nhiều công hơn mức cho phép đối với một tệp",
    "xml-unsupported": "XML có dạng mà hệ thống không đọc ({found})",
    "part": "chữ ký chỉ bao phủ một phần của tệp",
    "xml-comment": "một chú thích",
    "xml-later-signature": "một chữ ký được thêm vào sau đó",
    "xml-outside": "một chỉ thị xử lý nằm ngoài phần tử được ký ({found})",
    "xml-divided": "một đoạn văn bản bị chữ ký xen vào giữa ({found})",
    "xml-loose": "{found}, nằm bên trong chữ ký",
    "xml-signature-malformed": "chữ ký XML không có cấu trúc theo tiêu chuẩn",
    "xml-references": "có {found} tham chiếu, chỉ đọc từ 1 đến {limit}",
    "xml-reference-elsewhere": "tham chiếu đến nội dung bên ngoài tệp ({found})",
    "xml-reference-dangling": "tham chiếu đến {found}, không có trong tệp",
    "xml-reference-ambiguous": "tham chiếu đến {found}, tên này có ở nhiều phần tử của tệp",
    "xml-reference-missing": "tệp {found} được ký không có trong gói",
    "xml-transform": "biến đổi nội dung được ký theo cách không được hỗ trợ ({found})",
    "container-unsigned": "tệp {found} trong gói không được ký",
    "container-comment": "gói nén có chú thích không được ký",
    "container-altered": "tệp {found} bị thay đổi sau khi ký",
    "container-ambiguous": "các phần mềm có thể thấy những tệp khác nhau trong gói ({found})",
    "container-encrypted": "gói tệp bị mã hóa",
    "container-method": "một tệp được nén theo cách không được hỗ trợ ({found})",
    "container-too-large": "dung lượng (nén hoặc đã giải nén) là {found}, trong khi chỉ đọc đến {limit}",
    "container-too-many": "chứa {found} tệp, vượt quá {limit}",
    "container-damaged": "tệp {found} trong gói bị hỏng",
    "container-missing": "thiếu tệp {found} thuộc về chữ ký",
    "container-manifest": "danh sách tệp được ký không có cấu trúc theo tiêu chuẩn",
    "mime-ambiguous": "các phần mềm thư điện tử có thể tách thư theo những cách khác nhau ({found})",
    "mime-too-complex": "thư có {found} phần, dòng tiêu đề hoặc byte, vượt quá {limit}",
    "mime-header": "trường tiêu đề {found}",
    "mime-beside": "nội dung nằm bên cạnh phần đã ký ({found})",
    "unjudged-format": "Tệp được ký theo một định dạng mà hệ thống không xét ({found})",
    "unjudged-encrypted": "Tệp bị mã hóa nên không thấy được chữ ký bên trong ({found})",
    "unreadable-certificate": "không đọc được chứng thư số của người ký",
    "no-certificate": "chữ ký không kèm chứng thư số của người ký",
    "unknown-issuer": "không biết chứng thư số tin cậy nào của {issuer}",
    "broken-link": "một chữ ký hoặc tên trên đường dẫn không khớp với bên cấp",
    "authority-expired": "chứng thư số của một cơ quan cấp đã hết hạn",
    "authority-not-yet-valid": "chứng thư số của một cơ quan cấp chưa có hiệu lực",
    "malformed-certificate": "không đọc được một chứng thư số trên đường dẫn",
    "over-budget": "có quá nhiều chứng thư số và điều kiện liên quan so với mức được xét cho một chữ ký",
    "key-usage": "mục đích sử dụng khóa không cho phép ký",
    "extended-key-usage": "mục đích sử dụng mở rộng không gồm việc ký văn bản",
    "issuer-purpose": "chứng thư số của cơ quan cấp dùng cho mục đích khác, không phải để ký",
    "constraints": "giới hạn của cơ quan cấp về tên, chính sách, độ dài hoặc mục đích không cho phép",
    "digest": "hàm băm {found}",
    "method": "thuật toán ký {found}",
    "key": "khóa {found}",
    "chain-algorithm": (
        "một chứng thư số hoặc danh sách trên đường dẫn được ký bằng thuật toán không được chấp nhận"
    ),
    "pdf-altered": "tệp PDF đã bị sửa sau khi ký",
    "pdf-added": "tệp PDF có phần được thêm vào sau và đã được ký",
    "pdf-not-compared": "tệp PDF đã thay đổi sau khi ký theo cách không so sánh được",
    "pdf-permitted": "tệp PDF được điền thêm sau khi ký như người ký cho phép, nhưng không ai ký phần đó",
    "pdf-hides-text": "các dấu được thêm vào tệp PDF sau đó che phần lớn một trang",
    "pdf-later-signer": "chữ ký sau là của nơi khác, hoặc không đạt",
    "pdf-unreadable": "cấu trúc tệp PDF bị hỏng",
    "pdf-too-large": "tệp PDF có dung lượng {found}, trong khi chỉ đọc đến {limit}",
    "pdf-over-budget": "việc đọc tệp PDF tốn nhiều công hoặc bộ nhớ hơn mức cho phép với một tệp",
    "pdf-encrypted": "tệp PDF bị mã hóa",
    "pdf-too-many-signatures": "tệp PDF có nhiều hơn {limit} chữ ký",
    "pdf-signature-hidden": "trong tệp có chữ ký, nhưng không trường biểu mẫu nào hiển thị nó",
    "pdf-signature-object": "mục chữ ký trong tệp PDF thiếu hoặc sai cấu trúc",
    "pdf-byte-range": "/ByteRange không chỉ ra hai đoạn của tệp, một trước và một sau chữ ký",
    "pdf-gap": "phần mà chữ ký bỏ qua không đúng bằng /Contents của chính nó",
    "pdf-coverage": "chữ ký không bao trùm toàn bộ phiên bản của nó",
    "pdf-signers": "chữ ký PDF phải có đúng một người ký",
    "pdf-encapsulated": "chữ ký PDF không được mang nội dung riêng",
    "pdf-subfilter": "định dạng chữ ký PDF {found}",
    "stopped": "việc xét đã bị dừng để bảo vệ máy",
    "not-a-timestamp": "không phải dấu thời gian mà là {found}",
}
"""What `{reason}` stands for."""

CHECKS: Final[dict[str, str]] = {
    "structure": "Đọc được chữ ký",
    "signed-attributes": "Các thuộc tính được ký đầy đủ",
    "signer-certificate": "Có chứng thư số của người ký",
    "trusted-time": "Thời điểm dùng để xác thực",
    "claimed-time": "Thời điểm ký do người ký khai",
    "content-digest": "Nội dung đúng là nội dung đã ký",
    "coverage": "Không có nội dung nào đọc được nằm ngoài phần đã ký",
    "container-files": "Giải nén được các tệp trong gói",
    "container-digests": "Các tệp trong gói đúng là các tệp đã ký",
    "encapsulated-content": "Nội dung kèm trong chữ ký trùng với nội dung được gửi",
    "certificate-reference": "Chữ ký chỉ định đúng chứng thư số này",
    "signature-value": "Giá trị chữ ký khớp với khóa và nội dung",
    "countersignature": "Có người khác ký xác nhận chữ ký này",
    "certificate-path": "Có đường dẫn đến gốc tin cậy, còn hiệu lực tại thời điểm đó",
    "certificate-usage": "Chứng thư số dùng để ký",
    "revocation": "Không chứng thư số nào trên đường dẫn bị thu hồi tại thời điểm đó",
    "owner": "Chứng thư số thuộc về cơ quan gửi",
    "digest-algorithm": "Hàm băm được chấp nhận",
    "signature-algorithm": "Thuật toán ký được chấp nhận",
    "key": "Loại và độ dài khóa được chấp nhận",
    "pdf-structure": "Chữ ký nằm trong tệp PDF đúng chuẩn",
    "pdf-coverage": "Chữ ký bao trùm phần nào của tệp",
    "later-signers": "Ai đã ký phần được thêm vào sau",
    "later-changes": "Những thay đổi sau khi ký đều được phép",
    "document-timestamp": "Dấu thời gian trên toàn tài liệu",
    "timestamp-token": "Đọc được dấu thời gian",
    "timestamp-imprint": "Dấu thời gian gắn với chính chữ ký này",
    "timestamp-value": "Chữ ký của dấu thời gian khớp",
    "timestamp-authority": "Đơn vị cấp dấu thời gian được phép cấp và có đường dẫn đến chứng thư gốc tin cậy",
    "timestamp-revocation": "Chứng thư số của đơn vị cấp dấu thời gian chưa bị thu hồi",
    "timestamp-algorithm": "Thuật toán của dấu thời gian được chấp nhận",
}
"""By the name of the check."""
