#pragma once
// One topic's segments: what the committer writes and what readers see of it.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "adapters/embedded/event_log.h"
#include "adapters/embedded/segment_format.h"
#include "adapters/embedded/segment_scan.h"
#include "lib/io/file.h"
#include "lib/log/log_rewrite.h"

namespace gm::embedded {

// An append on its way to the disk.
struct Append {
  std::string payload;
  uint32_t count = 0;
  uint32_t payload_crc = 0;
  log::AppendDone done;
};

// write(), commit(), roll() and seal() belong to one thread, the committer. Everything else may be called from any
// thread and never waits for the disk work of the committer.
class TopicLog {
 public:
  struct Surroundings {
    const LogSettings& settings;
    io::FileSystem& files;
    Random& random;  // used by the committer only
  };
  // Verifies the newest segment frame by frame and the older ones at both ends. Cuts off a torn tail and reports it in
  // `torn_tails`.
  static Result<std::unique_ptr<TopicLog>> open(log::Topic topic, Surroundings surroundings,
                                                std::vector<TornTail>& torn_tails);

  // Writes as many of `appends` as belong into one segment and returns how many; their offsets follow end(). Not
  // durable before commit(). gm-log-full: nothing is stored and the log is as before. gm-log-failed: the log must stop.
  Result<size_t> write(std::span<const Append> appends, int64_t now_ms);
  // Makes what write() wrote durable and readable. An error means that the log must stop.
  Status commit();
  // Ends the newest segment, so that it is a closed one. Errors: those of write().
  Status roll();
  // Marks all data as durable before a planned stop, so that damage to it can never pass for a torn tail.
  void seal();

  Result<std::vector<log::Frame>> read(log::Offset from, size_t bytes_max);
  log::Offset begin() const;
  log::Offset end() const;
  uint64_t bytes() const;
  bool wait_past(log::Offset offset, int64_t timeout_ms);
  // Wakes all waiters for good.
  void close();
  Status release(log::Offset upto, int64_t now_ms,
                 const std::function<Status(const std::string&, log::Topic, log::Offset)>& archive);
  // Of the closed segments. Not at the same time as release(), which waits.
  Result<log::RewriteCounts> rewrite(Random& random, const log::RecordEdit& edit);

 private:
  struct Segment {
    std::string path;
    SegmentHeader header;
    log::Offset end = 0;   // of the durable frames
    uint64_t bytes = 0;    // durable
    int64_t first_ms = 0;  // of frames with events; the newest segment only
    int64_t last_ms = 0;
    std::vector<IndexEntry> index;
  };
  struct ReadPlan {
    std::shared_ptr<Segment> segment;
    uint64_t position;
    uint64_t limit;
    log::Offset end;
  };
  // What write() has written and commit() has not yet made durable.
  struct Written {
    uint64_t bytes = 0;
    log::Offset end = 0;
    std::vector<IndexEntry> index;
    int64_t now_ms = 0;
  };

  TopicLog(log::Topic topic, Surroundings surroundings);
  // Recovery: topic_recovery.cc.
  Status load(std::vector<TornTail>& torn_tails);
  // Null when the file is the rest of a segment that a crash kept from being created.
  Result<std::shared_ptr<Segment>> load_header(log::Offset base, io::OpenMode mode, std::unique_ptr<io::File>& file);
  Status load_newest(std::vector<log::Offset>& bases, std::vector<TornTail>& torn_tails);
  Status rewrite_last_commit(const SegmentScan& scan);
  Status load_closed(log::Offset base, log::Offset next);

  // Writing: topic_log.cc.
  Status make_room(uint64_t bytes, int64_t now_ms);
  Status start_segment(log::Offset base);
  Result<std::unique_ptr<io::File>> create_file(const std::string& path);
  Status write_seal();
  // What the failure of a write means, after cutting off what it left behind.
  Error undo_write(const Error& cause);
  size_t lay_out(std::span<const Append> appends, int64_t now_ms);

  // Reading: topic_read.cc.
  Result<bool> plan_read(log::Offset from, ReadPlan& plan) const;
  // Null: nothing at or after `from` yet.
  Result<std::unique_ptr<io::File>> plan_and_open(log::Offset from, ReadPlan& plan);
  Status read_segment(const ReadPlan& plan, io::File& file, log::Offset& from, size_t bytes_max, size_t& bytes,
                      std::vector<log::Frame>& frames);
  Status replace_segment(const std::shared_ptr<Segment>& old, const std::string& path, const SegmentHeader& header,
                         uint64_t bytes);
  bool gone(log::Offset from) const;

  const log::Topic topic_;
  const Surroundings surroundings_;
  const std::string directory_;

  // The committer's own.
  std::shared_ptr<Segment> newest_;  // also the last of segments_
  std::unique_ptr<io::File> file_;   // of newest_
  bool sealed_ = false;              // newest_ ends with a seal
  bool rolling_ = false;             // newest_ is finished; the next one could not be started yet
  Written written_;
  std::vector<FrameHeaderBytes> headers_;
  std::vector<std::string_view> parts_;

  mutable std::mutex mutex_;  // guards the rest; never held during disk work
  std::condition_variable grown_;
  std::deque<std::shared_ptr<Segment>> segments_;
  log::Offset begin_ = 0;
  log::Offset end_ = 0;
  uint64_t bytes_ = 0;
  int waiters_ = 0;
  bool closed_ = false;

  std::mutex release_mutex_;
  // Held while the file of a closed segment is replaced, and by readers until theirs is open: what they plan to read is
  // where the file that they open has it.
  mutable std::shared_mutex replace_mutex_;
};

}  // namespace gm::embedded
