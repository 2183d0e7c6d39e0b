#include "lib/store/stopped_by.h"

#include <utility>

namespace gm::store {
namespace {

thread_local std::stop_token stop;

}  // namespace

StoppedBy::StoppedBy(std::stop_token token) : before_(std::exchange(stop, std::move(token))) {}
StoppedBy::~StoppedBy() { stop = std::move(before_); }

std::stop_token StoppedBy::current() { return stop; }

}  // namespace gm::store
