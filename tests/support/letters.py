"""Letters written in the form of `/compose`, by a browser without a script."""

import base64

from support.page_visits import Page

MAIN = ("files", ("công văn.pdf", b"%PDF-1.7 a letter", "application/pdf"))
LETTER = {
    "to": "000.00.00.G22",
    "number": "123/UBND-VX",
    "issued_on": "2019-06-03",
    "type": "cong-van",
    "subject": "V/v báo cáo",
    "priority": "urgent",
    "action": "new",
}


def form_of(browser, path="/compose"):
    return next(str(field["value"]) for field in browser.page(path).fields if field.get("name") == "form")


def write(browser, files=(), path="/compose", **fields):
    """Send the form of a letter; None leaves a field out."""
    known = {"form": form_of(browser)} | fields
    named = {name: value for name, value in known.items() if value is not None}
    return browser.request("POST", path, data=named, files=list(files) or [("files", ("", b""))])


def kept(page):
    """The files that a page brings back."""
    return [str(field["value"]) for field in page.fields if field.get("name") == "file"]


def manifest_of(answer):
    page = Page(answer.text)
    (written,) = (str(field["value"]) for field in page.fields if field.get("name") == "manifest")
    return base64.b64decode(written)
