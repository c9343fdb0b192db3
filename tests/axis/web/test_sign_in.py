"""Signing in with a token, and out: what a session is worth, when it ends, what another site cannot do."""

import pytest
from support.page_visits import Page

from axis.agencies.directory_changes import set_locked
from axis.agencies.sessions import make_code
from axis.agencies.tokens import list_tokens, revoke_token
from axis.clock import real_now
from axis.web.sign_in_attempts import FAILURES


def set_cookies(answer) -> list[str]:
    return answer.headers.get_list("set-cookie")


def test_the_page_has_one_form_with_one_field_beside_hidden_ones(site):
    for browser in (site.browser(), site.signed_in()):
        page = browser.page("/sign-in")
        assert [form["method"] for form in page.forms] == ["post"]
        shown = [field["name"] for field in page.fields if field.get("type") != "hidden"]
        assert shown == ["token"]


def test_a_browser_is_sent_to_sign_in_and_back(site):
    browser = site.browser()
    sent = browser.get("/documents?from=2019-06-01&text=báo cáo")
    assert sent.status_code == 303
    back = browser.sign_in(site.token("auditor"), sent.headers["location"])
    assert back.status_code == 303
    assert back.headers["location"] == "/documents?from=2019-06-01&text=b%C3%A1o%20c%C3%A1o"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site):
    browser = site.browser()
    (session,) = (each for each in set_cookies(browser.sign_in(site.token())) if "-form=" not in each)
    assert session.startswith(f"{site.hub.callers.session_cookie}=")
    assert site.hub.recorder.signer.verifier.key_id.hex() in session
    said = session.lower()
    assert "httponly" in said
    assert "samesite=lax" in said
    assert "path=/" in said
    assert "secure" not in said


def test_off_loopback_the_cookie_goes_over_tls_alone(site):
    browser = site.browser(base_url="https://axis.example")
    (session,) = (each for each in set_cookies(browser.sign_in(site.token())) if "-form=" not in each)
    assert "secure" in session.lower()
    plain = site.browser(base_url="http://axis.example")
    assert "https" in plain.page("/sign-in").text


@pytest.mark.parametrize("token", ["", "axis_", "axis_nobody", "x" * 5_000, "\x00", "axis_é"])
def test_no_other_token_signs_in_and_the_page_says_so(site, token):
    browser = site.browser()
    answer = browser.sign_in(token)
    assert answer.status_code == 422
    assert "Không đăng nhập được" in answer.text
    assert not any(each.startswith(f"{site.hub.callers.session_cookie}=") for each in set_cookies(answer))
    assert browser.get("/documents").status_code == 303


def test_a_form_of_another_site_signs_nobody_in_and_nobody_out(site):
    browser = site.browser()
    token = site.token()
    browser.page("/sign-in")
    for forged in ({}, {"form": ""}, {"form": "x" * 43}):
        assert browser.post("/sign-in", {"token": token, **forged}).status_code == 403
    stranger = site.browser()
    theirs = {str(each["name"]): each.get("value") or "" for each in stranger.page("/sign-in").fields}
    assert browser.post("/sign-in", theirs | {"token": token}).status_code == 403
    signed_in = site.signed_in()
    assert signed_in.post("/sign-out", {"form": "forged"}).status_code == 403
    assert signed_in.get("/documents").status_code == 200


def test_attempts_that_fail_are_bounded(site):
    browser = site.browser()
    for _ in range(FAILURES):
        assert browser.sign_in("axis_wrong").status_code == 422
    refused = browser.sign_in(site.token())
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert site.browser(address="127.0.0.2").sign_in(site.token()).status_code == 303


def test_signing_out_ends_the_session_in_the_store_too(site):
    browser = site.signed_in()
    kept = dict(browser.cookies)
    assert browser.sign_out().status_code == 303
    assert browser.get("/documents").status_code == 303
    thief = site.browser()
    thief.cookies.update(kept)
    assert thief.get("/documents").status_code == 303


def test_signing_in_again_ends_the_session_before(site):
    browser = site.signed_in()
    before = browser.cookies[site.hub.callers.session_cookie]
    assert browser.sign_in(site.token("operator")).status_code == 303
    other = site.browser()
    other.cookies.set(site.hub.callers.session_cookie, before, domain="127.0.0.1")
    assert other.get("/documents").status_code == 303


def test_a_session_ends_with_its_token(site):
    browser = site.signed_in("auditor")
    with site.hub.database.read() as tx:
        (summary,) = list_tokens(tx)
    site.hub.database.write(lambda tx: revoke_token(tx, summary.id, real_now()))
    assert browser.get("/documents").status_code == 303
    assert browser.get("/v1/documents").status_code == 401


def test_a_session_ends_with_the_lock_of_its_agency_which_cannot_sign_in(site):
    browser, token = site.signed_in("agency"), site.token("agency")
    assert browser.get("/documents").status_code == 200
    site.hub.database.write(lambda tx: set_locked(tx, "000.00.00.H24", locked=True))
    assert browser.get("/documents").status_code == 303
    assert site.browser().sign_in(token).status_code == 422


def test_a_session_reads_the_api_and_changes_nothing_there(site):
    browser = site.signed_in("agency")
    answer = browser.get("/v1/documents")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert browser.request("POST", "/v1/documents", content=b"").status_code == 401
    assert browser.request("POST", "/v1/statuses", json={"items": []}).status_code == 401


def test_an_api_route_answers_json_whatever_is_accepted(site):
    answer = site.browser().get("/v1/documents")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert site.browser().get("/v1/nowhere").headers["content-type"] == "application/problem+json"


def test_a_one_time_code_opens_once_and_on_this_machine_alone(site):
    token = site.token("auditor")

    def made() -> str:
        return site.hub.database.write(lambda tx: make_code(tx, token, real_now()))

    for stranger in (site.browser(address="192.0.2.7"), site.browser(base_url="http://axis.example")):
        assert stranger.get(f"/sign-in?code={made()}").status_code == 403
    code, browser = made(), site.browser()
    assert browser.get(f"/sign-in?code={code}").status_code == 303
    assert browser.get("/documents").status_code == 200
    assert site.browser().get(f"/sign-in?code={code}").status_code == 403
    assert site.browser().get("/sign-in?code=guessed").status_code == 403


@pytest.mark.parametrize(
    ("said", "language"), [("", "vi"), ("*", "vi"), ("en-GB,en;q=0.9", "en"), ("vi", "vi")]
)
def test_a_page_speaks_the_browsers_language_until_one_is_chosen(site, said, language):
    browser = site.browser()
    browser.language = said
    assert browser.page("/sign-in").language == language
    other = "en" if language == "vi" else "vi"
    (switch,) = (link for link in browser.page("/problems").links if link.startswith("/language/"))
    assert switch == f"/language/{other}?return=%2Fproblems"
    answer = browser.get(switch)
    assert (answer.status_code, answer.headers["location"]) == (303, "/problems")
    assert browser.page("/sign-in").language == other
    assert Page(browser.get("/problems/not-found").text).language == other


def test_no_address_leads_to_another_site(site):
    for hostile in ("https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example"):
        answer = site.browser().get("/language/en", params={"return": hostile})
        assert answer.headers["location"] == "/"
