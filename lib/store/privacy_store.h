#pragma once
// Port: what people have asked for about their data, and who was erased. Embedded: a SQLite file of its own, so that
// the list of the erased can be handed to a restored backup.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/ids.h"
#include "lib/base/result.h"
#include "lib/security/erased_ids.h"

namespace gm::store {

// Stored; never renumber.
enum class PrivacyKind : uint8_t {
  erase = 0,
  data_export = 1,
  restriction = 2,  // he is in no number, and nothing new of him is taken
  objection = 3,    // nothing new of him is taken
  lift = 4,         // ends restrictions and objections
  rectify = 5,      // what is stored of him is put right
};
enum class PrivacyState : uint8_t { waiting = 0, running = 1, done = 2 };

// What an export has made.
struct PrivacyFile {
  uint64_t bytes = 0;
  std::string sha256;      // hexadecimal
  int64_t expires_ms = 0;  // when it is removed; never 0
};

struct PrivacyRequest {
  std::string id;
  ProjectId project;
  PrivacyKind kind = PrivacyKind::erase;
  PrivacyState state = PrivacyState::waiting;
  // The id that was named, and all of his once they are known. Known for as long as an export's file is kept, or a
  // restriction or objection is in force; of other kinds until the request is done.
  std::string player;
  std::vector<std::string> ids;
  int64_t ids_found = 0;
  int64_t received_ms = 0;
  int64_t due_ms = 0;
  int64_t finished_ms = 0;               // 0: not yet
  int64_t key = 0;                       // who asked
  std::string trouble;                   // why the last attempt of a step failed; empty: it did not
  std::optional<PrivacyFile> file = {};  // as long as it is kept
  std::string correction = {};           // of a rectification: lib/event/correction.h; empty once it is done
};

// What was done in one place, e.g. "log".
struct PrivacyPlace {
  std::string place;
  int64_t items = 0;
  int64_t finished_ms = 0;
};

struct ErasedId {
  ProjectId project;
  security::ErasedMark mark;
};

// Of a restriction or an objection.
struct KeptOutId {
  ProjectId project;
  security::ErasedMark mark;
  PrivacyKind why = PrivacyKind::restriction;
};

// Errors: gm-metadata-unavailable. Safe to call from several threads; calls block on disk. What a request says in plain
// text is in no byte of the file any more once it is said to be forgotten.
class PrivacyStore {
 public:
  virtual ~PrivacyStore() = default;
  // Of the marks; made with the file.
  virtual Result<std::string> erasure_key() = 0;
  virtual Result<std::vector<ErasedId>> erased() = 0;
  virtual Result<std::vector<KeptOutId>> kept_out() = 0;

  virtual Status add(const PrivacyRequest& request) = 0;
  // The newest first.
  virtual Result<std::vector<PrivacyRequest>> requests(ProjectId project, int64_t most) = 0;
  virtual Result<std::optional<PrivacyRequest>> find(ProjectId project, std::string_view id) = 0;
  // Of all projects, the earliest first.
  virtual Result<std::vector<PrivacyRequest>> open_requests() = 0;
  virtual Result<std::vector<PrivacyPlace>> places(std::string_view id) = 0;

  // The request runs from now on, and these are the ids of its player. `marks`: of an erasure, a restriction or an
  // objection; they are on its list from now on.
  virtual Status note_ids(const PrivacyRequest& request, const std::vector<security::ErasedMark>& marks,
                          int64_t now_ms) = 0;
  virtual Status note_place(std::string_view id, const PrivacyPlace& place) = 0;
  virtual Status note_trouble(std::string_view id, std::string_view trouble) = 0;
  // It forgets whom it was about, but for an export with a file, a restriction and an objection. The list of the erased
  // knows who was erased by his marks.
  virtual Status finish(const PrivacyRequest& request, int64_t now_ms) = 0;

  virtual Status note_file(std::string_view id, const PrivacyFile& file) = 0;
  // What is done and still knows whom it was about, of all projects.
  virtual Result<std::vector<PrivacyRequest>> remembered() = 0;
  // It is no longer in force, or its file is gone: it forgets whom it was about, and its marks are off its list.
  virtual Status forget(std::string_view id) = 0;
};

}  // namespace gm::store
