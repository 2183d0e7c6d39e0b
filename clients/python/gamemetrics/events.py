"""Events as JSON text, and their ids."""
from __future__ import annotations

import datetime
import json
import math
import os
from decimal import Decimal
from typing import Any, NamedTuple, Optional

NAME_BYTES_MAX = 200


class Record(NamedTuple):
    """One event as it will be sent, however often that takes."""
    id: str
    name: str
    json: bytes


def uuid7(now_ms: int) -> str:
    """RFC 9562: 48 bits of time, then random."""
    raw = bytearray(max(0, now_ms).to_bytes(8, "big")[2:] + os.urandom(10))
    raw[6] = 0x70 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def iso_time(ms: int) -> str:
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=ms)
    return moment.isoformat(timespec="milliseconds") + "Z"


def amount_text(amount: Any) -> str:
    """Money as a plain decimal: never 1e-05."""
    return format(Decimal(str(amount)), "f")


def name_problem(name: Any) -> str:
    if not isinstance(name, str) or not name:
        return "event_name_missing"
    return "event_name_too_long" if len(name.encode("utf-8", "replace")) > NAME_BYTES_MAX else ""


def to_json(value: Any) -> bytes:
    """Compact JSON; numbers that JSON does not have become null. Raises ValueError, TypeError or RecursionError."""
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")
    except ValueError:
        return json.dumps(_finite(value), allow_nan=False, separators=(",", ":")).encode("ascii")


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


def read_record(line: str) -> Optional[Record]:
    """A line that an earlier run saved; None when the file was damaged."""
    try:
        event = json.loads(line)
        return Record(str(event["event_id"]), str(event["event"]), line.encode("utf-8"))
    except (ValueError, TypeError, KeyError):
        return None
