// Rules that join transactions: cash of a day, transfers, references, instalments.
#include "tests/unit/projections/audit/rule_case.h"

namespace lumbung {
namespace {

constexpr std::int64_t kMillion = 1'000'000;
// Random numbers of people, the same in all cooperatives.
constexpr std::uint64_t kSomebody = 0x5E1F'0000'0000'0001;

// --- Cash ---------------------------------------------------------------------------------------

Posting Cash(std::int64_t millions, std::uint64_t member, std::uint64_t cooperative = 1) {
  return {.legs = {{1101, millions * kMillion}, {4101, -millions * kMillion}},
          .cooperative = cooperative,
          .member = member};
}

const std::vector<RuleCase> kCash = {
    {"at once", "large-cash", [](AuditWorld& w) { w.Post(Cash(500, 3)); }, 1},
    {"a million less", "large-cash", [](AuditWorld& w) { w.Post(Cash(499, 3)); }},
    {"in parts over outlets", "large-cash",
     [](AuditWorld& w) {
       for (std::uint64_t outlet = 1; outlet <= 5; ++outlet) {
         Posting part = Cash(100, 3);
         part.outlet = outlet;
         w.Post(part);
       }
     },
     1},
    {"in parts over cooperatives", "large-cash",
     [](AuditWorld& w) {
       w.Post(Cash(300, kSomebody, 1));
       w.Post(Cash(300, kSomebody, 2));
     },
     1},
    {"the third members of two cooperatives are two people", "large-cash",
     [](AuditWorld& w) {
       w.Post(Cash(300, 3, 1));
       w.Post(Cash(300, 3, 2));
     }},
    {"on two days", "large-cash",
     [](AuditWorld& w) {
       w.Post(Cash(300, 3));
       w.GoTo(1);
       w.Post(Cash(300, 3));
     }},
    {"a part that is told late belongs to its day", "large-cash",
     [](AuditWorld& w) {
       w.Post(Cash(300, 3));
       w.GoTo(20);
       Posting late = Cash(300, 3);
       late.date = AuditWorld::Day(0);
       w.Post(late);
     },
     1},
    {"nobody is named: what goes together is not known", "large-cash",
     [](AuditWorld& w) {
       for (int i = 0; i < 5; ++i) w.Post(Cash(200, 0));
     }},
    {"nobody is named, at once", "large-cash", [](AuditWorld& w) { w.Post(Cash(600, 0)); }, 1},
    {"in and out are two things", "large-cash",
     [](AuditWorld& w) {
       w.Post(Cash(300, 3));
       w.Post({.legs = {{2101, 300 * kMillion}, {1101, -300 * kMillion}},
               .kind = "payment",
               .member = 3});
     }},
    {"out by the holder of an account", "large-cash",
     [](AuditWorld& w) {
       for (int i = 0; i < 2; ++i) {
         w.Post({.legs = {{2111, 250 * kMillion, 9}, {1102, -250 * kMillion}},
                 .kind = "savings-withdrawal"});
       }
     },
     1},
    {"not in cash", "large-cash",
     [](AuditWorld& w) {
       w.Post({.legs = {{1111, 900 * kMillion}, {4101, -900 * kMillion}}, .member = 3});
     }},
    {"a mistake that was taken back", "large-cash",
     [](AuditWorld& w) {
       const Posting wrong = Cash(600, 3);
       w.Reverse(wrong, w.Post(wrong));
       w.Post(Cash(60, 3));
     }},
    {"its own cash, brought to the bank", "large-cash",
     [](AuditWorld& w) {
       w.Post({.legs = {{1111, 900 * kMillion}, {1101, -900 * kMillion}},
               .kind = "transfer",
               .member = 3});
     }},
    {"from one till to the other", "large-cash",
     [](AuditWorld& w) {
       w.Post({.legs = {{1102, 900 * kMillion}, {1101, -900 * kMillion}}, .member = 3});
     }},
};

// --- Transfers ----------------------------------------------------------------------------------

constexpr const char* kMatter = "0190aaaa-0000-7000-8000-000000000001";

// Cooperative 1 pays 70 for 2.
Posting Paid(const std::string& correlation = kMatter) {
  return {.legs = {{1161, 70, 2}, {1111, -70}},
          .cooperative = 1,
          .kind = "inter-cooperative-payment",
          .correlation = correlation};
}
Posting Owed(const std::string& correlation = kMatter, std::int64_t rupiah = 70) {
  return {.legs = {{6101, rupiah}, {2161, -rupiah, 1}},
          .cooperative = 2,
          .kind = "inter-cooperative-payment",
          .correlation = correlation};
}

const std::vector<RuleCase> kTransfers = {
    {"the other leg never comes", "transfer-unmatched",
     [](AuditWorld& w) {
       w.Post(Paid());
       Tick(w, 9);
     },
     1},
    {"it comes at once", "transfer-unmatched",
     [](AuditWorld& w) {
       w.Post(Paid());
       w.Post(Owed());
       Tick(w, 9);
     }},
    {"it comes within its time", "transfer-unmatched",
     [](AuditWorld& w) {
       w.Post(Paid());
       w.GoTo(3, 5 * 60);
       w.Post(Owed());
       Tick(w, 9);
     }},
    {"it comes when it was told", "transfer-unmatched",
     [](AuditWorld& w) {
       w.Post(Paid());
       w.GoTo(3, 13 * 60);
       w.Post(Owed());
       Tick(w, 9);
     },
     1, 1},
    {"it is another amount", "transfer-unmatched",
     [](AuditWorld& w) {
       w.Post(Paid());
       w.Post(Owed(kMatter, 71));
       Tick(w, 9);
     },
     1},
    {"the first was reversed, as the second was refused", "transfer-unmatched",
     [](AuditWorld& w) {
       const std::string id = w.Post(Paid());
       Posting undone = Paid("");
       w.Reverse(undone, id);
       Tick(w, 9);
     }},
    {"both came, and one of them was reversed later", "transfer-unmatched",
     [](AuditWorld& w) {
       const std::string id = w.Post(Paid());
       w.Post(Owed());
       w.GoTo(5);
       w.Reverse(Paid(""), id);
       Tick(w, 20);
     },
     1},
    {"both came, and both were reversed later", "transfer-unmatched",
     [](AuditWorld& w) {
       const std::string id = w.Post(Paid());
       const std::string other = w.Post(Owed());
       w.GoTo(5);
       w.Reverse(Paid(""), id);
       w.GoTo(6);
       w.Reverse(Owed(""), other);
       Tick(w, 20);
     }},
    {"no correlation id: nothing can be its partner", "transfer-unmatched",
     [](AuditWorld& w) {
       w.Post(Paid(""));
       w.Post(Owed(""));
       Tick(w, 9);
     },
     2},
    {"settled: the other way round", "transfer-unmatched",
     [](AuditWorld& w) {
       w.Post({.legs = {{2161, 70, 1}, {1111, -70}},
               .cooperative = 2,
               .kind = "inter-cooperative-settlement",
               .correlation = kMatter});
       w.Post({.legs = {{1111, 70}, {1161, -70, 2}},
               .cooperative = 1,
               .kind = "inter-cooperative-settlement",
               .correlation = kMatter});
       Tick(w, 9);
     }},
    {"an opening balance has no other leg", "transfer-unmatched",
     [](AuditWorld& w) {
       w.Post({.legs = {{1161, 70, 2}, {3301, -70}}, .kind = "opening-balance"});
       Tick(w, 9);
     }},
    {"a transfer between its own accounts", "transfer-unmatched",
     [](AuditWorld& w) {
       w.Post({.legs = {{1112, 70}, {1111, -70}}, .kind = "transfer", .correlation = kMatter});
       Tick(w, 9);
     }},
};

// --- References ---------------------------------------------------------------------------------

Posting Named(const std::string& reference, const std::string& kind = "sale") {
  return {.legs = {{1111, 10}, {4102, -10}}, .kind = kind, .reference = reference};
}
Posting Rrn(const std::string& number) {
  return {.legs = {{1121, 10}, {4102, -10}}, .channel = "qris", .rrn = number};
}

const std::vector<RuleCase> kReferences = {
    {"the same reference", "duplicate-reference",
     [](AuditWorld& w) {
       w.Post(Named("INV-1"));
       w.Post(Named("INV-1"));
     },
     1},
    {"three times is one", "duplicate-reference",
     [](AuditWorld& w) {
       for (int day = 0; day < 3; ++day) {
         w.GoTo(day);
         w.Post(Named("INV-1"));
       }
     },
     1},
    {"others", "duplicate-reference",
     [](AuditWorld& w) {
       w.Post(Named("INV-1"));
       w.Post(Named("INV-2"));
       w.Post(Named(""));
       w.Post(Named(""));
     }},
    {"of another cooperative", "duplicate-reference",
     [](AuditWorld& w) {
       w.Post(Named("INV-1"));
       Posting other = Named("INV-1");
       other.cooperative = 2;
       w.Post(other);
     }},
    {"a purchase and its payment", "duplicate-reference",
     [](AuditWorld& w) {
       w.Post(Named("INV-1", "purchase"));
       w.Post(Named("INV-1", "payment"));
     }},
    {"two means of payment of one sale", "duplicate-reference",
     [](AuditWorld& w) {
       for (int i = 0; i < 2; ++i) {
         Posting part = Named("INV-1");
         part.correlation = kMatter;
         w.Post(part);
       }
     }},
    {"a refund names what it refunds", "duplicate-reference",
     [](AuditWorld& w) {
       Posting again = Named("INV-1");
       again.refund_of = w.Post(Named("INV-1"));
       w.Post(again);
     }},
    {"reversed, and posted again as it should be", "duplicate-reference",
     [](AuditWorld& w) {
       w.Reverse(Named("INV-1"), w.Post(Named("INV-1")));
       w.Post(Named("INV-1"));
     }},
    {"posted twice, and one of them reversed", "duplicate-reference",
     [](AuditWorld& w) {
       w.Post(Named("INV-1"));
       const std::string id = w.Post(Named("INV-1"));
       w.GoTo(1);
       w.Reverse(Named("INV-1"), id);
     },
     1, 1},
    {"posted twice, and the first reversed", "duplicate-reference",
     [](AuditWorld& w) {
       const std::string id = w.Post(Named("INV-1"));
       w.Post(Named("INV-1"));
       w.Reverse(Named("INV-1"), id);
     },
     1, 1},
    {"three times, and one reversed", "duplicate-reference",
     [](AuditWorld& w) {
       w.Post(Named("INV-1"));
       w.Post(Named("INV-1"));
       w.Reverse(Named("INV-1"), w.Post(Named("INV-1")));
     },
     1},
    {"the same payment by call-back and by file", "duplicate-reference",
     [](AuditWorld& w) {
       w.Post(Rrn("123456789012"));
       w.GoTo(1);
       w.Post(Rrn("123456789012"));
     },
     1},
    {"a sale and its settlement", "duplicate-reference",
     [](AuditWorld& w) {
       w.Post(Rrn("123456789012"));
       w.Post({.legs = {{1111, 10}, {1121, -10}}, .kind = "settlement", .rrn = "123456789012"});
     }},
    {"within the window", "duplicate-reference",
     [](AuditWorld& w) {
       w.Post(Named("INV-1"));
       w.GoTo(44);
       w.Post(Named("INV-1"));
     },
     1},
    {"so late that it is forgotten", "duplicate-reference",
     [](AuditWorld& w) {
       w.Post(Named("INV-1"));
       w.GoTo(91);
       w.Post(Named("INV-2"));
       w.Post(Named("INV-1"));
     }},
    {"in one batch", "duplicate-reference",
     [](AuditWorld& w) {
       v1::Event event;
       for (int i = 0; i < 3; ++i) {
         *event.mutable_batch_posted()->add_transactions()->mutable_transaction() =
             w.TransactionOf(Named("INV-1"));
       }
       w.Add(std::move(event));
     }},
};

// --- Instalments --------------------------------------------------------------------------------

// Of a hundred each, due on the 14th and the 44th day.
void Grant(AuditWorld& world, const std::string& payer_class = "cooperative") {
  v1::Event event;
  v1::Loan& loan = *event.mutable_loan_granted()->mutable_loan();
  loan.set_cooperative(1);
  loan.set_loan(5);
  loan.mutable_payer()->set_holder_class(payer_class);
  loan.mutable_payer()->set_number(1);
  for (const int day : {14, 44}) {
    v1::Instalment& instalment = *loan.mutable_schedule()->add_instalments();
    instalment.set_number(day == 14 ? 1 : 2);
    instalment.set_due_date(AuditWorld::Day(day));
    instalment.mutable_due()->set_principal(80 * 100);
    instalment.mutable_due()->set_interest(20 * 100);
  }
  world.Add(std::move(event));
}
void Fund(AuditWorld& world, std::int64_t rupiah) {
  world.Post({.legs = {{1112, rupiah}, {1111, -rupiah}}, .kind = "transfer"});
}
v1::Event Instalment(AuditWorld& world, const std::string& reverses = "") {
  v1::Event event;
  v1::Transaction& paid = *event.mutable_transaction_posted()->mutable_transaction();
  paid = world.TransactionOf({.legs = {{2131, 100, 5}, {1112, -100}}, .kind = "loan-instalment"});
  paid.mutable_loan_repayment()->set_loan(5);
  paid.mutable_loan_repayment()->add_instalments(1);
  paid.set_reverses(reverses);
  return event;
}

const std::vector<RuleCase> kInstalments = {
    {"nothing is there", "instalment-unfunded",
     [](AuditWorld& w) {
       Grant(w);
       Tick(w, 13);
     },
     1},
    {"not before the last day on which it may come", "instalment-unfunded",
     [](AuditWorld& w) {
       Grant(w);
       Tick(w, 12);
     }},
    {"enough is there", "instalment-unfunded",
     [](AuditWorld& w) {
       Grant(w);
       w.GoTo(12);
       Fund(w, 100);
       Tick(w, 20);
     }},
    {"a rupiah is missing", "instalment-unfunded",
     [](AuditWorld& w) {
       Grant(w);
       Fund(w, 99);
       Tick(w, 20);
     },
     1},
    {"paid ahead", "instalment-unfunded",
     [](AuditWorld& w) {
       Grant(w);
       Fund(w, 100);
       w.GoTo(5);
       w.Add(Instalment(w));
       Tick(w, 20);
     }},
    {"paid when it was told", "instalment-unfunded",
     [](AuditWorld& w) {
       Grant(w);
       Tick(w, 13);
       w.GoTo(14);
       w.Add(Instalment(w));
       Tick(w, 20);
     },
     1, 1},
    {"paid off the books", "instalment-unfunded",
     [](AuditWorld& w) {
       Grant(w);
       w.GoTo(5);
       v1::Event event;
       v1::LoanPayment& paid = *event.mutable_loan_payment_reported()->mutable_payment();
       paid.set_cooperative(1);
       paid.set_loan(5);
       paid.add_instalments(1);
       w.Add(std::move(event));
       Tick(w, 20);
     }},
    {"the bank took the payment back", "instalment-unfunded",
     [](AuditWorld& w) {
       Grant(w);
       w.GoTo(5);
       w.Add(Instalment(w));
       w.Add(Instalment(w, w.NewId()));
       Tick(w, 20);
     },
     1},
    {"a new schedule puts it off", "instalment-unfunded",
     [](AuditWorld& w) {
       Grant(w);
       w.GoTo(5);
       v1::Event event;
       v1::LoanSchedule& schedule = *event.mutable_loan_schedule_replaced()->mutable_schedule();
       schedule.set_cooperative(1);
       schedule.set_loan(5);
       schedule.set_version(2);
       v1::Instalment& instalment = *schedule.add_instalments();
       instalment.set_number(1);
       instalment.set_due_date(AuditWorld::Day(60));
       instalment.mutable_due()->set_principal(100);
       w.Add(std::move(event));
       Tick(w, 50);
     }},
    {"each of two", "instalment-unfunded",
     [](AuditWorld& w) {
       Grant(w);
       Tick(w, 50);
     },
     2},
    {"somebody else pays", "instalment-unfunded",
     [](AuditWorld& w) {
       Grant(w, "company");
       Tick(w, 50);
     }},
    {"told when its day had gone by", "instalment-unfunded",
     [](AuditWorld& w) {
       w.GoTo(20);
       Grant(w);
       Tick(w, 30);
     }},
};

TEST_P(RuleTable, FindsJustThat) { ExpectCase(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Cash, RuleTable, testing::ValuesIn(kCash), RowName);
INSTANTIATE_TEST_SUITE_P(Transfers, RuleTable, testing::ValuesIn(kTransfers), RowName);
INSTANTIATE_TEST_SUITE_P(References, RuleTable, testing::ValuesIn(kReferences), RowName);
INSTANTIATE_TEST_SUITE_P(Instalments, RuleTable, testing::ValuesIn(kInstalments), RowName);

TEST(LargeCash, SaysWhoseInHowManyParts) {
  const Findings found = ExpectCase({"parts", "large-cash",
                                     [](AuditWorld& world) {
                                       world.Post(Cash(300, kSomebody, 1));
                                       world.Post(Cash(200, kSomebody, 2));
                                       world.Post(Cash(100, kSomebody, 2));
                                     },
                                     1});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].finding.cooperative, 0U);
  EXPECT_EQ(found[0].finding.evidence.size(), 3U);
  EXPECT_EQ(found[0].text_id,
            "Tunai masuk Rp600.000.000 pada 4 Mei 2026 dalam 3 bagian di 2 koperasi oleh member " +
                std::to_string(kSomebody) + ": laporkan dalam 14 hari kerja.");
}

TEST(InstalmentUnfunded, SaysWhatIsMissing) {
  const Findings found = ExpectCase({"half", "instalment-unfunded",
                                     [](AuditWorld& world) {
                                       Grant(world);
                                       Fund(world, 50);
                                       Tick(world, 20);
                                     },
                                     1});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].text_en,
            "Instalment 1 of loan 5, Rp100, is due on 18 May 2026; the account holds Rp50.");
}

// Two shards: the same is found whichever of them is read first, and wherever it stops for a while.
class TwoShards : public testing::Test {
 protected:
  TwoShards() : first_({1}, 2), second_({2}, 2) {}

  // Reads both to their ends, one before the other or in turns.
  Hash DigestOfOrder(int order) {
    BuiltAudit built(5, 2);
    if (order == 0) {
      Run(built, first_, 0, 1'000);
      Run(built, second_, 1, 1'000);
    } else if (order == 1) {
      Run(built, second_, 1, 1'000);
      Run(built, first_, 0, 1'000);
    } else {
      for (std::size_t through = 1; through < 120; through += 2) {
        Run(built, first_, 0, through);
        Run(built, second_, 1, through);
      }
    }
    found_ = built.All();
    return built.Digest();
  }
  void ExpectSame(std::size_t found) {
    const Hash digest = DigestOfOrder(0);
    EXPECT_EQ(found_.size(), found);
    EXPECT_EQ(DigestOfOrder(1), digest);
    EXPECT_EQ(DigestOfOrder(2), digest);
    EXPECT_EQ(found_.size(), found);
  }
  // Goes on with a shard's own business.
  static void Pass(AuditWorld& world, std::uint64_t cooperative, int from, int to) {
    for (int day = from; day <= to; ++day) {
      world.GoTo(day);
      world.Post({.legs = {{6101, 1}, {1111, -1}}, .cooperative = cooperative, .kind = "expense"});
    }
  }

  AuditWorld first_;
  AuditWorld second_;
  Findings found_;

 private:
  static void Run(BuiltAudit& built, const AuditWorld& world, std::uint32_t shard,
                  std::size_t through) {
    const auto& bytes = world.chain().bytes();
    built.Run({bytes.begin(),
               bytes.begin() + static_cast<std::ptrdiff_t>(std::min(through, bytes.size()))},
              shard);
  }
};

TEST_F(TwoShards, TransferMeetsItsOtherLeg) {
  first_.Post(Paid());
  second_.GoTo(2);
  second_.Post(Owed());
  Pass(first_, 1, 1, 12);
  Pass(second_, 2, 3, 12);
  ExpectSame(0);
}

TEST_F(TwoShards, TransferIsFoundAndResolved) {
  first_.Post(Paid());
  second_.GoTo(5);
  second_.Post(Owed());
  Pass(first_, 1, 1, 12);
  Pass(second_, 2, 6, 12);
  ExpectSame(1);
  ASSERT_EQ(found_.size(), 1U);
  EXPECT_EQ(found_[0].finding.resolved_at,
            audit::StartOfDay(AuditWorld::Day(5), AuditWorld::kOffset) + 12 * audit::kMicrosInHour);
  EXPECT_EQ(found_[0].finding.evidence.size(), 2U);
}

TEST_F(TwoShards, CashIsAddedUpOverThem) {
  first_.Post(Cash(300, kSomebody, 1));
  second_.Post(Cash(200, kSomebody, 2));
  const Posting wrong = Cash(900, kSomebody + 1, 2);
  second_.Reverse(wrong, second_.Post(wrong));
  Pass(first_, 1, 1, 90);
  Pass(second_, 2, 1, 90);
  ExpectSame(1);
  ASSERT_EQ(found_.size(), 1U);
  EXPECT_EQ(found_[0].finding.cooperative, 0U);
}

}  // namespace
}  // namespace lumbung
