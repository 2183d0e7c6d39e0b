// Client of GameMetrics Pro, headers only, C++17, no dependencies; what it does is written in docs/sdk-spec.md of the
// server's repository. The game gives the way to send (gamemetrics/curl_transport.h is one) and may give gzip and a
// place to keep three small texts. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gamemetrics/outbox.h"

namespace gamemetrics {

// An event with everything that it may name itself.
struct Event {
  std::string name;
  Properties properties;
  std::string amount, currency;  // revenue: a decimal in major units ("4.99"); "" = none
  std::string player_id;         // another player than the client's; such an event belongs to no session of the client
  std::string session_id;
  int64_t time_ms = 0;  // 0 = now
  Context context;
};

// Made once, used from any thread. No call but flush and shutdown waits for anything, and none throws for what the
// network does.
class Client {
 public:
  Client(const std::string& host, std::string write_key, Transport transport, Options options = {})
      : options_(with_clock(std::move(options))),
        url_(url_of(host)),
        key_(std::move(write_key)),
        transport_(std::move(transport)) {
    const std::string stored = load("opted_out");
    opted_out_ = stored.empty() ? options_.opted_out : stored == "yes";
    player_ = options_.player_id.empty() ? anonymous() : options_.player_id;
    restore();
    thread_ = std::thread([this] { run(); });
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { shutdown(); }

  // Queues one event and returns its id ("" when opted out).
  std::string track(std::string name, Properties properties = {}) {
    Event event;
    event.name = std::move(name);
    event.properties = std::move(properties);
    return track(event);
  }
  std::string track(const Event& event) {
    std::string id;
    change([&] {
      if (opted_out_) return;
      const int64_t now = options_.clock_ms();
      if (event.player_id.empty() && event.name != "session_start" && event.name != "session_end") touch(now);
      id = put(event, event.time_ms == 0 ? now : event.time_ms);
    });
    return id;
  }
  std::string revenue(std::string name, std::string amount, std::string currency, Properties properties = {}) {
    Event event;
    event.name = std::move(name);
    event.properties = std::move(properties);
    event.amount = std::move(amount);
    event.currency = std::move(currency);
    return track(event);
  }

  // The game model, by the names and properties that the server's own reports use. The level is remembered: purchases,
  // errors and sessions carry the level they happened at.
  std::string tutorial_step(int step) { return track("tutorial_step", {{"step", step}}); }
  std::string tutorial_complete() { return track("tutorial_complete"); }
  std::string level_start(int level, const std::string& difficulty = {}, int attempt = 1) {
    return progression("level_start", level, difficulty, attempt);
  }
  std::string level_complete(int level, const std::string& difficulty = {}, int attempt = 1) {
    return progression("level_complete", level, difficulty, attempt);
  }
  std::string level_fail(int level, const std::string& difficulty = {}, int attempt = 1) {
    return progression("level_fail", level, difficulty, attempt);
  }
  std::string economy_source(const std::string& currency, double amount, const std::string& reason) {
    return track("economy_source", {{"currency", currency}, {"amount", amount}, {"reason", reason}});
  }
  std::string economy_sink(const std::string& currency, double amount, const std::string& item) {
    return track("economy_sink", {{"currency", currency}, {"amount", amount}, {"item", item}});
  }
  std::string store_open() { return track("store_open"); }
  std::string purchase(const std::string& product, std::string amount, std::string currency) {
    return revenue("purchase", std::move(amount), std::move(currency), at_level({{"product", product}}));
  }
  std::string ad_impression(const std::string& placement, const std::string& format, std::string amount = {},
                            std::string currency = {}) {
    return revenue("ad_impression", std::move(amount), std::move(currency),
                   {{"placement", placement}, {"format", format}});
  }
  std::string error(const std::string& kind) { return track("error", at_level({{"kind", kind}})); }
  std::string crash(const std::string& kind) { return track("crash", at_level({{"kind", kind}})); }

  void session_start() {
    change([&] {
      if (opted_out_) return;
      end_session();
      begin_session(options_.clock_ms());
    });
  }
  void session_end() {
    change([&] { end_session(); });
  }
  // Later events are of this player; "" returns to the anonymous id. False when the id is too long.
  bool set_player(const std::string& id) {
    if (id.size() > kNameBytesMax) return false;
    change([&] { player_ = id.empty() ? anonymous() : id; });
    return true;
  }
  std::string player_id() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return player_;
  }
  void set_level(int level) {
    change([&] { level_ = level; });
  }
  // Also resumes sending after a key was refused.
  void set_key(std::string write_key) {
    change([&] {
      key_ = std::move(write_key);
      outbox_.stopped = false;
    });
  }
  // Drops what waits, forgets who it was and sends nothing more, also after a restart when there is a storage.
  void opt_out() {
    change([&] {
      opted_out_ = true;
      session_.clear();
      store("opted_out", "yes");
      store("player_id", "");
      store("unsent", "");
      outbox_.refuse("opted_out");
    });
  }
  // Starts as somebody new.
  void opt_in() {
    change([&] {
      opted_out_ = false;
      store("opted_out", "no");
      player_ = options_.player_id.empty() ? anonymous() : options_.player_id;
      outbox_.refusing.clear();
    });
  }
  Stats stats() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return outbox_.stats();
  }

  // Sends what waits now; true when nothing is left. False after the time, or when the key was refused.
  bool flush(int64_t timeout_ms = 3'000) {
    change([&] { outbox_.flush(); });
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms), [&] { return outbox_.idle() || outbox_.stopped; });
    return outbox_.idle();
  }
  // Sends what waits, within the time; the rest is saved when there is a storage, else dropped. True when all is sent.
  bool shutdown() { return shutdown(options_.shutdown_timeout_ms); }
  bool shutdown(int64_t timeout_ms);

 private:
  static constexpr size_t kNameBytesMax = 200;

  static Options with_clock(Options options) {
    using std::chrono::system_clock;
    if (!options.clock_ms) {
      options.clock_ms = [] {
        return std::chrono::duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch()).count();
      };
    }
    return options;
  }
  static std::string url_of(std::string host) {
    while (!host.empty() && host.back() == '/') host.pop_back();
    return host + "/v1/events";
  }
  static int64_t steady_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }

  // Changes with the lock held, wakes who waits, then calls the callbacks without the lock.
  template <typename What>
  void change(What what) {
    std::vector<internal::Notice> notices;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      what();
      notices.swap(outbox_.notices);
    }
    changed_.notify_all();
    for (const internal::Notice& notice : notices) tell(notice);
  }
  // A callback that throws harms nobody.
  void tell(const internal::Notice& notice) {
    try {
      if (const auto* dropped = std::get_if<Dropped>(&notice)) {
        if (options_.on_drop) options_.on_drop(*dropped);
      } else if (options_.on_error) {
        options_.on_error(std::get<Failure>(notice));
      }
    } catch (...) {
    }
  }

  std::string load(const std::string& name) const { return options_.storage.get ? options_.storage.get(name) : ""; }
  void store(const std::string& name, const std::string& value) const {
    if (options_.storage.set) options_.storage.set(name, value);
  }
  std::string anonymous() {
    std::string id = load("player_id");
    if (!id.empty()) return id;
    id = internal::uuid7(options_.clock_ms());
    if (options_.storage.set && !opted_out_) {
      is_new_ = true;
      store("player_id", id);
    }
    return id;
  }

  // True when an event of now has to open a new session.
  bool session_is_over(int64_t now) const {
    return session_.empty() ? options_.auto_session : now - last_ms_ > options_.session_gap_ms;
  }
  void touch(int64_t now) {
    if (session_is_over(now)) begin_session(now);
    last_ms_ = now;
  }
  void begin_session(int64_t now) {
    session_ = internal::uuid7(now);
    session_start_ms_ = last_ms_ = now;
    if (is_new_ && options_.auto_session) {
      is_new_ = false;
      put("first_open", with_level({}), now);
    }
    put("session_start", with_level({}), now);
  }
  void end_session() {
    if (session_.empty()) return;
    // A session that was left alone ended with its last event, not when somebody came back.
    const int64_t now = options_.clock_ms(), end = session_is_over(now) ? last_ms_ : now;
    put("session_end", with_level({{"seconds", std::max<int64_t>(0, end - session_start_ms_) / 1000}}), end);
    session_.clear();
  }

  Properties with_level(Properties properties) const {
    if (level_) properties.add("level", *level_);
    return properties;
  }
  Properties at_level(Properties properties) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return with_level(std::move(properties));
  }
  std::string progression(const char* name, int level, const std::string& difficulty, int attempt) {
    set_level(level);
    Properties properties{{"level", level}, {"attempt", attempt}};
    if (!difficulty.empty()) properties.add("difficulty", difficulty);
    return track(name, std::move(properties));
  }

  std::string put(const char* name, Properties properties, int64_t time_ms) {
    Event event;
    event.name = name;
    event.properties = std::move(properties);
    return put(event, time_ms);
  }
  std::string put(const Event& event, int64_t time_ms) {
    internal::Record record{internal::uuid7(options_.clock_ms()), event.name, {}};
    const std::string id = record.id;
    ++outbox_.counts.tracked;
    if (event.name.empty()) {
      outbox_.drop(record, "event_name_missing");
    } else if (event.name.size() > kNameBytesMax) {
      outbox_.drop(record, "event_name_too_long");
    } else if (over_) {
      outbox_.drop(record, "shut_down");
    } else {
      record.json = json_of(event, id, time_ms);
      outbox_.add(std::move(record), steady_ms());
    }
    return id;
  }
  std::string json_of(const Event& event, const std::string& id, int64_t time_ms) const;

  void restore();
  void save();
  void run();
  Answer send(const std::string& key, std::string body);

  const Options options_;
  const std::string url_;
  std::string key_;
  const Transport transport_;
  mutable std::mutex mutex_;  // guards key_ and everything below
  std::condition_variable changed_;
  internal::Outbox outbox_{options_};
  std::string player_, session_;
  std::optional<int> level_;
  int64_t session_start_ms_ = 0, last_ms_ = 0;
  bool opted_out_ = false, is_new_ = false, over_ = false;
  std::atomic<bool> cancelled_{false};
  std::thread thread_;
};

inline bool Client::shutdown(int64_t timeout_ms) {
  if (!thread_.joinable()) return outbox_.idle();
  if (options_.auto_session) session_end();
  const bool sent = flush(timeout_ms);
  change([&] {
    over_ = true;
    save();
  });
  // What is on its way is given up, or the game would hang for as long as the network does.
  cancelled_ = true;
  thread_.join();
  return sent;
}

inline std::string Client::json_of(const Event& event, const std::string& id, int64_t time_ms) const {
  std::string session = event.session_id;
  if (session.empty() && event.player_id.empty()) session = session_;
  Properties fields{
      {"event_id", id}, {"event", event.name}, {"player_id", event.player_id.empty() ? player_ : event.player_id}};
  fields.add("time", internal::iso_time(time_ms));
  const auto text = [&](const char* name, const std::string& own, const std::string& general) {
    const std::string& value = own.empty() ? general : own;
    if (!value.empty()) fields.add(name, value);
  };
  text("session_id", session, {});
  text("country", event.context.country, options_.context.country);
  text("platform", event.context.platform, options_.context.platform);
  text("device", event.context.device, options_.context.device);
  text("build", event.context.build, options_.context.build);
  if (!event.amount.empty()) fields.add("revenue", Properties{{"amount", event.amount}, {"currency", event.currency}});
  return fields.add("properties", event.properties).json();
}

inline void Client::restore() {
  if (opted_out_) return;
  const std::string saved = load("unsent");
  for (size_t start = 0; start < saved.size();) {
    const size_t end = std::min(saved.find('\n', start), saved.size());
    const std::string line = saved.substr(start, end - start);
    start = end + 1;
    const internal::Json event = internal::Json::parse(line);
    if (event["event_id"].text.empty() || event["event"].text.empty()) continue;  // the file was damaged
    ++outbox_.counts.restored;
    outbox_.add({event["event_id"].text, event["event"].text, line}, steady_ms());
  }
  store("unsent", "");
}

inline void Client::save() {
  if (!options_.storage.set) return outbox_.refuse("shut_down");
  std::string text;
  for (const internal::Record& record : outbox_.waiting()) text += record.json + "\n";
  store("unsent", text);
}

// The one thread that sends.
inline void Client::run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!over_) {
    const int64_t now = steady_ms(), due = outbox_.due_at();
    if (due < 0) {
      changed_.wait(lock);
    } else if (due > now) {
      changed_.wait_for(lock, std::chrono::milliseconds(due - now));
    } else {
      std::string body = "{\"sent_at\":\"" + internal::iso_time(options_.clock_ms()) + "\",\"events\":[";
      for (const internal::Record& record : outbox_.take(now)) body += record.json + ",";
      body.back() = ']';
      body += '}';
      const std::string key = key_;
      lock.unlock();
      const Answer answer = send(key, std::move(body));
      change([&] { outbox_.settle(answer, steady_ms()); });
      lock.lock();
    }
  }
}

inline Answer Client::send(const std::string& key, std::string body) {
  // The server takes a body that shrinks more than a hundredfold for an attack.
  constexpr size_t kGzipRatioMax = 50;
  Request request;
  request.url = url_;
  request.authorization = "Bearer " + key;
  request.timeout_ms = options_.request_timeout_ms;
  request.cancelled = &cancelled_;
  try {
    if (options_.gzip && static_cast<int64_t>(body.size()) >= options_.gzip_bytes_min) {
      std::string small = options_.gzip(body);
      request.gzip = !small.empty() && small.size() * kGzipRatioMax >= body.size();
      if (request.gzip) body.swap(small);
    }
    request.body = std::move(body);
    return transport_(request);
  } catch (...) {
    return {};
  }
}

}  // namespace gamemetrics
