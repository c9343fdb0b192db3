"""Makes and judges signatures: functions of bytes, times and keys, which know no hub.

A bad signature is a result and not an exception. Input of the caller's own that cannot be used (a key, a
certificate, a stored verdict) raises a `signing.errors.SigningError`. The modules, from the ground up:

- `errors`: faults of a caller's input; `algorithms`: identifiers and their arithmetic
- `keys`, `certificate_subjects`, `certificates`: keys, subjects, and certificates read within limits
- `authority`: root, issuing authority, certificates of agencies and persons, CRLs
- `cms`: SignedData (RFC 5652) and CAdES; `cms.make` makes (CAdES-T too), `cms.parse` reads DER, BER and PEM
- `policy`: which algorithms and keys are admitted; `limits`: which sizes and counts, each with its reason
- `verdict_vocabulary`, `verdict`: the outcome as a value, in the words of ETSI EN 319 102-1; `verdict_schema`
- `verdict_sentences`: the same for people, from `verdict_texts_en` and `verdict_texts_vi`
- `ocsp`: OCSP requests and responses (RFC 6960) made and read
- `paths`: certificate paths and revocation at a time, in `paths.validation`; its input in `paths.material`,
  finding paths in `paths.search`, judging them in `paths.evaluation`, revocation in `paths.revocation` by
  `paths.revocation_lists` and `paths.ocsp`
- `content`: signed content: its bytes, or digests of them
- `verify`: the procedure, numbered 0 to 7, for a signer of any format; its `judging_steps`, the values they
  share in `judging_context`, and `cms.checks` for CMS
- `timestamps`: RFC 3161: requests, tokens made and judged, tokens attached to signatures
- `pades`: signatures in PDF files, read, judged and made
- `xmldsig`: XML signatures, read and judged
- `containers`: ASiC, OpenDocument and S/MIME, read and judged; `unjudged_formats`: formats whose signatures
  are not judged
- `file_kinds`: the kind of a signed file, by its bytes; `file_formats`: how each kind is read and judged
- `file_pairs`: which file signs which
- `verdict_report`: verdicts as lines of text or a page, from `verdict_report_texts`
- `conclusion`: the conclusion over all signatures of a document
- `merkle`, `tiles`, `notes`: the log's hashing (RFC 6962), its tiles and its signed notes (C2SP); by notes
  also `cosignatures` of witnesses and `key_changes`
- `pages`: what pages and reports share
"""
