import pytest
from fastapi import FastAPI
from support.asgi import AsgiClient

from axis.web import front


@pytest.fixture(scope="module")
def client():
    app = FastAPI(version="1.2.3")
    app.include_router(front.router)
    return AsgiClient(app)


def test_a_browser_gets_a_page_in_its_language_vietnamese_without_one(client):
    for said, language, title in [
        ("en-GB,en;q=0.9", "en", "The axis"),
        ("vi", "vi", "Trục liên thông văn bản"),
        ("", "vi", "Trục liên thông văn bản"),
    ]:
        page = client.get("/", headers={"Accept": "text/html,*/*;q=0.8", "Accept-Language": said})
        assert page.status_code == 200
        assert page.headers["content-language"] == language
        assert f'<html lang="{language}">' in page.text
        assert f"<h1>{title}</h1>" in page.text
        assert 'href="/docs"' in page.text


@pytest.mark.parametrize("accept", ["*/*", "application/json", ""])
def test_a_program_gets_json(client, accept):
    answer = client.get("/", headers={"Accept": accept})
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["version"] == "1.2.3"
    assert answer.json()["description"] == "/openapi.json"
