// The default chart against what the cooperatives' guide says of it.
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "engine/domain/chart.h"
#include "tests/unit/domain/book.h"

namespace lumbung {
namespace {

std::set<std::uint32_t> CodesWhere(bool (*holds)(const v1::AccountCode&)) {
  std::set<std::uint32_t> codes;
  for (const v1::AccountCode& code : DefaultChart().codes()) {
    if (holds(code)) {
      codes.insert(code.code());
    }
  }
  return codes;
}

using Codes = std::set<std::uint32_t>;

TEST(DefaultChart, IsACommandThatIsAccepted) {
  v1::Command command;
  command.set_command_id(ScenarioId("chart"));
  *command.mutable_publish_chart() = DefaultChart();
  const Checked checked = Validate(command);
  EXPECT_EQ(checked.code, v1::OK) << checked.detail;
  EXPECT_LT(command.ByteSizeLong(), 10'000u);
}

TEST(DefaultChart, ListsEveryCode) {
  EXPECT_EQ(CodesWhere([](const v1::AccountCode&) { return true; }),
            (Codes{1101, 1102, 1111, 1112, 1113, 1114, 1121, 1122, 1131, 1132, 1139, 1141,
                   1142, 1151, 1161, 1171, 1191, 1201, 1209, 2101, 2102, 2111, 2112, 2121,
                   2122, 2131, 2132, 2133, 2141, 2142, 2143, 2144, 2145, 2151, 2161, 3101,
                   3102, 3201, 3301, 3901, 4101, 4102, 4201, 4202, 4301, 4302, 4401, 5101,
                   6101, 6102, 6201, 6202, 6203, 6301, 6401, 6901, 7901}));
}

TEST(DefaultChart, FloorsStandOnSixCodes) {
  EXPECT_EQ(CodesWhere([](const v1::AccountCode& c) { return c.floor(); }),
            (Codes{1131, 2111, 2112, 2131, 3101, 3102}));
}

TEST(DefaultChart, SidesFollowTheClassButForContraAssets) {
  EXPECT_EQ(CodesWhere([](const v1::AccountCode& c) {
              const bool by_debit =
                  c.class_() == v1::AccountCode::ASSET || c.class_() == v1::AccountCode::EXPENSE;
              return (c.grows_by() == v1::DEBIT) != by_debit;
            }),
            (Codes{1139, 1209}));
}

TEST(DefaultChart, HoldersMeanWhatTheGuideSays) {
  std::map<std::string, Codes> holders;
  for (const v1::AccountCode& code : DefaultChart().codes()) {
    if (!code.holder_class().empty()) {
      holders[code.holder_class()].insert(code.code());
      EXPECT_TRUE(Chart(DefaultChart()).HasHolderClass(code.holder_class()));
    }
  }
  EXPECT_EQ(holders, (std::map<std::string, Codes>{
                         {"member", {1122, 2111, 2112, 2144, 2151, 3101, 3102}},
                         {"loan", {1131, 2131}},
                         {"book-year", {3901}},
                         {"cooperative", {1161, 2161}},
                         {"partner", {2102}},
                         {"region", {2133}},
                     }));
  EXPECT_EQ(CodesWhere([](const v1::AccountCode& c) {
              return !c.holder_class().empty() && !c.holder_required();
            }),
            Codes{2144});
  EXPECT_EQ(CodesWhere([](const v1::AccountCode& c) { return c.holder_registered(); }),
            Codes{2131});
}

TEST(DefaultChart, CashAndComponents) {
  EXPECT_EQ(CodesWhere([](const v1::AccountCode& c) { return c.cash(); }), (Codes{1101, 1102}));
  std::map<v1::Component, Codes> components;
  for (const v1::AccountCode& code : DefaultChart().codes()) {
    components[code.component()].insert(code.code());
  }
  EXPECT_EQ(components[v1::PRINCIPAL], (Codes{1131, 2131}));
  EXPECT_EQ(components[v1::INTEREST], (Codes{1132, 2132, 4201, 6201}));
  EXPECT_EQ(components[v1::PENALTY], (Codes{4202, 6202}));
  EXPECT_EQ(components[v1::FEE], Codes{6203});
}

TEST(DefaultChart, NamesEverythingInBothLanguages) {
  for (const v1::AccountCode& code : DefaultChart().codes()) {
    EXPECT_FALSE(code.name_id().empty() || code.name_en().empty()) << code.code();
  }
  for (const v1::Kind& kind : DefaultChart().kinds()) {
    EXPECT_FALSE(kind.name_id().empty() || kind.name_en().empty()) << kind.name();
  }
  for (const v1::Channel& channel : DefaultChart().channels()) {
    EXPECT_FALSE(channel.name_id().empty() || channel.name_en().empty()) << channel.name();
  }
}

}  // namespace
}  // namespace lumbung
