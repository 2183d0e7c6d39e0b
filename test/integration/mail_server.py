"""A mail server that prints each letter as a line of JSON. Run by the interpreter that has aiosmtpd; test_mail.py starts it.

mail_server.py PORT [--address ADDRESS] [--certificate FILE --key FILE] [--implicit-tls] [--user NAME --password TEXT] [--refuse]"""
import argparse
import email
import email.policy
import json
import ssl
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Printer:
    def __init__(self, refuse, implicit_tls):
        self.refuse = refuse
        self.implicit_tls = implicit_tls  # then the server itself does not know of it

    async def handle_DATA(self, server, session, envelope):
        if self.refuse:
            return "451 come again later"
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        print(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "headers": {name: str(value) for name, value in letter.items()},
                          "text": letter.get_content(), "tls": self.implicit_tls or session.ssl is not None, "user": session.auth_data}), flush=True)
        return "250 taken"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--address", default="127.0.0.1")
    for name in ("--certificate", "--key", "--user", "--password"):
        parser.add_argument(name)
    for name in ("--implicit-tls", "--refuse"):
        parser.add_argument(name, action="store_true")
    given = parser.parse_args()
    tls = None
    if given.certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(given.certificate, given.key)

    def check(server, session, envelope, mechanism, data):
        right = (data.login.decode(), data.password.decode()) == (given.user, given.password)
        return AuthResult(success=right, auth_data=data.login.decode())

    options = {"authenticator": check, "auth_required": True, "auth_require_tls": tls is not None and not given.implicit_tls} if given.user else {}
    if tls and given.implicit_tls:
        options["ssl_context"] = tls
    elif tls:
        options.update(tls_context=tls, require_starttls=True)
    Controller(Printer(given.refuse, given.implicit_tls), hostname=given.address, port=given.port, ready_timeout=30, **options).start()
    print("ready", flush=True)
    while True:
        time.sleep(60)


main()
