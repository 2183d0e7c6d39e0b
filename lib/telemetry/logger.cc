#include "lib/telemetry/logger.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <cmath>
#include <mutex>

#include "lib/base/time.h"
#include "lib/base/utf8.h"

namespace gm::telemetry {
namespace {

constexpr std::string_view kLevelNames[] = {"debug", "info", "warn", "error"};

// A JSON string with its quotes. Control characters, DEL and bytes that are no UTF-8 never reach the output as they
// are.
void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    const size_t length = utf8_sequence_length(text.substr(i));
    if (length == 0) {
      out += "\\ufffd";
    } else if (length > 1) {
      out.append(text.substr(i, length));
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<uint8_t>(c) < 0x20 || c == 0x7F) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(static_cast<uint8_t>(c)));
    } else {
      out += c;
    }
    i += length == 0 ? 1 : length;
  }
  out += '"';
}

void append_value(std::string& out, const Field& field) {
  std::visit(
      [&](const auto& value) {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, std::string_view>) {
          append_quoted(out, value);
        } else if constexpr (std::is_same_v<T, double>) {
          if (std::isfinite(value)) {
            fmt::format_to(std::back_inserter(out), "{}", value);
          } else {
            out += "null";
          }
        } else {
          fmt::format_to(std::back_inserter(out), "{}", value);
        }
      },
      field.value);
}

struct Line {
  int64_t now_ms;
  Level level;
  std::string_view component;
  std::string_view message;
  std::string_view trace_id;
  std::initializer_list<Field> fields;
};

std::string json_line(const Line& line) {
  std::string out = fmt::format(R"({{"ts":"{}","level":"{}","component":)", format_iso8601(line.now_ms),
                                kLevelNames[static_cast<size_t>(line.level)]);
  append_quoted(out, line.component);
  out += ",\"message\":";
  append_quoted(out, line.message);
  if (!line.trace_id.empty()) {
    out += ",\"trace_id\":";
    append_quoted(out, line.trace_id);
  }
  for (const Field& field : line.fields) {
    out += ',';
    append_quoted(out, field.key);
    out += ':';
    append_value(out, field);
  }
  out += '}';
  return out;
}

std::string text_line(const Line& line) {
  std::string message;
  append_quoted(message, line.message);
  std::string out =
      fmt::format("{} {:<5} {}: {}", format_iso8601(line.now_ms), kLevelNames[static_cast<size_t>(line.level)],
                  line.component, std::string_view(message).substr(1, message.size() - 2));
  if (!line.trace_id.empty()) {
    out += " trace_id=";
    append_quoted(out, line.trace_id);
  }
  for (const Field& field : line.fields) {
    out += ' ';
    out += field.key;
    out += '=';
    append_value(out, field);
  }
  return out;
}

class FunctionSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FunctionSink(std::function<void(std::string_view)> write) : write_(std::move(write)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    write_(std::string_view(message.payload.data(), message.payload.size()));
  }
  void flush_() override {}

  std::function<void(std::string_view)> write_;
};

}  // namespace

std::optional<Level> parse_level(std::string_view text) {
  for (size_t i = 0; i < std::size(kLevelNames); ++i) {
    if (text == kLevelNames[i]) return static_cast<Level>(i);
  }
  return std::nullopt;
}

std::optional<LogFormat> parse_log_format(std::string_view text) {
  if (text == "json") return LogFormat::json;
  if (text == "text") return LogFormat::text;
  return std::nullopt;
}

// spdlog owns locking and output; the lines are finished before it sees them.
struct Logger::Sink {
  Sink(Level wanted, LogFormat chosen, const Clock& time, spdlog::sink_ptr sink)
      : format(chosen), clock(time), level(wanted), output("gamemetrics", std::move(sink)) {
    output.set_pattern("%v");
    output.set_level(spdlog::level::trace);
    output.flush_on(spdlog::level::trace);
  }

  const LogFormat format;
  const Clock& clock;
  std::atomic<Level> level;
  spdlog::logger output;
};

Logger Logger::to_stderr(Level level, LogFormat format, const Clock& clock) {
  Logger logger;
  logger.sink_ = std::make_shared<Sink>(level, format, clock, std::make_shared<spdlog::sinks::stderr_sink_mt>());
  return logger;
}

Logger Logger::to_function(Level level, LogFormat format, const Clock& clock,
                           std::function<void(std::string_view)> write) {
  Logger logger;
  logger.sink_ = std::make_shared<Sink>(level, format, clock, std::make_shared<FunctionSink>(std::move(write)));
  return logger;
}

Logger Logger::component(std::string_view name) const {
  Logger copy = *this;
  copy.component_ = name;
  return copy;
}

bool Logger::enabled(Level level) const { return sink_ && level >= sink_->level.load(std::memory_order_relaxed); }

void Logger::set_level(Level level) const {
  if (sink_) sink_->level.store(level, std::memory_order_relaxed);
}

void Logger::log(Level level, std::string_view message, std::initializer_list<Field> fields,
                 std::string_view trace_id) const {
  if (!enabled(level)) return;
  const Line line{sink_->clock.now_ms(), level, component_, message, trace_id, fields};
  const std::string text = sink_->format == LogFormat::json ? json_line(line) : text_line(line);
  sink_->output.log(spdlog::level::info, spdlog::string_view_t(text.data(), text.size()));
}

}  // namespace gm::telemetry
