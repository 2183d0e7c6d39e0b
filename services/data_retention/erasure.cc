#include "services/data_retention/erasure.h"

#include <algorithm>
#include <optional>
#include <set>

namespace gm::data_retention {
namespace {

constexpr int64_t kCatchUpMs = 60'000;
constexpr std::string_view kIds = "ids";
constexpr std::string_view kStore = "store";
constexpr std::string_view kRejected = "rejected_events";
constexpr std::string_view kLinks = "identity_links";
constexpr std::string_view kLive = "live";
constexpr std::string_view kExports = "exports";
constexpr std::string_view kLog = "log";
constexpr std::string_view kArchive = "archive";
constexpr std::string_view kSetAside = "log_set_aside";
constexpr std::string_view kStoreFiles = "store_files";
constexpr std::string_view kIndex = "behavior_index";
constexpr std::string_view kRequests = "requests";

// A player who is taken out of records, and how much of him there was.
struct Subject {
  ProjectId project;
  std::set<std::string, std::less<>> ids;
  int64_t found = 0;
};
using Subjects = std::vector<Subject>;

// Counts in `subjects`.
Whom whom_of(Subjects& subjects) {
  const auto find = [&subjects](const std::optional<ProjectId>& project, std::string_view id) {
    for (Subject& subject : subjects) {
      if ((project && subject.project != *project) || !subject.ids.contains(id)) continue;
      ++subject.found;
      return true;
    }
    return false;
  };
  Whom whom;
  whom.is_meant = find;
  whom.is_meant_anywhere = [find](std::string_view id) { return find(std::nullopt, id); };
  // A record holds players' ids as they are.
  whom.may_be_in = [&subjects](std::string_view payload) {
    return std::ranges::any_of(subjects, [&](const Subject& subject) {
      return std::ranges::any_of(subject.ids,
                                 [&](const std::string& id) { return payload.find(id) != std::string_view::npos; });
    });
  };
  return whom;
}

}  // namespace

// The store comes before the log: should it have to be made again from the log in between, the list of the erased keeps
// him out of it. The store's files come after everything that still writes to them.
const std::vector<Erasure::Step>& Erasure::steps() {
  static const std::vector<Step> all = {
      {kStore, &Erasure::erase_rows, true},   {kLive, &Erasure::forget_live, true},
      {kExports, &Erasure::forget_requests},  {kLog, &Erasure::rewrite_log},
      {kArchive, &Erasure::rewrite_archive},  {kSetAside, &Erasure::remove_set_aside},
      {kStoreFiles, &Erasure::rewrite_store}, {kIndex, &Erasure::wait_for_index, true},
  };
  return all;
}

bool Erasure::belongs(const Step& step, store::PrivacyKind kind) {
  return kind == store::PrivacyKind::erase || (kind == store::PrivacyKind::restriction && step.restricts);
}

std::optional<StepTrouble> Erasure::run(std::vector<store::PrivacyRequest> requests) {
  std::vector<Task> tasks;
  for (store::PrivacyRequest& request : requests) {
    Task task{std::move(request), {}, {}};
    const auto places = requests_.places(task.request.id);
    if (!places) return StepTrouble{kIds, places.error()};
    for (const store::PrivacyPlace& place : *places) task.done.push_back(place.place);
    if (Status found = find_ids(task); !found) return StepTrouble{kIds, found.error()};
    tasks.push_back(std::move(task));
  }
  for (const Step& step : steps()) {
    if (tasks.empty() || !belongs(step, tasks.front().request.kind)) continue;
    if (Status done = run_step(step, tasks); !done) return StepTrouble{step.place, done.error()};
  }
  for (const Task& task : tasks) {
    if (Status done = requests_.finish(task.request, clock_.now_ms()); !done)
      return StepTrouble{kRequests, done.error()};
  }
  return std::nullopt;
}

// Which ids are his is asked once everything that was acknowledged before is in the store, for the last event may have
// said it. From then on nothing new of him gets in.
Status Erasure::find_ids(Task& task) {
  store::PrivacyRequest& request = task.request;
  if (request.state != store::PrivacyState::waiting) return {};
  if (!places_.catch_up(kCatchUpMs))
    return Error{"gm-store-unavailable", "the store lacks events that were acknowledged; it has to catch up first"};
  auto ids = players_.of(request.project, request.player);
  if (!ids) return ids.error();
  request.ids = std::move(*ids);
  std::vector<security::ErasedMark> marks;
  for (const std::string& id : request.ids) marks.push_back(lists_.mark_of(request.project, id));
  if (Status noted = requests_.note_ids(request, marks, clock_.now_ms()); !noted) return noted;
  request.state = store::PrivacyState::running;
  lists_.add(request.kind, request.project, marks);
  return {};
}

Status Erasure::run_step(const Step& step, std::vector<Task>& tasks) {
  Tasks left;
  for (Task& task : tasks) {
    const bool is_done = std::find(task.done.begin(), task.done.end(), step.place) != task.done.end();
    if (!is_done) left.push_back(&task);
    task.found = {{std::string(step.place), 0, 0}};
  }
  if (left.empty()) return {};
  if (Status done = (this->*step.run)(left); !done) return done;
  for (Task* task : left) {
    // The step's own place, the first, last of all: it says that the others are noted.
    for (auto found = task->found.rbegin(); found != task->found.rend(); ++found) {
      found->finished_ms = clock_.now_ms();
      if (Status noted = requests_.note_place(task->request.id, *found); !noted) return noted;
    }
  }
  return {};
}

Status Erasure::erase_rows(const Tasks& tasks) {
  for (Task* task : tasks) {
    const auto rows = places_.erase_rows(task->request.project, task->request.ids);
    if (!rows) return rows.error();
    task->found.front().items = rows->events;
    task->found.push_back({std::string(kRejected), rows->rejected, 0});
    task->found.push_back({std::string(kLinks), rows->links, 0});
  }
  return {};
}

Status Erasure::forget_live(const Tasks& tasks) {
  for (Task* task : tasks)
    task->found.front().items = static_cast<int64_t>(live_.forget(task->request.project, task->request.ids));
  return {};
}

// A restriction or an objection of somebody who is erased has no purpose any more, and would know him for ever.
Status Erasure::forget_requests(const Tasks& tasks) {
  using enum store::PrivacyKind;
  for (Task* task : tasks) {
    const store::PrivacyRequest& request = task->request;
    const auto removed = places_.remove_exports(request.project, request.ids);
    if (!removed) return removed.error();
    task->found.front().items = *removed;
    const auto others = players_.in_force(request.project, request.ids, {restriction, objection});
    if (!others) return others.error();
    for (const store::PrivacyRequest& other : *others) {
      if (Status forgotten = requests_.forget(other.id); !forgotten) return forgotten;
    }
  }
  return {};
}

Status Erasure::edit(const Tasks& tasks, const Rewrite& rewrite) {
  Subjects subjects(tasks.size());
  for (size_t i = 0; i < tasks.size(); ++i)
    subjects[i] = {tasks[i]->request.project, {tasks[i]->request.ids.begin(), tasks[i]->request.ids.end()}, 0};
  const RecordEditor editor(whom_of(subjects));
  const auto counts = rewrite(
      [&](log::Topic topic, std::string_view payload, uint32_t count) { return editor.edit(topic, payload, count); });
  if (!counts) return counts.error();
  for (size_t i = 0; i < tasks.size(); ++i) tasks[i]->found.front().items = subjects[i].found;
  return {};
}

Status Erasure::rewrite_log(const Tasks& tasks) { return edit(tasks, places_.rewrite_log); }
Status Erasure::rewrite_archive(const Tasks& tasks) { return edit(tasks, places_.rewrite_archive); }

Status Erasure::remove_set_aside(const Tasks& tasks) {
  for (Task* task : tasks) {
    const auto removed = places_.remove_set_aside(task->request.ids);
    if (!removed) return removed.error();
    task->found.front().items = static_cast<int64_t>(*removed);
  }
  return {};
}

Status Erasure::rewrite_store(const Tasks& /*tasks*/) { return places_.rewrite_store(); }

Status Erasure::wait_for_index(const Tasks& /*tasks*/) {
  if (places_.index_caught_up(kCatchUpMs)) return {};
  return Error{"gm-behavior-behind", "the behaviour index is being made again from the store"};
}

}  // namespace gm::data_retention
