#include "engine/domain/chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/domain/book.h"

namespace lumbung {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

v1::Chart SmallChart() {
  v1::Chart chart;
  chart.set_name("small");
  chart.set_version(1);
  chart.set_effective_date(20250101);
  chart.add_currencies()->set_currency("IDR");
  chart.mutable_currencies(0)->set_exponent(2);
  chart.add_holder_classes()->set_name("member");
  v1::AccountCode& cash = *chart.add_codes();
  cash.set_code(20);
  cash.set_class_(v1::AccountCode::ASSET);
  cash.set_grows_by(v1::DEBIT);
  v1::AccountCode& savings = *chart.add_codes();
  savings.set_code(10);
  savings.set_class_(v1::AccountCode::LIABILITY);
  savings.set_grows_by(v1::CREDIT);
  savings.set_holder_class("member");
  savings.set_holder_required(true);
  chart.add_kinds()->set_name("sale");
  chart.add_channels()->set_name("cash");
  return chart;
}

TEST(Chart, FindsItsRows) {
  const Chart chart(SmallChart());
  ASSERT_NE(chart.FindCode(10), nullptr);
  EXPECT_EQ(chart.FindCode(10)->holder_class(), "member");
  EXPECT_EQ(chart.FindCode(11), nullptr);
  EXPECT_NE(chart.FindKind("sale"), nullptr);
  EXPECT_EQ(chart.FindKind("cash"), nullptr);
  EXPECT_NE(chart.FindChannel("cash"), nullptr);
  EXPECT_EQ(chart.FindChannel("sale"), nullptr);
  EXPECT_NE(chart.FindCurrency(kIdr), nullptr);
  EXPECT_EQ(chart.FindCurrency(*ParseCurrency("USD")), nullptr);
  EXPECT_TRUE(chart.HasHolderClass("member"));
  EXPECT_FALSE(chart.HasHolderClass("loan"));
  EXPECT_TRUE(chart.has_rupiah());
}

TEST(Chart, MayDoWithoutRupiah) {
  v1::Chart proto = SmallChart();
  proto.mutable_currencies(0)->set_currency("USD");
  EXPECT_FALSE(Chart(proto).has_rupiah());
}

TEST(MergeChart, ReplacesAndAddsRowsAndKeepsTheRestInKeyOrder) {
  v1::Chart delta;
  delta.set_name("small");
  delta.set_version(2);
  delta.set_base_version(1);
  delta.set_effective_date(20260101);
  v1::AccountCode& replaced = *delta.add_codes();
  replaced = SmallChart().codes(0);
  replaced.set_name_en("Cash at hand");
  delta.add_codes()->set_code(15);
  delta.add_kinds()->set_name("refund");

  const v1::Chart merged = MergeChart(SmallChart(), delta);
  EXPECT_EQ(merged.version(), 2u);
  EXPECT_EQ(merged.base_version(), 0u);
  EXPECT_EQ(merged.effective_date(), 20260101);
  ASSERT_EQ(merged.codes_size(), 3);
  EXPECT_EQ(merged.codes(0).code(), 10u);
  EXPECT_EQ(merged.codes(1).code(), 15u);
  EXPECT_EQ(merged.codes(2).code(), 20u);
  EXPECT_EQ(merged.codes(2).name_en(), "Cash at hand");
  ASSERT_EQ(merged.kinds_size(), 2);
  EXPECT_EQ(merged.kinds(0).name(), "refund");
  EXPECT_EQ(merged.currencies_size(), 1);
  EXPECT_EQ(merged.holder_classes_size(), 1);
  EXPECT_EQ(merged.channels_size(), 1);
}

TEST(ChartIncompatibility, NothingMayBeTakenBack) {
  const v1::Chart before = SmallChart();
  EXPECT_THAT(ChartIncompatibility(before, before), IsEmpty());

  const auto refused = [&](auto change) {
    v1::Chart after = SmallChart();
    change(after);
    return ChartIncompatibility(before, after);
  };
  EXPECT_THAT(refused([](v1::Chart& c) { c.mutable_codes()->RemoveLast(); }), HasSubstr("code 10"));
  EXPECT_THAT(
      refused([](v1::Chart& c) { c.mutable_codes(0)->set_class_(v1::AccountCode::EXPENSE); }),
      HasSubstr("class"));
  EXPECT_THAT(refused([](v1::Chart& c) { c.mutable_codes(0)->set_grows_by(v1::CREDIT); }),
              HasSubstr("grows_by"));
  EXPECT_THAT(refused([](v1::Chart& c) { c.mutable_codes(1)->set_holder_class("loan"); }),
              HasSubstr("holder_class"));
  EXPECT_THAT(refused([](v1::Chart& c) { c.mutable_codes(1)->set_holder_required(false); }),
              HasSubstr("holder_required"));
  EXPECT_THAT(
      refused([](v1::Chart& c) { c.mutable_codes(0)->set_opening(v1::AccountCode::EXPLICIT); }),
      HasSubstr("opening"));
  EXPECT_THAT(refused([](v1::Chart& c) { c.clear_currencies(); }), HasSubstr("IDR"));
  EXPECT_THAT(refused([](v1::Chart& c) { c.mutable_currencies(0)->set_exponent(0); }),
              HasSubstr("IDR"));
}

TEST(ChartIncompatibility, NamesFloorsAndRetirementMayChange) {
  v1::Chart after = SmallChart();
  after.mutable_codes(0)->set_name_en("Cash at hand");
  after.mutable_codes(0)->set_retired_from(20270101);
  after.mutable_codes(0)->set_floor(true);
  after.add_codes()->set_code(30);
  after.add_kinds()->set_name("refund");
  EXPECT_THAT(ChartIncompatibility(SmallChart(), after), IsEmpty());
}

TEST(ChartVersions, TheLatestThatIsEffectiveIsInForce) {
  ChartVersions versions;
  EXPECT_TRUE(versions.empty());
  v1::Chart chart = SmallChart();
  versions.Add(chart);
  chart.set_version(2);
  chart.set_effective_date(20260101);
  versions.Add(chart);
  chart.set_version(3);  // another one for the same day
  versions.Add(chart);
  EXPECT_EQ(versions.InForce(20240101).version(), 1u);
  EXPECT_EQ(versions.InForce(20251231).version(), 1u);
  EXPECT_EQ(versions.InForce(20260101).version(), 3u);
  EXPECT_EQ(versions.latest().version(), 3u);
}

}  // namespace
}  // namespace lumbung
