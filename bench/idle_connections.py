#!/usr/bin/env python3
"""What idle connections cost: the resident memory of the real `gamemetrics serve` with many kept-alive connections that have each asked once.

Goal (issue 4): 10,000 idle connections in less than 200 MB. Connections beyond http.connections_max must be refused and counted.

Usage: bench/idle_connections.py [--connections 10000] [--tls] [--build build/release]     (needs ulimit -Hn above the number of connections)
"""
import argparse
import pathlib
import re
import resource
import socket
import ssl
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "test"))
import gamemetrics_server  # noqa: E402

BEYOND = 10  # connections asked for over the limit


def tls_settings(directory):
    certificate, key = directory / "cert.pem", directory / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=bench",
                    "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return {"http.tls.certificate": certificate, "http.tls.key": key}


def ask(connection):
    connection.sendall(b"GET /nothing-here HTTP/1.1\r\nHost: x\r\n\r\n")
    answer = connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 404 "), answer
    return connection


def metric(server, name):
    text = gamemetrics_server.request("GET", server.internal_url + "/metrics").body.decode()
    return float(re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE).group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    gamemetrics_server.BINARY = options.build / "cmd/gamemetrics/gamemetrics"
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        settings = {"http.connections_max": options.connections, "http.idle_timeout": "10m", **(tls_settings(directory) if options.tls else {})}
        server = gamemetrics_server.Server(directory / "data", settings)
        server.start()
        try:
            report(server, options)
        finally:
            server.stop()


def report(server, options):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    def connect():
        plain = socket.create_connection(("127.0.0.1", server.port), timeout=30)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return context.wrap_socket(plain) if options.tls else plain

    before = server.resident_bytes()
    started = time.monotonic()
    held = [ask(connect()) for _ in range(options.connections)]
    took = time.monotonic() - started
    after = server.resident_bytes()
    refused = 0
    for _ in range(BEYOND):
        try:
            refused += connect().recv(1) == b""
        except OSError:
            refused += 1
    counted = metric(server, 'gamemetrics_http_connections_refused_total{reason="connections_max"}')
    # The internal server's own connection is in the gauge too.
    open_now = metric(server, "gamemetrics_http_connections")
    print(f"{len(held)} idle connections{' with TLS' if options.tls else ''} (made in {took:.1f} s, {open_now:.0f} open): RSS {before / 1e6:.1f} MB -> "
          f"{after / 1e6:.1f} MB, {(after - before) / len(held) / 1024:.2f} KiB each; {refused} of {BEYOND} beyond the limit refused, {counted:.0f} counted")


if __name__ == "__main__":
    main()
