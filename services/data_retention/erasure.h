#pragma once
// Takes players out of every place that holds something of them (an erasure), out of what is counted (a restriction),
// or only keeps out what is still to come (an objection). Each step can be done again, and what is done is noted with
// the request, so that it goes on where a crash has cut it off. docs/adr/0024 has the order and why.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/log/log_rewrite.h"
#include "lib/store/erasable_store.h"
#include "lib/store/privacy_store.h"
#include "services/data_retention/kept_out_lists.h"
#include "services/data_retention/player_ids.h"
#include "services/data_retention/record_corrector.h"
#include "services/data_retention/record_editor.h"
#include "services/data_retention/step_trouble.h"

namespace gm::data_retention {

// The places, as this process has them. All of it outlives the erasure and may block.
struct ErasurePlaces {
  // Everything acknowledged before the call is in the store; false after `timeout_ms`.
  std::function<bool(int64_t timeout_ms)> catch_up;
  std::function<Result<std::vector<std::string>>(ProjectId, const std::string& player_id)> ids_of;
  std::function<Result<store::ErasedRows>(ProjectId, const std::vector<std::string>& ids)> erase_rows;
  // Files that were made for him, and exports of his that have not ended; how many there were.
  std::function<Result<int64_t>(ProjectId, const std::vector<std::string>& ids)> remove_exports;
  std::function<Result<int64_t>(const PlayerCorrection&)> rectify_rows;  // events that were put right
  std::function<Status()> rewrite_store;  // with what lies beside it: stores set aside by a rebuild
  std::function<Result<log::RewriteCounts>(const log::RecordEdit&)> rewrite_log;
  std::function<Result<log::RewriteCounts>(const log::RecordEdit&)> rewrite_archive;
  // Files of the log that a repair set aside and that hold one of the texts; how many went.
  std::function<Result<uint64_t>(const std::vector<std::string>& texts)> remove_set_aside;
  std::function<bool(int64_t timeout_ms)> index_caught_up;  // with what the store holds now
};

class Erasure {
 public:
  Erasure(store::PrivacyStore& requests, KeptOutLists& lists, store::ErasableLive& live, const Clock& clock,
          ErasurePlaces places)
      : requests_(requests),
        lists_(lists),
        live_(live),
        clock_(clock),
        places_(std::move(places)),
        players_(requests_, places_.ids_of) {}

  // Does all that is left of these requests, which are of one kind, together: the store's files and the log are written
  // anew once for all of them. nullopt: they are done.
  std::optional<StepTrouble> run(std::vector<store::PrivacyRequest> requests);

 private:
  struct Task {
    store::PrivacyRequest request;
    std::vector<std::string> done;           // places
    std::vector<store::PrivacyPlace> found;  // by the step that runs
  };
  using Tasks = std::vector<Task*>;
  struct Step {
    std::string_view place;
    Status (Erasure::*run)(const Tasks& tasks);
    bool restricts = false;  // it is one of a restriction, too
  };
  static const std::vector<Step>& steps();
  static bool belongs(const Step& step, store::PrivacyKind kind);

  Status find_ids(Task& task);
  Status run_step(const Step& step, std::vector<Task>& tasks);
  Status erase_rows(const Tasks& tasks);
  Status forget_live(const Tasks& tasks);
  Status forget_requests(const Tasks& tasks);
  Status rewrite_log(const Tasks& tasks);
  Status rewrite_archive(const Tasks& tasks);
  Status remove_set_aside(const Tasks& tasks);
  Status rewrite_store(const Tasks& tasks);
  Status wait_for_index(const Tasks& tasks);
  using Rewrite = std::function<Result<log::RewriteCounts>(const log::RecordEdit&)>;
  Status edit(const Tasks& tasks, const Rewrite& rewrite);

  store::PrivacyStore& requests_;
  KeptOutLists& lists_;
  store::ErasableLive& live_;
  const Clock& clock_;
  const ErasurePlaces places_;
  const PlayerIds players_;
};

}  // namespace gm::data_retention
