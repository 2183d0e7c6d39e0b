"""A WebSocket over a plain socket or TLS (an ssl.SSLContext), for tests: it does what it is told, not what it should."""
import base64
import json
import os
import socket
import struct


class WebSocket:
    def __init__(self, port, headers=(), protocol="graphql-transport-ws", timeout=60, receive_bytes=None, tls=None):
        self.socket = socket.socket()
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.settimeout(timeout)
        self.socket.connect(("127.0.0.1", port))
        if tls:
            self.socket = tls.wrap_socket(self.socket)
        head = ["GET /graphql HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}", f"Sec-WebSocket-Protocol: {protocol}", *headers]
        self.socket.sendall("\r\n".join(head).encode() + b"\r\n\r\n")
        self.received = b""
        while b"\r\n\r\n" not in self.received:
            more = self.socket.recv(65536)
            assert more, f"the connection ended in the midst of the handshake: {self.received!r}"
            self.received += more
        head, self.received = self.received.split(b"\r\n\r\n", 1)
        self.head = head.decode()
        self.status = int(self.head.split(" ")[1])

    def send(self, message):
        data = (message if isinstance(message, str) else json.dumps(message)).encode()
        length = bytes([0x80 | len(data)]) if len(data) < 126 else bytes([0x80 | 126]) + struct.pack("!H", len(data))
        mask = os.urandom(4)
        self.socket.sendall(b"\x81" + length + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data)))

    def _take(self, count):
        while len(self.received) < count:
            more = self.socket.recv(65536)
            if not more:
                return None
            self.received += more
        taken, self.received = self.received[:count], self.received[count:]
        return taken

    def frame(self):
        """(opcode, payload), or None at the end of the connection."""
        head = self._take(2)
        if head is None:
            return None
        length = head[1] & 0x7F
        if length >= 126:
            length = int.from_bytes(self._take(2 if length == 126 else 8), "big")
        return head[0] & 0x0F, self._take(length)

    def message(self):
        """The next message, pings passed over. A close is {"close": code, "reason": text}, the end of the connection None."""
        while (frame := self.frame()) is not None:
            opcode, payload = frame
            if opcode == 1:
                return json.loads(payload)
            if opcode == 8:
                return {"close": int.from_bytes(payload[:2], "big"), "reason": payload[2:].decode()}
        return None

    def greet(self, key):
        self.send({"type": "connection_init", "payload": {"authorization": f"Bearer {key}"}})
        answer = self.message()
        assert answer == {"type": "connection_ack"}, answer
        return self

    def subscribe(self, number, query):
        self.send({"id": number, "type": "subscribe", "payload": {"query": query}})

    def close(self):
        self.socket.close()
