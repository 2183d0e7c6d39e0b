#pragma once
// Log lines: one JSON object (or one line of text) each, written to stderr. Values are escaped, so that nothing a
// client sends can forge a line, a field or a terminal sequence.

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "lib/base/clock.h"

namespace gm::telemetry {

enum class Level : uint8_t { debug, info, warn, error };
enum class LogFormat : uint8_t { json, text };
// As written in the settings; nullopt when unknown.
std::optional<Level> parse_level(std::string_view text);
std::optional<LogFormat> parse_log_format(std::string_view text);

// An extra key/value of a line. The views need to live only for the call.
struct Field {
  std::string_view key;
  std::variant<std::string_view, int64_t, uint64_t, double, bool> value;

  template <typename T>
  Field(std::string_view name, const T& given) : key(name) {
    if constexpr (std::is_same_v<T, bool>) {
      value = given;
    } else if constexpr (std::is_floating_point_v<T>) {
      value = static_cast<double>(given);
    } else if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
      value = static_cast<int64_t>(given);
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<uint64_t>(given);
    } else {
      value = std::string_view(given);
    }
  }
};

// A cheap handle; copies share the sink and the level. Safe to use from several threads. A default-constructed one
// discards.
class Logger {
 public:
  Logger() = default;
  // `clock` outlives every copy.
  static Logger to_stderr(Level level, LogFormat format, const Clock& clock);
  // For tests and for `demo`: each finished line, without its line break.
  static Logger to_function(Level level, LogFormat format, const Clock& clock,
                            std::function<void(std::string_view)> write);

  // The same sink under another component name, e.g. "http"; the name must be a literal.
  Logger component(std::string_view name) const;

  bool enabled(Level level) const;
  // For all copies, at once (reload).
  void set_level(Level level) const;

  void log(Level level, std::string_view message, std::initializer_list<Field> fields = {},
           std::string_view trace_id = {}) const;
  void debug(std::string_view message, std::initializer_list<Field> fields = {}) const {
    log(Level::debug, message, fields);
  }
  void info(std::string_view message, std::initializer_list<Field> fields = {}) const {
    log(Level::info, message, fields);
  }
  void warn(std::string_view message, std::initializer_list<Field> fields = {}) const {
    log(Level::warn, message, fields);
  }
  void error(std::string_view message, std::initializer_list<Field> fields = {}) const {
    log(Level::error, message, fields);
  }

 private:
  struct Sink;
  std::shared_ptr<Sink> sink_;
  std::string_view component_ = "main";
};

}  // namespace gm::telemetry
