#include "engine/verify/chunk_check.h"

#include <algorithm>

#include "engine/chain/hash.h"
#include "engine/domain/format_version.h"
#include "engine/verify/event_scan.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {
namespace {

namespace v1 = ledger::v1;

class ChunkChecker {
 public:
  ChunkChecker(ChunkResult& result, const ChunkWants& wants) : result_(result), wants_(wants) {
    result_.leaves.reserve(wants.leaves ? kChunkEvents : kTileWidth);
    result_.roots.reserve(kTileWidth);
  }

  // The next event; a status that is not ok where it is not what it should be.
  Status Visit(std::uint64_t sequence, std::string_view bytes) {
    ScannedEvent event;
    if (!ScanEvent(bytes, event)) {
      return Fault(sequence, "is not an event");
    }
    if (event.sequence != sequence) {
      return Fault(sequence, "says that it is number " + std::to_string(event.sequence));
    }
    LUMBUNG_RETURN_IF_ERROR(CheckLink(sequence, event));
    LUMBUNG_RETURN_IF_ERROR(CheckTransactions(sequence, event));
    LUMBUNG_RETURN_IF_ERROR(NoteKeys(sequence, bytes, event));
    if (wants_.events && event.body_number != v1::Event::kTransactionPosted) {
      result_.others.push_back({sequence, std::string(bytes)});
    }
    AddLeaf(hasher_.Leaf(bytes), event);
    result_.event_bytes += bytes.size();
    return Status::Ok();
  }

 private:
  Status Fault(std::uint64_t sequence, const std::string& what) {
    result_.finding = Finding{sequence, "event " + std::to_string(sequence) + " " + what};
    return Status::Corruption(what);
  }

  Status CheckLink(std::uint64_t sequence, const ScannedEvent& event) {
    if (result_.events == 0) {
      result_.first_previous_hash = AsHash(event.previous_hash);
      result_.first_recorded_at = event.recorded_at;
      return Status::Ok();
    }
    if (event.previous_hash != AsView(result_.last_hash)) {
      result_.finding = UnlinkedFinding(sequence, result_.last_hash, AsHash(event.previous_hash));
      return Status::Corruption(result_.finding->what);
    }
    if (event.recorded_at < result_.last_recorded_at) {
      return Fault(sequence, "was recorded earlier than the one before it");
    }
    return Status::Ok();
  }

  Status CheckTransactions(std::uint64_t sequence, const ScannedEvent& event) {
    TransactionScanner transactions(event);
    ScannedTransaction transaction;
    while (transactions.Next(transaction)) {
      const char* fault = FaultOfEntries(transaction.bytes, &entries_);
      if (fault == nullptr && !KeepEntries(event, transaction.cooperative)) {
        fault = "has an entry whose currency is none";
      }
      if (fault != nullptr) {
        return Fault(sequence, "has a transaction (" + std::string(transaction.transaction_id) +
                                   ") that " + fault);
      }
      ++result_.transactions;
    }
    return transactions.ok() ? Status::Ok()
                             : Fault(sequence, "has a transaction that can't be read");
  }

  // False where one can't be kept.
  bool KeepEntries(const ScannedEvent& event, std::uint64_t cooperative) {
    const bool keep = wants_.events && event.body_number == v1::Event::kTransactionPosted;
    for (const ScannedEntry& entry : entries_) {
      const std::optional<CurrencyCode> currency = ParseCurrency(entry.currency);
      if (!currency) {
        return false;
      }
      if (keep) {
        result_.posted.push_back({event.sequence,
                                  {cooperative, entry.code, *currency, entry.holder},
                                  entry.is_debit,
                                  entry.amount});
      }
    }
    return true;
  }

  Status NoteKeys(std::uint64_t sequence, std::string_view bytes, const ScannedEvent& scanned) {
    const bool created = scanned.body_number == v1::Event::kLedgerCreated;
    if (created != (sequence == 1)) {
      return Fault(sequence, created ? "creates the ledger again" : "does not create the ledger");
    }
    if (!created && scanned.body_number != v1::Event::kCheckpointKeyChanged) {
      return Status::Ok();
    }
    v1::Event event;
    if (!event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      return Fault(sequence, "can't be parsed");
    }
    if (created) {
      if (event.ledger_created().format_version() != kFormatVersion) {
        return Fault(sequence, "is of a format that this version does not know: " +
                                   std::to_string(event.ledger_created().format_version()));
      }
      result_.origin = event.ledger_created().origin();
      result_.checkpoint_keys.push_back(event.ledger_created().checkpoint_key());
    } else {
      result_.checkpoint_keys.push_back(event.checkpoint_key_changed().public_key());
    }
    return Status::Ok();
  }

  void AddLeaf(const Hash& leaf, const ScannedEvent& event) {
    result_.last_hash = leaf;
    result_.last_recorded_at = event.recorded_at;
    ++result_.events;
    result_.leaves.push_back(leaf);
    if (!wants_.leaves && result_.leaves.size() == kTileWidth) {
      const std::string_view hashes(reinterpret_cast<const char*>(result_.leaves.data()),
                                    kTileBytes);
      result_.roots.push_back(TileRoot(hasher_, hashes));
      result_.leaves.clear();
    }
  }

  ChunkResult& result_;
  const ChunkWants wants_;
  std::vector<ScannedEntry> entries_;
  Hasher hasher_;
};

}  // namespace

Finding UnlinkedFinding(std::uint64_t sequence, const Hash& hash, const Hash& expected) {
  return {sequence - 1, "event " + std::to_string(sequence - 1) + " has the hash " + ToHex(hash) +
                            ", but event " + std::to_string(sequence) + " follows " +
                            ToHex(expected) + ": one of the two was changed"};
}

ChunkResult CheckChunk(const LogStore& log, std::uint64_t first, std::uint64_t last,
                       const ChunkWants& wants, const std::atomic<bool>* stop) {
  ChunkResult result;
  ChunkChecker checker(result, wants);
  const Status status =
      log.ForEach(first, last, [&](std::uint64_t sequence, std::string_view event) -> Status {
        if (stop != nullptr && stop->load(std::memory_order_relaxed)) {
          return Status::Cancelled("stopped");
        }
        return checker.Visit(sequence, event);
      });
  const std::uint64_t wanted = last - first + 1;
  if (!result.finding && !status.ok() && status.kind() != Status::Kind::kCancelled) {
    result.finding =
        Finding{first + result.events, "event " + std::to_string(first + result.events) +
                                           " can't be read: " + status.message()};
  } else if (!result.finding && status.ok() && result.events != wanted) {
    result.finding = Finding{first + result.events,
                             "event " + std::to_string(first + result.events) + " is missing"};
  }
  return result;
}

}  // namespace lumbung
