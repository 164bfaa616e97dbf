// Invoices of a shop (UCI "Online Retail": InvoiceNo, StockCode, Description, Quantity,
// InvoiceDate, UnitPrice, CustomerID, Country; a line of an invoice a row) as transactions, to the
// thousandth of a penny accounted for.
//
// One transaction an invoice, a FACT, its amount the exact sum of the invoice's lines rounded half
// to even to pence. Of a member (CustomerID given): debit 1122 of that holder, credit 4101; of
// others: debit 1121, credit 4102. A negative sum is a refund, with the sides exchanged. The id is
// the v5 UUID of the invoice number in kInvoiceNameSpace.
//
// Skipped, with the reason: an invoice whose amount is zero or rounds to it (no entry can be made
// of it), one whose number begins with a letter other than C (adjustments of bad debt), a
// cancellation (C) with a positive sum, an invoice of two customers or of two days. A row that
// can't be read stops the import, as does an invoice number that appears in two files: a file was
// given twice.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/date.h"
#include "engine/base/status.h"
#include "engine/importers/retail_report.h"

#include "lumbung/ledger/v1/command.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

struct RetailOptions {
  std::uint64_t cooperative = 0;
  // Zone of the times in the file.
  std::int32_t utc_offset_minutes = 0;
};

// One thread at a time.
class RetailImport {
 public:
  explicit RetailImport(RetailOptions options) : options_(options) {}

  // Reads a file, or all files of an archive (input_files.h).
  Status AddPath(const std::string& path);
  // Reads the content of one CSV file. After an error the import can't go on.
  Status AddFile(const std::string& name, std::string_view content);

  // Hands out the transactions in order of (time, invoice number), whatever the order of the files,
  // and says what became of every line. Called once.
  RetailReport Finish(const std::function<void(v1::Command)>& emit);

 private:
  struct Invoice {
    std::size_t file = 0;
    std::uint64_t customer = 0;
    Date date = 0;
    std::int64_t first_time = 0;
    std::int64_t lines = 0;
    Millipence amount = 0;
    bool two_customers = false;
    bool two_days = false;
  };

  Status AddLine(const std::vector<std::string>& fields);
  // Why an invoice can't be a transaction; empty where it can. `pence` is its rounded amount.
  static std::string_view ReasonToSkip(std::string_view number, const Invoice& invoice,
                                       std::int64_t pence);
  v1::Command MakeCommand(const std::string& number, const Invoice& invoice,
                          std::int64_t pence) const;

  const RetailOptions options_;
  std::size_t files_ = 0;
  // Sum of all lines' amounts without their signs: its limit bounds every other sum.
  Millipence magnitude_ = 0;
  std::unordered_map<std::string, Invoice> invoices_;
  RetailReport report_;
};

}  // namespace lumbung
