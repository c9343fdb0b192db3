"""PDF files that pyHanko signs, fills in, or gives fields to."""

import asyncio
from io import BytesIO

from asn1crypto import keys, x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import (
    append_signature_field,
)
from pyhanko_certvalidator.registry import SimpleCertificateStore
from support import pdfs

from signing.certificates import to_der


def theirs(certificate):
    return x509.Certificate.load(to_der(certificate))


def private(key):
    der = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return keys.PrivateKeyInfo.load(der)


def signer_of(one):
    store = SimpleCertificateStore.from_certs([theirs(each) for each in one.chain])
    return signers.SimpleSigner(theirs(one.certificate), private(one.key), store)


def sign_theirs(data, one, name, *, timestamper=None, **more):
    writer = IncrementalPdfFileWriter(BytesIO(data))
    metadata = signers.PdfSignatureMetadata(field_name=name, md_algorithm="sha256", **more)
    signing = signers.async_sign_pdf(writer, metadata, signer_of(one), timestamper=timestamper)
    return asyncio.run(signing).getvalue()


def filled(data):
    return pdfs.append(data, {pdfs.FIELD: pdfs.current(data, pdfs.FIELD).replace(b"(before)", b"(after)")})


def with_field(data, specification):
    """Add a signature field that is empty."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    append_signature_field(writer, specification)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
