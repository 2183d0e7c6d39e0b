#include "services/data_retention/kept_out_lists.h"

#include <map>

namespace gm::data_retention {
namespace {

struct Marks {
  std::vector<security::ErasedMark> refused, uncounted, erased;
};

void sort_in(Marks& marks, store::PrivacyKind why, const security::ErasedMark& mark) {
  marks.refused.push_back(mark);
  if (why != store::PrivacyKind::objection) marks.uncounted.push_back(mark);
  if (why == store::PrivacyKind::erase) marks.erased.push_back(mark);
}

Result<std::map<ProjectId, Marks>> read(store::PrivacyStore& requests) {
  std::map<ProjectId, Marks> projects;
  const auto erased = requests.erased();
  if (!erased) return erased.error();
  for (const store::ErasedId& one : *erased) sort_in(projects[one.project], store::PrivacyKind::erase, one.mark);
  const auto kept_out = requests.kept_out();
  if (!kept_out) return kept_out.error();
  for (const store::KeptOutId& one : *kept_out) sort_in(projects[one.project], one.why, one.mark);
  return projects;
}

}  // namespace

Result<std::unique_ptr<KeptOutLists>> KeptOutLists::load(store::PrivacyStore& requests) {
  const auto key = requests.erasure_key();
  if (!key) return key.error();
  const auto projects = read(requests);
  if (!projects) return projects.error();
  std::unique_ptr<KeptOutLists> lists(new KeptOutLists(*key));
  for (const auto& [project, marks] : *projects) {
    lists->refused_.add(project, marks.refused);
    lists->uncounted_.replace(project, marks.uncounted);
    lists->erased_.replace(project, marks.erased);
  }
  return lists;
}

void KeptOutLists::add(store::PrivacyKind why, ProjectId project, const std::vector<security::ErasedMark>& marks) {
  refused_.add(project, marks);
  if (why != store::PrivacyKind::objection) uncounted_.add(project, marks);
  if (why == store::PrivacyKind::erase) erased_.add(project, marks);
}

Status KeptOutLists::reload(store::PrivacyStore& requests, ProjectId project) {
  const auto projects = read(requests);
  if (!projects) return projects.error();
  const auto found = projects->find(project);
  const Marks marks = found == projects->end() ? Marks() : found->second;
  refused_.replace(project, marks.refused);
  uncounted_.replace(project, marks.uncounted);
  return {};
}

}  // namespace gm::data_retention
