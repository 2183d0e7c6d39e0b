// Plays the cases of clients/spec/cases.json: one case a line on standard input, what happened a line on standard
// output.
#include <filesystem>
#include <functional>
#include <iostream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "gamemetrics/curl_transport.h"
#include "gamemetrics/file_storage.h"
#include "gamemetrics/gamemetrics.h"

namespace {

using gamemetrics::Client;
using gamemetrics::Event;
using gamemetrics::Properties;
using gamemetrics::Value;
using Json = nlohmann::json;

Properties properties_of(const Json& object);

Value value_of(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return json.get<int64_t>();
  if (json.is_number()) return json.get<double>();
  if (json.is_object()) return properties_of(json);
  if (json.is_null()) return nullptr;
  std::vector<Value> values;
  for (const Json& one : json) values.push_back(value_of(one));
  return values;
}

Properties properties_of(const Json& object) {
  Properties properties;
  for (const auto& [name, value] : object.items()) properties.add(name, value_of(value));
  return properties;
}

void sleep_ms(int64_t ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

std::string text_of(const Json& json, const char* name) { return json.value(name, std::string()); }

gamemetrics::Context context_of(const Json& json) {
  return {text_of(json, "country"), text_of(json, "platform"), text_of(json, "device"), text_of(json, "build")};
}

class Play {
 public:
  explicit Play(Json order) : order_(std::move(order)) { make(Json::object()); }
  Json run() {
    for (const Json& step : order_["steps"]) play(step);
    sleep_ms(20);  // callbacks of the last answer may still run on the client's thread
    const gamemetrics::Stats stats = client_->stats();
    const std::lock_guard<std::mutex> lock(mutex_);
    return {{"stats",
             {{"tracked", stats.tracked},
              {"restored", stats.restored},
              {"delivered", stats.delivered},
              {"warned", stats.warned},
              {"rejected", stats.rejected},
              {"dropped", stats.dropped},
              {"requests", stats.requests},
              {"failures", stats.failures},
              {"queued", stats.queued}}},
            {"errors", errors_},
            {"drops", drops_},
            {"returns", returns_},
            {"track_ms", track_ms_}};
  }
  void end() { client_->shutdown(0); }

 private:
  void make(const Json& changes) {
    Json values = order_["options"];
    values.update(changes);
    gamemetrics::Options options;
    const std::map<std::string, int64_t*> numbers = {{"flush_events", &options.flush_events},
                                                     {"flush_interval_ms", &options.flush_interval_ms},
                                                     {"flush_bytes", &options.flush_bytes},
                                                     {"batch_events_max", &options.batch_events_max},
                                                     {"batch_bytes_max", &options.batch_bytes_max},
                                                     {"queue_events_max", &options.queue_events_max},
                                                     {"queue_bytes_max", &options.queue_bytes_max},
                                                     {"event_bytes_max", &options.event_bytes_max},
                                                     {"retry_base_ms", &options.retry_base_ms},
                                                     {"retry_max_ms", &options.retry_max_ms},
                                                     {"retry_after_max_ms", &options.retry_after_max_ms},
                                                     {"request_timeout_ms", &options.request_timeout_ms},
                                                     {"shutdown_timeout_ms", &options.shutdown_timeout_ms}};
    for (const auto& [name, to] : numbers) *to = values.value(name, *to);
    options.player_id = text_of(values, "player_id");
    options.auto_session = values.value("auto_session", false);
    options.opted_out = values.value("opted_out", false);
    options.context = context_of(values);
    options.gzip = gamemetrics::zlib_gzip;
    const std::string folder = text_of(order_, "storage_dir");
    if (!folder.empty()) {
      std::filesystem::create_directories(folder);
      options.storage = gamemetrics::file_storage(folder);
    }
    options.clock_ms = [this] {
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      return std::chrono::duration_cast<std::chrono::milliseconds>(now).count() + shift_ms_;
    };
    options.on_error = [this](const gamemetrics::Failure& failure) {
      const std::lock_guard<std::mutex> lock(mutex_);
      errors_.push_back({failure.status, failure.code, failure.will_retry});
    };
    options.on_drop = [this](const gamemetrics::Dropped& drop) {
      const std::lock_guard<std::mutex> lock(mutex_);
      drops_.push_back(
          {{"event", drop.event}, {"event_id", drop.event_id}, {"reason", drop.reason}, {"by_server", drop.by_server}});
    };
    client_ = std::make_unique<Client>(order_["host"], order_["key"], gamemetrics::curl_transport(), options);
  }

  void several(const Json& step, Event event) {
    for (int i = 0; i < step.value("times", 1); ++i) {
      if (step.value("numbered_players", false)) event.player_id = "p-" + std::to_string(i);
      client_->track(event);
      sleep_ms(step.value("pause_ms", 0));
    }
  }

  void track(const Json& step) {
    Event event;
    event.name = step["event"];
    event.properties = properties_of(step.value("properties", Json::object()));
    if (step.contains("not_a_number"))
      event.properties.add(step["not_a_number"].get<std::string>(), std::numeric_limits<double>::quiet_NaN());
    if (step.contains("fill")) event.properties.add("fill", std::string(step["fill"].get<size_t>(), 'x'));
    event.player_id = text_of(step, "player_id");
    event.session_id = text_of(step, "session_id");
    event.time_ms = step.value("time_ms", int64_t{0});
    event.context = context_of(step);
    const auto started = std::chrono::steady_clock::now();
    std::vector<std::thread> threads;
    for (int i = 0; i < step.value("threads", 1); ++i) threads.emplace_back([&] { several(step, event); });
    for (std::thread& thread : threads) thread.join();
    track_ms_ += std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count();
  }

  void call(const std::string& name, const Json& given) {
    Client& c = *client_;
    const auto text = [&](size_t i) { return i < given.size() ? given[i].get<std::string>() : std::string(); };
    const auto number = [&](size_t i) { return given[i].get<int>(); };
    const std::map<std::string, std::function<void()>> calls = {
        {"tutorial_step", [&] { c.tutorial_step(number(0)); }},
        {"tutorial_complete", [&] { c.tutorial_complete(); }},
        {"level_start", [&] { c.level_start(number(0), text(1), number(2)); }},
        {"level_complete", [&] { c.level_complete(number(0), text(1), number(2)); }},
        {"level_fail", [&] { c.level_fail(number(0), text(1), number(2)); }},
        {"economy_source", [&] { c.economy_source(text(0), number(1), text(2)); }},
        {"economy_sink", [&] { c.economy_sink(text(0), number(1), text(2)); }},
        {"store_open", [&] { c.store_open(); }},
        {"purchase", [&] { c.purchase(text(0), text(1), text(2)); }},
        {"ad_impression", [&] { c.ad_impression(text(0), text(1), text(2), text(3)); }},
        {"error", [&] { c.error(text(0)); }},
        {"crash", [&] { c.crash(text(0)); }},
        {"revenue", [&] { c.revenue(text(0), text(1), text(2), properties_of(given[3])); }},
        {"set_player", [&] { c.set_player(text(0)); }},
        {"set_level", [&] { c.set_level(number(0)); }},
        {"set_key", [&] { c.set_key(text(0)); }},
        {"session_start", [&] { c.session_start(); }},
        {"session_end", [&] { c.session_end(); }},
        {"opt_out", [&] { c.opt_out(); }},
        {"opt_in", [&] { c.opt_in(); }}};
    calls.at(name)();
  }

  void wait_until(const Json& step) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    const auto stat = [&] {
      return step["stat"] == "delivered" ? client_->stats().delivered : client_->stats().failures;
    };
    while (stat() < step["is"].get<int64_t>() && std::chrono::steady_clock::now() < deadline) sleep_ms(2);
  }

  void play(const Json& step) {
    const std::string what = step["do"];
    if (what == "track") {
      track(step);
    } else if (what == "call") {
      call(step["name"], step.value("arguments", Json::array()));
    } else if (what == "flush") {
      returns_.push_back(client_->flush(step.value("timeout_ms", 4000)));
    } else if (what == "shutdown") {
      returns_.push_back(client_->shutdown(step.value("timeout_ms", 2000)));
    } else if (what == "new_client") {
      make(step.value("options", Json::object()));
    } else if (what == "wait") {
      sleep_ms(step["ms"]);
    } else if (what == "wait_until") {
      wait_until(step);
    } else if (what == "advance_clock") {
      shift_ms_ += step["ms"].get<int64_t>();
    } else {
      throw std::runtime_error("unknown step " + what);
    }
  }

  Json order_;
  std::mutex mutex_;
  std::atomic<int64_t> shift_ms_{0};
  Json errors_ = Json::array(), drops_ = Json::array(), returns_ = Json::array();
  double track_ms_ = 0;
  std::unique_ptr<Client> client_;
};

}  // namespace

int main() {
  curl_global_init(CURL_GLOBAL_ALL);
  std::string line;
  std::unique_ptr<Play> play;
  while (std::getline(std::cin, line)) {
    if (play) play->end();  // not earlier: what it sends then is no part of its case
    play = std::make_unique<Play>(Json::parse(line));
    std::cout << play->run().dump() << std::endl;
  }
  if (play) play->end();
}
