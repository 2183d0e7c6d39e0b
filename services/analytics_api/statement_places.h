#pragma once
// Private to this folder: how many statements of one kind run at once, of each project and of all.

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "lib/base/ids.h"
#include "lib/base/result.h"

namespace gm::analytics_api {

// Safe to use from several threads. Outlives its places.
class StatementPlaces {
 public:
  // `code`: of the error when there is no place; `what` and the names of the settings are for its message.
  struct Kind {
    std::string code, what, project_setting, total_setting;
  };
  StatementPlaces(Kind kind, int64_t project_max, int64_t total_max)
      : kind_(std::move(kind)), project_max_(project_max), total_max_(total_max) {}

  // Gives its place back when it goes.
  class Place {
   public:
    Place(StatementPlaces& places, ProjectId project) : places_(&places), project_(project) {}
    Place(Place&& other) noexcept : places_(std::exchange(other.places_, nullptr)), project_(other.project_) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (places_ != nullptr) places_->leave(project_);
    }

   private:
    StatementPlaces* places_;
    ProjectId project_;
  };

  Result<Place> enter(ProjectId project);

 private:
  void leave(ProjectId project);

  const Kind kind_;
  const int64_t project_max_, total_max_;
  std::mutex mutex_;
  std::map<ProjectId, int64_t> count_;
  int64_t total_ = 0;
};

}  // namespace gm::analytics_api
