#include "test/golden/golden_case.h"

#include <fmt/format.h>

#include <cmath>
#include <sstream>
#include <stdexcept>

#include "lib/base/time.h"

namespace gm::golden {
namespace {

constexpr int64_t kDefaultTravelMs = 1000;
constexpr double kMicros = 1e6;

[[noreturn]] void fail(int line, const std::string& what) {
  throw std::runtime_error(fmt::format("line {}: {}", line, what));
}

int64_t moment(int line, const std::string& text) {
  const auto parsed = parse_iso8601_ms(text);
  if (!parsed) fail(line, "not a time: " + text);
  return *parsed;
}

CaseEvent parse_event(int line, std::istringstream& words) {
  CaseEvent event;
  event.line = line;
  event.name = "tick";
  std::string word;
  while (words >> word) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos) fail(line, "not name=value: " + word);
    const std::string name = word.substr(0, equals);
    const std::string value = word.substr(equals + 1);
    if (name == "time") {
      event.time_ms = moment(line, value);
      if (event.received_ms == 0) event.received_ms = event.time_ms + kDefaultTravelMs;
    } else if (name == "received") {
      event.received_ms = moment(line, value);
    } else if (name == "player") {
      event.player = value;
    } else if (name == "name") {
      event.name = value;
    } else if (name == "id") {
      event.id = value;
    } else if (name == "session") {
      event.session = value;
    } else if (name == "revenue") {
      event.revenue_micros = std::llround(std::stod(value) * kMicros);
      event.has_revenue = true;
    } else if (name == "currency") {
      event.currency = value;
    } else if (name == "country") {
      event.country = value;
    } else if (name == "platform") {
      event.platform = value;
    } else if (name == "build") {
      event.build = value;
    } else if (name == "props") {
      event.properties = value;
    } else {
      fail(line, "an event has no " + name);
    }
  }
  if (event.time_ms == 0 || event.player.empty()) fail(line, "an event needs time= and player=");
  return event;
}

// undo e1
CaseEvent parse_undo(int line, std::istringstream& words) {
  CaseEvent undo;
  undo.line = line;
  undo.is_undo = true;
  if (!(words >> undo.id)) fail(line, "no id of the event that made the link");
  return undo;
}

// behind {"date":"2026-11-01"} a b c
CaseCell parse_cell(int line, std::istringstream& words) {
  CaseCell cell{line, {}, {}};
  if (!(words >> cell.cell)) fail(line, "no cell");
  std::string player;
  while (words >> player) cell.players.push_back(player);
  return cell;
}

std::string rest_of(std::istringstream& words) {
  std::string rest;
  std::getline(words >> std::ws, rest);
  return rest;
}

}  // namespace

Case parse_case(std::string_view text) {
  Case result;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::istringstream words(line);
    std::string verb;
    if (!(words >> verb) || verb.starts_with('#')) continue;
    if (verb == "zone") {
      result.zone = rest_of(words);
    } else if (verb == "currency") {
      result.currency = rest_of(words);
    } else if (verb == "rate") {
      CaseRate rate;
      if (!(words >> rate.date >> rate.currency >> rate.rate)) fail(number, "not a date, a currency and a rate");
      result.rates.push_back(rate);
    } else if (verb == "now") {
      result.now_ms = moment(number, rest_of(words));
    } else if (verb == "event") {
      result.events.push_back(parse_event(number, words));
    } else if (verb == "undo") {
      result.events.push_back(parse_undo(number, words));
    } else if (verb == "stored") {
      CaseEvent stored;
      stored.is_stored = true;
      result.events.push_back(std::move(stored));
    } else if (verb == "get") {
      result.requests.push_back({number, rest_of(words), {}, {}, {}, {}, {}});
    } else if (verb == "ask") {
      CaseRequest request;
      request.line = number;
      words >> request.kind;
      request.body = rest_of(words);
      result.requests.push_back(request);
    } else if (verb == "sql") {
      result.requests.push_back({number, {}, "sql", rest_of(words), {}, {}, {}});
    } else if (result.requests.empty()) {
      fail(number, "before the first get there is no " + verb);
    } else if (verb == "behind") {
      result.requests.back().cells.push_back(parse_cell(number, words));
    } else if (verb == "expect") {
      result.requests.back().expected.push_back(rest_of(words));
    } else if (verb == "values") {
      while (words >> verb) result.requests.back().values.push_back(verb);
    } else {
      fail(number, "no such line: " + verb);
    }
  }
  if (result.now_ms == 0) fail(0, "the case says no now");
  if (result.requests.empty()) fail(0, "the case asks nothing");
  for (const CaseRequest& request : result.requests) {
    if (request.expected.empty() && request.values.empty() && request.cells.empty())
      fail(request.line, "nothing is expected of this answer");
  }
  return result;
}

}  // namespace gm::golden
