"""Letters through a real mail server (aiosmtpd): another password for whoever reads the account's mail, invitations, notices."""
import json
import re
import shutil
import socket
import subprocess
import time

import pytest

from gamemetrics_server import BINARY, ROOT, Server, free_port, request
from pinned_python import pinned_python
from test_rights_matrix import PASSWORD, QUICK, World

HERE = ROOT / "test/integration"
LINK = re.compile(r"https://metrics\.studio\.example/([a-z-]+)#token=(gm_\w+)")
OTHER = "another long password"


class MailServer:
    """One process of mail_server.py and what it was given."""

    def __init__(self, folder, *options):
        self.port = free_port()
        self.file = folder / f"letters-{self.port}"
        interpreter = pinned_python("mail-python", HERE / "mail-requirements.txt")
        with open(self.file, "wb") as out:
            self.process = subprocess.Popen([interpreter, HERE / "mail_server.py", str(self.port), *map(str, options)], stdout=out)
        Server.started.append(self.process)
        self.wait(lambda lines: "ready" in lines[:1])

    def lines(self):
        return self.file.read_text().splitlines()

    def wait(self, wanted, seconds=120):
        until = time.monotonic() + seconds
        while not wanted(self.lines()):
            assert self.process.poll() is None and time.monotonic() < until, self.lines()
            time.sleep(0.05)

    def letters(self, count=0):
        """All so far, once there are `count`."""
        self.wait(lambda lines: len(lines) >= count + 1)
        return [json.loads(line) for line in self.lines()[1:]]

    def stop(self):
        self.process.kill()
        self.process.wait()


class MailedWorld(World):
    """A server that sends its letters to `mail`, with one organisation and its owner ada."""

    def __init__(self, folder, settings):
        self.settings = {**QUICK, "users.public_url": "https://metrics.studio.example/", "mail.from": "metrics@studio.example",
                         "users.reset_rate_max": "1000", **settings}
        self.server = Server(folder / "data", self.settings)
        self.server.start()
        self.command("user", "create", "ada@studio.example", "--role", "owner", "--password-file", "-")

    def reset(self, email="ada@studio.example"):
        return self.ask("POST", "/api/v1/password-resets", None, {"email": email})

    def take(self, token, password=OTHER):
        return self.ask("POST", "/api/v1/password-resets/accept", None, {"token": token, "password": password})

    def letters_counted(self, kind, outcome):
        text = request("GET", self.server.internal_url + "/metrics").body.decode()
        found = re.search(rf'gamemetrics_users_letters_total{{kind="{kind}",outcome="{outcome}"}} (\d+)', text)
        return int(found.group(1)) if found else 0

    def await_counted(self, kind, outcome, count):
        until = time.monotonic() + 120
        while self.letters_counted(kind, outcome) < count:
            assert time.monotonic() < until, self.server.log_tail()
            time.sleep(0.1)


@pytest.fixture(scope="module")
def mail(tmp_path_factory):
    made = MailServer(tmp_path_factory.mktemp("mail"))
    yield made
    made.stop()


@pytest.fixture
def world(tmp_path, mail):
    made = MailedWorld(tmp_path, {"mail.url": f"smtp://127.0.0.1:{mail.port}"})
    try:
        yield made
    finally:
        made.server.stop()


def newest(mail, before, kind=None):
    """(the letter after `before`, its token)"""
    letter = mail.letters(before + 1)[before]
    found = LINK.search(letter["text"])
    assert found and (kind is None or found.group(1) == kind), letter
    return letter, found.group(2)


def test_a_lost_password_is_replaced_by_the_letter_and_all_sessions_end(world, mail):
    session, before = world.login("ada@studio.example"), len(mail.letters())
    assert world.reset(" Ada@Studio.example")[0] == 202
    letter, token = newest(mail, before, "reset-password")
    assert letter["to"] == ["ada@studio.example"] and letter["from"] == "metrics@studio.example"
    assert letter["headers"]["Auto-Submitted"] == "auto-generated" and "127.0.0.1" in letter["text"]
    assert world.take(token, "short")[1]["code"] == "gm-password-weak"
    assert world.take(token)[0] == 204
    assert world.take(token)[1]["code"] == "gm-reset-unknown"
    assert world.ask("GET", "/api/v1/me", session)[0] == 401
    for password, status in ((PASSWORD, 401), (OTHER, 200)):
        assert world.ask("POST", "/api/v1/login", None, {"email": "ada@studio.example", "password": password})[0] == status
    notice = mail.letters(before + 2)[before + 1]
    assert "Your password was reset" in notice["text"] and not LINK.search(notice["text"])


def test_an_address_that_nobody_has_is_told_the_same_in_the_same_time(world, mail):
    before = len(mail.letters())
    took = {"ada@studio.example": [], "eve@studio.example": []}
    answers = set()
    for _ in range(20):
        for email, times in took.items():
            started = time.monotonic()
            status, body = world.reset(email)
            times.append(time.monotonic() - started)
            answers.add((status, json.dumps(body)))
    assert answers == {(202, "{}")}
    world.await_counted("reset", "nobody", 20 + 17)
    assert len(mail.letters(before + 3)) == before + 3, "three an hour, and none to eve"
    # Both only put something in a queue. A look-up, a write or a mail server in between would show: those take longer than this by far.
    middle = {email: sorted(times)[10] for email, times in took.items()}
    assert abs(middle["ada@studio.example"] - middle["eve@studio.example"]) < 0.02, middle


def test_an_invitation_goes_by_mail(world, mail):
    before = len(mail.letters())
    owner = world.login("ada@studio.example")
    status, made = world.ask("POST", "/api/v1/organisations/1/invitations", owner, {"email": "bob@studio.example", "role": "analyst"})
    assert status == 201 and made["mailed"] is True
    letter, token = newest(mail, before, "accept-invitation")
    assert token == made["token"] and letter["to"] == ["bob@studio.example"] and "as analyst" in letter["text"]
    assert world.ask("POST", "/api/v1/invitations/accept", None, {"token": token, "name": "Bob", "password": PASSWORD})[0] == 200


def test_changes_of_an_account_are_told_to_its_owner(world, mail):
    before = len(mail.letters())
    session = world.login("ada@studio.example")
    assert world.ask("POST", "/api/v1/me/password", session, {"current": PASSWORD, "new": OTHER})[0] == 204
    letter = mail.letters(before + 1)[before]
    assert "Your password was changed" in letter["text"] and letter["to"] == ["ada@studio.example"]


def test_nothing_of_a_letter_is_on_disk_or_in_a_log_line(world, mail):
    before = len(mail.letters())
    world.reset()
    _, token = newest(mail, before)
    kept = b"".join(path.read_bytes() for path in world.server.data_dir.rglob("*") if path.is_file())
    assert token.encode() not in kept and token not in world.server.log_file.read_text()
    assert token not in world.command("audit", "list", "--organisation", "0", "-n", "1000", "-o", "json")


def test_without_mail_it_is_off_for_everybody(tmp_path):
    world = MailedWorld(tmp_path, {"mail.from": "", "users.public_url": ""})
    try:
        for email in ("ada@studio.example", "eve@studio.example"):
            status, body = world.reset(email)
            assert status == 503 and body["code"] == "gm-mail-off"
        owner = world.login("ada@studio.example")
        assert world.ask("POST", "/api/v1/organisations/1/invitations", owner, {"email": "b@x.example", "role": "viewer"})[1]["mailed"] is False
    finally:
        world.server.stop()


def test_a_mail_server_that_is_away_loses_no_letter_at_once_and_stops_nobody(tmp_path):
    port = free_port()
    world = MailedWorld(tmp_path, {"mail.url": f"smtp://127.0.0.1:{port}"})
    try:
        assert world.reset()[0] == 202
        until = time.monotonic() + 120
        while "it is tried again" not in world.server.log_tail():
            assert time.monotonic() < until, world.server.log_tail()
            time.sleep(0.1)
        assert "ada@" not in world.server.log_file.read_text()
        world.await_counted("reset", "failed", 1)
        assert world.login("ada@studio.example")
    finally:
        assert world.server.stop() == 0


def make_certificate(folder, name):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                    "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
                   check=True, capture_output=True)


def here_by_another_name():
    """(name, address) of this machine that the settings do not take for it, so that they require TLS of it."""
    name = socket.gethostname()
    try:
        address = socket.gethostbyname(name)
    except OSError:
        address = ""
    return (name, address) if address.startswith("127.") and name != "localhost" else None


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command makes the certificates")
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_over_tls_the_certificate_is_checked_before_the_password_is_shown(tmp_path, scheme):
    name, address = here_by_another_name() or pytest.skip("this machine has no other name that leads to itself")
    make_certificate(tmp_path, name)
    secret = tmp_path / "mail-password"
    secret.write_text("a mail password\n")
    options = ["--address", address, "--certificate", tmp_path / "cert.pem", "--key", tmp_path / "key.pem",
               "--user", "metrics", "--password", "a mail password"]
    server = MailServer(tmp_path, *options, *(["--implicit-tls"] if scheme == "smtps" else []))
    settings = {"mail.url": f"{scheme}://{name}:{server.port}", "mail.user": "metrics", "mail.password_file": secret}
    try:
        for trusted in (True, False):
            ca = {"mail.ca_file": tmp_path / "cert.pem"} if trusted else {}
            folder = tmp_path / f"trusted-{trusted}"
            folder.mkdir()
            world = MailedWorld(folder, {**settings, **ca})
            try:
                assert world.reset()[0] == 202
                if trusted:
                    letter = server.letters(1)[0]
                    assert letter["tls"] is True and letter["user"] == "metrics"
                else:
                    world.await_counted("reset", "failed", 1)
                    assert len(server.letters()) == 1 and "a mail password" not in world.server.log_file.read_text()
            finally:
                world.server.stop()
    finally:
        server.stop()


def test_a_server_elsewhere_without_tls_gets_no_letter(tmp_path):
    name, address = here_by_another_name() or pytest.skip("this machine has no other name that leads to itself")
    server = MailServer(tmp_path, "--address", address)
    world = MailedWorld(tmp_path, {"mail.url": f"smtp://{name}:{server.port}"})
    try:
        assert world.reset()[0] == 202
        world.await_counted("reset", "failed", 1)
        assert server.letters() == []
    finally:
        world.server.stop()
        server.stop()


def test_what_cannot_be_sent_safely_refuses_to_start(tmp_path):
    whole = {"mail.url": "smtp://mail.studio.example:587", "mail.from": "metrics@studio.example", "users.public_url": "https://metrics.studio.example"}
    for changed in ({"mail.from": ""}, {"users.public_url": ""}, {"mail.url": "http://mail.studio.example"}, {"mail.user": "metrics"},
                    {"mail.password_file": str(tmp_path / "none")}, {"users.public_url": "javascript:alert(1)"}):
        flags = {**whole, **changed, "data_dir": tmp_path / "data", "http.address": f"127.0.0.1:{free_port()}",
                 "internal.address": f"127.0.0.1:{free_port()}"}
        done = subprocess.run([BINARY, "serve", *(f"--{name}={value}" for name, value in flags.items())], capture_output=True, text=True, timeout=180)
        assert done.returncode != 0 and "gm-config-invalid-value" in done.stderr, (changed, done.stderr)
