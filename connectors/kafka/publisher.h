// Publishes one shard: every event of its log once, in order, to one partition.
//
//   take over the partition (fences who had it) -> read its ends -> are they ours? -> go on with
//   the next event, in transactions -> after any error, from the beginning
//
// The partition alone says what is published: nothing is remembered elsewhere, so nothing can be
// wrong elsewhere.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "connectors/kafka/settings.h"
#include "engine/base/status.h"
#include "engine/feed/event_source.h"

namespace lumbung {

class KafkaClient;
class TransactionalProducer;
struct EventFields;

// These numbers are shown by metrics.
enum class PublisherState : std::uint8_t {
  // Looks for the brokers, or at what the partition holds.
  kConnecting = 0,
  kPublishing = 1,
  // Another has taken the partition over; goes on when that one does not.
  kStandingBy = 2,
  // The brokers, or what the partition holds, said no.
  kRefused = 3,
  kEnded = 4,
};
// "connecting", "publishing", "standing by", "refused", "ended".
std::string_view PublisherStateName(PublisherState state);

struct PublisherStats {
  PublisherState state = PublisherState::kConnecting;
  // The last event that is known to be in the topic; 0: none is.
  std::uint64_t published = 0;
  // The last event of the log.
  std::uint64_t head = 0;
  // How long the oldest event that is not known to be published has been there.
  std::chrono::microseconds lag{0};
  std::uint64_t transactions = 0;
  // How often it had to begin anew.
  std::uint64_t restarts = 0;
  // Empty while all is well.
  std::string last_error;
};

struct PublisherOptions {
  KafkaSettings kafka;
  // How long one transaction is filled. Readers see it when it is committed.
  std::chrono::milliseconds transaction{50};
  // After a refusal it is tried again so often; nothing: Run ends with it.
  std::optional<std::chrono::milliseconds> again_after_refusal;
  // For so long nothing may go on before Run gives up; nothing: never.
  std::optional<std::chrono::milliseconds> patience;
  // Is told what went wrong: at once where it is something new, otherwise once a minute; and OK
  // when it goes on again.
  std::function<void(const Status&)> report;
};

// Run by one thread; the rest is thread-safe.
class Publisher {
 public:
  // `log` must outlive it.
  Publisher(EventSource& log, PublisherOptions options);
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  // Publishes until Stop, which makes it OK, or until what EndAt said. Otherwise why it can't go
  // on.
  Status Run();
  // Ends Run within some seconds; a transaction that is being filled is committed first.
  void Stop();
  // Ends Run when this event is published.
  void EndAt(std::uint64_t sequence);

  PublisherStats stats() const;

 private:
  enum class Filled : std::uint8_t { kNothing, kSome };

  Status Attempt();
  Status TakeOver();
  Status Publish();
  Result<Filled> Fill();
  Status Write(const FeedEvent& event, EventFields& fields);
  Status StandBy();
  Result<bool> LookAtOther(std::unique_ptr<KafkaClient>& reader, std::uint64_t& seen);
  // What Run does after an attempt: OK to try again.
  Status AfterTrouble(const Status& status);
  Status LearnWhoWeAre();

  bool stopping() const { return stop_.load(std::memory_order_relaxed); }
  bool Finished() const;
  void Sleep(std::chrono::milliseconds time);
  void SetState(PublisherState state);
  void SetPublished(std::uint64_t sequence);
  void Note(const Status& trouble);
  void NoteThatItGoesOn();

  // Constant after construction.
  EventSource& log_;
  const PublisherOptions options_;

  // Below is Run's alone.
  std::string transactional_id_;
  std::int32_t partition_ = 0;
  std::uint32_t shards_ = 0;
  std::unique_ptr<TransactionalProducer> producer_;
  // Whether the brokers have ever let us in.
  bool welcome_ = false;
  std::chrono::steady_clock::time_point progress_at_;
  // What was told last, without its numbers; empty: that it goes on.
  std::string reported_;
  std::chrono::steady_clock::time_point reported_at_;
  // Of the transaction that is being filled.
  std::uint64_t filled_through_ = 0;
  std::int64_t filled_time_ = 0;

  std::atomic<bool> stop_ = false;
  // 0: never.
  std::atomic<std::uint64_t> end_at_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  // Below is guarded by mutex_.
  PublisherStats stats_;
  // All events that were recorded before this time are published. Microseconds since 1970 UTC.
  std::int64_t current_until_ = 0;
};

}  // namespace lumbung
