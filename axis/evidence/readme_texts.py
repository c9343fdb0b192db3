"""The texts of an evidence archive's instructions: in Vietnamese, in English, and as commands.

Lines of four spaces and more are commands for `bash`, with `openssl` 3 and common tools.
"""

from typing import Final

OPENING: Final = """\
HỒ SƠ CHỨNG CỨ CỦA VĂN BẢN / EVIDENCE OF A DOCUMENT
{document}

Hồ sơ này chứng minh, không cần đến trục, rằng văn bản đã được gửi, ai ký, trục xác thực thế nào và sau
đó ra sao. index.html diễn giải bằng lời. Một lệnh kiểm tra tất cả, kể cả chữ ký trong tệp PDF và XML:
axis verify TÊN-TỆP.zip. Dưới đây là cách tự kiểm tra bằng openssl và sha256sum: giải nén, mở bash trong
thư mục đó rồi chạy các dòng thụt vào. Những gì nên lấy từ nguồn khác để khỏi phải tin chính hồ sơ: khóa
của sổ cái (ledger-key.txt) và chứng thư số gốc.

This archive proves, without the axis, that a document was sent, who signed it, what the axis found, and
what became of it. index.html says so in words. One command checks everything, signatures inside PDF and
XML files included: axis verify FILE.zip. Below is how to check it yourself with openssl and sha256sum:
unpack it, open bash in that folder, and run the indented lines. What you should have from elsewhere, so
as not to take the archive's word for itself: the ledger's key (ledger-key.txt) and the root certificate.

    set -e
    mkdir -p checked
"""
SUMS: Final = """\
1. Mọi phần còn nguyên, và danh sách các phần được ký bằng khóa của sổ cái.
   Every part is whole, and the list of them is signed with the ledger's key.

    sed '/^$/,$d' SHA256SUMS > checked/sums
    sha256sum --check --quiet checked/sums
    signed() {  # $1: a text, $2: the note with its signature (C2SP signed-note)
      sed -n 's/^— [^ ]* //p' "$2" | openssl base64 -d -A > checked/line
      vkey=$(grep -F "+$(head -c 4 checked/line | od -An -tx1 | tr -d ' \\n')+" ledger-key.txt)
      { printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000'
        printf '%s' "${vkey#*+*+}" | openssl base64 -d -A | tail -c 32; } > checked/key.der
      tail -c +5 checked/line > checked/signature
      openssl pkeyutl -verify -pubin -keyform DER -inkey checked/key.der -rawin -in "$1" \\
        -sigfile checked/signature
    }
    signed checked/sums SHA256SUMS
"""
LEAVES: Final = """\
2. Sổ cái chứa việc tiếp nhận, từng trạng thái và từng kết quả xác thực (RFC 6962, C2SP tlog-proof).
   The ledger holds the acceptance, each status and each verdict. Its leaves are printed: read them.

    hash() { openssl dgst -sha256 -binary > checked/next; mv checked/next checked/node; }
    proven() {  # $1: a receipt
      sed '1,/^$/d' "$1" > checked/note
      sed '/^$/,$d' checked/note > checked/checkpoint
      signed checked/checkpoint checked/note > /dev/null
      sed -n 's/^extra //p' "$1" | openssl base64 -d -A > checked/leaf
      index=$(sed -n 's/^index //p' "$1")
      last=$(($(sed -n 2p checked/checkpoint) - 1))
      { printf '\\0'; cat checked/leaf; } | hash
      sed '/^$/,$d' "$1" | sed '1,3d' > checked/siblings
      while read -r sibling; do
        printf '%s' "$sibling" | openssl base64 -d -A > checked/sibling
        if ((index & 1 || index == last)); then
          { printf '\\1'; cat checked/sibling checked/node; } | hash
          while ((!(index & 1) && index)); do index=$((index >> 1)) last=$((last >> 1)); done
        else
          { printf '\\1'; cat checked/node checked/sibling; } | hash
        fi
        index=$((index >> 1)) last=$((last >> 1))
      done < checked/siblings
      test $last = 0
      sed -n 3p checked/checkpoint | openssl base64 -d -A | cmp - checked/node
      cat checked/leaf
      echo
    }
    for receipt in receipts/*.txt receipt.txt; do proven "$receipt"; done
"""
ATTACHMENTS: Final = """\
3. Việc tiếp nhận nêu đúng bản kê và các chữ ký này; bản kê nêu đúng từng tệp kèm theo.
   The acceptance names this manifest and these signatures; the manifest names each attachment.

    digest() { openssl dgst -sha256 -r "$1" | cut -c 1-64; }
    for file in manifest.json $(ls signatures/* 2> /dev/null); do
      grep -q "$(digest "$file")" checked/leaf
    done
    for file in attachments/*; do grep -q -i "$(digest "$file")" manifest.json; done
"""
MATERIAL: Final = """\
4. Từng chữ ký mà openssl đọc được: có đúng là của nội dung này, và có dẫn đến chứng thư số gốc không.
   Each signature that openssl can read: is it over this content, and does it lead to the root certificate?

    for file in material/*.crt; do openssl x509 -inform DER -in "$file"; done > checked/chain.pem
    for file in material/*.crl; do
      test ! -f "$file" || openssl crl -inform DER -in "$file"
    done > checked/lists.pem
    trusted() { openssl x509 -inform DER -in "material/$1.crt" > checked/root.pem; }
    form() { if grep -q -a -m 1 -e '^[[:space:]]*-----BEGIN' "$1"; then echo PEM; else echo DER; fi; }
"""
SIGNATURE: Final = """\
   {place}: {signer}
   Xét tại / judged as of: {time_vi} / {time_en}

    trusted {root}
    cat checked/root.pem checked/lists.pem > checked/trusted.pem
    openssl cms -verify -binary -inform "$(form {file})" -in {file} -content {content} \\
      -out /dev/null -noverify -certfile checked/chain.pem -signer checked/signer.pem
    openssl verify -CAfile checked/trusted.pem -untrusted checked/chain.pem -partial_chain -purpose any \\
      -attime {at}{lists} checked/signer.pem
"""
WITHOUT_LIST: Final = """\
   Lệnh trên không xét việc thu hồi, vì không có danh sách thu hồi của đúng thời điểm đó; xem index.html.
   The command does not look at revocation: there is no list of that very time. See index.html.
"""
TIMESTAMP: Final = """\
   Thời điểm lấy từ dấu thời gian (material/*.tsr): openssl ts -reply -token_in -in TỆP -text
   The time is that of a time-stamp (material/*.tsr): openssl ts -reply -token_in -in FILE -text
"""
NOT_PASSED: Final = """\
   {place}{found}
   Không phải chữ ký mà openssl có thể xác nhận hợp lệ ở đây; xem index.html.
   This is none that openssl could find valid here; index.html says what was found.
"""
XML: Final = """\
   {place}: {signer}
   Chữ ký XML: kiểm tra bằng xmlsec1, nếu có cài / an XML signature, for xmlsec1 where it is installed:

    trusted {root}

   TZ=UTC0 xmlsec1 --verify --enabled-key-data x509 --trusted-pem checked/root.pem \\
   --untrusted-pem checked/chain.pem --verification-time '{moment}' {file}
   Nếu chữ ký chỉ rõ phần tử bằng Id, thêm / if it names an element by its Id, add:
   --id-attr:Id NAMESPACE:ELEMENT
"""
STRANGERS: Final = """\
5. Các tệp kèm theo có chữ ký riêng (xem index.html). openssl không đọc được chữ ký trong PDF và trong gói
   tệp; axis verify kiểm tra tất cả.
   Attachments hold signatures of their own (see index.html). openssl reads none inside PDF and containers;
   axis verify checks them all.
"""
CLOSING: Final = """\
Khi mọi lệnh kết thúc mà không báo lỗi, hồ sơ còn nguyên vẹn.
When all commands end without an error, the archive holds.

    echo OK
"""
