#include "engine/verify/event_scan.h"

#include <algorithm>

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {
namespace {

namespace v1 = ledger::v1;

__extension__ using Int128 = __int128;

constexpr std::size_t kHashBytes = 32;
constexpr int kMinEntries = 2;
constexpr int kMaxEntries = 256;

}  // namespace

bool ScanEvent(std::string_view bytes, ScannedEvent& event) {
  event = {};
  WireReader fields(bytes);
  std::uint32_t last = 0;
  while (fields.Next()) {
    if (fields.number() <= last) {
      return false;
    }
    last = fields.number();
    switch (last) {
      case v1::Event::kSequenceFieldNumber:
        event.sequence = fields.value();
        break;
      case v1::Event::kRecordedAtFieldNumber:
        event.recorded_at = static_cast<std::int64_t>(fields.value());
        break;
      case v1::Event::kPreviousHashFieldNumber:
        event.previous_hash = fields.bytes();
        break;
      case v1::Event::kEpochFieldNumber:
      case v1::Event::kActorFieldNumber:
        break;
      default:
        if (event.body_number != 0) {
          return false;
        }
        event.body_number = last;
        event.body = fields.bytes();
    }
  }
  return fields.ok() && event.body_number != 0 && event.previous_hash.size() == kHashBytes;
}

TransactionScanner::TransactionScanner(const ScannedEvent& event) : fields_(event.body) {
  switch (event.body_number) {
    case v1::Event::kTransactionPosted:
      item_number_ = v1::TransactionPosted::kTransactionFieldNumber;
      break;
    case v1::Event::kTransactionHeld:
      item_number_ = v1::TransactionHeld::kTransactionFieldNumber;
      break;
    case v1::Event::kHoldCaptured:
      item_number_ = v1::HoldCaptured::kTransactionFieldNumber;
      break;
    case v1::Event::kBatchPosted:
      item_number_ = v1::BatchPosted::kTransactionsFieldNumber;
      transaction_number_ = v1::TransactionPosted::kTransactionFieldNumber;
      break;
    default:
      fields_ = WireReader({});
  }
}

bool TransactionScanner::Next(ScannedTransaction& transaction) {
  while (fields_.Next()) {
    if (fields_.number() != item_number_) {
      continue;
    }
    if (transaction_number_ == 0) {
      return Read(fields_.bytes(), transaction);
    }
    WireReader item(fields_.bytes());
    while (item.Next()) {
      if (item.number() == transaction_number_) {
        return Read(item.bytes(), transaction);
      }
    }
    ok_ = false;
    return false;
  }
  ok_ = ok_ && fields_.ok();
  return false;
}

bool TransactionScanner::Read(std::string_view bytes, ScannedTransaction& transaction) {
  transaction = {};
  transaction.bytes = bytes;
  WireReader fields(bytes);
  // Id and cooperative stand first.
  while (fields.Next() && fields.number() <= v1::Transaction::kCooperativeFieldNumber) {
    if (fields.number() == v1::Transaction::kTransactionIdFieldNumber) {
      transaction.transaction_id = fields.bytes();
    } else {
      transaction.cooperative = fields.value();
    }
  }
  ok_ = fields.ok() && transaction.cooperative != 0;
  return ok_;
}

bool EntryScanner::Next(ScannedEntry& entry) {
  while (fields_.Next()) {
    if (fields_.number() < last_) {
      ok_ = false;
      return false;
    }
    last_ = fields_.number();
    if (last_ != v1::Transaction::kEntriesFieldNumber) {
      continue;
    }
    entry = {};
    WireReader parts(fields_.bytes());
    std::uint32_t last = 0;
    while (parts.Next()) {
      if (parts.number() <= last) {
        ok_ = false;
        return false;
      }
      last = parts.number();
      switch (last) {
        case v1::Entry::kCodeFieldNumber:
          entry.code = static_cast<std::uint32_t>(parts.value());
          break;
        case v1::Entry::kHolderFieldNumber:
          entry.holder = parts.value();
          break;
        case v1::Entry::kCurrencyFieldNumber:
          entry.currency = parts.bytes();
          break;
        case v1::Entry::kDebitFieldNumber:
        case v1::Entry::kCreditFieldNumber:
          ok_ = ok_ && entry.amount == 0;
          entry.is_debit = last == v1::Entry::kDebitFieldNumber;
          entry.amount = static_cast<std::int64_t>(parts.value());
          break;
        default:
          ok_ = false;
      }
    }
    ok_ = ok_ && parts.ok();
    return ok_;
  }
  return false;
}

const char* FaultOfEntries(std::string_view transaction, std::vector<ScannedEntry>* read) {
  struct Sum {
    std::string_view currency;
    Int128 debits_less_credits = 0;
  };
  // Most transactions have one currency, which then costs no allocation.
  Sum first;
  std::vector<Sum> others;
  int entries = 0;
  if (read != nullptr) {
    read->clear();
  }
  EntryScanner scanner(transaction);
  ScannedEntry entry;
  while (scanner.Next(entry)) {
    if (++entries > kMaxEntries) {
      return "has more than 256 entries";
    }
    if (entry.amount <= 0) {
      return "has an entry whose amount is not positive";
    }
    const std::string_view currency = entry.currency == "IDR" ? std::string_view() : entry.currency;
    if (entries == 1) {
      first.currency = currency;
    }
    Sum* sum = &first;
    if (currency != first.currency) {
      const auto found = std::find_if(others.begin(), others.end(),
                                      [&](const Sum& s) { return s.currency == currency; });
      sum = found != others.end() ? &*found : &others.emplace_back(Sum{currency, 0});
    }
    if (read != nullptr) {
      read->push_back(entry);
    }
    sum->debits_less_credits += entry.is_debit ? entry.amount : -Int128{entry.amount};
  }
  if (!scanner.ok()) {
    return "can't be read";
  }
  if (entries < kMinEntries) {
    return "has fewer than 2 entries";
  }
  const bool balanced = first.debits_less_credits == 0 &&
                        std::all_of(others.begin(), others.end(),
                                    [](const Sum& s) { return s.debits_less_credits == 0; });
  if (!balanced) {
    return "does not balance";
  }
  return nullptr;
}

}  // namespace lumbung
