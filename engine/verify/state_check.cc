#include "engine/verify/state_check.h"

#include <algorithm>

#include "engine/verify/event_scan.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {
namespace {

// Makes of an event's bytes what State::Apply reads of it. Postings, nearly all there is, are not
// parsed: one message is filled again and again with their sequence, cooperative and entries.
class EventReader {
 public:
  // Null where the bytes are no event. Valid until the next call.
  const v1::Event* Read(std::string_view bytes) {
    ScannedEvent scanned;
    if (!ScanEvent(bytes, scanned)) {
      return nullptr;
    }
    if (scanned.body_number == v1::Event::kTransactionPosted) {
      return FillPosting(scanned) ? &posting_ : nullptr;
    }
    return event_.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ? &event_ : nullptr;
  }

 private:
  bool FillPosting(const ScannedEvent& scanned) {
    TransactionScanner transactions(scanned);
    ScannedTransaction found;
    if (!transactions.Next(found)) {
      return false;
    }
    posting_.set_sequence(scanned.sequence);
    v1::Transaction& transaction = *posting_.mutable_transaction_posted()->mutable_transaction();
    transaction.set_cooperative(found.cooperative);
    transaction.clear_entries();  // keeps the memory
    EntryScanner entries(found.bytes);
    ScannedEntry entry;
    while (entries.Next(entry)) {
      v1::Entry& filled = *transaction.add_entries();
      filled.set_code(entry.code);
      filled.set_holder(entry.holder);
      if (!entry.currency.empty()) {
        filled.set_currency(entry.currency.data(), entry.currency.size());
      }
      entry.is_debit ? filled.set_debit(entry.amount) : filled.set_credit(entry.amount);
    }
    return entries.ok();
  }

  v1::Event event_;
  v1::Event posting_;
};

Status Fault(std::optional<Finding>& finding, std::uint64_t sequence, const std::string& what) {
  finding = Finding{sequence, "event " + std::to_string(sequence) + " " + what};
  return Status::Corruption(what);
}

Status CheckAttestation(const v1::Event& event, StateReplay& replay) {
  const v1::StateAttested& attested = event.state_attested();
  if (attested.sequence() + 1 != event.sequence()) {
    ++replay.attestations_skipped;
    return Status::Ok();
  }
  ++replay.attestations;
  const Hash digest = replay.state->Digest();
  if (attested.digest() != AsView(digest)) {
    return Fault(replay.finding, event.sequence(),
                 "attests the state digest " + ToHex(attested.digest()) + ", but replaying gives " +
                     ToHex(digest));
  }
  return Status::Ok();
}

bool HaveCurrencies(const google::protobuf::RepeatedPtrField<v1::Entry>& entries) {
  return std::all_of(entries.begin(), entries.end(), [](const v1::Entry& entry) {
    return ParseCurrency(entry.currency()).has_value();
  });
}

std::string FaultOfHold(const std::string& id,
                        const google::protobuf::RepeatedPtrField<v1::Entry>& entries) {
  if (!ParseUuid(id)) {
    return "has a hold whose id is no UUID";
  }
  return HaveCurrencies(entries) ? "" : "has an entry whose currency is none";
}

// What in an event would not let it be applied, though it is linked: only an engine that is wrong,
// or someone who wrote the whole chain anew, makes such a one.
std::string FaultOfEvent(const v1::Event& event, const State& state) {
  switch (event.body_case()) {
    case v1::Event::kTransactionPosted:
      return HaveCurrencies(event.transaction_posted().transaction().entries())
                 ? ""
                 : "has an entry whose currency is none";
    case v1::Event::kBatchPosted: {
      const auto& items = event.batch_posted().transactions();
      const bool good = std::all_of(items.begin(), items.end(), [](const auto& item) {
        return HaveCurrencies(item.transaction().entries());
      });
      return good ? "" : "has an entry whose currency is none";
    }
    case v1::Event::kTransactionHeld: {
      const v1::Transaction& transaction = event.transaction_held().transaction();
      return FaultOfHold(transaction.transaction_id(), transaction.entries());
    }
    case v1::Event::kHoldCaptured: {
      const v1::HoldCaptured& captured = event.hold_captured();
      const std::string fault = FaultOfHold(captured.hold_id(), captured.released());
      return !fault.empty() || HaveCurrencies(captured.transaction().entries())
                 ? fault
                 : "has an entry whose currency is none";
    }
    case v1::Event::kHoldReleased:
      return FaultOfHold(event.hold_released().hold_id(), event.hold_released().released());
    case v1::Event::kChartPublished: {
      const v1::Chart& chart = event.chart_published().chart();
      return chart.base_version() == 0 || state.FindChart(chart.name()) != nullptr
                 ? ""
                 : "changes a chart that was not published";
    }
    case v1::Event::kAccountOpened:
      return ParseCurrency(event.account_opened().opening().account().currency())
                 ? ""
                 : "opens an account whose currency is none";
    case v1::Event::kAccountStatusChanged:
      return ParseCurrency(event.account_status_changed().status().account().currency())
                 ? ""
                 : "changes an account whose currency is none";
    case v1::Event::BODY_NOT_SET:
      return "is of a kind that this program does not know";
    case v1::Event::kCommandRejected:
    case v1::Event::kLedgerCreated:
    case v1::Event::kCheckpointKeyChanged:
    case v1::Event::kEpochStarted:
    case v1::Event::kLedgerRestored:
    case v1::Event::kCooperativeRegistered:
    case v1::Event::kCooperativeChanged:
    case v1::Event::kHolderChanged:
    case v1::Event::kPeriodClosed:
    case v1::Event::kLoanGranted:
    case v1::Event::kLoanScheduleReplaced:
    case v1::Event::kLoanPaymentReported:
    case v1::Event::kLoanStatusReported:
    case v1::Event::kAttestationRecorded:
    case v1::Event::kStateAttested:
    case v1::Event::kErasureRecorded:
      return {};
  }
  return {};
}

// Names the first account by number of row that is not the same in both.
std::string DifferenceOf(const State& replayed, const State& kept) {
  for (std::size_t i = 0; i < replayed.accounts().size(); ++i) {
    const AccountRow& row = replayed.accounts().row(i);
    const AccountRow* other = kept.accounts().Find(row.key);
    if (other == nullptr) {
      return "account " + FormatAccount(row.key) + " is missing from it";
    }
    if (other->balance != row.balance || other->held_debit != row.held_debit ||
        other->held_credit != row.held_credit || other->status != row.status ||
        other->last_sequence != row.last_sequence) {
      return "account " + FormatAccount(row.key) + " has the balance " +
             std::to_string(other->balance) + " there and " + std::to_string(row.balance) +
             " in the log, in minor units";
    }
  }
  return "rows other than those of accounts differ";
}

}  // namespace

StateReplay ReplayFromStart(const LogStore& log, std::uint64_t last,
                            std::size_t account_memory_bytes, Watermark& good,
                            const std::atomic<bool>* stop) {
  StateReplay replay;
  replay.state = std::make_unique<State>(account_memory_bytes);
  EventReader reader;
  std::uint64_t next = 1;
  const Status status =
      log.ForEach(1, last, [&](std::uint64_t sequence, std::string_view bytes) -> Status {
        if (!good.WaitFor(sequence) || (stop != nullptr && stop->load(std::memory_order_relaxed))) {
          return Status::Cancelled("stopped");
        }
        next = sequence + 1;
        const v1::Event* event = reader.Read(bytes);
        if (event == nullptr) {
          return Fault(replay.finding, sequence, "can't be parsed");
        }
        if (const std::string fault = FaultOfEvent(*event, *replay.state); !fault.empty()) {
          return Fault(replay.finding, sequence, fault);
        }
        if (event->body_case() == v1::Event::kStateAttested) {
          LUMBUNG_RETURN_IF_ERROR(CheckAttestation(*event, replay));
        }
        replay.state->Apply(*event);
        return Status::Ok();
      });
  if (status.kind() == Status::Kind::kCancelled) {
    replay.state.reset();
  } else if (!status.ok() && !replay.finding) {
    replay.finding =
        Finding{next, "event " + std::to_string(next) + " can't be read: " + status.message()};
  }
  return replay;
}

std::optional<Finding> CompareDerived(const DerivedStore& derived, const LogStore& log,
                                      std::uint64_t last, const State& replayed,
                                      std::size_t account_memory_bytes) {
  const auto fault = [](const std::string& what) {
    return Finding{0, "the derived store " + what + "; delete its folder, and it is built again"};
  };
  State kept(account_memory_bytes);
  Status status = derived.ForEachRow(
      [&](std::string_view key, std::string_view value) { return kept.LoadRow(key, value); });
  if (!status.ok()) {
    return fault("can't be read: " + status.message());
  }
  EventReader reader;
  status = log.ForEach(derived.marker().sequence + 1, last,
                       [&](std::uint64_t, std::string_view bytes) -> Status {
                         const v1::Event* event = reader.Read(bytes);
                         if (event == nullptr) {
                           return Status::Corruption("an event can't be parsed");
                         }
                         kept.Apply(*event);
                         return Status::Ok();
                       });
  if (!status.ok()) {
    return fault("can't be compared: " + status.message());
  }
  if (kept.Digest() == replayed.Digest()) {
    return std::nullopt;
  }
  return fault("is not what the log gives: " + DifferenceOf(replayed, kept));
}

}  // namespace lumbung
