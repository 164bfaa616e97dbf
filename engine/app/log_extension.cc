#include "engine/app/log_extension.h"

#include <cstring>
#include <utility>

#include "engine/app/signals.h"
#include "engine/exporters/proto.h"
#include "engine/verify/event_scan.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kBlockEvents = 8'192;
constexpr std::size_t kBlockBytes = std::size_t{4} << 20;

Status Unlinked(std::uint64_t sequence, const std::string& why) {
  return Status::Refused("the export does not fit: its event " + std::to_string(sequence) + " " +
                         why);
}

// What is wrong with an event by itself; empty if nothing is.
std::string FaultOf(std::string_view bytes, const ScannedEvent& event) {
  ledger::v1::Event parsed;
  if (!parsed.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      parsed.body_case() == ledger::v1::Event::BODY_NOT_SET) {
    return "is of a kind that this program does not know";
  }
  TransactionScanner transactions(event);
  ScannedTransaction transaction;
  while (transactions.Next(transaction)) {
    if (const char* fault = FaultOfEntries(transaction.bytes); fault != nullptr) {
      return std::string("has a transaction that ") + fault;
    }
  }
  return transactions.ok() ? "" : "has a transaction that can't be read";
}

}  // namespace

Result<LogExtension> LogExtension::Open(LogStore& log) {
  Result<TreeBuilder> tree = log.LoadTree();
  if (!tree.ok()) {
    return tree.status();
  }
  LogExtension extension(log);
  extension.tree_ = std::move(*tree);
  extension.head_ = log.head();
  return extension;
}

bool LogExtension::Begins(std::string_view event) const {
  ScannedEvent scanned;
  if (!ScanEvent(event, scanned) || scanned.sequence == 0) {
    return false;
  }
  if (scanned.sequence == head_.sequence + 1) {
    return scanned.previous_hash == AsView(head_.hash);
  }
  const Result<std::string> own = log_.ReadEvent(scanned.sequence);
  return own.ok() && *own == event;
}

Status LogExtension::Append(std::istream& exported) {
  EntryReader entries(exported);
  std::string event;
  exported_ = {};
  while (true) {
    const Result<bool> more = entries.Next(event);
    LUMBUNG_RETURN_IF_ERROR(more.status());
    if (!*more) {
      break;
    }
    if (StopRequested()) {
      return Status::Cancelled("stopped; nothing was restored");
    }
    LUMBUNG_RETURN_IF_ERROR(Add(event));
  }
  if (exported_.sequence < head_.sequence) {
    return Status::Refused("the export ends at event " + std::to_string(exported_.sequence) +
                           ", before the backup, which has " + std::to_string(head_.sequence) +
                           ": it says nothing of what came after");
  }
  return Flush();
}

Status LogExtension::Add(std::string_view event) {
  ScannedEvent scanned;
  if (!ScanEvent(event, scanned)) {
    return Unlinked(exported_.sequence + 1, "is not an event");
  }
  const std::uint64_t sequence = scanned.sequence;
  if (exported_.sequence != 0 &&
      (sequence != exported_.sequence + 1 || scanned.previous_hash != AsView(exported_.hash))) {
    return Unlinked(sequence, "does not follow the one before it");
  }
  if (exported_.sequence == 0 && sequence > head_.sequence + 1) {
    return Unlinked(sequence,
                    "leaves a gap: the backup ends at event " + std::to_string(head_.sequence));
  }
  exported_ = {sequence, hasher_.Leaf(event)};
  if (sequence < head_.sequence) {
    return Status::Ok();
  }
  if (sequence == head_.sequence) {
    return exported_.hash == head_.hash
               ? Status::Ok()
               : Unlinked(sequence, "is another than the backup's: two histories");
  }
  if (scanned.previous_hash != AsView(head_.hash)) {
    return Unlinked(sequence, "follows another event than the backup's last: two histories");
  }
  if (const std::string fault = FaultOf(event, scanned); !fault.empty()) {
    return Unlinked(sequence, fault);
  }
  std::memcpy(block_.Reserve(sequence, event.size()), event.data(), event.size());
  tree_.Append(exported_.hash, tiles_);
  head_ = exported_;
  ++appended_;
  return block_.events() < kBlockEvents && block_.bytes() < kBlockBytes ? Status::Ok() : Flush();
}

Status LogExtension::Flush() {
  if (block_.empty()) {
    return Status::Ok();
  }
  block_.Finish();
  Status status = log_.Append(block_, tiles_, head_.hash);
  block_.Clear();
  tiles_.clear();
  return status;
}

}  // namespace lumbung
