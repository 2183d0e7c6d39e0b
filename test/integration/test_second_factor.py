"""Second factors over HTTP, as an app and a browser use them; the codes are made here by the RFCs, not by the server's code."""
import base64
import hmac
import json
import time
import urllib.parse

import pytest

from gamemetrics_server import request
from test_rights_matrix import PASSWORD, World

STEP_S = 30


def code(secret, step_offset=0):
    """RFC 6238 of base32 text, now."""
    counter = int(time.time()) // STEP_S + step_offset
    mac = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), "sha1")
    at = mac[-1] & 15
    return f"{(int.from_bytes(mac[at:at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


class App:
    """Somebody's authenticator, which gives no code twice: the next step is as good, one step ahead of the clock."""

    def __init__(self, secret):
        self.secret = secret
        self.last = 0

    def code(self):
        while True:
            step = int(time.time()) // STEP_S
            if self.last <= step:
                self.last = max(self.last + 1, step)
                return code(self.secret, self.last - step)
            time.sleep(0.2)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("second"))
    try:
        yield made
    finally:
        made.server.stop()


def enrol(world, session):
    """(app, recovery codes)"""
    status, begun = world.ask("POST", "/api/v1/me/second-factor", session, {"password": PASSWORD})
    assert status == 201, begun
    uri = urllib.parse.urlparse(begun["uri"])
    assert uri.scheme == "otpauth" and urllib.parse.parse_qs(uri.query)["secret"] == [begun["secret"]]
    app = App(begun["secret"])
    status, confirmed = world.ask("POST", "/api/v1/me/second-factor/confirm", session, {"code": app.code()})
    assert status == 200, confirmed
    return app, confirmed["recovery_codes"]


def challenge(world, email):
    status, answer = world.ask("POST", "/api/v1/login", None, {"email": email, "password": PASSWORD, "bearer": True})
    assert status == 200 and answer["second_factor_required"] is True and "token" not in answer and "csrf" not in answer, answer
    return answer["challenge"]


def answer(world, shown, with_code):
    return world.ask("POST", "/api/v1/login/second-factor", None, {"challenge": shown, "code": with_code, "bearer": True})


def log_in(world, email, with_code):
    status, done = answer(world, challenge(world, email), with_code)
    assert status == 200, done
    return done["token"]


def member(world, email, role="viewer", organisation="1"):
    world.command("user", "create", email, "--role", role, "--organisation", organisation, "--password-file", "-")
    return world.login(email)


def test_a_browser_gets_its_cookie_at_the_second_step_only(world):
    session = member(world, "browser@own.example")
    assert world.ask("GET", "/api/v1/me/second-factor", session)[1] == {"enabled": False, "since": None, "recovery_codes_left": 0, "required": False}
    app, _ = enrol(world, session)
    headers = {"Content-Type": "application/json"}
    url = world.server.url + "/api/v1/login"
    first = request("POST", url, json.dumps({"email": "browser@own.example", "password": PASSWORD}).encode(), headers)
    assert first.status == 200 and first.headers["Set-Cookie"] is None
    assert request("GET", world.server.url + "/api/v1/me", headers={"Authorization": f"Bearer {first.json()['challenge']}"}).status == 401
    second = request("POST", url + "/second-factor", json.dumps({"challenge": first.json()["challenge"], "code": app.code()}).encode(), headers)
    assert second.status == 200 and "HttpOnly" in second.headers["Set-Cookie"] and second.json()["csrf"]
    me = request("GET", world.server.url + "/api/v1/me/second-factor", headers={"Cookie": second.headers["Set-Cookie"].split(";")[0]}).json()
    assert me["enabled"] is True and me["since"] and me["recovery_codes_left"] == 10


def test_no_code_is_taken_twice(world):
    app, recovery = enrol(world, member(world, "twice@own.example"))
    used = app.code()
    log_in(world, "twice@own.example", used)
    for with_code in (used, "000000", "not a code", recovery[0][:-1]):
        status, refused = answer(world, challenge(world, "twice@own.example"), with_code)
        assert status == 401 and refused["code"] == "gm-second-factor-wrong", with_code
    log_in(world, "twice@own.example", recovery[0].upper().replace("-", " "))
    assert answer(world, challenge(world, "twice@own.example"), recovery[0])[1]["code"] == "gm-second-factor-wrong"
    shown = challenge(world, "twice@own.example")
    assert answer(world, shown, recovery[1])[0] == 200
    assert answer(world, shown, recovery[2])[1]["code"] == "gm-challenge-unknown"


def test_guessing_locks_the_account_also_for_the_right_code(world):
    app, _ = enrol(world, member(world, "guessed@own.example"))
    spare = challenge(world, "guessed@own.example")
    first, second = (challenge(world, "guessed@own.example") for _ in range(2))
    codes = [answer(world, shown, "000000")[1]["code"] for shown in [first] * 6 + [second] * 5]
    assert codes == ["gm-second-factor-wrong"] * 5 + ["gm-challenge-unknown"] + ["gm-second-factor-wrong"] * 5
    assert answer(world, spare, app.code())[1]["code"] == "gm-login-locked"
    status, refused = world.ask("POST", "/api/v1/login", None, {"email": "guessed@own.example", "password": PASSWORD})
    assert status == 429 and refused["code"] == "gm-login-locked"


def test_changes_need_password_and_code_and_end_other_sessions(world):
    first = member(world, "change@own.example")
    other = world.login("change@own.example")
    app, recovery = enrol(world, first)
    assert world.ask("GET", "/api/v1/me", other)[0] == 401, "it had not shown a code"
    path = "/api/v1/me/second-factor"
    assert world.ask("POST", path, first, {"password": PASSWORD})[1]["code"] == "gm-second-factor-on"
    assert world.ask("POST", path + "/disable", first, {"password": "wrong", "code": app.code()})[1]["code"] == "gm-login-failed"
    assert world.ask("POST", path + "/disable", first, {"password": PASSWORD, "code": "000000"})[1]["code"] == "gm-second-factor-wrong"
    status, fresh = world.ask("POST", path + "/recovery-codes", first, {"password": PASSWORD, "code": recovery[0]})
    assert status == 200 and not set(fresh["recovery_codes"]) & set(recovery)
    other = log_in(world, "change@own.example", fresh["recovery_codes"][0])
    assert world.ask("POST", path + "/disable", first, {"password": PASSWORD, "code": fresh["recovery_codes"][1]})[0] == 204
    assert world.ask("GET", "/api/v1/me", other)[0] == 401
    assert world.ask("GET", path, first)[1]["enabled"] is False
    assert world.login("change@own.example")


def test_a_token_switches_nothing(world):
    status, token = world.ask("POST", "/api/v1/tokens", world.sessions["own", "owner"], {"name": "t", "scopes": ["read_numbers"]})
    assert status == 201
    for path in ("", "/confirm", "/recovery-codes", "/disable"):
        body = {"password": PASSWORD, "code": "000000"}
        assert world.ask("POST", "/api/v1/me/second-factor" + path, token["token"], body)[1]["code"] == "gm-right-missing"


def test_the_operator_resets_it_while_the_server_runs(world):
    session = member(world, "lost@own.example")
    enrol(world, session)
    listed = {one["email"]: one for one in json.loads(world.command("user", "list", "-o", "json"))}
    assert listed["lost@own.example"]["second_factor"] is True
    world.command("user", "second-factor", "reset", "lost@own.example")
    assert world.ask("GET", "/api/v1/me", session)[0] == 401
    assert world.login("lost@own.example")


def test_an_invitation_is_taken_by_the_second_step(world):
    other = world.organisation["foreign"]
    app, _ = enrol(world, member(world, "guest@foreign.example", organisation=other))
    token = world.command("member", "invite", "guest@foreign.example", "support")
    status, asked = world.ask("POST", "/api/v1/invitations/accept", None, {"token": token, "password": PASSWORD, "bearer": True})
    assert status == 200 and asked["second_factor_required"]
    status, joined = answer(world, asked["challenge"], app.code())
    roles = {one["id"]: one["role"] for one in world.ask("GET", "/api/v1/me", joined["token"])[1]["organisations"]}
    assert status == 200 and roles == {1: "support", int(other): "viewer"}


def test_an_organisation_requires_it_of_its_members(world):
    other = world.command("organisation", "create", "Strict")
    project = world.command("project", "create", "Vault", "--organisation", other)
    owner, analyst = member(world, "owner@strict.example", "owner", other), member(world, "analyst@strict.example", "analyst", other)
    path = f"/api/v1/organisations/{other}"
    numbers = {"X-Project": project}
    _, service = world.ask("POST", path + "/service-tokens", owner, {"name": "s", "role": "viewer", "scopes": ["read_numbers"]})
    _, personal = world.ask("POST", "/api/v1/tokens", analyst, {"name": "p", "scopes": ["read_numbers"]})
    assert world.ask("PATCH", path, owner, {"require_second_factor": True})[1]["code"] == "gm-second-factor-off", "not what one has not"
    assert world.ask("PATCH", path, owner, {})[0] == 400
    enrol(world, owner)
    status, changed = world.ask("PATCH", path, owner, {"require_second_factor": True})
    assert status == 200 and changed["require_second_factor"] is True and changed["name"] == "Strict"
    members = {one["email"]: one["second_factor"] for one in world.ask("GET", path + "/members", owner)[1]["members"]}
    assert members == {"owner@strict.example": True, "analyst@strict.example": False}
    for bearer in (analyst, personal["token"]):
        refused = world.ask("GET", "/api/v1/metrics", bearer, headers=numbers)
        assert refused[0] == 403 and refused[1]["code"] == "gm-second-factor-required"
    assert world.ask("GET", path + "/members", analyst)[1]["code"] == "gm-second-factor-required"
    assert world.ask("GET", f"/api/v1/projects/{project}", analyst)[1]["code"] == "gm-second-factor-required"
    mine = world.ask("GET", "/api/v1/me", analyst)[1]["organisations"]
    assert [(one["second_factor_missing"], one["actions"], one["projects"]) for one in mine] == [(True, [], [])]
    assert world.ask("GET", "/api/v1/me/second-factor", analyst)[1]["required"] is True
    assert world.ask("GET", "/api/v1/metrics", service["token"], headers=numbers)[0] == 200, "services have none"
    enrol(world, analyst)
    for bearer in (analyst, personal["token"]):
        assert world.ask("GET", "/api/v1/metrics", bearer, headers=numbers)[0] == 200
    entries = json.loads(world.command("audit", "list", "--organisation", other, "-o", "json"))
    change = next(one for one in entries if one["action"] == "organisation.second_factor_required")
    assert change["after"] == {"require_second_factor": True} and change["before"] == {"require_second_factor": False}


def test_what_is_shown_once_is_nowhere_on_disk_nor_in_the_log(world):
    session = member(world, "secret@own.example")
    app, recovery = enrol(world, session)
    shown = challenge(world, "secret@own.example")
    log_in(world, "secret@own.example", app.code())
    kept = b"".join(path.read_bytes() for path in world.server.data_dir.rglob("*") if path.is_file())
    for secret in (app.secret, *recovery, recovery[0].replace("-", ""), shown):
        assert secret.encode() not in kept
    assert base64.b32decode(app.secret) not in kept
    entries = json.loads(world.command("audit", "list", "--organisation", "0", "-n", "1000", "-o", "json"))
    actions = {one["action"] for one in entries}
    assert {"second_factor.begun", "second_factor.enabled", "second_factor.disabled", "second_factor.reset",
            "second_factor.recovery_code_used", "second_factor.recovery_codes_renewed", "login.code_failed"} <= actions
    assert not any(secret in json.dumps(entries) for secret in (app.secret, *recovery, shown))


def test_a_backup_does_not_hold_the_key(world, tmp_path):
    folder = tmp_path / "backup"
    key = (world.server.data_dir / "sealing.key").read_text().strip()
    world.command("backup", "create", "--to", str(folder))
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert kept and len(key) == 52 and key.encode() not in kept
