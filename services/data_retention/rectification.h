#pragma once
// Puts right what is stored of a player. The log comes before the store: should the store be made again from it in
// between, it is right already. Each step can be done again and is noted with the request.

#include <optional>
#include <string_view>

#include "services/data_retention/erasure.h"
#include "services/data_retention/record_corrector.h"

namespace gm::data_retention {

class Rectification {
 public:
  Rectification(store::PrivacyStore& requests, store::ErasableLive& live, const Clock& clock, ErasurePlaces places)
      : requests_(requests),
        live_(live),
        clock_(clock),
        places_(std::move(places)),
        players_(requests_, places_.ids_of) {}

  // Does what is left of the request. nullopt: it is done.
  std::optional<StepTrouble> run(store::PrivacyRequest request);

 private:
  struct Step {
    std::string_view place;
    Result<int64_t> (Rectification::*run)(const PlayerCorrection& correction);
  };
  Status find_ids(store::PrivacyRequest& request);
  Result<int64_t> rewrite_log(const PlayerCorrection& correction);
  Result<int64_t> rewrite_archive(const PlayerCorrection& correction);
  Result<int64_t> rectify_rows(const PlayerCorrection& correction);
  Result<int64_t> forget_live(const PlayerCorrection& correction);
  Result<int64_t> rewrite_store(const PlayerCorrection& correction);
  Result<int64_t> wait_for_index(const PlayerCorrection& correction);

  store::PrivacyStore& requests_;
  store::ErasableLive& live_;
  const Clock& clock_;
  const ErasurePlaces places_;
  const PlayerIds players_;
};

}  // namespace gm::data_retention
