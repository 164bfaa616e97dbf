#include "engine/importers/retail.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <tuple>

#include "engine/base/decimal.h"
#include "engine/domain/ids.h"
#include "engine/importers/csv.h"
#include "engine/importers/input_files.h"

namespace lumbung {
namespace {

enum Column : std::size_t {
  kNumber,
  kStock,
  kDescription,
  kQuantity,
  kTime,
  kPrice,
  kCustomer,
  kCountry,
  kColumns,
};
constexpr std::array<std::string_view, kColumns> kHeader = {
    "InvoiceNo",   "StockCode", "Description", "Quantity",
    "InvoiceDate", "UnitPrice", "CustomerID",  "Country"};

// 20 trillion pounds. A sum at the limit and one more amount fit 64 bits.
constexpr Millipence kMaxMagnitude = 2'000'000'000'000'000'000;

constexpr std::uint32_t kMemberReceivable = 1122;
constexpr std::uint32_t kCardReceivable = 1121;
constexpr std::uint32_t kSalesToMembers = 4101;
constexpr std::uint32_t kSalesToOthers = 4102;

// An invoice number becomes the transaction's reference and stands in reports.
bool IsInvoiceNumber(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
  });
}

bool ReadNumber(std::string_view text, std::size_t at, std::size_t size, int& number) {
  const char* begin = text.data() + at;
  const auto [end, error] = std::from_chars(begin, begin + size, number);
  return error == std::errc{} && end == begin + size && number >= 0;
}

struct Moment {
  Date date = 0;
  std::int64_t local_micros = 0;
};

// "2010-12-01 08:26:00"
std::optional<Moment> ParseMoment(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-dd dd:dd:dd";
  if (text.size() != kShape.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kShape[i] != 'd' && kShape[i] != text[i]) return std::nullopt;
  }
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!ReadNumber(text, 0, 4, year) || !ReadNumber(text, 5, 2, month) ||
      !ReadNumber(text, 8, 2, day) || !ReadNumber(text, 11, 2, hour) ||
      !ReadNumber(text, 14, 2, minute) || !ReadNumber(text, 17, 2, second)) {
    return std::nullopt;
  }
  const Date date = year * 10'000 + month * 100 + day;
  if (month > 12 || !IsDate(date) || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const std::int64_t seconds =
      ((std::int64_t{DaysOfDate(date)} * 24 + hour) * 60 + minute) * 60 + second;
  return Moment{date, seconds * 1'000'000};
}

// "" is 0; "17850.0" (a number that went through a spreadsheet) and "17850" are 17850.
std::optional<std::uint64_t> ParseCustomer(std::string_view text) {
  if (text.empty()) return 0;
  if (text.ends_with(".0")) text.remove_suffix(2);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number == 0) return std::nullopt;
  return number;
}

std::optional<Millipence> ParseAmount(std::string_view quantity_text, std::string_view price_text) {
  const auto quantity = ParseDecimal(quantity_text, 0);
  const auto price = ParseDecimal(price_text, kMillipenceDecimals);
  Millipence amount = 0;
  if (!quantity || !price || __builtin_mul_overflow(*quantity, *price, &amount) ||
      amount > kMaxMagnitude || amount < -kMaxMagnitude) {
    return std::nullopt;
  }
  return amount;
}

struct Leg {
  std::uint32_t code = 0;
  std::uint64_t holder = 0;
};

v1::Entry& AddEntry(v1::Transaction& transaction, const Leg& leg) {
  v1::Entry& entry = *transaction.add_entries();
  entry.set_code(leg.code);
  entry.set_holder(leg.holder);
  entry.set_currency("GBP");
  return entry;
}

}  // namespace

Status RetailImport::AddPath(const std::string& path) {
  return ForEachInputFile(path, [this](const std::string& name, std::string_view content) {
    return AddFile(name, content);
  });
}

Status RetailImport::AddFile(const std::string& name, std::string_view content) {
  ++files_;
  CsvReader reader(content);
  std::vector<std::string> fields;
  auto more = reader.Next(fields);
  if (more.ok() && !std::equal(fields.begin(), fields.end(), kHeader.begin(), kHeader.end())) {
    return Status::InvalidArgument(name +
                                   ": the first line is not InvoiceNo,StockCode,Description," +
                                   "Quantity,InvoiceDate,UnitPrice,CustomerID,Country");
  }
  while (more.ok() && *more) {
    more = reader.Next(fields);
    if (!more.ok() || !*more) break;
    if (const Status status = AddLine(fields); !status.ok()) {
      return Status::InvalidArgument(name + ":" + std::to_string(reader.line()) + ": " +
                                     status.message());
    }
  }
  if (!more.ok()) return Status::InvalidArgument(name + ": " + more.status().message());
  ++report_.files;
  return Status::Ok();
}

Status RetailImport::AddLine(const std::vector<std::string>& fields) {
  if (fields.size() != kColumns) {
    return Status::InvalidArgument("has " + std::to_string(fields.size()) + " fields, not 8");
  }
  const auto wrong = [&fields](Column column) {
    return Status::InvalidArgument(std::string(kHeader[column]) + ": can't read \"" +
                                   fields[column].substr(0, 64) + "\"");
  };
  if (!IsInvoiceNumber(fields[kNumber])) return wrong(kNumber);
  const auto moment = ParseMoment(fields[kTime]);
  if (!moment) return wrong(kTime);
  const auto customer = ParseCustomer(fields[kCustomer]);
  if (!customer) return wrong(kCustomer);
  if (!ParseDecimal(fields[kQuantity], 0)) return wrong(kQuantity);
  const auto amount = ParseAmount(fields[kQuantity], fields[kPrice]);
  if (!amount) return wrong(kPrice);

  const auto [found, added] = invoices_.try_emplace(fields[kNumber]);
  Invoice& invoice = found->second;
  if (added) {
    invoice.file = files_;
    invoice.customer = *customer;
    invoice.date = moment->date;
    invoice.first_time = moment->local_micros;
  } else if (invoice.file != files_) {
    return Status::InvalidArgument("invoice " + found->first +
                                   " stands in another file too; was a file given twice?");
  }
  invoice.two_customers |= invoice.customer != *customer;
  invoice.two_days |= invoice.date != moment->date;
  invoice.first_time = std::min(invoice.first_time, moment->local_micros);
  ++invoice.lines;
  ++report_.lines;
  magnitude_ += std::abs(*amount);
  if (magnitude_ > kMaxMagnitude) {
    return Status::InvalidArgument("all amounts together go beyond 20 trillion pounds");
  }
  invoice.amount += *amount;
  report_.exact_total += *amount;
  return Status::Ok();
}

RetailReport RetailImport::Finish(const std::function<void(v1::Command)>& emit) {
  std::vector<const std::pair<const std::string, Invoice>*> ordered;
  ordered.reserve(invoices_.size());
  for (const auto& invoice : invoices_) ordered.push_back(&invoice);
  std::sort(ordered.begin(), ordered.end(), [](const auto* a, const auto* b) {
    return std::tie(a->second.first_time, a->first) < std::tie(b->second.first_time, b->first);
  });

  report_.invoices = static_cast<std::int64_t>(ordered.size());
  for (const auto* entry : ordered) {
    const auto& [number, invoice] = *entry;
    const std::int64_t pence = RoundToPence(invoice.amount);
    if (const auto reason = ReasonToSkip(number, invoice, pence); !reason.empty()) {
      report_.skipped.push_back({number, invoice.lines, invoice.amount, reason});
      report_.skipped_total += invoice.amount;
      continue;
    }
    const Millipence residue = invoice.amount - pence * kMillipencePerPenny;
    report_.posted_pence += pence;
    report_.residues += residue;
    report_.rounded += residue != 0 ? 1 : 0;
    ++(pence < 0 ? report_.refunds : report_.sales);
    emit(MakeCommand(number, invoice, pence));
  }
  return std::move(report_);
}

std::string_view RetailImport::ReasonToSkip(std::string_view number, const Invoice& invoice,
                                            std::int64_t pence) {
  const char first = number.front();
  if (first != 'C' && (first < '0' || first > '9')) return "not an invoice of goods";
  if (invoice.two_customers) return "lines of two customers";
  if (invoice.two_days) return "lines of two days";
  if (invoice.amount == 0) return "total is zero";
  if (pence == 0) return "total rounds to zero";
  if (first == 'C' && pence > 0) return "a cancellation with a positive total";
  return {};
}

v1::Command RetailImport::MakeCommand(const std::string& number, const Invoice& invoice,
                                      std::int64_t pence) const {
  const bool refund = pence < 0;
  const std::int64_t amount = refund ? -pence : pence;
  const std::int64_t offset = std::int64_t{options_.utc_offset_minutes} * 60'000'000;

  v1::Command command;
  v1::Transaction& transaction = *command.mutable_post();
  transaction.set_transaction_id(FormatUuid(UuidV5(kInvoiceNameSpace, number)));
  transaction.set_cooperative(options_.cooperative);
  transaction.set_kind(refund ? "refund" : "sale");
  transaction.set_channel("card");
  transaction.set_nature(v1::Transaction::FACT);
  transaction.set_business_date(invoice.date);
  transaction.set_occurred_at(invoice.first_time - offset);
  transaction.set_reference(number);

  const bool member = invoice.customer != 0;
  const Leg receivable{member ? kMemberReceivable : kCardReceivable, invoice.customer};
  const Leg sales{member ? kSalesToMembers : kSalesToOthers, 0};
  AddEntry(transaction, refund ? sales : receivable).set_debit(amount);
  AddEntry(transaction, refund ? receivable : sales).set_credit(amount);
  return command;
}

}  // namespace lumbung
