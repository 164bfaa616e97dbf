#include "engine/verify/verify.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include "engine/base/clock.h"
#include "engine/store/derived_store.h"
#include "engine/store/log_store.h"
#include "engine/verify/checkpoint_check.h"
#include "engine/verify/chunk_check.h"
#include "engine/verify/chunk_pool.h"
#include "engine/verify/state_check.h"
#include "engine/verify/tree_check.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {
namespace {

std::vector<std::uint64_t> SizesOf(const std::vector<KeptCheckpoint>& checkpoints) {
  std::vector<std::uint64_t> sizes;
  for (const KeptCheckpoint& kept : checkpoints) {
    if (const auto size = ClaimedSize(kept.text)) {
      sizes.push_back(*size);
    }
  }
  std::sort(sizes.begin(), sizes.end());
  return sizes;
}

class ShardVerifier {
 public:
  ShardVerifier(const LogStore& log, const VerifyOptions& options)
      : log_(log), options_(options), tree_(log, SizesOf(options.checkpoints)) {
    report_.head = log.head();
  }

  Result<VerifyReport> Run(const DerivedStore* derived, const Status& derived_status);

 private:
  // Rounds `from` down to a piece and takes the tree before it from the stored tiles.
  void SkipToFirst();
  void CheckLog();
  // False where the piece ends the check.
  bool TakeChunk(ChunkResult chunk);
  Status CheckSeam(const ChunkResult& chunk);
  void CheckHead();
  void CheckCheckpoints();
  void CheckState(const DerivedStore* derived, const Status& derived_status);
  bool Stopped() const { return options_.stop != nullptr && options_.stop->load(); }

  void Find(Finding finding) { report_.findings.push_back(std::move(finding)); }

  const LogStore& log_;
  const VerifyOptions& options_;
  TreeCheck tree_;
  VerifyReport report_;
  // First event that is read.
  std::uint64_t first_ = 1;
  // Of the last event checked.
  Hash last_hash_{};
  std::int64_t last_recorded_at_ = 0;
  std::vector<std::string> keys_;
  // Null where the state is not checked, and after the state's own finding.
  std::unique_ptr<StateReplay> replay_;
  std::optional<Finding> state_finding_;
};

void ShardVerifier::SkipToFirst() {
  const std::uint64_t pieces = (options_.from - 1) / kChunkEvents;
  for (std::uint64_t i = 0; i < pieces; ++i) {
    if (auto finding = tree_.AppendStored()) {
      return Find(std::move(*finding));
    }
  }
  first_ = pieces * kChunkEvents + 1;
  if (first_ == 1) {
    return;
  }
  const Result<std::string> before = log_.ReadEvent(first_ - 1);
  const Result<std::string> created = log_.ReadEvent(1);
  if (!before.ok() || !created.ok()) {
    return Find(
        {before.ok() ? 1 : first_ - 1, (before.ok() ? created : before).status().message()});
  }
  last_hash_ = Hasher().Leaf(*before);
  const ChunkResult genesis = CheckChunk(log_, 1, 1, {.leaves = true, .events = false}, nullptr);
  if (genesis.finding) {
    return Find(*genesis.finding);
  }
  report_.origin = genesis.origin;
  keys_ = genesis.checkpoint_keys;
}

Status ShardVerifier::CheckSeam(const ChunkResult& chunk) {
  const std::uint64_t sequence = tree_.size() + 1;
  if (chunk.events == 0) {
    return Status::Ok();
  }
  if (chunk.first_previous_hash != last_hash_) {
    Finding finding = UnlinkedFinding(sequence, last_hash_, chunk.first_previous_hash);
    if (sequence == 1) {
      finding = {1, "event 1 follows another event, though it is the first"};
    }
    Find(finding);
    return Status::Corruption(finding.what);
  }
  if (chunk.first_recorded_at < last_recorded_at_) {
    Find({sequence,
          "event " + std::to_string(sequence) + " was recorded earlier than the one before it"});
    return Status::Corruption("time");
  }
  return Status::Ok();
}

bool ShardVerifier::TakeChunk(ChunkResult chunk) {
  if (!CheckSeam(chunk).ok()) {
    return false;
  }
  report_.events += chunk.events;
  report_.transactions += chunk.transactions;
  report_.event_bytes += chunk.event_bytes;
  keys_.insert(keys_.end(), chunk.checkpoint_keys.begin(), chunk.checkpoint_keys.end());
  if (!chunk.origin.empty()) {
    report_.origin = chunk.origin;
  }
  if (chunk.finding) {
    Find(std::move(*chunk.finding));
    return false;
  }
  if (auto finding = tree_.Append(chunk)) {
    // A chunk's last event is vouched for by the one after it alone: where that disowns it, it is
    // the one that was changed, and the tile only repeats it.
    const std::uint64_t last = first_ + report_.events - 1;
    const Result<std::string> next = log_.ReadEvent(last + 1);
    ledger::v1::Event event;
    if (next.ok() && event.ParseFromString(*next) &&
        event.previous_hash() != AsView(chunk.last_hash)) {
      finding =
          Finding{last, "event " + std::to_string(last) + " does not have the hash that event " +
                            std::to_string(last + 1) + " names: one of the two was changed"};
    }
    Find(std::move(*finding));
    return false;
  }
  last_hash_ = chunk.last_hash;
  last_recorded_at_ = chunk.last_recorded_at;
  if (replay_ != nullptr) {
    if (auto finding = replay_->Take(chunk)) {
      // The log by itself is read to its end.
      state_finding_ = std::move(finding);
      replay_.reset();
    }
  }
  return true;
}

void ShardVerifier::CheckLog() {
  const std::uint64_t last = report_.head.sequence;
  const unsigned threads =
      options_.threads != 0 ? options_.threads : std::max(1U, std::thread::hardware_concurrency());
  ChunkPool pool(log_, first_, last, threads,
                 [this, with_events = replay_ != nullptr](std::uint64_t begin, std::uint64_t end) {
                   return ChunkWants{.leaves = tree_.WantsLeaves(begin, end),
                                     .events = with_events};
                 });
  for (std::uint64_t at = first_; at <= last; at += kChunkEvents) {
    ChunkResult chunk = pool.Take(at);
    if (Stopped() || !TakeChunk(std::move(chunk))) {
      break;
    }
    if (options_.progress) {
      options_.progress(report_.events, last - first_ + 1);
    }
  }
}

void ShardVerifier::CheckHead() {
  if (!report_.findings.empty()) {
    return;
  }
  report_.root = tree_.Root();
  if (last_hash_ != report_.head.hash) {
    Find({report_.head.sequence, "the last event, " + std::to_string(report_.head.sequence) +
                                     ", has another hash than HEAD says"});
    return;
  }
  const std::string range =
      "events " + std::to_string(first_) + " to " + std::to_string(report_.head.sequence);
  report_.checked.push_back("chain: " + range + " follow each other");
  report_.checked.push_back("transactions: " + std::to_string(report_.transactions) +
                            " balance in every currency");
  report_.checked.push_back("tree: root computed, " + std::to_string(tree_.tiles_compared()) +
                            " stored tiles equal");
  if (first_ > 1) {
    report_.not_checked.push_back("events before " + std::to_string(first_) +
                                  ": taken as the stored tiles say");
  }
}

void ShardVerifier::CheckCheckpoints() {
  LogFacts facts;
  facts.origin = report_.origin;
  facts.size = report_.head.sequence;
  facts.roots = tree_.roots();
  if (options_.key) {
    facts.keys.push_back(*options_.key);
  } else {
    for (const std::string& bytes : keys_) {
      if (PublicKey key; bytes.size() == key.size()) {
        std::copy(bytes.begin(), bytes.end(), key.begin());
        facts.keys.push_back(key);
      }
    }
  }
  bool believed = false;
  for (const KeptCheckpoint& kept : options_.checkpoints) {
    const std::optional<std::uint64_t> size = ClaimedSize(kept.text);
    if (size && *size <= facts.size && !facts.roots.contains(*size)) {
      report_.not_checked.push_back("checkpoint " + kept.name +
                                    ": the tree was not followed at its size, " +
                                    std::to_string(*size));
      continue;
    }
    const std::string fault = FaultOfCheckpoint(kept, facts);
    if (!fault.empty()) {
      Find({0, fault});
    } else {
      report_.checked.push_back("checkpoint " + kept.name + ": signature and root are right");
      believed = true;
    }
  }
  if (believed && !options_.key) {
    report_.not_checked.push_back(
        "whose key signed the checkpoints: it is one that the log names; give the key that you "
        "were told with --key");
  }
}

void ShardVerifier::CheckState(const DerivedStore* derived, const Status& derived_status) {
  if (!options_.state || first_ > 1) {
    report_.not_checked.push_back(first_ > 1 ? "state: it takes all events from the first"
                                             : "state: not asked for");
    return;
  }
  if (state_finding_) {
    return Find(*state_finding_);
  }
  if (!report_.findings.empty()) {
    report_.not_checked.emplace_back("state: it takes a log without a fault");
    return;
  }
  report_.state_digest = replay_->state().Digest();
  report_.checked.push_back("state: digest computed, " + std::to_string(replay_->attestations()) +
                            " attestations equal");
  if (replay_->attestations_skipped() != 0) {
    report_.not_checked.push_back(std::to_string(replay_->attestations_skipped()) +
                                  " attestations of an earlier moment");
  }
  if (derived == nullptr) {
    return Find({0, "the derived store can't be opened: " + derived_status.message() +
                        "; delete its folder, and it is built again"});
  }
  if (auto finding = CompareDerived(*derived, log_, report_.head.sequence, replay_->state(),
                                    options_.account_memory_bytes)) {
    return Find(std::move(*finding));
  }
  report_.checked.push_back("derived store: equal to what the log gives");
}

Result<VerifyReport> ShardVerifier::Run(const DerivedStore* derived, const Status& derived_status) {
  if (options_.from == 0 || options_.from > std::max<std::uint64_t>(1, report_.head.sequence)) {
    return Status::InvalidArgument("there is no event " + std::to_string(options_.from) +
                                   ": the log ends at " + std::to_string(report_.head.sequence));
  }
  SkipToFirst();
  if (report_.findings.empty()) {
    if (options_.state && first_ == 1) {
      replay_ = std::make_unique<StateReplay>(options_.account_memory_bytes);
    }
    CheckLog();
  }
  if (Stopped()) {
    return Status::Cancelled("stopped before everything was checked");
  }
  CheckHead();
  CheckCheckpoints();
  CheckState(derived, derived_status);
  return std::move(report_);
}

void CheckFiles(const LogStore& log, const DerivedStore* derived, VerifyReport& report) {
  Status status = log.VerifyFiles();
  if (status.ok() && derived != nullptr) {
    status = derived->VerifyFiles();
  }
  if (status.ok()) {
    report.checked.insert(report.checked.begin(), "files: checksums and HEAD are right");
  } else {
    report.findings.push_back({0, status.message()});
  }
}

}  // namespace

Result<VerifyReport> VerifyShard(const std::string& dir, const VerifyOptions& options) {
  const std::int64_t start = Clock::System().MonotonicMicros();
  LogStoreOptions log_options;
  log_options.read_only = true;
  Result<std::unique_ptr<LogStore>> log = LogStore::Open(dir, log_options);
  if (!log.ok()) {
    if (log.status().kind() != Status::Kind::kCorruption) {
      return log.status();
    }
    VerifyReport report;
    report.findings.push_back({0, log.status().message()});
    report.not_checked.emplace_back("the events: the log can't be opened");
    return report;
  }
  DerivedStoreOptions derived_options;
  derived_options.read_only = true;
  Result<std::unique_ptr<DerivedStore>> derived = DerivedStore::Open(dir, derived_options);
  const DerivedStore* const derived_store = derived.ok() ? derived->get() : nullptr;

  ShardVerifier verifier(**log, options);
  Result<VerifyReport> report = verifier.Run(derived_store, derived.status());
  if (!report.ok()) {
    return report;
  }
  CheckFiles(**log, derived_store, *report);
  std::stable_sort(report->findings.begin(), report->findings.end(),
                   [](const Finding& a, const Finding& b) {
                     return a.sequence != 0 && (b.sequence == 0 || a.sequence < b.sequence);
                   });
  report->seconds = static_cast<double>(Clock::System().MonotonicMicros() - start) / 1'000'000.0;
  return report;
}

}  // namespace lumbung
