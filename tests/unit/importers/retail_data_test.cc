// The real invoices of UCI "Online Retail", all of them.
#include <cstdlib>
#include <filesystem>
#include <set>

#include <gtest/gtest.h>

#include "engine/importers/retail.h"

namespace lumbung {
namespace {

// Tests run in the root of the tree.
std::filesystem::path DataFile() {
  const char* folder = std::getenv("LUMBUNG_SHARED_DATA");
  return std::filesystem::path(folder != nullptr ? folder : "../shared/data") /
         "online-retail-by-day.tar.zst";
}

TEST(RetailDataTest, RealInvoicesReconcileToTheThousandth) {
  if (!std::filesystem::exists(DataFile())) {
    GTEST_SKIP() << "SKIPPED: " << DataFile()
                 << " is not there; LUMBUNG_SHARED_DATA names its folder";
  }
  RetailImport import({.cooperative = 20417});
  const Status status = import.AddPath(DataFile().string());
  ASSERT_TRUE(status.ok()) << status.message();

  std::set<std::string> ids;
  std::int64_t pence = 0;
  const RetailReport report = import.Finish([&](const v1::Command& command) {
    const v1::Transaction& transaction = command.post();
    ids.insert(transaction.transaction_id());
    for (const v1::Entry& entry : transaction.entries()) {
      if (entry.code() < 2000) pence += entry.debit() - entry.credit();
    }
  });

  EXPECT_EQ(report.files, 305);
  EXPECT_EQ(report.lines, 541'909);
  EXPECT_EQ(report.invoices, 25'900);
  EXPECT_EQ(report.exact_total, 974'774'793'400);
  EXPECT_TRUE(report.Reconciles()) << report.ToText();
  EXPECT_EQ(report.skipped.size(), 2'105u);  // 2,102 of zero, 3 adjustments of bad debt
  EXPECT_EQ(report.skipped_total, -1'106'206'000);
  EXPECT_EQ(report.residues, 400);
  EXPECT_EQ(report.rounded, 4);
  EXPECT_EQ(report.refunds, 3'836);
  EXPECT_EQ(report.sales, 25'900 - 2'105 - 3'836);
  EXPECT_EQ(ids.size(), 25'900u - 2'105u);
  // The entries say the same as the report.
  EXPECT_EQ(pence, report.posted_pence);
  EXPECT_EQ(pence, 975'880'999);
}

}  // namespace
}  // namespace lumbung
