#!/usr/bin/env bash
# Send a signed document, read the inbox, answer with a status: curl, openssl and jq. See README.md beside this file.
set -euo pipefail
: "${AXIS:=http://127.0.0.1:8000}" "${FROM:=H62}" "${TO:=G22}" "${NUMBER:=$(date +%s)/UBND-VX}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A refusal names its code, what is wrong where, and the remedy.
call() {
  local token=$1
  shift
  curl -sS --fail-with-body -H "Authorization: Bearer $(cat "$token")" -o "$work/answer.json" "$@" || {
    cat "$work/answer.json" >&2
    exit 1
  }
}

# 1 write the file and the manifest: one signature over the manifest binds every file by its digest
file="$work/Công văn số 1.pdf"
printf '%%PDF-1.7\n%%%%EOF\n' > "$file"
jq -n --arg from "$FROM" --arg to "$TO" --arg number "$NUMBER" --arg name "$(basename "$file")" \
  --argjson size "$(wc -c < "$file")" --arg sha256 "$(openssl dgst -sha256 -r "$file" | cut -c 1-64)" '{
    from: $from, to: [$to], number: $number, issued_on: "2026-06-03", type: "cong-van",
    subject: "V/v gửi, nhận văn bản điện tử",
    attachments: [{name: $name, media_type: "application/pdf", size: $size, sha256: $sha256}]}' > "$work/manifest.json"

# 2 sign its bytes: detached CMS; name issuers that the hub does not know with -certfile
openssl cms -sign -binary -in "$work/manifest.json" -outform DER -out "$work/manifest.p7s" -signer cert.pem -inkey key.pem

# 3 send; sending the same again is safe and gets the first answer
call sender.token "$AXIS/v1/documents" -F "manifest=@$work/manifest.json" -F "signature=@$work/manifest.p7s" \
  -F "attachment=@\"$file\";type=application/pdf"
document=$(jq -r .id "$work/answer.json")
echo "sent: $(jq -r .verdict.indication "$work/answer.json")"

# 4 the recipient's inbox; keep `next` and go on from there
call recipient.token "$AXIS/v1/inbox?limit=1000"
item=$(jq -c --arg document "$document" '.items[] | select(.document == $document)' "$work/answer.json")
echo "inbox: $(jq -r '.attachments[0].name' <<< "$item")"

# 5 answer with a status
delivery=$(jq -r .id <<< "$item")
call recipient.token "$AXIS/v1/deliveries/$delivery/statuses" -H 'Content-Type: application/json' \
  -d '{"code": "03", "note": "Đã vào sổ văn bản đến"}'
echo "status: $(jq -r .code "$work/answer.json")"
