// Rules that look at one transaction after the other.
#include "tests/unit/projections/audit/rule_case.h"

namespace lumbung {
namespace {

constexpr int kHour = 60;

Posting Sale(int minute) { return {.legs = {{1101, 10}, {4102, -10}}, .minute = minute}; }

// Somebody takes back so many sales of a day.
void Reverse(AuditWorld& world, int times, std::uint64_t operated_by, std::uint64_t outlet = 1) {
  for (int i = 0; i < times; ++i) {
    Posting sale = Sale(10 * kHour);
    sale.outlet = outlet;
    sale.operated_by = operated_by;
    world.Reverse(sale, world.Post(sale));
  }
}

void Round(AuditWorld& world, std::int64_t rupiah, int times, Date date = 0) {
  for (int i = 0; i < times; ++i) {
    world.Post({.legs = {{7901, rupiah}, {1111, -rupiah}}, .kind = "expense", .date = date});
  }
}

// Recorded on the 30th day.
Posting Late(int about, Posting posting) {
  posting.date = AuditWorld::Day(about);
  return posting;
}

const std::vector<RuleCase> kCases = {
    {"a sale at night", "after-hours", [](AuditWorld& w) { w.Post(Sale(2 * kHour)); }, 1},
    {"several in a night are one", "after-hours",
     [](AuditWorld& w) {
       for (int i = 0; i < 4; ++i) w.Post(Sale(23 * kHour + i));
     },
     1},
    {"two outlets are two", "after-hours",
     [](AuditWorld& w) {
       w.Post(Sale(2 * kHour));
       Posting other = Sale(2 * kHour);
       other.outlet = 2;
       w.Post(other);
     },
     2},
    {"as it opens", "after-hours", [](AuditWorld& w) { w.Post(Sale(5 * kHour)); }},
    {"before it closes", "after-hours", [](AuditWorld& w) { w.Post(Sale(23 * kHour - 1)); }},
    {"a backlog that is recorded at night", "after-hours",
     [](AuditWorld& w) {
       w.GoTo(3, 2 * kHour);
       w.Post(Late(0, Sale(12 * kHour)));
     }},
    {"says no time", "after-hours", [](AuditWorld& w) { w.Post(Sale(-1)); }},
    {"a transfer from elsewhere at night", "after-hours",
     [](AuditWorld& w) {
       Posting paid = Sale(2 * kHour);
       paid.channel = "bi-fast";
       w.Post(paid);
     }},
    {"bookkeeping at night", "after-hours",
     [](AuditWorld& w) {
       Posting paid = Sale(2 * kHour);
       paid.kind = "expense";
       w.Post(paid);
     }},

    {"a request for last month", "backdating",
     [](AuditWorld& w) {
       w.GoTo(30);
       Posting sale = Late(10, Sale(12 * kHour));
       sale.is_request = true;
       sale.device = 7;
       sale.number = 1;
       w.Post(sale);
     },
     1},
    {"a fact from no device", "backdating",
     [](AuditWorld& w) {
       w.GoTo(30);
       w.Post(Late(10, Sale(12 * kHour)));
     },
     1},
    {"a device that says it happened on another day", "backdating",
     [](AuditWorld& w) {
       w.GoTo(30);
       Posting sale = Late(10, Sale(24 * kHour + 5));
       sale.device = 7;
       sale.number = 1;
       w.Post(sale);
     },
     1},
    {"several on a day are one", "backdating",
     [](AuditWorld& w) {
       w.GoTo(30);
       for (int day = 0; day < 10; ++day) w.Post(Late(day, Sale(12 * kHour)));
     },
     1},
    {"a week is allowed", "backdating",
     [](AuditWorld& w) {
       w.GoTo(30);
       w.Post(Late(23, Sale(12 * kHour)));
     }},
    {"a day more is not", "backdating",
     [](AuditWorld& w) {
       w.GoTo(30);
       w.Post(Late(22, Sale(12 * kHour)));
     },
     1},
    {"a late backlog of an outlet", "backdating",
     [](AuditWorld& w) {
       w.GoTo(30);
       for (int day = 0; day < 29; ++day) {
         Posting sale = Late(day, Sale(12 * kHour));
         sale.device = 7;
         sale.number = static_cast<std::uint64_t>(day + 1);
         w.Post(sale);
       }
     }},
    {"no outlet is offline for so long", "backdating",
     [](AuditWorld& w) {
       w.GoTo(46);
       Posting sale = Late(0, Sale(12 * kHour));
       sale.device = 7;
       sale.number = 1;
       w.Post(sale);
     },
     1},
    {"depreciation of last quarter", "backdating",
     [](AuditWorld& w) {
       w.GoTo(100);
       w.Post(
           {.legs = {{6401, 5}, {1209, -5}}, .kind = "depreciation", .date = AuditWorld::Day(5)});
     }},
    {"closing the year half a year later", "backdating",
     [](AuditWorld& w) {
       w.GoTo(130);
       w.Post({.legs = {{4101, 5}, {3901, -5, 2026}},
               .kind = "year-closing",
               .date = AuditWorld::Day(5)});
     },
     1},

    {"five by one operator in a day", "repeated-reversals",
     [](AuditWorld& w) { Reverse(w, 5, 77); }, 1},
    {"more of them are the same", "repeated-reversals", [](AuditWorld& w) { Reverse(w, 19, 77); },
     1},
    {"a legitimate one now and then", "repeated-reversals",
     [](AuditWorld& w) {
       for (int day = 0; day < 30; ++day) {
         w.GoTo(day);
         Reverse(w, 1, 77);
       }
     }},
    {"four by each of two operators", "repeated-reversals",
     [](AuditWorld& w) {
       Reverse(w, 4, 77);
       Reverse(w, 4, 78);
     }},
    {"four at each of two outlets", "repeated-reversals",
     [](AuditWorld& w) {
       Reverse(w, 4, 77, 1);
       Reverse(w, 4, 77, 2);
     }},
    {"a week's backlog with one a day", "repeated-reversals",
     [](AuditWorld& w) {
       w.GoTo(8);
       for (int day = 0; day < 8; ++day) {
         Posting undone = Late(day, Sale(-1));
         undone.operated_by = 77;
         undone.reverses = w.NewId();
         w.Post(undone);
       }
     }},

    {"a rounding difference of ten thousand", "rounding",
     [](AuditWorld& w) { Round(w, 10'000, 1); }, 1},
    {"small ones that come to much", "rounding", [](AuditWorld& w) { Round(w, 500, 21); }, 1},
    {"on the other side too", "rounding", [](AuditWorld& w) { Round(w, -10'000, 1); }, 1},
    {"small ones", "rounding", [](AuditWorld& w) { Round(w, 500, 20); }},
    {"small ones of two months", "rounding",
     [](AuditWorld& w) {
       Round(w, 500, 15);
       w.GoTo(30);
       Round(w, 500, 15);
     }},
    {"a backlog counts in its month", "rounding",
     [](AuditWorld& w) {
       Round(w, 500, 15);
       w.GoTo(30);
       Round(w, 500, 15, AuditWorld::Day(3));
     },
     1},

    {"nothing was overridden", "override", [](AuditWorld& w) { w.Post(Sale(12 * kHour)); }},
    {"a late sale into a closed month", "override",
     [](AuditWorld& w) {
       Posting sale = Sale(12 * kHour);
       sale.overrides = {v1::PERIOD_CLOSED};
       w.Post(sale);
     },
     1},
    {"two codes are two", "override",
     [](AuditWorld& w) {
       Posting sale = Sale(12 * kHour);
       sale.overrides = {v1::PERIOD_CLOSED, v1::ACCOUNT_FROZEN};
       w.Post(sale);
     },
     2},
};

TEST_P(RuleTable, FindsJustThat) { ExpectCase(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Transactions, RuleTable, testing::ValuesIn(kCases), RowName);

// All that led to it, from the first on, is evidence.
TEST(RepeatedReversals, ShowAllOfThem) {
  const Findings found = ExpectCase(
      {"seven", "repeated-reversals", [](AuditWorld& world) { Reverse(world, 7, 77); }, 1});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].finding.events, 7U);
  EXPECT_EQ(found[0].finding.evidence.size(), 7U);
  EXPECT_EQ(found[0].text_en, "Operator 77 reversed 7 transactions of Rp70 on 4 May 2026.");
}

TEST(AfterHours, SayWhen) {
  const Findings found = ExpectCase(
      {"at night", "after-hours", [](AuditWorld& world) { world.Post(Sale(2 * kHour + 5)); }, 1});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].text_id,
            "1 transaksi di gerai 1 pada 4 Mei 2026, yang pertama pukul 02:05, di luar jam "
            "05:00-23:00.");
  EXPECT_EQ(found[0].finding.outlet, 1U);
}

TEST(Backdating, SaysHowFar) {
  const Findings found = ExpectCase({"of several days", "backdating",
                                     [](AuditWorld& world) {
                                       world.GoTo(30);
                                       world.Post(Late(10, Sale(-1)));
                                       world.Post(Late(3, Sale(-1)));
                                     },
                                     1});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].text_en,
            "2 transactions of Rp20 were recorded on 3 June 2026 with business dates up to 27 days "
            "before, more than 7 days.");
  EXPECT_EQ(found[0].finding.from, AuditWorld::Day(3));
  EXPECT_EQ(found[0].finding.to, AuditWorld::Day(10));
}

}  // namespace
}  // namespace lumbung
