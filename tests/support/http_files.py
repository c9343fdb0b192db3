"""Plays `.http` collections as editors run them: variables, requests between `###`, files put in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
from support.waiting import GUARD_SECONDS

METHODS = "GET|HEAD|POST|PUT|PATCH|DELETE"


@dataclass(frozen=True, slots=True)
class Call:
    """One request of a collection; variables stand in it as they are written."""

    title: str
    method: str
    url: str
    headers: dict[str, str]
    body: str

    def play(self, values: Mapping[str, str], folder: Path) -> httpx.Response:
        """Send it, with these values of variables and the files of this folder."""
        headers = {name: _filled(text, values) for name, text in self.headers.items()}
        content = _body(_filled(self.body, values), folder)
        url = _filled(self.url, values)
        with httpx.Client(trust_env=False, timeout=GUARD_SECONDS) as client:
            return client.request(self.method, url, headers=headers, content=content)


def read_collection(text: str) -> tuple[dict[str, str], list[Call]]:
    """Read the variables and the requests; what is neither of them is an error."""
    head, *parts = re.split(r"^###", text, flags=re.MULTILINE)
    variables = {}
    for line in head.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            assert re.fullmatch(r"@\w+ ", name), line
            variables[name[1:].strip()] = value.strip()
    return variables, [_call(part) for part in parts]


def _call(text: str) -> Call:
    title, _, rest = text.partition("\n")
    top, _, body = rest.partition("\n\n")
    request, *lines = top.strip().splitlines()
    found = re.fullmatch(rf"({METHODS}) (\S+)", request)
    assert found, request
    headers = dict(line.split(": ", 1) for line in lines)
    return Call(title.strip(), found[1], found[2], headers, body.rstrip("\n"))


def _filled(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], text)


def _body(text: str, folder: Path) -> bytes | None:
    """Return a body with its files in it. Lines end as those of multipart bodies must."""
    lines = [
        (folder / line.removeprefix("< ./")).read_bytes() if line.startswith("< ./") else line.encode()
        for line in text.splitlines()
    ]
    return b"\r\n".join(lines) if lines else None
