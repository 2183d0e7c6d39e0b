extends RefCounted
# Events as JSON text, and their ids.

const Platform = preload("platform.gd")
const NAME_BYTES_MAX = 200
const DEPTH_MAX = 32
# The server takes a body that shrinks more than a hundredfold for an attack.
const GZIP_RATIO_MAX = 50


# RFC 9562: 48 bits of time, then random.
static func uuid7(now_ms: int) -> String:
	var raw = Crypto.new().generate_random_bytes(10)
	raw[0] = 0x70 | (raw[0] & 0x0f)
	raw[2] = 0x80 | (raw[2] & 0x3f)
	var tail = raw.hex_encode()
	var time = "%012x" % now_ms
	return "%s-%s-%s-%s-%s" % [time.substr(0, 8), time.substr(8, 4), tail.substr(0, 4), tail.substr(4, 4), tail.substr(8, 12)]


static func byte_count(text: String) -> int:
	return Platform.utf8(text).size()


static func name_problem(name: String) -> String:
	if name == "":
		return "event_name_missing"
	return "event_name_too_long" if byte_count(name) > NAME_BYTES_MAX else ""


# The engine's own writer leaves control characters as they are, which is no JSON and would lose the whole request.
static func quoted(text: String) -> String:
	text = text.replace("\\", "\\\\").replace("\"", "\\\"")
	for code in range(1, 32):
		var letter = char(code)
		if text.find(letter) >= 0:
			text = text.replace(letter, "\\u%04x" % code)
	return "\"" + text + "\""


# "" for what is no JSON. Numbers that JSON does not have become null.
static func to_json_text(value, depth = 0) -> String:
	if depth > DEPTH_MAX:
		return ""
	if value == null:
		return "null"
	if value is bool:
		return "true" if value else "false"
	if value is int:
		return str(value)
	if value is float:
		return "null" if is_nan(value) or is_inf(value) else str(value)
	if value is Dictionary:
		return _object(value, depth)
	if value is Array:
		return _list(value, depth)
	if value is Object:
		return ""
	return quoted(str(value))


static func _object(members: Dictionary, depth: int) -> String:
	var text = ""
	for name in members:
		var member = to_json_text(members[name], depth + 1)
		if member == "":
			return ""
		text += ("," if text != "" else "") + quoted(str(name)) + ":" + member
	return "{" + text + "}"


static func _list(items: Array, depth: int) -> String:
	var text = ""
	for item in items:
		var one = to_json_text(item, depth + 1)
		if one == "":
			return ""
		text += ("," if text != "" else "") + one
	return "[" + text + "]"


static func record(id: String, name: String, json: String) -> Dictionary:
	return {"id": id, "name": name, "json": json, "bytes": byte_count(json)}


# A line that an earlier run saved; null when the file was damaged.
static func read_record(line: String):
	var event = Platform.parse_json(line)
	if not event is Dictionary or not event.has("event_id") or not event.has("event"):
		return null
	return record(str(event["event_id"]), str(event["event"]), line)


# {"body", "gzip"}
static func pack(records: Array, sent_ms: int, gzip_bytes_min: int) -> Dictionary:
	var texts = ""
	for one in records:
		texts += ("," if texts != "" else "") + one["json"]
	var body = Platform.utf8("{\"sent_at\":\"" + Platform.iso_time(sent_ms) + "\",\"events\":[" + texts + "]}")
	if body.size() < gzip_bytes_min:
		return {"body": body, "gzip": false}
	var small = Platform.gzip(body)
	if small.size() == 0 or small.size() * GZIP_RATIO_MAX < body.size():
		return {"body": body, "gzip": false}
	return {"body": small, "gzip": true}
