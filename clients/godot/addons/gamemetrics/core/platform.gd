extends RefCounted
# All that differs between engine versions, in one place: clocks, bytes and files.


static func now_ms() -> int:
	return int(Time.get_unix_time_from_system() * 1000.0)


static func steady_ms() -> int:
	return Time.get_ticks_msec()


static func iso_time(ms: int) -> String:
	var text := Time.get_datetime_string_from_unix_time(ms / 1000)
	return "%s.%03dZ" % [text, ms % 1000]


static func utf8(text: String) -> PackedByteArray:
	return text.to_utf8_buffer()


static func gzip(body: PackedByteArray) -> PackedByteArray:
	return body.compress(FileAccess.COMPRESSION_GZIP)


static func parse_json(text: String) -> Variant:
	var json := JSON.new()
	return json.data if json.parse(text) == OK else null


static func read_file(path: String) -> String:
	var file := FileAccess.open(path, FileAccess.READ)
	return file.get_as_text() if file != null else ""


# A disk that refuses is no reason to stop a game.
static func write_file(path: String, text: String) -> void:
	if text == "":
		DirAccess.remove_absolute(path)
		return
	DirAccess.make_dir_recursive_absolute(path.get_base_dir())
	var file := FileAccess.open(path + ".new", FileAccess.WRITE)
	if file == null:
		return
	file.store_string(text)
	file.close()
	DirAccess.rename_absolute(path + ".new", path)
