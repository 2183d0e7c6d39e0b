#include "test/golden/golden_world.h"

#include <stdexcept>

#include "services/analytics_api/api_fixture_test.h"
#include "services/event_processor/fake_event_log.h"
#include "services/event_processor/processor.h"

namespace gm::golden {
namespace {

constexpr int64_t kPatienceMs = 60'000;
constexpr std::string_view kMetricPrefix = "/api/v1/metrics/";
constexpr std::string_view kPlayerPrefix = "/api/v1/players/";

std::shared_ptr<const event::RateTable> rates_of(const Case& which) {
  std::string text = "date,currency,rate\n";
  for (const CaseRate& rate : which.rates) text += rate.date + "," + rate.currency + "," + rate.rate + "\n";
  return std::make_shared<const event::RateTable>(event::parse_rates(text, which.currency).value());
}

class OneProject final : public event_processor::ProjectDirectory {
 public:
  explicit OneProject(const Case& which)
      : profile_{TimeZone::find(which.zone).value(), which.currency, rates_of(which)} {}
  Result<std::optional<event_processor::ProjectProfile>> find(ProjectId) override {
    return std::optional<event_processor::ProjectProfile>(profile_);
  }

 private:
  event_processor::ProjectProfile profile_;
};

void require(const Status& status) {
  if (!status) throw std::runtime_error(status.error().code + ": " + status.error().message);
}

event::Event event_of(const CaseEvent& from, const std::string& player_and_line) {
  event::Event event;
  event.id = Uuid::derived_from(from.id.empty() ? player_and_line : from.id);
  event.name = from.name;
  event.player = from.player;
  event.session = from.session;
  event.time_ms = from.time_ms;
  event.properties = from.properties;
  event.country = from.country;
  event.platform = from.platform;
  event.build = from.build;
  if (from.has_revenue) {
    event.revenue_micros = from.revenue_micros;
    event.currency = from.currency;
  }
  return event;
}

}  // namespace

struct World::State {
  explicit State(const Case& which) : clock(which.now_ms), directory(which) {}

  ManualClock clock;
  analytics_api::StoreFolder folder;
  event_processor::FakeEventLog log;
  analytics_api::ScriptedLive live;
  analytics_api::FixedMetadata metadata;
  OneProject directory;
  telemetry::Registry registry;
  security::KeyRing keys;
  std::string authorization;
  analytics_api::RecordingRouter router;
};

World::World(const Case& which) : state_(std::make_unique<State>(which)) {
  SeededRandom random(1);
  const auto key = security::make_key(security::KeyKind::project, random);
  state_->authorization = "Bearer " + key.text;
  state_->keys.replace({{key.hash, {analytics_api::kGame, security::KeyKind::project}}});
  state_->metadata.rows = {{analytics_api::kGame, "Golden game", which.zone, which.currency, 0}};
  append_events(which);
  process();
  analytics_api::register_routes(state_->router, {*state_->folder.store,
                                                  state_->metadata,
                                                  state_->live,
                                                  state_->keys,
                                                  state_->clock,
                                                  state_->registry,
                                                  [] { return analytics_api::PipelineFacts(); },
                                                  analytics_api::ApiSettings::from(config::Settings::defaults()),
                                                  {}});
}

World::~World() = default;

void World::append_events(const Case& which) {
  for (const CaseEvent& from : which.events) {
    if (from.is_undo) {
      const event::LinkUndo undo{analytics_api::kGame, Uuid::derived_from(from.id), which.now_ms};
      state_->log.append(log::Topic::events_raw, 0, event::encode_link_undo(undo), 1, nullptr);
      continue;
    }
    event::BatchInfo info;
    info.project = analytics_api::kGame;
    info.received_ms = from.received_ms;
    event::BatchEncoder encoder(info);
    encoder.add(event_of(from, from.player + "@" + std::to_string(from.line)));
    state_->log.append(log::Topic::events_raw, 0, std::move(encoder).take(), 1, nullptr);
  }
}

void World::process() {
  auto settings = event_processor::ProcessorSettings::from(config::Settings::defaults());
  settings.interval_ms = 1;
  event_processor::Processor processor(
      {state_->log, *state_->folder.store, state_->live, state_->directory, state_->registry, state_->clock, {}},
      settings);
  require(processor.start());
  if (!processor.catch_up(kPatienceMs)) throw std::runtime_error("the processor did not catch up");
  processor.stop();
}

void World::compact() { require(state_->folder.store->compact()); }

http::Response World::get(const std::string& target) {
  const size_t mark = target.find('?');
  http::Request request;
  request.path = std::string_view(target).substr(0, mark);
  if (mark != std::string::npos) request.query = std::string_view(target).substr(mark + 1);
  request.headers.emplace_back("Authorization", state_->authorization);
  std::string pattern(request.path);
  if (request.path.starts_with(kMetricPrefix)) {
    request.path_parameters.push_back(request.path.substr(kMetricPrefix.size()));
    pattern = "/api/v1/metrics/{name}";
  }
  if (request.path.starts_with(kPlayerPrefix)) {
    request.path_parameters.push_back(
        request.path.substr(kPlayerPrefix.size(), request.path.rfind('/') - kPlayerPrefix.size()));
    pattern = "/api/v1/players/{id}/events";
  }
  const auto handler = state_->router.handlers.find(pattern);
  if (handler == state_->router.handlers.end()) throw std::runtime_error("no such route: " + pattern);
  return handler->second(request);
}

http::Response World::ask(const std::string& kind, const std::string& body) {
  http::Request request;
  request.method = http::Method::post;
  request.path_parameters.push_back(kind);
  request.body = body;
  request.headers.emplace_back("Authorization", state_->authorization);
  return state_->router.handlers.at("/api/v1/query/{kind}")(request);
}

}  // namespace gm::golden
