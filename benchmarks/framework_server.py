"""The bare framework route: what FastAPI and uvicorn can do at most with one document a request.

It reads the same body, and answers 201 without verifying or keeping it.
"""

import asyncio
import sys

import uvicorn
from fastapi import FastAPI, Request, Response

app = FastAPI(openapi_url=None)


@app.get("/")
async def ready() -> Response:
    """Answer whoever waits for the server."""
    return Response()


@app.post("/v1/documents")
async def take(request: Request) -> Response:
    """Read a body to its end."""
    await request.body()
    return Response(b"{}", 201, media_type="application/json")


def main(port: int) -> None:
    """Serve on a port of loopback until told to stop."""
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main(int(sys.argv[1]))
