#include "engine/verify/state_check.h"

#include <algorithm>

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {
namespace {

Finding FaultAt(std::uint64_t sequence, const std::string& what) {
  return {sequence, "event " + std::to_string(sequence) + " " + what};
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
    case v1::Event::kTransactionHeld: {
      const v1::Transaction& transaction = event.transaction_held().transaction();
      return FaultOfHold(transaction.transaction_id(), transaction.entries());
    }
    case v1::Event::kHoldCaptured:
      return FaultOfHold(event.hold_captured().hold_id(), event.hold_captured().released());
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
    case v1::Event::kTransactionPosted:
    case v1::Event::kBatchPosted:
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

std::optional<Finding> StateReplay::Take(const ChunkResult& chunk) {
  auto entry = chunk.posted.begin();
  auto other = chunk.others.begin();
  while (entry != chunk.posted.end() || other != chunk.others.end()) {
    if (entry == chunk.posted.end() ||
        (other != chunk.others.end() && other->sequence < entry->sequence)) {
      if (std::optional<Finding> finding = Apply(*other++)) {
        return finding;
      }
      continue;
    }
    const std::uint64_t sequence = entry->sequence;
    changes_.Clear();
    for (; entry != chunk.posted.end() && entry->sequence == sequence; ++entry) {
      NetChange& change = changes_.At(entry->account);
      (entry->is_debit ? change.debit : change.credit) += entry->amount;
    }
    state_.ApplyPosted(changes_, sequence);
  }
  return std::nullopt;
}

std::optional<Finding> StateReplay::Apply(const OtherEvent& other) {
  if (!event_.ParseFromString(other.bytes)) {
    return FaultAt(other.sequence, "can't be parsed");
  }
  if (const std::string fault = FaultOfEvent(event_, state_); !fault.empty()) {
    return FaultAt(other.sequence, fault);
  }
  if (event_.has_state_attested()) {
    if (std::optional<Finding> finding = CheckAttestation(event_)) {
      return finding;
    }
  }
  state_.Apply(event_);
  return std::nullopt;
}

std::optional<Finding> StateReplay::CheckAttestation(const v1::Event& event) {
  const v1::StateAttested& attested = event.state_attested();
  if (attested.sequence() + 1 != event.sequence()) {
    ++attestations_skipped_;
    return std::nullopt;
  }
  ++attestations_;
  const Hash digest = state_.Digest();
  if (attested.digest() == AsView(digest)) {
    return std::nullopt;
  }
  return FaultAt(event.sequence(), "attests the state digest " + ToHex(attested.digest()) +
                                       ", but replaying gives " + ToHex(digest));
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
  v1::Event event;
  status = log.ForEach(derived.marker().sequence + 1, last,
                       [&](std::uint64_t, std::string_view bytes) -> Status {
                         if (!event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
                           return Status::Corruption("an event can't be parsed");
                         }
                         kept.Apply(event);
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
