"""Signatures: making and judging them, for whoever holds the bytes. Knows nothing of the hub.

Pure: functions of bytes, times and keys; no clock, network, disk or settings. A bad signature is a result,
never an exception; only a caller's own unusable input (a key, a certificate, a stored verdict) raises, and
then always a `signing.errors.SigningError`.

Map, from the ground up:

- `errors`: what a caller can get wrong; `algorithms`: identifiers and the arithmetic behind them
- `keys`, `names`, `certificates`: keys, subjects as the contract shapes them, X.509 read within limits
- `authority`: root, issuing authority, certificates of agencies and persons, CRLs
- `cms`: SignedData (RFC 5652) and CAdES; `cms.sign` makes (CAdES-T too), `cms.parse` reads DER, BER and PEM
- `policy`: which algorithms, sizes and counts are admitted, each limit with its reason
- `vocabulary`, `verdict`: the outcome as a value, in the words of ETSI EN 319 102-1; `verdict_schema`
- `sentences`: the same for people, from `texts_en` and `texts_vi`
- `ocsp`: OCSP requests and responses (RFC 6960) made and read
- `paths`: path and revocation at a time, picklable for a process that may be killed; `path_material`: what
  goes in; `path_evaluation`: paths found and judged; `path_revocation`: by `path_lists` and `path_ocsp`;
  `path_context`, `path_asn1`, `path_algorithms`, `path_signatures`: what the library is given
- `content`: what a signature is over, at hand or as digests taken while it went by
- `verify`: the procedure, numbered 0 to 7, for a signer of any format; its single `steps`, the `case` they
  share, and `cms.checks` that only CMS needs
- `timestamps`: RFC 3161: asked for, tokens made and judged, and put into signatures
- `pades`: signatures in PDF files, read in a process that may be killed, judged likewise, and made
- `xmldsig`: XML signatures, read in a process that may be killed and judged by the same procedure
- `containers`: ASiC, OpenDocument and S/MIME, read in a process that may be killed and judged likewise;
  `foreign_formats`: what is signed in ways that are not judged
- `file_kinds`: what signed file some bytes may be; `file_formats`: how each kind is read and judged
- `pairing`: which file signs which; `report`: verdicts as lines of text or a page, from `report_texts`
- `conclusion`: what all signatures of a document come to
- `merkle`, `notes`: the log's hashing (RFC 6962) and its signed notes (C2SP)
"""
