"""Signing in by a real OpenID Connect provider (the published oidc-provider), as a browser does it: its pages, its cookies, its redirects."""
import http.cookiejar
import json
import os
import re
import subprocess
import time
import urllib.parse
import urllib.request

import pytest

from gamemetrics_server import ROOT, Server, free_port
from test_rights_matrix import PASSWORD, QUICK, World
from test_second_factor import answer, enrol

DIRECTORY = ROOT / "test/compat/oidc-provider"
CLIENT, SECRET = "gamemetrics", "a secret: with+everything%"


class Provider:
    def __init__(self, folder, redirect_uri, thin):
        self.port = free_port()
        self.log = folder / "provider-log"
        environment = {**os.environ, "PORT": str(self.port), "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET, "REDIRECT_URI": redirect_uri,
                       "THIN": "1" if thin else "0"}
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(["node", "provider.mjs"], cwd=DIRECTORY, env=environment, stdout=log, stderr=log)
        Server.started.append(self.process)
        until = time.monotonic() + 180
        while "ready" not in self.log.read_text():
            assert self.process.poll() is None and time.monotonic() < until, self.log.read_text()
            time.sleep(0.1)

    def stop(self):
        self.process.kill()
        self.process.wait()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    """Keeps cookies; goes where it is sent until it is sent to our own pages."""

    def __init__(self, server):
        self.server = server
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), NoRedirect)

    def ask(self, url, data=None, headers=None):
        try:
            answer = self.opener.open(urllib.request.Request(url, data, headers or {}), timeout=120)
        except urllib.error.HTTPError as error:
            answer = error
        return answer.status, dict(answer.headers.items()), answer.read().decode()

    def begin(self, invitation=None):
        body = json.dumps({"invitation": invitation} if invitation else {}).encode()
        status, _, text = self.ask(self.server.url + "/api/v1/oidc/login", body, {"Content-Type": "application/json"})
        assert status == 200, text
        return json.loads(text)["url"]

    def until_callback(self, url, login):
        """Through the provider's pages: the address that it sends the browser back to."""
        data = None
        for _ in range(20):
            if url.startswith(self.server.url):
                return url
            status, headers, text = self.ask(url, data)
            data = None
            if status in (302, 303):
                url = urllib.parse.urljoin(url, headers["Location"])
                continue
            assert status == 200, text
            url = re.search(r'action="([^"]+)"', text).group(1)
            prompt = re.search(r'name="prompt" value="(\w+)"', text).group(1)
            data = urllib.parse.urlencode({"prompt": prompt, "login": login, "password": "any"}).encode()
        raise AssertionError(url)

    def sign_in(self, login, invitation=None):
        """Where the browser ends up."""
        status, headers, text = self.ask(self.until_callback(self.begin(invitation), login))
        assert status == 302, text
        return headers["Location"]

    def me(self):
        status, _, text = self.ask(self.server.url + "/api/v1/me")
        return json.loads(text) if status == 200 else None


class OidcWorld(World):
    def __init__(self, folder, settings=None, thin=False):
        self.server = Server(folder / "data", QUICK)
        self.provider = Provider(folder, self.server.url + "/api/v1/oidc/callback", thin)
        secret = folder / "oidc-secret"
        secret.write_text(SECRET + "\n")
        self.server.settings = {**QUICK, "oidc.issuer": f"http://127.0.0.1:{self.provider.port}", "oidc.client_id": CLIENT,
                                "oidc.client_secret_file": secret, "oidc.label": "Studio account", "users.public_url": self.server.url,
                                "oidc.allowed_domains": "Studio.example", **(settings or {})}
        self.server.start()
        self.command("user", "create", "ada@studio.example", "--role", "owner", "--password-file", "-")

    def stop(self):
        self.server.stop()
        self.provider.stop()


@pytest.fixture(scope="module", autouse=True)
def installed():
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=DIRECTORY, check=True, timeout=300)


@pytest.fixture(scope="module", params=[False, True], ids=["address in the token", "address by userinfo"])
def world(request, tmp_path_factory):
    made = OidcWorld(tmp_path_factory.mktemp("oidc"), thin=request.param)
    try:
        yield made
    finally:
        made.stop()


def test_whoever_has_an_account_signs_in_by_the_provider(world):
    assert world.ask("GET", "/api/v1/oidc", None)[1] == {"enabled": True, "label": "Studio account"}
    browser = Browser(world.server)
    assert browser.sign_in("ada@studio.example") == "/"
    assert browser.me()["user"]["email"] == "ada@studio.example"
    cookie = next(one for one in browser.jar if one.name == "gm_session")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert not any(one.name == "gm_oidc" for one in browser.jar), "it has done its work"
    assert Browser(world.server).sign_in("ada@studio.example") == "/", "and again, by the link"
    entries = json.loads(world.command("audit", "list", "--organisation", "0", "-n", "100", "-o", "json"))
    assert [entry["action"] for entry in entries].count("user.linked") == 1


@pytest.mark.parametrize("login", ["unverified-ada@studio.example", "ada@elsewhere.example", "new@studio.example"])
def test_whom_nobody_vouches_for_or_has_let_in_is_refused(world, login):
    browser = Browser(world.server)
    assert browser.sign_in(login) == "/sign-in#error=gm-oidc-account-unknown"
    assert browser.me() is None


def test_an_invitation_makes_an_account_without_a_password(world):
    _, invited = world.ask("POST", "/api/v1/organisations/1/invitations", world.login("ada@studio.example"),
                           {"email": "guest@elsewhere.example", "role": "support"})
    assert Browser(world.server).sign_in("eve@elsewhere.example", invited["token"]) == "/sign-in#error=gm-oidc-account-unknown"
    browser = Browser(world.server)
    assert browser.sign_in("guest@elsewhere.example", invited["token"]) == "/"
    me = browser.me()
    assert [(one["id"], one["role"]) for one in me["organisations"]] == [(1, "support")]
    assert me["user"]["name"] == "Name of guest@elsewhere.example"
    assert world.ask("POST", "/api/v1/login", None, {"email": "guest@elsewhere.example", "password": PASSWORD})[0] == 401


def test_the_answer_counts_in_the_browser_that_began_and_once(world):
    mine, others = Browser(world.server), Browser(world.server)
    back = mine.until_callback(mine.begin(), "ada@studio.example")
    others.begin()
    assert others.ask(back)[1]["Location"] == "/sign-in#error=gm-oidc-state-wrong", "a link that signs others in as oneself"
    assert Browser(world.server).ask(back)[1]["Location"] == "/sign-in#error=gm-oidc-state-wrong", "a browser without the cookie"
    held = [one for one in mine.jar if one.name == "gm_oidc"]
    assert mine.ask(back)[1]["Location"] == "/"
    again = Browser(world.server)
    for one in held:
        again.jar.set_cookie(one)
    assert again.ask(back)[1]["Location"] == "/sign-in#error=gm-oidc-refused", "the provider takes its code once"
    assert again.me() is None


def test_what_is_forged_on_the_way_back_is_refused(world):
    for changed in ({"code": "another"}, {"state": "another"}, {"iss": "https://evil.example"}, {"error": "access_denied"}):
        browser = Browser(world.server)
        back = urllib.parse.urlparse(browser.until_callback(browser.begin(), "ada@studio.example"))
        query = {**dict(urllib.parse.parse_qsl(back.query)), **changed}
        status, headers, _ = browser.ask(back._replace(query=urllib.parse.urlencode(query)).geturl())
        assert status == 302 and headers["Location"].startswith("/sign-in#error=gm-oidc-"), changed
        assert browser.me() is None


def test_a_second_factor_is_asked_for_all_the_same(world):
    world.command("user", "create", "twice@studio.example", "--role", "viewer", "--password-file", "-")
    app, _ = enrol(world, world.login("twice@studio.example"))
    browser = Browser(world.server)
    where = browser.sign_in("twice@studio.example")
    assert where.startswith("/sign-in#challenge=gm_lc_") and browser.me() is None
    assert answer(world, where.split("=")[1], app.code())[0] == 200


def test_no_secret_of_a_sign_in_is_logged_or_kept(world):
    browser = Browser(world.server)
    back = browser.until_callback(browser.begin(), "ada@studio.example")
    code = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(back).query))["code"]
    browser.ask(back)
    kept = b"".join(path.read_bytes() for path in world.server.data_dir.rglob("*") if path.is_file()) + world.server.log_file.read_bytes()
    for secret in (code, SECRET, next(one.value for one in browser.jar if one.name == "gm_session")):
        assert secret.encode() not in kept


def test_a_default_role_lets_in_who_comes_from_an_allowed_domain(tmp_path):
    world = OidcWorld(tmp_path, {"oidc.default_role": "analyst"})
    try:
        browser = Browser(world.server)
        assert browser.sign_in("new@studio.example") == "/"
        assert [(one["id"], one["role"]) for one in browser.me()["organisations"]] == [(1, "analyst")]
        assert Browser(world.server).sign_in("new@elsewhere.example") == "/sign-in#error=gm-oidc-account-unknown"
        world.provider.stop()
        status, body = world.ask("POST", "/api/v1/oidc/login", None, {})
        assert status == 200, "what the provider said of itself is kept for a while"
        world.command("user", "disable", "new@studio.example")
        assert browser.me() is None
    finally:
        world.stop()
