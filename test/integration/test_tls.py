"""TLS on the public port: the real binary, Python's client, certificates made with the openssl command."""
import shutil
import socket
import ssl
import subprocess
import time

import pytest
from gamemetrics_server import BINARY, Server, free_port
from web_socket import WebSocket

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command makes the certificates")


def make_certificate(directory, name):
    """Puts a fresh self-made certificate and its key at directory/{cert,key}.pem."""
    made = {kind: directory / f"{kind}.made" for kind in ("cert", "key")}
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", made["key"], "-out", made["cert"]], check=True, capture_output=True)
    for kind, path in made.items():
        path.rename(directory / f"{kind}.pem")


def trusting():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def connect(port):
    return trusting().wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=10))


def status_of(connection, path):
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return int(head.split()[1])


def test_a_renewed_certificate_is_taken_up_without_a_restart(tmp_path):
    make_certificate(tmp_path, "first")
    server = Server(tmp_path / "data", {"http.tls.certificate": tmp_path / "cert.pem", "http.tls.key": tmp_path / "key.pem"})
    server.start()
    try:
        with connect(server.port) as old:
            first = old.getpeercert(binary_form=True)
            assert old.version() == "TLSv1.3"
            assert status_of(old, "/nothing-here") == 404
            make_certificate(tmp_path, "second")
            until = time.monotonic() + 15
            while True:
                with connect(server.port) as fresh:
                    if fresh.getpeercert(binary_form=True) != first:
                        break
                assert time.monotonic() < until, server.log_tail()
                time.sleep(0.2)
            assert status_of(old, "/nothing-here") == 404
    finally:
        assert server.stop() == 0


def test_subscriptions_over_wss(tmp_path):
    make_certificate(tmp_path, "only")
    server = Server(tmp_path / "data", {"http.tls.certificate": tmp_path / "cert.pem", "http.tls.key": tmp_path / "key.pem"})
    server.start()
    try:
        web_socket = WebSocket(server.port, tls=trusting())
        assert web_socket.status == 101, web_socket.head
        web_socket.greet(server.project_key)
        for number in ("one", "two"):
            web_socket.subscribe(number, "subscription { pipeline { processed } }")
        told = set()
        while told != {"one", "two"}:
            message = web_socket.message()
            assert message["type"] == "next" and "errors" not in message["payload"], message
            told.add(message["id"])
        web_socket.close()
    finally:
        assert server.stop() == 0


def test_a_missing_key_refuses_to_start_and_says_the_way_out(tmp_path):
    make_certificate(tmp_path, "only")
    result = subprocess.run([BINARY, "serve", f"--data_dir={tmp_path / 'data'}", f"--http.address=127.0.0.1:{free_port()}",
                             f"--internal.address=127.0.0.1:{free_port()}", f"--http.tls.certificate={tmp_path / 'cert.pem'}"],
                            capture_output=True, text=True, timeout=30)
    assert result.returncode == 78
    assert "gm-tls-incomplete" in result.stderr and "http.tls.key" in result.stderr
