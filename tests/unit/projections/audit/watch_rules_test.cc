// Rules about devices, outlets and what an acquirer settles: what comes, and what does not in time.
#include "tests/unit/projections/audit/rule_case.h"

namespace lumbung {
namespace {

void Send(AuditWorld& world, const std::vector<std::uint64_t>& numbers, std::uint64_t device = 7) {
  for (const std::uint64_t number : numbers) {
    world.Post({.legs = {{1111, 10}, {4102, -10}}, .device = device, .number = number});
  }
}

void Refuse(AuditWorld& world, std::uint64_t number) {
  v1::Event event;
  event.mutable_command_rejected()->set_code(v1::INSUFFICIENT_FUNDS);
  *event.mutable_command_rejected()->mutable_command()->mutable_post() =
      world.TransactionOf({.legs = {{2111, 5, 3}, {1102, -5}}, .device = 7, .number = number});
  world.Add(std::move(event));
}

// The outlet sells on each of these days, while the ledger goes on with others.
void TradeOn(AuditWorld& world, const std::vector<int>& days, int through) {
  for (int day = 0; day <= through; ++day) {
    if (std::find(days.begin(), days.end(), day) != days.end()) {
      world.GoTo(day, 0);
      world.Post({.legs = {{1111, 10}, {4102, -10}}});
    }
    TickThrough(world, day, day);
  }
}
std::vector<int> DaysTo(int last) {
  std::vector<int> days;
  for (int day = 0; day <= last; ++day) days.push_back(day);
  return days;
}

void SellByQris(AuditWorld& world, std::int64_t rupiah, Date date = 0) {
  world.Post({.legs = {{1121, rupiah}, {4102, -rupiah}}, .channel = "qris", .date = date});
}
void Settle(AuditWorld& world, std::int64_t rupiah) {
  world.Post({.legs = {{1111, rupiah}, {1121, -rupiah}}, .kind = "settlement", .channel = "qris"});
}

const std::vector<RuleCase> kCases = {
    {"a number never came", "sequence-gap",
     [](AuditWorld& w) {
       Send(w, {1, 2, 4});
       Tick(w, 20);
     },
     1},
    {"it comes within its time, after others", "sequence-gap",
     [](AuditWorld& w) {
       Send(w, {1, 2, 4, 5});
       w.GoTo(13);
       Send(w, {3});
       Tick(w, 20);
     }},
    {"it comes when it was told", "sequence-gap",
     [](AuditWorld& w) {
       Send(w, {1, 2, 5, 6});
       w.GoTo(16);
       Send(w, {3});
       w.GoTo(17);
       Send(w, {4});
       Tick(w, 20);
     },
     1, 1},
    {"a part of it comes", "sequence-gap",
     [](AuditWorld& w) {
       Send(w, {1, 2, 6});
       w.GoTo(16);
       Send(w, {4});
       Tick(w, 20);
     },
     1},
    {"not before its time", "sequence-gap",
     [](AuditWorld& w) {
       Send(w, {1, 3});
       Tick(w, 13);
     }},
    {"a backlog backwards", "sequence-gap",
     [](AuditWorld& w) {
       Send(w, {9, 8, 7, 6, 5, 4, 3, 2, 1});
       Tick(w, 20);
     }},
    {"a device that was in use before begins with any number", "sequence-gap",
     [](AuditWorld& w) {
       Send(w, {1'000, 1'001});
       Tick(w, 20);
     }},
    {"what was refused came too", "sequence-gap",
     [](AuditWorld& w) {
       Send(w, {1});
       Refuse(w, 2);
       Send(w, {3});
       Tick(w, 20);
     }},
    {"two devices count for themselves", "sequence-gap",
     [](AuditWorld& w) {
       Send(w, {1, 2}, 7);
       Send(w, {1, 2}, 8);
       Send(w, {3}, 7);
       Tick(w, 20);
     }},
    {"every other number is missing, more than are kept", "sequence-gap",
     [](AuditWorld& w) {
       for (std::uint64_t i = 0; i < 50; ++i) Send(w, {2 * i + 1});
       Tick(w, 20);
     },
     49},

    {"a number again", "sequence-reuse",
     [](AuditWorld& w) {
       Send(w, {1, 2, 2});
     },
     1},
    {"a backlog sent twice under new ids", "sequence-reuse",
     [](AuditWorld& w) {
       Send(w, {1, 2, 3, 4, 1, 2, 3, 4});
     },
     1},
    {"of another day is another", "sequence-reuse",
     [](AuditWorld& w) {
       Send(w, {1, 2, 2});
       w.GoTo(1);
       Send(w, {1});
     },
     2},
    {"a device that was reset is another device", "sequence-reuse",
     [](AuditWorld& w) {
       Send(w, {1, 2, 3}, 7);
       Send(w, {1, 2, 3}, 8);
     }},
    {"out of order", "sequence-reuse",
     [](AuditWorld& w) {
       Send(w, {5, 1, 3, 2, 4, 6});
     }},
    {"refused, then sent again under another id", "sequence-reuse",
     [](AuditWorld& w) {
       Send(w, {1});
       Refuse(w, 2);
       Send(w, {3, 2});
     }},
    {"refused, sent again, and again", "sequence-reuse",
     [](AuditWorld& w) {
       Refuse(w, 2);
       Send(w, {2, 2});
     },
     1},
    {"a batch under one number", "sequence-reuse",
     [](AuditWorld& w) {
       v1::Event event;
       for (int i = 0; i < 3; ++i) {
         v1::TransactionPosted& posted = *event.mutable_batch_posted()->add_transactions();
         *posted.mutable_transaction() =
             w.TransactionOf({.legs = {{1111, 10}, {4102, -10}}, .device = 7, .number = 1});
       }
       w.Add(std::move(event));
       Send(w, {2});
     }},

    {"every day, and then no more", "outlet-silent",
     [](AuditWorld& w) { TradeOn(w, DaysTo(9), 14); }, 1},
    {"and then it is back", "outlet-silent",
     [](AuditWorld& w) {
       std::vector<int> days = DaysTo(9);
       days.push_back(15);
       TradeOn(w, days, 16);
     },
     1, 1},
    {"every day", "outlet-silent", [](AuditWorld& w) { TradeOn(w, DaysTo(14), 14); }},
    {"two days are nothing", "outlet-silent", [](AuditWorld& w) { TradeOn(w, DaysTo(9), 11); }},
    {"far away, online every five days", "outlet-silent",
     [](AuditWorld& w) {
       TradeOn(w, {0, 5, 10, 15, 20, 25, 30, 35}, 42);
     }},
    {"far away, and longer than ever", "outlet-silent",
     [](AuditWorld& w) {
       TradeOn(w, {0, 5, 10, 15, 20, 25, 30, 35}, 46);
     },
     1},
    {"too new to know", "outlet-silent", [](AuditWorld& w) { TradeOn(w, DaysTo(4), 14); }},
    {"nobody was heard of: the ledger was down", "outlet-silent",
     [](AuditWorld& w) {
       TradeOn(w, DaysTo(9), 9);
       TickThrough(w, 25, 25);
     }},
    {"the outlet was closed", "outlet-silent",
     [](AuditWorld& w) {
       TradeOn(w, DaysTo(9), 9);
       v1::Event event;
       v1::Holder& outlet = *event.mutable_holder_changed()->mutable_holder();
       outlet.set_cooperative(1);
       outlet.set_holder_class("outlet");
       outlet.set_number(1);
       outlet.set_status(v1::Holder::CLOSED);
       w.Add(std::move(event));
       TickThrough(w, 10, 16);
     }},
    {"the cooperative was closed", "outlet-silent",
     [](AuditWorld& w) {
       TradeOn(w, DaysTo(9), 9);
       v1::Event event;
       v1::Cooperative& closed = *event.mutable_cooperative_changed()->mutable_cooperative();
       closed.set_cooperative(1);
       closed.set_effective_date(AuditWorld::Day(10));
       closed.set_chart("kdmp");
       closed.set_utc_offset_minutes(AuditWorld::kOffset);
       closed.set_status(v1::Cooperative::CLOSED);
       w.Add(std::move(event));
       TickThrough(w, 10, 16);
     }},

    {"never settled", "qris-unsettled",
     [](AuditWorld& w) {
       SellByQris(w, 100);
       Tick(w, 3);
     },
     1},
    {"settled the day after", "qris-unsettled",
     [](AuditWorld& w) {
       SellByQris(w, 100);
       w.GoTo(1);
       Settle(w, 100);
       Tick(w, 9);
     }},
    {"a part is left", "qris-unsettled",
     [](AuditWorld& w) {
       SellByQris(w, 100);
       w.GoTo(1);
       Settle(w, 99);
       Tick(w, 9);
     },
     1},
    {"settled when it was told", "qris-unsettled",
     [](AuditWorld& w) {
       SellByQris(w, 100);
       Tick(w, 5);
       Settle(w, 100);
       Tick(w, 9);
     },
     1, 1},
    {"sold on a Friday, settled on a Tuesday", "qris-unsettled",
     [](AuditWorld& w) {
       w.GoTo(4);
       SellByQris(w, 100);
       w.GoTo(8);
       Settle(w, 100);
       Tick(w, 20);
     }},
    {"sold on a Friday, settled on a Wednesday", "qris-unsettled",
     [](AuditWorld& w) {
       w.GoTo(4);
       SellByQris(w, 100);
       w.GoTo(9);
       Settle(w, 100);
       Tick(w, 20);
     },
     1, 1},
    {"a late backlog whose settlement came before it", "qris-unsettled",
     [](AuditWorld& w) {
       w.GoTo(1);
       Settle(w, 100);
       w.GoTo(9);
       SellByQris(w, 100, AuditWorld::Day(0));
       Tick(w, 20);
     }},
    {"every day settled by the next", "qris-unsettled",
     [](AuditWorld& w) {
       for (int day = 0; day < 30; ++day) {
         w.GoTo(day);
         if (day > 0) Settle(w, 100);
         SellByQris(w, 60);
         SellByQris(w, 40);
       }
     }},
};

TEST_P(RuleTable, FindsJustThat) { ExpectCase(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Watches, RuleTable, testing::ValuesIn(kCases), RowName);

TEST(SequenceGap, SaysWhichNumbersAndSince) {
  const Findings found = ExpectCase({"a gap", "sequence-gap",
                                     [](AuditWorld& world) {
                                       Send(world, {1, 2, 6});
                                       Tick(world, 20);
                                     },
                                     1});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].text_en,
            "Device 7 never sent numbers 3 to 5; the next one was recorded on 4 May 2026.");
}

TEST(OutletSilent, SaysSinceWhenAndWhatIsUsual) {
  const Findings found = ExpectCase(
      {"silent", "outlet-silent", [](AuditWorld& world) { TradeOn(world, DaysTo(9), 14); }, 1});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].text_en,
            "Outlet 1 has sent nothing since 13 May 2026: 3 days, usually 24 hours at most.");
}

TEST(QrisUnsettled, SaysHowMuchOfWhichDay) {
  const Findings found = ExpectCase({"unsettled", "qris-unsettled",
                                     [](AuditWorld& world) {
                                       SellByQris(world, 1'250'000);
                                       Tick(world, 9);
                                     },
                                     1});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].text_id,
            "Rp1.250.000 di akun 1:1121:0 dari 4 Mei 2026 belum diselesaikan setelah 2 hari "
            "kerja.");
}

}  // namespace
}  // namespace lumbung
