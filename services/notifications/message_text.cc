#include "services/notifications/message_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace gm::notifications {
namespace {

using Json = nlohmann::json;
struct Escape {
  char from;
  std::string_view to;
};

// Slack: only these three mean something outside of markup (api.slack.com, "Escaping text").
constexpr Escape kSlack[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}};
constexpr Escape kHtml[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

template <size_t N>
std::string escaped(std::string_view text, const Escape (&table)[N]) {
  std::string out;
  for (const char c : text) {
    std::string_view as(&c, 1);
    for (const Escape& one : table) {
      if (one.from == c) as = one.to;
    }
    out += as;
  }
  return out;
}

// Names come from whoever made the rule: a line stays a line.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  }
  return text;
}

std::string text_in(const Json& json, const char* name) {
  if (!json.is_object()) return {};
  const auto found = json.find(name);
  if (found == json.end() || found->is_null()) return {};
  return one_line(found->is_string() ? found->get<std::string>() : found->dump());
}

Json part_in(const Json& json, const char* name) {
  return json.is_object() && json.contains(name) ? json[name] : Json();
}

std::optional<double> number_in(const Json& json, const char* name) {
  if (!json.is_object()) return std::nullopt;
  const auto found = json.find(name);
  return found != json.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
}

Chart chart_in(const Json& data) {
  Chart chart;
  const Json recent = part_in(data, "recent"), expected = part_in(data, "expected");
  if (!recent.is_array()) return chart;
  for (const Json& one : recent) chart.values.push_back(number_in(one, "value"));
  chart.low = number_in(expected, "low");
  chart.high = number_in(expected, "high");
  return chart;
}

}  // namespace

MessageText text_of(const std::string& body) {
  MessageText text;
  const Json json = Json::parse(body, nullptr, false);
  const Json data = part_in(json, "data");
  const std::string type = text_in(json, "type"), rule = text_in(part_in(data, "rule"), "name");
  const std::string_view state = type == "alert.fired" ? "Firing" : type == "alert.resolved" ? "Resolved" : "Test";
  text.title = rule.empty() ? fmt::format("{} of GameMetrics", state) : fmt::format("{}: {}", state, rule);
  text.summary = text_in(data, "summary");
  for (const char* name : {"metric", "signal", "window", "period", "value"}) {
    if (std::string value = text_in(data, name); !value.empty()) text.facts.emplace_back(name, std::move(value));
  }
  if (std::string id = text_in(part_in(data, "alert"), "id"); !id.empty()) text.facts.emplace_back("alert", id);
  text.facts.emplace_back("at", text_in(json, "timestamp"));
  text.chart = chart_in(data);
  return text;
}

std::string slack_body(const MessageText& text) {
  const std::string title = escaped(text.title, kSlack), summary = escaped(text.summary, kSlack);
  std::string facts;
  for (const auto& [name, value] : text.facts)
    facts += fmt::format("{}{}: {}", facts.empty() ? "" : " · ", name, escaped(value, kSlack));
  // `text` is what a notification shows; blocks are what the channel does. Plain text has no markup to break out of.
  const auto plain = [](const std::string& words) { return Json{{"type", "plain_text"}, {"text", words}}; };
  const Json json = {
      {"text", title + ": " + summary},
      {"blocks", Json::array({{{"type", "header"}, {"text", plain(text.title.substr(0, 150))}},
                              {{"type", "section"}, {"text", plain(text.summary.empty() ? "-" : text.summary)}},
                              {{"type", "context"}, {"elements", Json::array({plain(facts)})}}})}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string plain_text(const MessageText& text) {
  std::string out = text.summary + "\r\n\r\n";
  for (const auto& [name, value] : text.facts) out += fmt::format("{}: {}\r\n", name, value);
  return out;
}

std::string html_text(const MessageText& text, std::string_view picture) {
  std::string out =
      fmt::format("<!doctype html><html><body style=\"font-family:sans-serif;color:#1e293b\"><h2>{}</h2><p>{}</p>",
                  escaped(text.title, kHtml), escaped(text.summary, kHtml));
  if (!picture.empty()) {
    out += fmt::format("<img src=\"cid:{}\" width=\"{}\" height=\"{}\" alt=\"{}\">", picture, kChartWidth, kChartHeight,
                       escaped(text.summary, kHtml));
  }
  out += "<table>";
  for (const auto& [name, value] : text.facts)
    out += fmt::format("<tr><td>{}</td><td>{}</td></tr>", escaped(name, kHtml), escaped(value, kHtml));
  return out + "</table></body></html>\r\n";
}

}  // namespace gm::notifications
