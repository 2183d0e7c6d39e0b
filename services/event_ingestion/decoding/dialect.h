#pragma once
// What one SDK's language is to the rest of ingestion: which paths it answers, how its bodies become canonical events,
// and the words of its answers. A dialect holds no state: everything it does is a pure function of the request.

#include <string>
#include <string_view>
#include <vector>

#include "lib/http/message.h"
#include "lib/security/keys.h"
#include "services/event_ingestion/decoding/batch_builder.h"
#include "services/event_ingestion/decoding/event_reader.h"

namespace gm::event_ingestion {

// A request whose content coding has been undone.
struct Call {
  const http::Request& request;
  std::string_view body;  // http::kBodyPadding readable bytes follow
};

// What a decoder made of a request.
struct Decoded {
  DecodedBatch batch;                    // its project is filled in when the key is known
  security::Credential credential = {};  // as the request carried it
  bool open = false;                     // needs no key: a question without events, such as for feature flags
  TextStore texts = {};                  // what `batch.refused` views into, where that is not the body itself
};

struct Endpoint {
  http::Method method;
  std::string path;
};

class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual event::Source source() const = 0;
  // The first is where most events go.
  virtual std::vector<Endpoint> endpoints() const = 0;

  // Two dialects may answer one path: the first of the table that claims a request gets it, the last one any other.
  virtual bool claims(const Call& /*call*/) const { return true; }
  // True when the request says outside of its headers that the body is gzip.
  virtual bool says_gzip(const http::Request& /*request*/) const { return false; }
  // The key, where it stands outside of the body: then it is checked before anything is decoded, and a body that cannot
  // be read at all is kept among the rejected events. Empty: decode() finds it. Views into `call` only.
  virtual security::Credential credential(const Call& /*call*/) const { return {}; }

  // Errors are of the whole request: gm-body-malformed, gm-batch-empty, gm-batch-too-large, gm-key-unknown (several
  // different keys).
  virtual Result<Decoded> decode(const Call& call, const IngestSettings& limits) const = 0;

  // The answer once everything of `batch` is durable.
  virtual http::Response stored(const Call& call, const DecodedBatch& batch) const = 0;
  // The answer when the request as a whole was refused. `request` may have no body. 429 and 503 that say no
  // Retry-After get one of a second.
  virtual http::Response refused(const http::Request& request, const Error& error) const = 0;
};

}  // namespace gm::event_ingestion
