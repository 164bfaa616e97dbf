#include "tests/unit/projections/balances/plain_books.h"

#include <set>

#include "engine/base/check.h"
#include "engine/domain/net_changes.h"

namespace lumbung {

PlainBooks::PlainBooks(const std::vector<std::string>& events) {
  for (const std::string& bytes : events) {
    v1::Event event;
    LUMBUNG_CHECK(event.ParseFromString(bytes));
    if (event.has_transaction_posted()) {
      Post(event, event.transaction_posted().transaction(), event.transaction_posted().posting());
    }
    for (const v1::TransactionPosted& posted : event.batch_posted().transactions()) {
      Post(event, posted.transaction(), posted.posting());
    }
    if (event.has_hold_captured()) {
      Post(event, event.hold_captured().transaction(), event.hold_captured().posting());
    }
    for (const v1::Cooperative* version : {&event.cooperative_registered().cooperative(),
                                           &event.cooperative_changed().cooperative()}) {
      if (version->cooperative() != 0) {
        cooperatives_[version->cooperative()].push_back(*version);
      }
    }
  }
  for (PlainEntry& entry : entries_) {
    entry.region = RegionAt(entry.account.cooperative, entry.entry.posting_date);
  }
}

void PlainBooks::Post(const v1::Event& event, const v1::Transaction& transaction,
                      const v1::Posting& posting) {
  std::uint16_t index = 0;
  if (!entries_.empty() && entries_.back().entry.place.sequence == event.sequence()) {
    index = static_cast<std::uint16_t>(entries_.back().entry.place.index + 1);
  }
  for (const v1::Entry& entry : transaction.entries()) {
    PlainEntry& plain = entries_.emplace_back();
    plain.account = KeyOf(transaction.cooperative(), entry);
    plain.entry.place = {event.sequence(), index++};
    plain.entry.recorded_at = event.recorded_at();
    plain.entry.posting_date = posting.posting_date();
    plain.entry.is_debit = entry.debit() != 0;
    plain.entry.amount = entry.debit() + entry.credit();
    plain.transaction_id = transaction.transaction_id();
    plain.kind = transaction.kind();
    plain.reference = transaction.reference();
    plain.business_date = transaction.business_date();
  }
}

std::string PlainBooks::RegionAt(std::uint64_t cooperative, Date date) const {
  const std::vector<v1::Cooperative>& versions = cooperatives_.at(cooperative);
  const v1::Cooperative* in_force = &versions.front();
  for (const v1::Cooperative& version : versions) {
    if (version.effective_date() <= date) {
      in_force = &version;
    }
  }
  std::string digits;
  for (const char c : in_force->village_code()) {
    digits += c == '.' ? "" : std::string(1, c);
  }
  return digits.size() == 10 ? digits : "?";
}

std::vector<AccountKey> PlainBooks::Accounts() const {
  std::set<AccountKey> accounts;
  for (const PlainEntry& entry : entries_) {
    accounts.insert(entry.account);
  }
  return {accounts.begin(), accounts.end()};
}

std::vector<PlainEntry> PlainBooks::EntriesOf(const AccountKey& account) const {
  std::vector<PlainEntry> entries;
  for (const PlainEntry& entry : entries_) {
    if (entry.account == account) {
      entries.push_back(entry);
    }
  }
  return entries;
}

}  // namespace lumbung
