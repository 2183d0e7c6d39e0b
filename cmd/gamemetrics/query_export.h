#pragma once
// Answers as files: `gamemetrics query --format csv|ndjson|parquet [--file FILE]`.

#include <string>

#include "cmd/gamemetrics/api_client.h"

namespace gm::gamemetrics {

// True for the formats that are written as they come.
bool is_file_format(const std::string& format);

struct FileRequest {
  std::string method, path, body;
  std::string file;  // empty: stdout
};
// Writes the answer; tells on stderr how far it is. A file appears under its name when it is whole and not before.
// Answers the exit code.
int export_answer(const ServerOptions& server, const FileRequest& request);

}  // namespace gm::gamemetrics
