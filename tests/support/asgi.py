"""Asks an application without a socket. Starlette's own client would need another HTTP library."""

import asyncio

import httpx


class AsgiClient:
    """A synchronous client of an ASGI application, with headers of its own; its lifespan does not run."""

    def __init__(self, app, headers=None):
        self.app = app
        self.headers = dict(headers or {})

    def request(self, method, path, *, headers=None, **content) -> httpx.Response:
        """Send one request and return the answer."""

        async def ask():
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://axis.test") as client:
                return await client.request(
                    method, path, headers={**self.headers, **(headers or {})}, **content
                )

        return asyncio.run(ask())

    def get(self, path, **content) -> httpx.Response:
        """Send a GET."""
        return self.request("GET", path, **content)

    def post(self, path, **content) -> httpx.Response:
        """Send a POST."""
        return self.request("POST", path, **content)

    def put(self, path, **content) -> httpx.Response:
        """Send a PUT."""
        return self.request("PUT", path, **content)

    def delete(self, path, **content) -> httpx.Response:
        """Send a DELETE."""
        return self.request("DELETE", path, **content)
