// Validate: each limit of the schemas at its edge, and one past it.
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/domain/decide.h"
#include "tests/unit/domain/book.h"

namespace lumbung {
namespace {

using testing::HasSubstr;

// A number that a field takes up to here and no further.
struct Limit {
  std::string field;
  std::string row;
  std::function<void(v1::Command&, int)> set;
  int edge;
  // One past it: more, or one less where the edge is the least.
  int past;
};

constexpr char kSale[] = "post sale cash 2026-05-01: debit 1101 1.00, credit 4102 1.00";
constexpr char kHold[] = "hold sale cash 2026-05-01: debit 1101 1.00, credit 4102 1.00";
constexpr char kGrant[] = "grant loan 5 9.00: 1 due 2026-06-12 principal 9.00";
constexpr char kPayment[] =
    "report payment of loan 5 2026-05-01 instalment 1 due 2026-05-12 principal 9.00";
constexpr char kChart[] =
    "publish chart new version 1 from 2026-05-01: code 1 \"Cash\" asset by debit";
constexpr char kHolder[] = "holder outlet 3 active type staples nmid ID1020304050607";
constexpr char kAttestation[] = "attest stock-count s 2026-05-01";

std::string Text(int size) { return std::string(static_cast<std::size_t>(size), 'x'); }

// Adds entries of 0.01 until there are so many, and lets the first balance them.
void SetEntries(v1::Transaction& transaction, int count) {
  transaction.clear_entries();
  for (int i = 0; i < count; ++i) {
    v1::Entry& entry = *transaction.add_entries();
    entry.set_code(1101);
    if (i == 0) {
      entry.set_debit(count > 1 ? count - 1 : 1);
    } else {
      entry.set_credit(1);
    }
  }
}

const std::vector<Limit>& TransactionLimits() {
  static const std::vector<Limit> limits = {
      {"kind", kSale, [](auto& c, int n) { c.mutable_post()->set_kind(Text(n)); }, 32, 33},
      {"kind", kSale, [](auto& c, int n) { c.mutable_post()->set_kind(Text(n)); }, 1, 0},
      {"channel", kSale, [](auto& c, int n) { c.mutable_post()->set_channel(Text(n)); }, 32, 33},
      {"channel", kSale, [](auto& c, int n) { c.mutable_post()->set_channel(Text(n)); }, 1, 0},
      {"reference", kSale, [](auto& c, int n) { c.mutable_post()->set_reference(Text(n)); }, 64,
       65},
      {"entries", kSale, [](auto& c, int n) { SetEntries(*c.mutable_post(), n); }, 256, 257},
      {"entries", kSale, [](auto& c, int n) { SetEntries(*c.mutable_post(), n); }, 2, 1},
      {"entries.code", kSale,
       [](auto& c, int n) {
         c.mutable_post()->mutable_entries(0)->set_code(static_cast<std::uint32_t>(n));
       },
       999'999, 1'000'000},
      {"entries.code", kSale,
       [](auto& c, int n) {
         c.mutable_post()->mutable_entries(0)->set_code(static_cast<std::uint32_t>(n));
       },
       1, 0},
      {"entries.amount", kSale,
       [](auto& c, int n) {
         c.mutable_post()->mutable_entries(0)->set_debit(n);
         c.mutable_post()->mutable_entries(1)->set_credit(n);
       },
       1, 0},
      {"entries.amount", kSale,
       [](auto& c, int n) {
         c.mutable_post()->mutable_entries(0)->set_debit(n);
         c.mutable_post()->mutable_entries(1)->set_credit(n);
       },
       1, -1},
      {"nature", kSale,
       [](auto& c, int n) {
         c.mutable_post()->set_nature(static_cast<v1::Transaction::Nature>(n));
       },
       1, 2},
      {"business_date", kSale, [](auto& c, int n) { c.mutable_post()->set_business_date(n); },
       20280229, 20270229},
      {"business_date", kSale, [](auto& c, int n) { c.mutable_post()->set_business_date(n); },
       19000101, 18991231},
      {"business_date", kSale, [](auto& c, int n) { c.mutable_post()->set_business_date(n); },
       99991231, 0},
      {"occurred_at", kSale, [](auto& c, int n) { c.mutable_post()->set_occurred_at(n); }, 0, -1},
      {"external_references", kSale,
       [](auto& c, int n) {
         for (int i = 0; i < n; ++i) {
           auto& reference = *c.mutable_post()->add_external_references();
           reference.set_scheme("RRN");
           reference.set_value("1");
         }
       },
       8, 9},
      {"external_references.scheme", kSale,
       [](auto& c, int n) {
         auto& reference = *c.mutable_post()->add_external_references();
         reference.set_scheme(Text(n));
         reference.set_value("1");
       },
       32, 33},
      {"external_references.value", kSale,
       [](auto& c, int n) {
         auto& reference = *c.mutable_post()->add_external_references();
         reference.set_scheme("RRN");
         reference.set_value(Text(n));
       },
       64, 65},
      {"external_references.value", kSale,
       [](auto& c, int n) {
         auto& reference = *c.mutable_post()->add_external_references();
         reference.set_scheme("RRN");
         reference.set_value(Text(n));
       },
       1, 0},
      {"related", kSale,
       [](auto& c, int n) {
         for (int i = 0; i < n; ++i) {
           auto& related = *c.mutable_post()->add_related();
           related.set_transaction_id(ScenarioId("other"));
           related.set_relation(v1::Related::CORRECTS);
         }
       },
       8, 9},
      {"related.relation", kSale,
       [](auto& c, int n) {
         auto& related = *c.mutable_post()->add_related();
         related.set_transaction_id(ScenarioId("other"));
         related.set_relation(static_cast<v1::Related::Relation>(n));
       },
       3, 4},
      {"related.relation", kSale,
       [](auto& c, int n) {
         auto& related = *c.mutable_post()->add_related();
         related.set_transaction_id(ScenarioId("other"));
         related.set_relation(static_cast<v1::Related::Relation>(n));
       },
       1, 0},
      {"conditions", kSale,
       [](auto& c, int n) {
         for (int i = 0; i < n; ++i) {
           c.mutable_post()->add_conditions()->set_code(1101);
         }
       },
       16, 17},
      {"conditions.code", kSale,
       [](auto& c, int n) {
         c.mutable_post()->add_conditions()->set_code(static_cast<std::uint32_t>(n));
       },
       999'999, 1'000'000},
      {"sealed.key_id", kSale,
       [](auto& c, int n) {
         c.mutable_post()->mutable_sealed()->set_key_id(Text(n));
         c.mutable_post()->mutable_sealed()->set_ciphertext("x");
       },
       64, 65},
      {"sealed.ciphertext", kSale,
       [](auto& c, int n) {
         c.mutable_post()->mutable_sealed()->set_key_id("k");
         c.mutable_post()->mutable_sealed()->set_ciphertext(Text(n));
       },
       4'096, 4'097},
      {"party", kSale,
       [](auto& c, int n) {
         c.mutable_post()->mutable_party()->set_holder_class("member");
         c.mutable_post()->mutable_party()->set_number(static_cast<std::uint64_t>(n));
       },
       1, 0},
      {"instalments", kSale,
       [](auto& c, int n) {
         auto& details = *c.mutable_post()->mutable_loan_repayment();
         details.set_loan(5);
         details.set_due_date(20260512);
         details.mutable_split();
         for (int i = 1; i <= n; ++i) {
           details.add_instalments(static_cast<std::uint32_t>(i));
         }
       },
       120, 121},
      {"instalments", kSale,
       [](auto& c, int n) {
         auto& details = *c.mutable_post()->mutable_loan_repayment();
         details.set_loan(5);
         details.set_due_date(20260512);
         details.mutable_split();
         details.add_instalments(7);
         details.add_instalments(static_cast<std::uint32_t>(n));
       },
       8, 7},
      {"loan_repayment.split", kSale,
       [](auto& c, int n) {
         auto& details = *c.mutable_post()->mutable_loan_repayment();
         details.set_loan(5);
         details.set_due_date(20260512);
         details.add_instalments(1);
         details.mutable_split()->set_fee(n);
       },
       0, -1},
      {"expires_at", kHold, [](auto& c, int n) { c.mutable_hold()->set_expires_at(n); }, 0, -1},
  };
  return limits;
}

const std::vector<Limit>& OtherLimits() {
  static const std::vector<Limit> limits = {
      {"name", kChart, [](auto& c, int n) { c.mutable_publish_chart()->set_name(Text(n)); }, 32,
       33},
      {"version", kChart,
       [](auto& c, int n) {
         c.mutable_publish_chart()->set_version(static_cast<std::uint32_t>(n));
       },
       1, 0},
      {"name_en", kChart,
       [](auto& c, int n) { c.mutable_publish_chart()->mutable_codes(0)->set_name_en(Text(n)); },
       64, 65},
      {"class", kChart,
       [](auto& c, int n) {
         c.mutable_publish_chart()->mutable_codes(0)->set_class_(
             static_cast<v1::AccountCode::Class>(n));
       },
       5, 6},
      {"class", kChart,
       [](auto& c, int n) {
         c.mutable_publish_chart()->mutable_codes(0)->set_class_(
             static_cast<v1::AccountCode::Class>(n));
       },
       1, 0},
      {"grows_by", kChart,
       [](auto& c, int n) {
         c.mutable_publish_chart()->mutable_codes(0)->set_grows_by(static_cast<v1::Side>(n));
       },
       2, 3},
      {"opening", kChart,
       [](auto& c, int n) {
         c.mutable_publish_chart()->mutable_codes(0)->set_opening(
             static_cast<v1::AccountCode::Opening>(n));
       },
       1, 2},
      {"component", kChart,
       [](auto& c, int n) {
         c.mutable_publish_chart()->mutable_codes(0)->set_component(static_cast<v1::Component>(n));
       },
       4, 5},
      {"currencies.exponent", kChart,
       [](auto& c, int n) {
         auto& currency = *c.mutable_publish_chart()->add_currencies();
         currency.set_currency("IDR");
         currency.set_exponent(static_cast<std::uint32_t>(n));
       },
       8, 9},
      {"utc_offset_minutes", "cooperative 1",
       [](auto& c, int n) { c.mutable_register_cooperative()->set_utc_offset_minutes(n); }, 840,
       841},
      {"status", "cooperative 1",
       [](auto& c, int n) {
         c.mutable_register_cooperative()->set_status(static_cast<v1::Cooperative::Status>(n));
       },
       3, 5},
      {"successor", "cooperative 1",
       [](auto& c, int n) {
         c.mutable_register_cooperative()->set_status(v1::Cooperative::MERGED);
         c.mutable_register_cooperative()->set_successor(static_cast<std::uint64_t>(n));
       },
       2, 1},
      {"number", kHolder,
       [](auto& c, int n) { c.mutable_change_holder()->set_number(static_cast<std::uint64_t>(n)); },
       1, 0},
      {"outlet.type", kHolder,
       [](auto& c, int n) { c.mutable_change_holder()->mutable_outlet()->set_type(Text(n)); }, 32,
       33},
      {"outlet.nmid", kHolder,
       [](auto& c, int n) {
         c.mutable_change_holder()->mutable_outlet()->set_nmid(
             "ID" + std::string(static_cast<std::size_t>(n), '7'));
       },
       13, 14},
      {"limits", "open 2111/1",
       [](auto& c, int n) {
         c.mutable_open_account()->mutable_limits()->set_minimum(n);
         c.mutable_open_account()->mutable_limits()->set_maximum(5);
       },
       5, 6},
      {"status", "account 2111/1 open",
       [](auto& c, int n) {
         c.mutable_change_account_status()->set_status(static_cast<v1::AccountStatus::Status>(n));
       },
       3, 4},
      {"stage", "close operations through 2026-04-30",
       [](auto& c, int n) {
         c.mutable_close_period()->set_stage(static_cast<v1::PeriodClosing::Stage>(n));
       },
       2, 0},
      {"schedule.instalments", kGrant,
       [](auto& c, int n) {
         auto& schedule = *c.mutable_grant_loan()->mutable_schedule();
         schedule.clear_instalments();
         for (int i = 1; i <= n; ++i) {
           schedule.add_instalments()->set_number(static_cast<std::uint32_t>(i));
           schedule.mutable_instalments()->rbegin()->set_due_date(20260512);
         }
       },
       480, 481},
      {"principal", kGrant, [](auto& c, int n) { c.mutable_grant_loan()->set_principal(n); }, 1, 0},
      {"lender", kGrant, [](auto& c, int n) { c.mutable_grant_loan()->set_lender(Text(n)); }, 32,
       33},
      {"scheme", kGrant, [](auto& c, int n) { c.mutable_grant_loan()->set_scheme(Text(n)); }, 32,
       33},
      {"scheme_version", kGrant,
       [](auto& c, int n) {
         c.mutable_grant_loan()->set_scheme_version(static_cast<std::uint32_t>(n));
       },
       1, 0},
      {"schedule", kGrant,
       [](auto& c, int n) {
         c.mutable_grant_loan()->mutable_schedule()->set_version(static_cast<std::uint32_t>(n));
       },
       1, 2},
      {"outstanding", kPayment,
       [](auto& c, int n) {
         c.mutable_report_loan_payment()->mutable_outstanding()->set_penalty(n);
       },
       0, -1},
      {"document_digest", kAttestation,
       [](auto& c, int n) { c.mutable_record_attestation()->set_document_digest(Text(n)); }, 32,
       31},
      {"document_digest", kAttestation,
       [](auto& c, int n) { c.mutable_record_attestation()->set_document_digest(Text(n)); }, 0, 33},
      {"values", kAttestation,
       [](auto& c, int n) {
         for (int i = 0; i < n; ++i) {
           c.mutable_record_attestation()->add_values()->set_name("x");
         }
       },
       32, 33},
      {"subject", kAttestation,
       [](auto& c, int n) { c.mutable_record_attestation()->set_subject(Text(n)); }, 64, 65},
      {"key_id", "erase key k",
       [](auto& c, int n) { c.mutable_record_erasure()->set_key_id(Text(n)); }, 64, 65},
      {"public_key", "change checkpoint key",
       [](auto& c, int n) { c.mutable_change_checkpoint_key()->set_public_key(Text(n)); }, 32, 33},
  };
  return limits;
}

void CheckLimits(const std::vector<Limit>& limits) {
  Book book;
  for (const Limit& limit : limits) {
    SCOPED_TRACE(limit.field + " in: " + limit.row);
    book.reader().set_cooperative(20417);
    v1::Command at_edge = book.Read(limit.row);
    limit.set(at_edge, limit.edge);
    const Checked good = Validate(at_edge);
    EXPECT_EQ(good.code, v1::OK) << good.detail;

    v1::Command past = book.Read(limit.row);
    limit.set(past, limit.past);
    const Checked bad = Validate(past);
    EXPECT_EQ(bad.code, v1::MALFORMED);
    EXPECT_THAT(bad.detail, HasSubstr(limit.field + ":"));
  }
}

TEST(ValidateLimits, TransactionsAtTheirLimits) { CheckLimits(TransactionLimits()); }
TEST(ValidateLimits, EverythingElseAtItsLimits) { CheckLimits(OtherLimits()); }

}  // namespace
}  // namespace lumbung
