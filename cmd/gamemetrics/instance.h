#pragma once
// One running server, all-in-one: what `serve` keeps running and `demo` plays on.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cmd/gamemetrics/first_start.h"
#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/config/settings.h"
#include "lib/io/file.h"
#include "lib/store/metadata_store.h"
#include "lib/telemetry/logger.h"

namespace gm::gamemetrics {

// Lines as logging.level and logging.format want them. Errors: gm-config-invalid-value.
Result<telemetry::Logger> make_logger(const config::Settings& settings, const Clock& clock);

// Held as long as this process works on the data directory. Error gm-data-dir-in-use.
Result<std::unique_ptr<io::FileLock>> lock_data_dir(const config::Settings& settings, io::FileSystem& files);

class Instance {
 public:
  // Takes the data directory's lock, then opens log, stores and processor, then listens. `clock` and `settings` outlive
  // the instance. `on_first_start` gets the new keys and the URL before the instance says that it is ready, so that who
  // waits for readiness finds the keys. Errors: gm-data-dir-in-use, and those of what is opened.
  using OnFirstStart = std::function<void(const ProjectKeys& keys, const std::string& url)>;
  static Result<std::unique_ptr<Instance>> start(const config::Settings& settings, const Clock& clock,
                                                 telemetry::Logger logger, const OnFirstStart& on_first_start = {});
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // Stops accepting, finishes requests, makes the log durable and closes it, lets the processor finish its batch.
  // Idempotent.
  void stop();

  // "http://127.0.0.1:8080" ("https:" with TLS), with the port really taken and an address that a browser on this
  // machine can open.
  std::string url() const;
  // Of a first start.
  const std::optional<ProjectKeys>& new_keys() const;
  store::MetadataStore& metadata();
  // Reads the keys again; also done every few seconds by itself.
  Status reload_keys();
  // Reads the certificate again; also done every few seconds by itself. True when new connections get a new one.
  Result<bool> reload_certificate();
  // Everything that was acknowledged before the call is visible in queries; false after `timeout_ms`.
  bool catch_up(int64_t timeout_ms);
  uint64_t processed() const;
  // The event log or the processor has stopped for good: what is acknowledged is safe, but the process has to end.
  bool failed() const;

 private:
  struct State;
  explicit Instance(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gm::gamemetrics
