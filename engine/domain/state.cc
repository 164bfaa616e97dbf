#include "engine/domain/state.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include <openssl/evp.h>

#include "engine/base/check.h"
#include "engine/domain/state_rows.h"

namespace lumbung {
namespace {

Status BadRow(std::string_view key) {
  return Status::Corruption("state row " + ToHex(key) + " can't be read");
}

template <typename Map, typename Key>
auto* FindIn(const Map& map, const Key& key) {
  const auto it = map.find(key);
  return it == map.end() ? nullptr : &it->second;
}

v1::CooperativeRow RowOf(const CooperativeState& cooperative) {
  v1::CooperativeRow row;
  row.set_last_sequence(cooperative.last_sequence);
  for (const auto& version : cooperative.versions) {
    *row.add_versions() = version;
  }
  row.set_operations_closed_through(cooperative.operations_closed_through);
  row.set_closed_through(cooperative.closed_through);
  return row;
}

}  // namespace

const v1::Cooperative& CooperativeState::InForce(Date date) const {
  for (auto it = versions.rbegin(); it != versions.rend(); ++it) {
    if (it->effective_date() <= date) {
      return *it;
    }
  }
  return versions.front();
}

State::State(std::size_t account_memory_bytes) : accounts_(account_memory_bytes) {}

const ChartVersions* State::FindChart(std::string_view name) const {
  const auto it = charts_.find(name);
  return it == charts_.end() ? nullptr : it->second.get();
}
const CooperativeState* State::FindCooperative(std::uint64_t cooperative) const {
  return FindIn(cooperatives_, cooperative);
}
const v1::HolderRow* State::FindHolder(const HolderKey& key) const { return FindIn(holders_, key); }
const v1::LoanRow* State::FindLoan(const LoanKey& key) const { return FindIn(loans_, key); }
const v1::HoldRow* State::FindHold(const HoldKey& key) const { return FindIn(holds_, key); }

const v1::AccountLimits& State::LimitsOf(const AccountRow& row) const {
  const auto it = limits_.find(row.key);
  LUMBUNG_CHECK(it != limits_.end());
  return it->second.limits();
}

const HoldKey* State::FirstDueHold(std::int64_t now) const {
  return expiries_.empty() || std::get<0>(*expiries_.begin()) > now
             ? nullptr
             : &std::get<2>(*expiries_.begin());
}

std::int64_t State::NextExpiry() const {
  return expiries_.empty() ? 0 : std::get<0>(*expiries_.begin());
}

void State::MarkDirty(AccountRow& row) {
  if ((row.flags & AccountRow::kDirty) == 0) {
    row.flags |= AccountRow::kDirty;
    dirty_accounts_.push_back(&row);
  }
}

Status State::LoadRow(std::string_view key, std::string_view value) {
  const auto type = key.empty() ? RowType{} : static_cast<RowType>(key[0]);
  return type == RowType::kAccount ? LoadAccount(key, value) : LoadReference(key, value);
}

Status State::LoadAccount(std::string_view key, std::string_view value) {
  ParsedRowKey parsed;
  AccountRow kept;
  if (!ParseRowKey(key, parsed) || !ParseAccountRowValue(value, kept)) {
    return BadRow(key);
  }
  kept.key = parsed.account;
  accounts_.FindOrCreate(parsed.account) = kept;
  return Status::Ok();
}

Status State::LoadReference(std::string_view key, std::string_view value) {
  ParsedRowKey parsed;
  const auto read = [&](google::protobuf::MessageLite& row) {
    return row.ParseFromArray(value.data(), static_cast<int>(value.size()));
  };
  if (!ParseRowKey(key, parsed)) {
    return BadRow(key);
  }
  switch (parsed.type) {
    case RowType::kLedger:
      return read(ledger_) ? Status::Ok() : BadRow(key);
    case RowType::kChart: {
      v1::ChartRow row;
      if (!read(row)) {
        return BadRow(key);
      }
      auto& versions = charts_[parsed.name];
      if (versions == nullptr) {
        versions = std::make_unique<ChartVersions>();
      }
      if (parsed.number != versions->all().size() + 1) {
        return BadRow(key);
      }
      versions->Add(std::move(*row.mutable_chart()));
      chart_sequences_[{parsed.name, static_cast<std::uint32_t>(parsed.number)}] =
          row.last_sequence();
      return Status::Ok();
    }
    case RowType::kCooperative: {
      v1::CooperativeRow row;
      if (!read(row) || row.versions().empty()) {
        return BadRow(key);
      }
      CooperativeState& cooperative = cooperatives_[parsed.cooperative];
      cooperative.last_sequence = row.last_sequence();
      cooperative.versions.assign(row.versions().begin(), row.versions().end());
      cooperative.operations_closed_through = row.operations_closed_through();
      cooperative.closed_through = row.closed_through();
      return Status::Ok();
    }
    case RowType::kHolder: {
      v1::HolderRow& row = holders_[{parsed.cooperative, parsed.name, parsed.number}];
      if (!read(row)) {
        return BadRow(key);
      }
      has_closed_holders_ |= row.holder().status() == v1::Holder::CLOSED;
      return Status::Ok();
    }
    case RowType::kLimits:
      return read(limits_[parsed.account]) ? Status::Ok() : BadRow(key);
    case RowType::kLoan:
      return read(loans_[{parsed.cooperative, parsed.number}]) ? Status::Ok() : BadRow(key);
    case RowType::kHold: {
      v1::HoldRow row;
      if (!read(row)) {
        return BadRow(key);
      }
      AddHold(parsed.hold, std::move(row));
      return Status::Ok();
    }
    case RowType::kAccount:
      return LoadAccount(key, value);
  }
  return BadRow(key);
}

StateRow State::Encode(const std::string& key) const {
  ParsedRowKey parsed;
  LUMBUNG_CHECK(ParseRowKey(key, parsed));
  StateRow encoded{.key = key, .value = {}, .deleted = false};
  const auto put = [&](const google::protobuf::MessageLite* row) {
    encoded.deleted = row == nullptr;
    if (row != nullptr) {
      encoded.value = row->SerializeAsString();
    }
  };
  switch (parsed.type) {
    case RowType::kLedger:
      put(&ledger_);
      break;
    case RowType::kChart: {
      const auto version = static_cast<std::uint32_t>(parsed.number);
      v1::ChartRow row;
      row.set_last_sequence(chart_sequences_.at({parsed.name, version}));
      *row.mutable_chart() = FindChart(parsed.name)->all()[version - 1].proto();
      put(&row);
      break;
    }
    case RowType::kCooperative: {
      const v1::CooperativeRow row = RowOf(cooperatives_.at(parsed.cooperative));
      put(&row);
      break;
    }
    case RowType::kHolder:
      put(FindHolder({parsed.cooperative, parsed.name, parsed.number}));
      break;
    case RowType::kAccount: {
      const AccountRow* row = accounts_.Find(parsed.account);
      LUMBUNG_CHECK(row != nullptr);
      encoded.value = AccountRowValue(*row);
      break;
    }
    case RowType::kLimits:
      put(FindIn(limits_, parsed.account));
      break;
    case RowType::kLoan:
      put(FindLoan({parsed.cooperative, parsed.number}));
      break;
    case RowType::kHold:
      put(FindHold(parsed.hold));
      break;
  }
  return encoded;
}

void State::BeginCut() {
  LUMBUNG_CHECK(cut_accounts_.empty() && cut_.empty());
  cut_accounts_.swap(dirty_accounts_);
  cut_.assign(dirty_.begin(), dirty_.end());
  // Copied from the back: by key, so that of a chart's versions the kept ones have no gap.
  std::sort(cut_.begin(), cut_.end(), std::greater<>());
  dirty_.clear();
}

bool State::CopyCut(std::size_t most, CutRows& rows) {
  for (; most > 0 && !cut_.empty(); --most) {
    rows.Add(Encode(cut_.back()));
    cut_.pop_back();
  }
  for (; most > 0 && !cut_accounts_.empty(); --most) {
    AccountRow& row = *cut_accounts_.back();
    row.flags &= static_cast<std::uint8_t>(~AccountRow::kDirty);
    rows.Add(row);
    cut_accounts_.pop_back();
  }
  return cut_.empty() && cut_accounts_.empty();
}

void State::ForEachRow(
    const std::function<void(std::string_view key, std::string_view value)>& visit) const {
  const auto visit_key = [&](const std::string& key) { visit(key, Encode(key).value); };
  visit_key(LedgerRowKey());
  for (const auto& [chart, sequence] : chart_sequences_) {
    visit_key(ChartRowKey(chart.first, chart.second));
  }
  std::vector<std::uint64_t> cooperatives;
  cooperatives.reserve(cooperatives_.size());
  for (const auto& [number, cooperative] : cooperatives_) {
    cooperatives.push_back(number);
  }
  std::sort(cooperatives.begin(), cooperatives.end());
  for (const std::uint64_t number : cooperatives) {
    visit_key(CooperativeRowKey(number));
  }
  std::vector<HolderKey> holders;
  holders.reserve(holders_.size());
  for (const auto& [key, row] : holders_) {
    holders.push_back(key);
  }
  std::sort(holders.begin(), holders.end());
  for (const HolderKey& key : holders) {
    visit_key(HolderRowKey(key));
  }
  std::vector<std::uint32_t> accounts(accounts_.size());
  std::iota(accounts.begin(), accounts.end(), 0U);
  std::sort(accounts.begin(), accounts.end(), [&](std::uint32_t a, std::uint32_t b) {
    return accounts_.row(a).key < accounts_.row(b).key;
  });
  for (const std::uint32_t number : accounts) {
    const AccountRow& row = accounts_.row(number);
    visit(AccountRowKey(RowType::kAccount, row.key), AccountRowValue(row));
  }
  for (const auto& [key, row] : limits_) {
    visit_key(AccountRowKey(RowType::kLimits, key));
  }
  for (const auto& [key, row] : loans_) {
    visit_key(LoanRowKey(key));
  }
  for (const auto& [key, row] : holds_) {
    visit_key(HoldRowKey(key));
  }
}

Hash State::Digest() const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  LUMBUNG_CHECK(EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1);
  std::string framed;
  ForEachRow([&](std::string_view key, std::string_view value) {
    framed.clear();
    AppendBigEndian(framed, static_cast<std::uint32_t>(key.size()));
    framed += key;
    AppendBigEndian(framed, static_cast<std::uint32_t>(value.size()));
    framed += value;
    LUMBUNG_CHECK(EVP_DigestUpdate(context.get(), framed.data(), framed.size()) == 1);
  });
  Hash digest;
  LUMBUNG_CHECK(EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) == 1);
  return digest;
}

}  // namespace lumbung
