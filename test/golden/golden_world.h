#pragma once
// Everything between an event and an answer, without sockets: log, processor, DuckDB store, API.

#include <memory>
#include <string>

#include "lib/http/message.h"
#include "test/golden/golden_case.h"

namespace gm::golden {

class World {
 public:
  explicit World(const Case& which);
  ~World();

  http::Response get(const std::string& target);
  // POST /api/v1/query/{kind}
  http::Response ask(const std::string& kind, const std::string& body);
  // POST /api/v1/sql
  http::Response sql(const std::string& statement);
  // Merges the store's rows; no answer may change.
  void compact();

 private:
  struct State;
  void process(const Case& which);
  void process_appended();
  void append(const Case& which, const CaseEvent& from);
  std::unique_ptr<State> state_;
};

}  // namespace gm::golden
