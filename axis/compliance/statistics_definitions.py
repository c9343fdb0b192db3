"""The definitions of the statistics, in both languages: every answer carries its own.

No official formula was published when they were written.
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

DEADLINES: dict[Language, str] = {
    "en": (
        "By the rules in force on the document's date: Decision 28/2018 until 4 March 2020, Decree "
        "30/2020 (article 18) after it. `sent_in_time`: sent by the next working morning (11:30) after it "
        "was signed, under the decree by the end of the next working day (17:00); an urgent one within 60 "
        "minutes of the end of that day, since only the day of signing is known; a document without a "
        "passed signature of its sender goes by its date. `answered_in_time`: accepted, refused (02) or "
        "given back (15) on the working day of its arrival, an urgent one within 60 minutes; what arrives "
        "outside working hours (07:00 to 11:30, 13:30 to 17:00, Viet Nam's working calendar) arrives at "
        "their next beginning. 01 is no answer. Unanswered as of `at`: `overdue` past its time, `open` "
        "before it. sent = sent_in_time + sent_late; received = answered_in_time + answered_late + "
        "overdue + open. rate_sent = sent_in_time ÷ sent; rate_answered = answered_in_time ÷ (received - "
        "open); null where there is nothing to divide by. `sent` counts documents, `received` deliveries, "
        "by Viet Nam's day of acceptance. Recalls and messages (type thong-diep) have no deadlines."
    ),
    "vi": (
        "Theo quy định có hiệu lực vào ngày văn bản: Quyết định 28/2018/QĐ-TTg đến hết ngày 04/3/2020, "
        "sau đó là Nghị định 30/2020/NĐ-CP (Điều 18). `sent_in_time`: gửi chậm nhất trong buổi sáng ngày "
        "làm việc tiếp theo (11 giờ 30) sau ngày ký, theo Nghị định là trong ngày làm việc tiếp theo (17 "
        "giờ); văn bản khẩn: trong 60 phút sau khi hết ngày ký, vì chỉ biết ngày ký; văn bản không có chữ "
        "ký số hợp lệ của nơi gửi thì tính theo ngày văn bản. `answered_in_time`: đã tiếp nhận, từ chối "
        "(02) hoặc đồng ý thu hồi, cập nhật, thay thế (15) ngay trong ngày làm việc văn bản đến, văn bản "
        "khẩn trong 60 phút; văn bản đến ngoài giờ làm việc (7 giờ đến 11 giờ 30, 13 giờ 30 đến 17 giờ, "
        "theo lịch làm việc của Việt Nam) được coi là đến vào đầu giờ làm việc kế tiếp. Trạng thái 01 "
        "không phải là trả lời. Chưa trả lời tại thời điểm `at`: `overdue` đã quá hạn, `open` còn trong "
        "hạn. sent = sent_in_time + sent_late; received = answered_in_time + answered_late + overdue + "
        "open. rate_sent = sent_in_time ÷ sent; rate_answered = answered_in_time ÷ (received - open); "
        "null khi không có gì để chia. `sent` đếm văn bản, `received` đếm lượt văn bản đến, theo ngày "
        "tiếp nhận trên trục, lịch Việt Nam. Văn bản thu hồi và thông điệp dữ liệu (loại thong-diep) "
        "không có thời hạn."
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

VERDICTS: dict[Language, str] = {
    "en": (
        "`documents`: documents sent with action new, update or replace, each counted once, by what its "
        "newest verdict under the hub's standing policy found, and by Viet Nam's calendar day of "
        "acceptance. `indication`, `sub_indication` and `signed_by` are the document's: their rows add up "
        "to all documents; an indication of null is a document that nobody signed. `signature_kind` "
        "(organisation or person), `algorithm` (of signature and digest) and `issuer` (of its certificate) "
        "are those of its signatures, passed or not: a document counts once for each different one, one "
        "without signatures for none, and null stands for what nothing says. `GET /v1/documents` with the "
        "same filters and `counted=true` lists the documents of a row; null is `none` there. Messages (type"
        " thong-diep) count only where `type` asks for them."
    ),
    "vi": (
        "`documents`: số văn bản gửi đi (văn bản mới, cập nhật hoặc thay thế), mỗi văn bản tính một lần, "
        "theo kết quả xác thực mới nhất, chính sách hiện hành của trục, và theo ngày tiếp nhận, lịch Việt "
        "Nam. `indication`, `sub_indication` và `signed_by` là của văn bản: cộng các dòng được tổng số văn "
        "bản; indication là null khi văn bản không ký số. `signature_kind` (cơ quan hay cá nhân), "
        "`algorithm` (thuật toán ký và băm) và `issuer` (nơi cấp chứng thư số) là của các chữ ký trên văn "
        "bản, dù hợp lệ hay không: văn bản tính một lần cho mỗi giá trị khác nhau, văn bản không có chữ ký "
        "không được tính, null là không xác định được. `GET /v1/documents` với cùng bộ lọc và "
        "`counted=true` liệt kê các văn bản của một dòng; ở đó null viết là `none`. Thông điệp dữ liệu "
        "(loại thong-diep) chỉ được tính khi `type` hỏi đến."
    ),
}
