"""A browser without a socket or a script: keeps cookies, follows what it is sent to, fills in forms."""

import asyncio
from collections.abc import Mapping
from html.parser import HTMLParser

import httpx

HTML = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"


class Page(HTMLParser):
    """What a page holds: its language, its text, links, forms with their fields, and tags with attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.language: str | None = None
        self.links: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.fields: list[dict[str, str | None]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._unread = False
        self.feed(text)

    @property
    def text(self) -> str:
        """All its text, spaces as one."""
        return " ".join(" ".join(self.texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag says."""
        named = dict(attrs)
        self.tags.append((tag, named))
        self._unread = tag in {"style", "script"}
        if tag == "html":
            self.language = named.get("lang")
        if tag == "a" and named.get("href"):
            self.links.append(str(named["href"]))
        if tag == "form":
            self.forms.append({name: value or "" for name, value in named.items()})
        if tag in {"input", "textarea", "select"}:
            self.fields.append(named)

    def handle_data(self, data: str) -> None:
        """Note text."""
        if not self._unread:
            self.texts.append(data)


class Browser:
    """Visits the pages of an application under an address."""

    def __init__(self, app, base_url: str = "http://127.0.0.1:8000", address: str = "127.0.0.1") -> None:
        self.app, self.base_url, self.address = app, base_url, address
        self.cookies = httpx.Cookies()
        self.language = ""

    def request(self, method: str, path: str, **more) -> httpx.Response:
        """Send one request with the cookies that fit, and keep those that come."""
        headers = {"Accept": HTML, "Accept-Language": self.language, **more.pop("headers", {})}

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(
                self.app, raise_app_exceptions=False, client=(self.address, 50_000)
            )
            async with httpx.AsyncClient(
                transport=transport, base_url=self.base_url, cookies=self.cookies
            ) as client:
                answer = await client.request(method, path, headers=headers, **more)
                self.cookies = client.cookies
                return answer

        return asyncio.run(ask())

    def get(self, path: str, **more) -> httpx.Response:
        """Open a page."""
        return self.request("GET", path, **more)

    def page(self, path: str, status: int = 200) -> Page:
        """Open a page and read it."""
        answer = self.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:500])
        return Page(answer.text)

    def post(self, path: str, fields: Mapping[str, str], **more) -> httpx.Response:
        """Send a form."""
        return self.request("POST", path, data=dict(fields), **more)

    def sign_in(self, token: str, path: str = "/sign-in") -> httpx.Response:
        """Fill in the form of the sign-in page and send it."""
        fields = {str(each["name"]): each.get("value") or "" for each in self.page(path).fields}
        return self.post("/sign-in", fields | {"token": token})

    def sign_out(self) -> httpx.Response:
        """Send the form by which every page is left."""
        page = self.page("/")
        (field,) = (each for each in page.fields if each["name"] == "form")
        return self.post("/sign-out", {"form": str(field["value"])})
