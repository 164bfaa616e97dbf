#include "engine/domain/state_rows.h"

#include "engine/base/bytes.h"

namespace lumbung {
namespace {

constexpr std::size_t kAccountValueBytes = 34;
constexpr std::uint8_t kKeptFlags = AccountRow::kOpened | AccountRow::kHasLimits;

std::string Start(RowType type) { return {static_cast<char>(type)}; }

// Takes numbers and texts off the front of a key.
class KeyReader {
 public:
  explicit KeyReader(std::string_view rest) : rest_(rest) {}

  template <typename T>
  T Number() {
    if (rest_.size() < sizeof(T)) {
      good_ = false;
      return 0;
    }
    const T value = LoadBigEndian<T>(rest_.data());
    rest_.remove_prefix(sizeof(T));
    return value;
  }
  std::string Text() {
    const std::size_t end = rest_.find('\0');
    if (end == std::string_view::npos) {
      good_ = false;
      return {};
    }
    std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return text;
  }
  std::string_view Bytes(std::size_t count) {
    if (rest_.size() < count) {
      good_ = false;
      return {};
    }
    const std::string_view bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return bytes;
  }
  bool Done() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

}  // namespace

std::string LedgerRowKey() { return Start(RowType::kLedger); }

std::string ChartRowKey(std::string_view name, std::uint32_t version) {
  std::string key = Start(RowType::kChart);
  key.append(name).push_back('\0');
  AppendBigEndian(key, version);
  return key;
}

std::string CooperativeRowKey(std::uint64_t cooperative) {
  std::string key = Start(RowType::kCooperative);
  AppendBigEndian(key, cooperative);
  return key;
}

std::string HolderRowKey(const HolderKey& holder) {
  const auto& [cooperative, holder_class, number] = holder;
  std::string key = Start(RowType::kHolder);
  AppendBigEndian(key, cooperative);
  key.append(holder_class).push_back('\0');
  AppendBigEndian(key, number);
  return key;
}

std::string AccountRowKey(RowType type, const AccountKey& account) {
  std::string key = Start(type);
  AppendBigEndian(key, account.cooperative);
  AppendBigEndian(key, account.code);
  key += FormatCurrency(account.currency);
  AppendBigEndian(key, account.holder);
  return key;
}

std::string LoanRowKey(const LoanKey& loan) {
  std::string key = Start(RowType::kLoan);
  AppendBigEndian(key, loan.first);
  AppendBigEndian(key, loan.second);
  return key;
}

std::string HoldRowKey(const HoldKey& hold) {
  std::string key = Start(RowType::kHold);
  AppendBigEndian(key, hold.cooperative);
  key.append(reinterpret_cast<const char*>(hold.id.bytes.data()), hold.id.bytes.size());
  return key;
}

bool ParseRowKey(std::string_view bytes, ParsedRowKey& key) {
  if (bytes.empty()) {
    return false;
  }
  key = {};
  key.type = static_cast<RowType>(bytes[0]);
  KeyReader reader(bytes.substr(1));
  switch (key.type) {
    case RowType::kLedger:
      break;
    case RowType::kChart:
      key.name = reader.Text();
      key.number = reader.Number<std::uint32_t>();
      break;
    case RowType::kCooperative:
      key.cooperative = reader.Number<std::uint64_t>();
      break;
    case RowType::kHolder:
      key.cooperative = reader.Number<std::uint64_t>();
      key.name = reader.Text();
      key.number = reader.Number<std::uint64_t>();
      break;
    case RowType::kAccount:
    case RowType::kLimits:
      key.account.cooperative = reader.Number<std::uint64_t>();
      key.account.code = reader.Number<std::uint32_t>();
      key.account.currency = ParseCurrency(reader.Bytes(3)).value_or(0);
      key.account.holder = reader.Number<std::uint64_t>();
      return reader.Done() && key.account.currency != 0;
    case RowType::kLoan:
      key.cooperative = reader.Number<std::uint64_t>();
      key.number = reader.Number<std::uint64_t>();
      break;
    case RowType::kHold: {
      key.hold.cooperative = reader.Number<std::uint64_t>();
      const std::string_view id = reader.Bytes(key.hold.id.bytes.size());
      std::copy(id.begin(), id.end(), key.hold.id.bytes.begin());
      break;
    }
    default:
      return false;
  }
  return reader.Done();
}

std::string AccountRowValue(const AccountRow& row) {
  std::string value;
  value.reserve(kAccountValueBytes);
  AppendBigEndian(value, row.last_sequence);
  AppendBigEndian(value, static_cast<std::uint64_t>(row.balance));
  AppendBigEndian(value, static_cast<std::uint64_t>(row.held_debit));
  AppendBigEndian(value, static_cast<std::uint64_t>(row.held_credit));
  value.push_back(static_cast<char>(row.status));
  value.push_back(static_cast<char>(row.flags & kKeptFlags));
  return value;
}

bool ParseAccountRowValue(std::string_view bytes, AccountRow& row) {
  if (bytes.size() != kAccountValueBytes) {
    return false;
  }
  row.last_sequence = LoadBigEndian<std::uint64_t>(bytes.data());
  row.balance = static_cast<std::int64_t>(LoadBigEndian<std::uint64_t>(bytes.data() + 8));
  row.held_debit = static_cast<std::int64_t>(LoadBigEndian<std::uint64_t>(bytes.data() + 16));
  row.held_credit = static_cast<std::int64_t>(LoadBigEndian<std::uint64_t>(bytes.data() + 24));
  row.status = static_cast<std::uint8_t>(bytes[32]);
  row.flags = static_cast<std::uint8_t>(bytes[33]);
  return (row.flags & ~kKeptFlags) == 0;
}

}  // namespace lumbung
