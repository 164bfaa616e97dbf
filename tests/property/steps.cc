#include "tests/property/steps.h"

#include <algorithm>
#include <array>
#include <ostream>

#include <google/protobuf/util/json_util.h>

#include "engine/base/check.h"
#include "schemas/charts/default_chart.h"
#include "tests/scenario/scenario_commands.h"

namespace lumbung {
namespace {

constexpr std::int64_t kStart = 1'777'600'800'000'000;  // 2026-05-01 09:00 in Jakarta
constexpr std::int64_t kMinute = 60'000'000;
constexpr Date kToday = 20260501;
constexpr Date kYesterday = 20260430;

struct Place {
  std::uint32_t code;
  std::uint64_t holder;
  const char* currency;
};

// With and without floors, growing by either side, one in another currency.
constexpr std::array<Place, 8> kPlaces = {{{1101, 0, ""},
                                           {2111, 1, ""},
                                           {2111, 2, ""},
                                           {1131, 7, "IDR"},
                                           {4102, 0, ""},
                                           {1139, 0, ""},
                                           {1101, 0, "USD"},
                                           {2111, 1, "USD"}}};

const Place& PlaceOf(int number) { return kPlaces.at(static_cast<std::size_t>(number) % 8); }

std::uint64_t CooperativeOf(int number) { return number % 8 == 0 ? 1002 : 1001; }

template <typename Names>
const std::string& Pick(const Names& names, int number) {
  return names[static_cast<std::size_t>(number) % names.size()];
}

// Two entries that balance; none where one of the places has another currency.
void AddPair(v1::Transaction& transaction, const Place& debit, const Place& credit,
             std::int64_t amount) {
  v1::Entry& first = *transaction.add_entries();
  first.set_code(debit.code);
  first.set_holder(debit.holder);
  first.set_currency(debit.currency);
  first.set_debit(amount);
  v1::Entry& second = *transaction.add_entries();
  second.set_code(credit.code);
  second.set_holder(credit.holder);
  second.set_currency(debit.currency);
  second.set_credit(amount);
}

v1::Account AccountAt(int place) {
  v1::Account account;
  account.set_cooperative(1001);
  account.set_code(PlaceOf(place).code);
  account.set_holder(PlaceOf(place).holder);
  account.set_currency(PlaceOf(place).currency);
  return account;
}

v1::AccountLimits LimitsOf(const Step& step) {
  v1::AccountLimits limits;
  if (step.b % 2 == 1) {
    limits.set_minimum(-step.amount);
  }
  if (step.c % 2 == 1) {
    limits.set_maximum(step.amount * 3);
  }
  return limits;
}

v1::Cooperative CooperativeAt(std::uint64_t number) {
  v1::Cooperative cooperative;
  cooperative.set_cooperative(number);
  cooperative.set_effective_date(20250101);
  cooperative.set_chart("kdmp");
  cooperative.set_utc_offset_minutes(420);
  cooperative.set_status(v1::Cooperative::ACTIVE);
  return cooperative;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Step& step) {
  return out << "{op " << step.op << " a " << step.a << " b " << step.b << " c " << step.c
             << " amount " << step.amount << (step.fact ? " fact" : "") << " minutes "
             << step.minutes << "}";
}

StartedLedger::StartedLedger() : MemoryLedger(kStart) {
  v1::Command chart;
  chart.set_command_id(ScenarioId("chart"));
  LUMBUNG_CHECK(google::protobuf::util::JsonStringToMessage(std::string(DefaultChartJson()),
                                                            chart.mutable_publish_chart())
                    .ok());
  LUMBUNG_CHECK(Submit(chart).code == v1::OK);
  for (const std::uint64_t number : {1001, 1002}) {
    v1::Command command;
    command.set_command_id(ScenarioId("register"));
    *command.mutable_register_cooperative() = CooperativeAt(number);
    LUMBUNG_CHECK(Submit(command).code == v1::OK);
  }
}

v1::Command CommandMaker::Make(const Step& step, std::int64_t now) {
  const std::string id = ScenarioId("command " + std::to_string(made_++));
  v1::Command command = step.op <= Step::kBatch         ? MakeMoney(step, id, now)
                        : step.op <= Step::kClosePeriod ? MakeReference(step, id)
                                                        : MakeRare(step, id);
  if (IdOf(command).empty()) {
    command.set_command_id(id);
  }
  return command;
}

v1::Transaction CommandMaker::MakeTransaction(const Step& step, std::string id, bool with_entries) {
  v1::Transaction transaction;
  transaction.set_transaction_id(std::move(id));
  transaction.set_cooperative(CooperativeOf(step.c));
  transaction.set_kind(step.b % 3 == 0 ? "correction" : "sale");
  transaction.set_channel("cash");
  transaction.set_nature(step.fact ? v1::Transaction::FACT : v1::Transaction::REQUEST);
  transaction.set_business_date(step.b % 2 == 0 ? kToday : kYesterday);
  if (with_entries) {
    AddPair(transaction, PlaceOf(step.a), PlaceOf(step.a + step.b + 1), step.amount);
    if (step.c % 2 == 1) {
      AddPair(transaction, PlaceOf(step.b), PlaceOf(step.c), step.amount + 1);
    }
    if (step.c % 4 == 3) {
      v1::Condition& condition = *transaction.add_conditions();
      condition.set_code(PlaceOf(step.a).code);
      condition.set_holder(PlaceOf(step.a).holder);
      condition.set_minimum_available(step.amount - 5);
    }
  }
  return transaction;
}

v1::Command CommandMaker::MakeMoney(const Step& step, const std::string& id, std::int64_t now) {
  v1::Command command;
  if (step.op == Step::kHold) {
    *command.mutable_hold()->mutable_transaction() = MakeTransaction(step, id);
    command.mutable_hold()->mutable_transaction()->set_cooperative(1001);
    if (step.a % 2 == 0) {
      command.mutable_hold()->set_expires_at(now + step.amount * kMinute);
    }
    holds_.push_back(id);
  } else if (step.op == Step::kCapture && !holds_.empty()) {
    v1::Capture& capture = *command.mutable_capture();
    capture.set_hold_id(Pick(holds_, step.a));
    *capture.mutable_transaction() = MakeTransaction(step, id, step.b % 4 == 1);
    capture.mutable_transaction()->set_cooperative(1001);
    transactions_.push_back(id);
  } else if (step.op == Step::kRelease && !holds_.empty()) {
    command.mutable_release()->set_cooperative(1001);
    command.mutable_release()->set_hold_id(Pick(holds_, step.a));
  } else if (step.op == Step::kReverse && !transactions_.empty()) {
    *command.mutable_post() = MakeTransaction(step, id, false);
    command.mutable_post()->set_cooperative(1001);
    command.mutable_post()->set_reverses(Pick(transactions_, step.a));
    transactions_.push_back(id);
  } else if (step.op == Step::kBatch) {
    v1::Batch& batch = *command.mutable_post_batch();
    batch.set_cooperative(1001);
    for (int i = 0; i <= step.a % 4; ++i) {
      Step item = step;
      item.a += i;
      item.amount += i * step.b;
      const std::string item_id = ScenarioId("item " + std::to_string(made_ * 4 + i));
      *batch.add_transactions() = MakeTransaction(item, item_id);
      batch.mutable_transactions(i)->set_cooperative(1001);
      transactions_.push_back(item_id);
    }
  } else {
    *command.mutable_post() = MakeTransaction(step, id);
    if (step.op == Step::kPostAgainstFloor) {
      command.mutable_post()->clear_entries();
      AddPair(*command.mutable_post(), PlaceOf(1 + step.a % 2), PlaceOf(0), step.amount);
    }
    transactions_.push_back(id);
  }
  return command;
}

v1::Command CommandMaker::MakeReference(const Step& step, const std::string& id) {
  v1::Command command;
  command.set_command_id(id);
  if (step.op == Step::kAccountStatus) {
    v1::AccountStatus& status = *command.mutable_change_account_status();
    *status.mutable_account() = AccountAt(step.a);
    // Open again as often as not.
    status.set_status(step.b % 2 == 0   ? v1::AccountStatus::OPEN
                      : step.c % 2 == 0 ? v1::AccountStatus::FROZEN
                                        : v1::AccountStatus::CLOSED);
    if (step.fact) {
      *status.mutable_limits() = LimitsOf(step);
    }
  } else if (step.op == Step::kOpenAccount) {
    *command.mutable_open_account()->mutable_account() = AccountAt(step.a);
    *command.mutable_open_account()->mutable_limits() = LimitsOf(step);
  } else {
    v1::PeriodClosing& closing = *command.mutable_close_period();
    closing.set_cooperative(1001);
    closing.set_through_date(20260419 + step.a);
    closing.set_stage(step.b % 2 == 0 ? v1::PeriodClosing::OPERATIONS : v1::PeriodClosing::FINAL);
  }
  return command;
}

v1::Command CommandMaker::MakeRare(const Step& step, const std::string& id) {
  v1::Command command;
  command.set_command_id(id);
  if (step.op == Step::kHolder) {
    v1::Holder& holder = *command.mutable_change_holder();
    holder.set_cooperative(1001);
    holder.set_holder_class("member");
    holder.set_number(1 + static_cast<std::uint64_t>(step.a % 2));
    holder.set_status(step.b % 2 == 0 ? v1::Holder::ACTIVE : v1::Holder::CLOSED);
    holder.set_effective_date(kToday);
  } else if (step.op == Step::kCooperative) {
    // The second one only: what closes stays closed to everything.
    v1::Cooperative& cooperative = *command.mutable_change_cooperative();
    cooperative = CooperativeAt(1002);
    cooperative.set_effective_date(kToday);
    cooperative.set_status(step.a % 2 == 0 ? v1::Cooperative::CLOSING : v1::Cooperative::ACTIVE);
  } else if (step.op == Step::kChart) {
    v1::Chart& chart = *command.mutable_publish_chart();
    chart.set_name("kdmp");
    chart.set_version(2 + static_cast<std::uint32_t>(step.a % 3));
    chart.set_base_version(chart.version() - 1);
    chart.set_effective_date(20250101);
    chart.add_channels()->set_name("channel-" + std::to_string(step.b));
  } else if (step.op == Step::kLoan) {
    v1::LoanSchedule& schedule = *command.mutable_replace_loan_schedule();
    schedule.set_version(1 + static_cast<std::uint32_t>(step.b % 4));
    if (step.b % 2 == 0) {
      command.mutable_grant_loan()->set_cooperative(1001);
      command.mutable_grant_loan()->set_loan(7);
      command.mutable_grant_loan()->set_scheme("test");
      command.mutable_grant_loan()->set_scheme_version(1);
      command.mutable_grant_loan()->set_lender("002");
      command.mutable_grant_loan()->set_principal(step.amount);
      command.mutable_grant_loan()->set_granted_date(kToday);
    }
    v1::LoanSchedule& target = command.has_grant_loan()
                                   ? *command.mutable_grant_loan()->mutable_schedule()
                                   : *command.mutable_replace_loan_schedule();
    target.set_cooperative(1001);
    target.set_loan(7);
    target.set_version(command.has_grant_loan() ? 1 : 1 + static_cast<std::uint32_t>(step.c % 4));
    target.add_instalments()->set_number(1);
    target.mutable_instalments(0)->set_due_date(kToday);
  } else if (step.a % 2 == 0) {
    command.mutable_attest_state();
  } else {
    command.mutable_change_checkpoint_key()->set_public_key(
        std::string(32, static_cast<char>('a' + step.b % 26)));
  }
  return command;
}

std::vector<Sent> RunAll(MemoryLedger& ledger, const std::vector<Step>& steps) {
  CommandMaker maker;
  std::vector<Sent> sent;
  for (const Step& step : steps) {
    ledger.set_now(ledger.now() + step.minutes * kMinute);
    v1::Command command = maker.Make(step, ledger.now());
    Decision decision = ledger.Submit(command);
    sent.push_back({std::move(command), ledger.now(), std::move(decision)});
  }
  return sent;
}

std::vector<v1::Transaction> MakeItems(const std::vector<Step>& steps) {
  CommandMaker maker;
  std::vector<v1::Transaction> items;
  for (Step step : steps) {
    step.op = step.a % 2 == 0 ? Step::kPost : Step::kPostAgainstFloor;
    // Facts more often than not, so that whole batches pass.
    step.fact = step.fact || step.amount > 12;
    v1::Transaction item = maker.Make(step, kStart).post();
    item.set_cooperative(1001);
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace lumbung

namespace rc {
namespace {

// The whole range in short sequences too.
Gen<int> From(int min, int end) { return gen::resize(kNominalSize, gen::inRange(min, end)); }

}  // namespace

Gen<lumbung::Step> Arbitrary<lumbung::Step>::arbitrary() {
  using lumbung::Step;
  return gen::build<Step>(
      // Money three times out of four.
      gen::set(&Step::op, gen::weightedOneOf<int>({{3, From(Step::kPost, Step::kBatch + 1)},
                                                   {1, From(Step::kAccountStatus, Step::kOps)}})),
      gen::set(&Step::a, From(0, 12)), gen::set(&Step::b, From(0, 6)),
      gen::set(&Step::c, From(1, 9)), gen::set(&Step::amount, From(1, 40)),
      gen::set(&Step::fact, gen::weightedElement<bool>({{3, false}, {1, true}})),
      gen::set(&Step::minutes, gen::weightedElement<int>({{6, 0}, {3, 7}, {1, 60 * 24}})));
}

}  // namespace rc
