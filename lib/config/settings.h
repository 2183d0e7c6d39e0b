#pragma once
// Settings: each declared once (name, type, default, bounds, prose), which makes validation, --help and
// docs/reference/configuration.md. Order of precedence: default < file < environment (GAMEMETRICS_SECTION_KEY) <
// command line (--section.key=value).

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace gm::config {

enum class SettingType : uint8_t { text, integer, boolean, bytes, duration, path };

struct SettingDeclaration {
  std::string_view name;  // "ingest.body_bytes_max"
  SettingType type;
  std::string_view default_value;  // as one would write it in the file
  int64_t min;                     // integer, bytes, duration (ms) only
  int64_t max;
  bool secret;             // masked by `config show`; has a "_file" twin
  std::string_view prose;  // one or two sentences
  std::string_view example;
};

// Sorted by name.
const std::vector<SettingDeclaration>& declarations();

// "ingest.body_bytes_max" -> "GAMEMETRICS_INGEST_BODY_BYTES_MAX".
std::string environment_name(std::string_view setting);

class Settings {
 public:
  static Settings defaults();

  // Errors: gm-config-malformed, gm-config-unknown-key (with line and suggestion), gm-config-invalid-value. All of a
  // source's problems are in the message, one a line.
  Status load_yaml(std::string_view text, std::string_view file_name);
  Status load_environment(const std::map<std::string, std::string>& environment);
  Status set(std::string_view name, std::string_view value, std::string_view origin);

  // Precondition: `name` is declared with that type.
  std::string text(std::string_view name) const;  // text and path
  int64_t integer(std::string_view name) const;
  bool boolean(std::string_view name) const;
  int64_t bytes(std::string_view name) const;
  int64_t duration_ms(std::string_view name) const;

  struct Entry {
    std::string value;   // as written
    std::string origin;  // "default", "gamemetrics.yaml:12", "environment GAMEMETRICS_…", "--…"
  };
  const std::map<std::string, Entry, std::less<>>& entries() const { return entries_; }

 private:
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace gm::config
