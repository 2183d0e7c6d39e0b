#include "services/data_retention/rectification.h"

#include <algorithm>

namespace gm::data_retention {
namespace {

constexpr int64_t kCatchUpMs = 60'000;
constexpr std::string_view kIds = "ids";
constexpr std::string_view kRequests = "requests";

using Rewrite = std::function<Result<log::RewriteCounts>(const log::RecordEdit&)>;

Result<int64_t> rewritten(const PlayerCorrection& correction, const Rewrite& rewrite) {
  RecordCorrector corrector(correction);
  const auto done = rewrite([&](log::Topic topic, std::string_view payload, uint32_t count) {
    return corrector.edit(topic, payload, count);
  });
  if (!done) return done.error();
  return corrector.corrected();
}

}  // namespace

Result<int64_t> Rectification::rewrite_log(const PlayerCorrection& correction) {
  return rewritten(correction, places_.rewrite_log);
}

Result<int64_t> Rectification::rewrite_archive(const PlayerCorrection& correction) {
  return rewritten(correction, places_.rewrite_archive);
}

Result<int64_t> Rectification::rectify_rows(const PlayerCorrection& correction) {
  return places_.rectify_rows(correction);
}

Result<int64_t> Rectification::forget_live(const PlayerCorrection& correction) {
  return static_cast<int64_t>(live_.forget(correction.project, correction.ids));
}

Result<int64_t> Rectification::rewrite_store(const PlayerCorrection& /*correction*/) {
  if (Status done = places_.rewrite_store(); !done) return done.error();
  return 0;
}

Result<int64_t> Rectification::wait_for_index(const PlayerCorrection& /*correction*/) {
  if (places_.index_caught_up(kCatchUpMs)) return 0;
  return Error{"gm-behavior-behind", "the behaviour index is being made again from the store"};
}

Status Rectification::find_ids(store::PrivacyRequest& request) {
  if (request.state != store::PrivacyState::waiting) return {};
  if (!places_.catch_up(kCatchUpMs))
    return Error{"gm-store-unavailable", "the store lacks events that were acknowledged; it has to catch up first"};
  auto ids = players_.of(request.project, request.player);
  if (!ids) return ids.error();
  request.ids = std::move(*ids);
  return requests_.note_ids(request, {}, clock_.now_ms());
}

std::optional<StepTrouble> Rectification::run(store::PrivacyRequest request) {
  static const Step steps[] = {
      {"log", &Rectification::rewrite_log},           {"archive", &Rectification::rewrite_archive},
      {"store", &Rectification::rectify_rows},        {"live", &Rectification::forget_live},
      {"store_files", &Rectification::rewrite_store}, {"behavior_index", &Rectification::wait_for_index},
  };
  if (Status found = find_ids(request); !found) return StepTrouble{kIds, found.error()};
  auto parsed = event::parse_correction(request.correction);
  if (!parsed) return StepTrouble{kRequests, parsed.error()};
  const PlayerCorrection correction{request.project, request.ids, std::move(*parsed), request.received_ms};
  const auto places = requests_.places(request.id);
  if (!places) return StepTrouble{kRequests, places.error()};
  for (const Step& step : steps) {
    if (std::ranges::find(*places, step.place, &store::PrivacyPlace::place) != places->end()) continue;
    const auto items = (this->*step.run)(correction);
    if (!items) return StepTrouble{step.place, items.error()};
    const store::PrivacyPlace done{std::string(step.place), *items, clock_.now_ms()};
    if (Status noted = requests_.note_place(request.id, done); !noted) return StepTrouble{kRequests, noted.error()};
  }
  if (Status done = requests_.finish(request, clock_.now_ms()); !done) return StepTrouble{kRequests, done.error()};
  return std::nullopt;
}

}  // namespace gm::data_retention
