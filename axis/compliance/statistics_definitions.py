"""The definitions of the statistics, in both languages: every answer carries its own.

No official formula was ever published.
"""

from axis.problems import Language

SIGNATURES: dict[Language, str] = {
    "en": (
        "Documents sent with action new, update or replace, each counted once however many recipients it has "
        "(with `recipient`: those addressed to it), by Viet Nam's calendar day of acceptance. "
        "`signed`: the newest verdict under the hub's standing policy holds a TOTAL-PASSED signature by an "
        "organisation certificate of the sending agency that covers the main attachment. "
        "rate = signed ÷ sent; rate_full = both ÷ sent (organisation and person both passed); "
        "rate_any = (both + organisation + person) ÷ sent; null where nothing was sent. "
        "signed = both + organisation; "
        "both + organisation + person + indeterminate + failed + unsigned = sent. "
        "Messages (type thong-diep) count only where `type` asks for them."
    ),
    "vi": (
        "Văn bản gửi đi là văn bản mới, cập nhật hoặc thay thế; mỗi văn bản tính một lần dù có bao nhiêu nơi "
        "nhận (khi có `recipient`: văn bản gửi cho nơi nhận đó), theo ngày tiếp nhận, lịch Việt Nam. "
        "`signed`: kết quả xác thực mới nhất theo chính sách hiện hành của trục có ít nhất một chữ ký số "
        "hợp lệ (TOTAL-PASSED) bằng chứng thư số cơ quan của chính nơi gửi, bao trùm tệp văn bản chính. "
        "rate = signed ÷ sent; rate_full = both ÷ sent (cả chữ ký cơ quan và chữ ký cá nhân hợp lệ); "
        "rate_any = (both + organisation + person) ÷ sent; null khi không có văn bản nào được gửi. "
        "signed = both + organisation; "
        "both + organisation + person + indeterminate + failed + unsigned = sent. "
        "Thông điệp dữ liệu (loại thong-diep) chỉ được tính khi `type` hỏi đến."
    ),
}

EXCHANGE: dict[Language, str] = {
    "en": (
        "`sent`: documents sent, each once; `addressed`: their deliveries; `received`: deliveries to the "
        "agency, by where they stand now: `pending` (no status yet, or 01), `handled`, `refused` (02), "
        "`withdrawn` (15 to a recall). received = handled + pending + refused + withdrawn, and over any "
        "pair of agencies and any day addressed = received. All by Viet Nam's calendar day of the "
        "document's acceptance; documents with action recall count nowhere, and messages (type thong-diep) "
        "only where `type` asks for them."
    ),
    "vi": (
        "`sent`: số văn bản gửi đi, mỗi văn bản tính một lần; `addressed`: số lượt gửi đến các nơi nhận; "
        "`received`: số lượt văn bản đến của cơ quan, theo trạng thái hiện tại: `pending` (chưa có "
        "trạng thái hoặc 01), `handled` (đã tiếp nhận, xử lý), `refused` (02), "
        "`withdrawn` (đồng ý thu hồi, 15). "
        "received = handled + pending + refused + withdrawn; với mỗi cặp cơ quan và mỗi ngày, "
        "addressed = received. Tất cả theo ngày tiếp nhận văn bản trên trục, lịch Việt Nam; văn bản thu hồi "
        "không được tính; thông điệp dữ liệu (loại thong-diep) chỉ được tính khi `type` hỏi đến."
    ),
}

MESSAGES: dict[Language, str] = {
    "en": (
        "Typed messages between systems: documents of type thong-diep. `sent`: messages sent, each once; "
        "`addressed`: their deliveries; `received`: deliveries to the agency, by where they stand now: "
        "`pending` (no status yet, or 01), `handled`, `refused` (02), `withdrawn` (15 to a recall). "
        "received = handled + pending + refused + withdrawn. `kind`: what the message is about, as the media "
        "type of its main attachment says. All by Viet Nam's day of acceptance; recalls count nowhere."
    ),
    "vi": (
        "Thông điệp dữ liệu giữa các hệ thống: văn bản loại thong-diep. `sent`: số thông điệp gửi đi, mỗi "
        "thông điệp tính một lần; `addressed`: số lượt gửi đến các nơi nhận; `received`: số lượt thông điệp "
        "đến của cơ quan, theo trạng thái hiện tại: `pending` (chưa có trạng thái hoặc 01), `handled` (đã "
        "tiếp nhận, xử lý), `refused` (02), `withdrawn` (đồng ý thu hồi, 15). "
        "received = handled + pending + refused + withdrawn. `kind`: nội dung của thông điệp, theo kiểu dữ "
        "liệu của tệp chính. Tất cả theo ngày tiếp nhận trên trục, lịch Việt Nam; thông điệp thu hồi không "
        "được tính."
    ),
}
