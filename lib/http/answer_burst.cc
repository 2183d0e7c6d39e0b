#include "lib/http/answer_burst.h"

#include <cassert>

#include "lib/http/event_loop.h"

namespace gm::http {
namespace {

thread_local AnswerBurst* current = nullptr;

}  // namespace

AnswerBurst::AnswerBurst() {
  assert(current == nullptr);
  current = this;
}

AnswerBurst::~AnswerBurst() {
  current = nullptr;
  for (const auto& loop : asleep_) loop->rouse();
}

bool AnswerBurst::takes_on(EventLoop& loop) {
  if (current == nullptr) return false;
  current->asleep_.push_back(loop.shared_from_this());
  return true;
}

}  // namespace gm::http
