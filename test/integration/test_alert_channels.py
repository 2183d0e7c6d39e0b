"""Alerts to Slack and by mail: the real binary, a receiver that checks what Slack asks for, and a published mail server."""
import email
import email.policy
import json
import shutil
import struct
import subprocess
import threading
import zlib

import pytest

from gamemetrics_server import Server, free_port
from pinned_python import pinned_python
from test_alerts import FOLDER, OPEN, QUICK, ask, events_today, made, wait_for
from test_tls import make_certificate
from webhook_receiver import Receiver

# A mail server needs them; see docs/reference/configuration.md.
LINKS = {"users.public_url": "https://metrics.studio.example"}


class MailServer:
    def __init__(self, *certificate):
        python = pinned_python("compat-notifications", FOLDER / "requirements.txt")
        self.port, self.mails = free_port(), []
        self.process = subprocess.Popen([python, FOLDER / "mail_server.py", str(self.port), *map(str, certificate)], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"
        self.arrived = threading.Semaphore(0)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.mails.append(json.loads(line))
            self.arrived.release()

    def next(self):
        assert self.arrived.acquire(timeout=40), self.mails
        return self.mails[-1]

    def stop(self):
        self.process.kill()
        self.process.wait()


def firing(server, channel, name, event):
    rule = {"name": name, "metric": "events", "incomplete": True, "channels": [channel["id"]], "condition": {"kind": "threshold", "above": 2},
            "filter": {"field": "event", "is": "equals", "value": event}}
    server.send(events_today(3, event))
    server.wait_processed()
    return made(server, "/api/v1/alert-rules", rule)


def mail_channel(server, *to):
    return made(server, "/api/v1/channels", {"kind": "email", "name": "mail", "to": list(to)})


def png_size(picture):
    """Of a PNG whose every chunk is as long and as it says."""
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    at, size, pixels = 8, None, b""
    while at < len(picture):
        length, kind = struct.unpack(">I4s", picture[at:at + 8])
        data = picture[at + 8:at + 8 + length]
        assert struct.unpack(">I", picture[at + 8 + length:at + 12 + length])[0] == zlib.crc32(kind + data)
        size = struct.unpack(">II", data[:8]) if kind == b"IHDR" else size
        pixels += data if kind == b"IDAT" else b""
        at += 12 + length
    assert len(zlib.decompress(pixels)) == (size[0] + 1) * size[1]
    return size


def test_slack_is_told_in_its_own_form_and_nobody_is_called(tmp_path):
    server, receiver = Server(tmp_path / "data", {**OPEN, **QUICK}), Receiver()
    server.start()
    told = made(server, "/api/v1/channels", {"kind": "slack", "name": "slack", "url": receiver.url("/services/T0/B0/X0")})
    assert "secret" not in told and told["target"] == f"http://127.0.0.1:{receiver.port}"
    firing(server, told, "Too <!channel> many & more", "slack_event")
    message = receiver.wait("/services/T0/B0/X0", 1)[0]
    body = json.loads(message["body"])
    assert body["text"].startswith("Firing: Too &lt;!channel&gt; many &amp; more: events of ") and body["blocks"][0]["type"] == "header"
    assert "webhook-signature" not in {name.lower() for name in message["headers"]}
    assert server.stop() == 0
    receiver.stop()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command makes the certificate")
def test_mail_arrives_encrypted_with_text_html_and_picture(tmp_path):
    make_certificate(tmp_path, "localhost")
    certificate = (tmp_path / "cert.pem", tmp_path / "key.pem")
    inbox = MailServer(*certificate)
    password = tmp_path / "mail-password"
    password.write_text("secret\n")
    server = Server(tmp_path / "data", {**QUICK, **LINKS, "mail.url": f"smtp://127.0.0.1:{inbox.port}", "mail.from": "gm@studio.example", "mail.user": "gm",
                                        "mail.password_file": password, "mail.ca_file": certificate[0]})
    server.start()
    told = mail_channel(server, "ada@studio.example", "bob@studio.example")
    assert told["target"] == ["ada@studio.example", "bob@studio.example"]
    firing(server, told, "Zu viele Käufe <b>", "mail_event")
    arrived = inbox.next()
    assert arrived["tls"] and arrived["from"] == "gm@studio.example" and arrived["to"] == ["ada@studio.example", "bob@studio.example"]
    mail = email.message_from_string(arrived["content"], policy=email.policy.default)
    assert mail["Subject"] == "Firing: Zu viele Käufe <b>" and mail["To"] == "ada@studio.example, bob@studio.example"
    delivery = ask(server, "GET", "/api/v1/deliveries")[1]["deliveries"][0]
    assert mail["Message-ID"] == f"<{delivery['id']}@studio.example>" and mail["Auto-Submitted"] == "auto-generated"
    assert wait_for(server, delivery["id"], "delivered")["log"][0]["status"] == 250
    plain, html = mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()
    assert "events of" in plain and "is 3, above 2" in plain
    assert "&lt;b&gt;" in html and "<b>" not in html
    picture = next(part for part in mail.walk() if part.get_content_type() == "image/png")
    assert f"cid:{picture['Content-ID'][1:-1]}" in html and png_size(picture.get_payload(decode=True)) == (600, 160)
    assert server.stop() == 0
    inbox.stop()


def test_a_mail_that_is_not_taken_is_sent_again_as_the_same_mail(tmp_path):
    inbox = MailServer()
    server = Server(tmp_path / "data", {**QUICK, **LINKS, "mail.url": f"smtp://127.0.0.1:{inbox.port}", "mail.from": "gm@studio.example"})
    server.start()
    told = mail_channel(server, "ada@studio.example")
    firing(server, told, "later", "later_event")
    inbox.next()
    delivery = ask(server, "GET", "/api/v1/deliveries")[1]["deliveries"][0]
    shown = wait_for(server, delivery["id"], "delivered")
    assert [one["status"] for one in shown["log"]] == [451, 250]
    assert len(inbox.mails) == 1
    assert server.stop() == 0
    inbox.stop()


def test_an_address_is_an_address_and_mail_needs_a_server(tmp_path):
    server = Server(tmp_path / "data", QUICK)
    server.start()
    for to in (["a@b\r\nBcc: c@d"], ["nobody"], [], ["a@b", 5]):
        status, answer = ask(server, "POST", "/api/v1/channels", {"kind": "email", "name": "x", "to": to})
        assert status == 400 and {one["pointer"] for one in answer["errors"]} == {"/to"}
    status, answer = ask(server, "POST", "/api/v1/channels", {"kind": "email", "name": "x", "to": ["ada@studio.example"]})
    assert status == 400 and "mail.url" in answer["errors"][0]["detail"]
    server.stop()
    refused = Server(tmp_path / "refused", {**QUICK, **LINKS, "mail.url": "smtp://127.0.0.1:1"})
    with pytest.raises(AssertionError, match="mail.from"):
        refused.start()
