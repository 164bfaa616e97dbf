#include "connectors/kafka/publisher.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "connectors/kafka/event_fields.h"
#include "connectors/kafka/history_check.h"
#include "connectors/kafka/topic.h"
#include "connectors/kafka/topic_tail.h"
#include "connectors/kafka/transactional_producer.h"
#include "engine/base/clock.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How long it waits for an event before it looks around.
constexpr milliseconds kIdle{500};
constexpr milliseconds kBetweenAttempts{500};
constexpr milliseconds kBetweenLooks{500};
// The other one is taken to be gone when it leaves events lying for so long.
constexpr std::chrono::seconds kUntilTakeOver{10};
constexpr std::chrono::seconds kReportAgain{60};
constexpr std::chrono::seconds kReportOther{10};
// The clock is asked once in so many events.
constexpr std::uint64_t kAskClock = 64;

// A number as text, without allocating.
class Decimal {
 public:
  explicit Decimal(std::uint64_t number)
      : end_(std::to_chars(text_.data(), text_.data() + text_.size(), number).ptr) {}
  std::string_view view() const {
    return {text_.data(), static_cast<std::size_t>(end_ - text_.data())};
  }

 private:
  std::array<char, 20> text_{};
  const char* const end_;
};

}  // namespace

std::string_view PublisherStateName(PublisherState state) {
  switch (state) {
    case PublisherState::kConnecting:
      return "connecting";
    case PublisherState::kPublishing:
      return "publishing";
    case PublisherState::kStandingBy:
      return "standing by";
    case PublisherState::kRefused:
      return "refused";
    case PublisherState::kEnded:
      return "ended";
  }
  return "";
}

Publisher::Publisher(EventSource& log, PublisherOptions options)
    : log_(log), options_(std::move(options)), current_until_(Clock::System().WallMicros()) {}

Publisher::~Publisher() = default;

Status Publisher::Run() {
  progress_at_ = steady_clock::now();
  Status status;
  while (true) {
    status = Attempt();
    if (Finished() || stopping()) {
      status = Status::Ok();
      break;
    }
    if (status = AfterTrouble(status); !status.ok()) {
      break;
    }
    const std::lock_guard lock(mutex_);
    ++stats_.restarts;
  }
  producer_.reset();
  SetState(PublisherState::kEnded);
  return Finished() || stopping() ? Status::Ok() : status;
}

Status Publisher::AfterTrouble(const Status& status) {
  Note(status);
  switch (status.kind()) {
    case Status::Kind::kBusy:
      producer_.reset();
      return StandBy();
    case Status::Kind::kOk:
    case Status::Kind::kIoError:
    case Status::Kind::kCancelled:
      SetState(PublisherState::kConnecting);
      if (options_.patience && steady_clock::now() - progress_at_ > *options_.patience) {
        return status;
      }
      Sleep(kBetweenAttempts);
      return Status::Ok();
    case Status::Kind::kInvalidArgument:
    case Status::Kind::kNotFound:
    case Status::Kind::kCorruption:
    case Status::Kind::kRefused:
      break;
  }
  producer_.reset();
  SetState(PublisherState::kRefused);
  if (!options_.again_after_refusal) {
    return status;
  }
  Sleep(*options_.again_after_refusal);
  return Status::Ok();
}

Status Publisher::LearnWhoWeAre() {
  if (!transactional_id_.empty()) {
    return Status::Ok();
  }
  const Result<std::string> first = log_.Get(1);
  LUMBUNG_RETURN_IF_ERROR(first.status());
  v1::Event event;
  if (!event.ParseFromString(*first) || !event.has_ledger_created()) {
    return Status::Corruption("event 1 of the log does not say which ledger it is");
  }
  const v1::LedgerCreated& created = event.ledger_created();
  partition_ = static_cast<std::int32_t>(created.shard());
  shards_ = created.shards();
  transactional_id_ = "lumbung." + created.ledger_id() + "." + std::to_string(created.shard());
  return Status::Ok();
}

// Ends with an error, but where it was stopped or has finished.
Status Publisher::Attempt() {
  LUMBUNG_RETURN_IF_ERROR(LearnWhoWeAre());
  LUMBUNG_RETURN_IF_ERROR(TakeOver());
  SetState(PublisherState::kPublishing);
  return Publish();
}

// Leaves the log at the first event that the partition lacks.
Status Publisher::TakeOver() {
  const auto stop = [this] { return stopping(); };
  Result<std::unique_ptr<KafkaClient>> reader = MakeTailReader(options_.kafka);
  LUMBUNG_RETURN_IF_ERROR(reader.status());
  const Status topic = EnsureTopic(**reader, options_.kafka, shards_, stop);
  if (!topic.ok()) {
    // Where we were let in before, it is the brokers that are in trouble, and not our credentials.
    return topic.kind() == Status::Kind::kIoError && (*reader)->Denied() && !welcome_
               ? Status::Refused(topic.message())
               : topic;
  }
  welcome_ = true;
  if (producer_ == nullptr || !producer_->usable()) {
    producer_.reset();
    Result<std::unique_ptr<TransactionalProducer>> producer =
        TransactionalProducer::Open(options_.kafka, transactional_id_, partition_, stop);
    LUMBUNG_RETURN_IF_ERROR(producer.status());
    producer_ = std::move(*producer);
  }
  const std::string& name = options_.kafka.topic;
  const Result<TopicTail> tail = ReadTail(**reader, name, partition_, TailRead::kWhole, stop);
  LUMBUNG_RETURN_IF_ERROR(tail.status());
  const Result<std::string> first = ReadFirst(**reader, name, partition_, stop);
  LUMBUNG_RETURN_IF_ERROR(first.status());
  const Result<std::uint64_t> next = NextToPublish(log_, *first, tail->event);
  LUMBUNG_RETURN_IF_ERROR(next.status());
  producer_->ExpectOffsets(tail->next_offset);
  SetPublished(*next - 1);
  EventFields fields;
  if (ReadEventFields(tail->event, fields)) {
    const std::lock_guard lock(mutex_);
    current_until_ = fields.recorded_at;
  }
  log_.Seek(*next);
  return Status::Ok();
}

Status Publisher::Publish() {
  while (!Finished() && !stopping()) {
    const Result<Filled> filled = Fill();
    LUMBUNG_RETURN_IF_ERROR(filled.status());
    if (*filled == Filled::kSome) {
      LUMBUNG_RETURN_IF_ERROR(producer_->Commit());
      SetPublished(filled_through_);
      NoteThatItGoesOn();
    } else {
      LUMBUNG_RETURN_IF_ERROR(log_.status());
      {
        const std::lock_guard lock(mutex_);
        current_until_ = Clock::System().WallMicros();
      }
      NoteThatItGoesOn();
      log_.Wait(kIdle);
    }
  }
  return Status::Ok();
}

// One transaction's events; it is left open. Ends where there is nothing more to read: those who
// wait for an event are not to wait for the next.
Result<Publisher::Filled> Publisher::Fill() {
  FeedEvent event;
  if (!log_.Next(event)) {
    return Filled::kNothing;
  }
  LUMBUNG_RETURN_IF_ERROR(producer_->Begin());
  const auto limit = steady_clock::now() + options_.transaction;
  EventFields fields;
  LUMBUNG_RETURN_IF_ERROR(Write(event, fields));
  {
    const std::lock_guard lock(mutex_);
    current_until_ = fields.recorded_at;
  }
  for (std::uint64_t count = 1; log_.Next(event); ++count) {
    LUMBUNG_RETURN_IF_ERROR(Write(event, fields));
    if (count % kAskClock == 0 && (steady_clock::now() > limit || stopping())) {
      break;
    }
  }
  filled_through_ = fields.sequence;
  return Filled::kSome;
}

Status Publisher::Write(const FeedEvent& event, EventFields& fields) {
  if (!ReadEventFields(event.bytes, fields) || fields.sequence != event.sequence) {
    return Status::Corruption("event " + std::to_string(event.sequence) +
                              " of the log can't be read");
  }
  const Decimal key(fields.cooperative);
  const Decimal sequence(fields.sequence);
  const Decimal type(fields.body);
  return producer_->Produce({.key = key.view(),
                             .value = event.bytes,
                             .timestamp = fields.recorded_at / 1'000,
                             .sequence = sequence.view(),
                             .type = type.view()});
}

// Until the other one leaves events lying, or all is done.
Status Publisher::StandBy() {
  SetState(PublisherState::kStandingBy);
  std::uint64_t seen = 0;
  auto moved_at = steady_clock::now();
  std::unique_ptr<KafkaClient> reader;
  while (!stopping() && !Finished()) {
    const Result<bool> moves = LookAtOther(reader, seen);
    if (!moves.ok()) {
      reader.reset();
      Note(moves.status());
      if (options_.patience && steady_clock::now() - progress_at_ > *options_.patience) {
        return moves.status();
      }
    }
    if (!moves.ok() || *moves) {
      moved_at = steady_clock::now();
    } else if (steady_clock::now() - moved_at > kUntilTakeOver) {
      break;
    }
    Sleep(kBetweenLooks);
  }
  return Status::Ok();
}

// Whether it publishes, or has nothing to publish.
Result<bool> Publisher::LookAtOther(std::unique_ptr<KafkaClient>& reader, std::uint64_t& seen) {
  if (reader == nullptr) {
    Result<std::unique_ptr<KafkaClient>> made = MakeTailReader(options_.kafka);
    LUMBUNG_RETURN_IF_ERROR(made.status());
    reader = std::move(*made);
  }
  const Result<TopicTail> tail = ReadTail(*reader, options_.kafka.topic, partition_,
                                          TailRead::kCommitted, [this] { return stopping(); });
  LUMBUNG_RETURN_IF_ERROR(tail.status());
  EventFields fields;
  if (!tail->event.empty() && !ReadEventFields(tail->event, fields)) {
    return false;
  }
  SetPublished(fields.sequence);
  const bool moves = fields.sequence != seen || fields.sequence >= log_.Head();
  seen = fields.sequence;
  progress_at_ = moves ? steady_clock::now() : progress_at_;
  return moves;
}

void Publisher::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopped_.notify_all();
  log_.Wake();
}

void Publisher::EndAt(std::uint64_t sequence) {
  end_at_ = std::max<std::uint64_t>(sequence, 1);
  log_.Wake();
}

bool Publisher::Finished() const {
  const std::uint64_t end = end_at_;
  if (end == 0) {
    return false;
  }
  const std::lock_guard lock(mutex_);
  return stats_.published >= end;
}

void Publisher::Sleep(milliseconds time) {
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, time, [this] { return stop_.load(); });
}

void Publisher::SetState(PublisherState state) {
  const std::lock_guard lock(mutex_);
  stats_.state = state;
}

void Publisher::SetPublished(std::uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  if (stats_.state == PublisherState::kPublishing) {
    ++stats_.transactions;
  }
  stats_.published = sequence;
}

void Publisher::Note(const Status& trouble) {
  {
    const std::lock_guard lock(mutex_);
    stats_.last_error = trouble.message();
  }
  // Times and ports make no news.
  std::string what = trouble.message();
  std::erase_if(what, [](char c) { return c >= '0' && c <= '9'; });
  const auto now = steady_clock::now();
  const auto since = now - reported_at_;
  if (options_.report &&
      (reported_.empty() || since > kReportAgain || (what != reported_ && since > kReportOther))) {
    reported_ = what;
    reported_at_ = now;
    options_.report(trouble);
  }
}

void Publisher::NoteThatItGoesOn() {
  {
    const std::lock_guard lock(mutex_);
    stats_.last_error.clear();
  }
  progress_at_ = steady_clock::now();
  if (options_.report && !reported_.empty()) {
    reported_.clear();
    options_.report(Status::Ok());
  }
}

PublisherStats Publisher::stats() const {
  const std::lock_guard lock(mutex_);
  PublisherStats stats = stats_;
  stats.head = std::max(log_.Head(), stats.published);
  if (stats.published < stats.head) {
    stats.lag =
        microseconds(std::max<std::int64_t>(0, Clock::System().WallMicros() - current_until_));
  }
  return stats;
}

}  // namespace lumbung
