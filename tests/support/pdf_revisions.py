"""Revisions of PDF files as programs of others append them."""

from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field


def written(data, change, **more):
    """A revision appended by a program of others."""
    writer = IncrementalPdfFileWriter(BytesIO(data), **more)
    change(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def with_field(name, box, *, look=True):
    """Add a signature field that nobody signed."""

    def change(writer):
        append_signature_field(writer, SigFieldSpec(name, box=box))
        field = writer.root["/AcroForm"]["/Fields"][-1]
        if look:
            stream = generic.StreamObject(
                {
                    pdf_name("/Type"): pdf_name("/XObject"),
                    pdf_name("/Subtype"): pdf_name("/Form"),
                    pdf_name("/BBox"): generic.ArrayObject(
                        [generic.NumberObject(n) for n in (0, 0, 255, 26)]
                    ),
                },
                stream_data=b"1 g 0 0 255 26 re f",
            )
            field["/AP"] = generic.DictionaryObject({pdf_name("/N"): writer.add_object(stream)})

    return change
