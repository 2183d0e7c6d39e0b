#pragma once
// Writes segments anew without the events that somebody wants out of them. docs/formats/log-segment.md, "Erasure".

#include <optional>
#include <string>

#include "adapters/embedded/segment_format.h"
#include "lib/base/random.h"
#include "lib/io/file.h"
#include "lib/log/log_rewrite.h"

namespace gm::embedded {

struct RewrittenSegment {
  std::string path;  // of the new file, durable, beside the old one
  SegmentHeader header;
  uint64_t bytes = 0;
  uint64_t events = 0;  // edited out
};

// Of the closed segment at `path` with good bytes up to `limit`. nullopt: nothing in it is edited. Errors: gm-log-*.
Result<std::optional<RewrittenSegment>> rewrite_segment(io::FileSystem& files, Random& random, log::Topic topic,
                                                        const std::string& path, uint64_t limit,
                                                        const log::RecordEdit& edit);

// The same for all segments of an archive: a folder per topic, as the log has. Nobody reads them meanwhile.
Result<log::RewriteCounts> rewrite_archive(io::FileSystem& files, Random& random, const std::string& archive,
                                           const log::RecordEdit& edit);

// Removes what a repair has set aside in the folders of `directory` and what holds one of `texts`. Such bytes are read
// by nobody, so that nothing is missed. Answers with how many files went.
Result<uint64_t> remove_set_aside(io::FileSystem& files, const std::string& directory,
                                  const std::vector<std::string>& texts);

}  // namespace gm::embedded
