"""Takes mail at 127.0.0.1:PORT and prints each as a line of JSON. Usage: mail_server.py PORT [CERTIFICATE KEY]

With a certificate, nothing is taken before STARTTLS, and only from gm with the password secret. The first mail whose subject says "later" is refused."""
import json
import ssl
import sys
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Inbox:
    def __init__(self):
        self.refused = set()

    async def handle_DATA(self, server, session, envelope):
        content = envelope.content.decode()
        message = content.split("Message-ID: ")[1].split("\r\n")[0]
        if "Subject: Firing: later" in content and message not in self.refused:
            self.refused.add(message)
            return "451 try again"
        print(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "content": content, "tls": session.ssl is not None}), flush=True)
        return "250 taken"


def signed_in(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"gm", b"secret"))


port, context = int(sys.argv[1]), None
if len(sys.argv) > 2:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
options = {"require_starttls": True, "auth_required": True, "authenticator": signed_in, "tls_context": context} if context else {}
Controller(Inbox(), hostname="127.0.0.1", port=port, **options).start()
print("ready", flush=True)
while True:
    time.sleep(60)
