"""Signing in and out: what browsers may and may not do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import boto3
import httpx
import pytest
from moto import mock_aws
from starlette.applications import Starlette
from starlette.routing import Route

from agent_app.identity import Identity, NotAllowed, PoolUnreachable, WrongPassword
from agent_app.signin import COOKIE, Door
from tests.agent_app.making import interview, queued, sign_in
from tests.agent_app.memory_store import MemoryStore
from tests.harness.running import run_apart

REGION = "ap-southeast-1"
PASSWORD = "Correct-horse-1"


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Identity]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        cognito = boto3.client("cognito-idp", region_name=REGION)
        pool_id = cognito.create_user_pool(PoolName="p")["UserPool"]["Id"]
        client_id = cognito.create_user_pool_client(
            UserPoolId=pool_id,
            ClientName="c",
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        )["UserPoolClient"]["ClientId"]
        cognito.admin_create_user(UserPoolId=pool_id, Username="lin")
        cognito.admin_set_user_password(UserPoolId=pool_id, Username="lin", Password=PASSWORD, Permanent=True)
        yield Identity(client_id, REGION, cognito)


class Refusing:
    """A pool that answers everything with one error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def sign_in(self, *_: str) -> Any:
        raise self.error

    def revoke(self, *_: str) -> None:
        raise self.error


class Browser:
    """Keeps cookies and follows nothing."""

    def __init__(self, app: Starlette) -> None:
        self._app = app
        self.cookies = httpx.Cookies()

    def get(self, path: str) -> httpx.Response:
        return run_apart(self._request("GET", path))

    def post(self, path: str, data: dict[str, str], headers: dict[str, str] | None = None) -> httpx.Response:
        return run_apart(self._request("POST", path, data=data, headers=headers))

    async def _request(self, method: str, path: str, **how: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk", cookies=self.cookies) as client:
            reply = await client.request(method, path, **how)
            self.cookies = client.cookies
            return reply


class Site:
    def __init__(self, identity: Any) -> None:
        self.store = MemoryStore()
        self.ended: list[str] = []
        self.cells_up = True
        self.door = Door(
            self.store,
            identity,
            lambda: 1_800_000_000.0,
            end_session=self._end_session,
            default_language="zh",
            cookie_secure=False,
        )
        routes = [
            Route("/signin", self.door.get_sign_in, methods=["GET"]),
            Route("/signin", self.door.post_sign_in, methods=["POST"]),
            Route("/signout", self.door.get_sign_out, methods=["GET"]),
            Route("/signout", self.door.post_sign_out, methods=["POST"]),
        ]
        self.browser = Browser(Starlette(routes=routes))

    def _end_session(self, sign_in_id: str) -> bool:
        self.ended.append(sign_in_id)
        return self.cells_up

    def token(self, path: str = "/signin") -> str:
        found = re.search(r'name="form_token" value="([^"]+)"', self.browser.get(path).text)
        assert found
        return found[1]

    def sign_in(self, password: str = PASSWORD, **headers: str) -> Any:
        form = {"username": "lin", "password": password, "language": "en", "form_token": self.token()}
        return self.browser.post("/signin", data=form, headers=headers)


@pytest.fixture
def site(pool: Identity) -> Site:
    return Site(pool)


def test_the_right_password_gives_a_cookie_that_scripts_cannot_read(site: Site) -> None:
    reply = site.sign_in()
    assert (reply.status_code, reply.headers["location"]) == (303, "./")
    cookie = next(one for one in reply.headers.get_list("set-cookie") if one.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    signed_in = site.door.signed_in(site.browser.cookies[COOKIE])
    assert signed_in is not None
    assert (signed_in.username, signed_in.language) == ("lin", "en")


def test_the_cookie_itself_is_not_in_the_store(site: Site) -> None:
    site.sign_in()
    cookie = site.browser.cookies[COOKIE]
    assert site.store.sign_in(cookie) is None
    assert site.door.signed_in(cookie + "x") is None
    assert site.door.signed_in(None) is None


def test_a_wrong_password_is_said_in_the_language_of_the_page(site: Site) -> None:
    reply = site.sign_in("wrong")
    assert reply.status_code == 401
    assert 'role="alert"' in reply.text
    assert 'lang="en"' in reply.text
    assert 'value="lin"' in reply.text
    assert COOKIE not in site.browser.cookies


@pytest.mark.parametrize("cheat", ["no token", "other token", "other origin", "no cookie"])
def test_a_form_of_another_site_is_not_taken(site: Site, cheat: str) -> None:
    form = {"username": "lin", "password": PASSWORD, "language": "en", "form_token": site.token()}
    headers = {}
    if cheat == "no token":
        del form["form_token"]
    elif cheat == "other token":
        form["form_token"] = "guess"
    elif cheat == "other origin":
        headers["origin"] = "https://evil.example"
    else:
        site.browser.cookies.clear()
    reply = site.browser.post("/signin", data=form, headers=headers)
    assert reply.status_code == 403
    assert COOKIE not in site.browser.cookies


def test_what_was_typed_is_never_read_as_html(site: Site) -> None:
    form = {"username": '"><script>x()</script>', "password": "", "form_token": site.token()}
    reply = site.browser.post("/signin", data=form)
    assert reply.status_code == 422
    assert "<script>" not in reply.text


@pytest.mark.parametrize(
    ("error", "status"), [(NotAllowed("x"), 403), (PoolUnreachable("x"), 503), (WrongPassword("x"), 401)]
)
def test_each_failure_has_its_status(error: Exception, status: int) -> None:
    assert Site(Refusing(error)).sign_in().status_code == status


def test_signing_out_kills_the_cookie_and_revokes(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.sign_in()
    cookie = site.browser.cookies[COOKIE]
    revoked: list[str] = []
    monkeypatch.setattr(site.door._identity, "revoke", revoked.append)
    reply = site.browser.post("/signout", data={"form_token": site.token("/signout")})
    assert (reply.status_code, reply.headers["location"]) == (303, "signin")
    assert site.door.signed_in(cookie) is None
    assert len(revoked) == len(site.ended) == 1
    assert list(site.store.closed_sign_ins()) == []


def test_signing_out_without_our_form_changes_nothing(site: Site) -> None:
    site.sign_in()
    reply = site.browser.post("/signout", data={})
    assert reply.status_code == 403
    assert 'name="form_token"' in reply.text  # asked once more, by a page of our own
    cookie = site.browser.cookies.pop(COOKIE)
    assert "set-cookie" not in site.browser.post("/signout", data={}).headers  # as another site's page would send it
    assert site.door.signed_in(cookie) is not None


def test_tokens_live_on_until_the_outbox_is_empty() -> None:
    site = Site(Refusing(PoolUnreachable("x")))
    site.store.put_sign_in(sign_in(closed_at=5))
    site.store.begin_interview(interview(), [queued(1)])
    site.door.revoke_closed()
    assert len(site.store.closed_sign_ins()) == 1


def test_a_revocation_that_failed_is_done_later() -> None:
    site = Site(Refusing(PoolUnreachable("x")))
    site.store.put_sign_in(sign_in(closed_at=5))
    site.door.revoke_closed()
    assert len(site.store.closed_sign_ins()) == 1


def test_a_session_that_could_not_be_ended_keeps_its_tokens(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    revoked: list[str] = []
    monkeypatch.setattr(site.door._identity, "revoke", revoked.append)
    site.store.put_sign_in(sign_in(closed_at=5))
    site.cells_up = False
    site.door.revoke_closed()
    assert (revoked, len(site.store.closed_sign_ins())) == ([], 1)
    site.cells_up = True
    site.door.revoke_closed()
    assert (revoked, len(site.store.closed_sign_ins())) == (["refresh-1"], 0)


def test_a_refresh_token_renews_the_access_token(pool: Identity) -> None:
    tokens = pool.sign_in("lin", PASSWORD)
    renewed = pool.refresh(tokens.refresh_token)
    assert renewed.agent == tokens.agent


def test_a_worthless_refresh_token_means_signing_in_again(pool: Identity) -> None:
    with pytest.raises(NotAllowed):
        pool.refresh("nonsense")
