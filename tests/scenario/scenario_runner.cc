#include "tests/scenario/scenario_runner.h"

#include <algorithm>

#include <google/protobuf/util/json_util.h>

#include "engine/base/check.h"
#include "engine/domain/codes.h"
#include "schemas/charts/default_chart.h"

namespace lumbung {
namespace {

constexpr Date kFirstDay = 20260501;
constexpr std::int64_t kMorning = 9 * 60;

v1::Command PublishDefaultChart() {
  v1::Command command;
  command.set_command_id(ScenarioId("the default chart"));
  LUMBUNG_CHECK(google::protobuf::util::JsonStringToMessage(std::string(DefaultChartJson()),
                                                            command.mutable_publish_chart())
                    .ok());
  return command;
}

// Postings that an event holds, each with its transaction.
std::vector<std::pair<const v1::Transaction*, const v1::Posting*>> PostingsOf(
    const v1::Event& event) {
  if (event.has_transaction_posted()) {
    return {{&event.transaction_posted().transaction(), &event.transaction_posted().posting()}};
  }
  if (event.has_transaction_held()) {
    return {{&event.transaction_held().transaction(), &event.transaction_held().posting()}};
  }
  if (event.has_hold_captured()) {
    return {{&event.hold_captured().transaction(), &event.hold_captured().posting()}};
  }
  std::vector<std::pair<const v1::Transaction*, const v1::Posting*>> postings;
  for (const v1::TransactionPosted& posted : event.batch_posted().transactions()) {
    postings.emplace_back(&posted.transaction(), &posted.posting());
  }
  return postings;
}

std::string Join(const std::vector<v1::Code>& codes) {
  std::string text;
  for (const v1::Code code : codes) {
    text += (text.empty() ? "" : ", ") + v1::Code_Name(code);
  }
  return text.empty() ? "nothing" : text;
}

}  // namespace

Expected TakeExpected(Words& words) {
  Expected expected;
  if (!words.Skip("=>")) {
    if (!words.done()) {
      throw ScenarioError("'" + std::string(words.peek()) + "' is too much");
    }
    return expected;
  }
  expected.replayed = words.Skip("replayed");
  if (!words.Skip("ok") && !(expected.replayed && words.done())) {
    const std::string name = words.TakeWord();
    if (!v1::Code_Parse(name, &expected.code) || expected.code == v1::OK) {
      throw ScenarioError("no code '" + name + "'");
    }
  }
  while (!words.done()) {
    if (words.Skip("posted")) {
      expected.posted = words.TakeDate();
    } else if (words.Skip("item")) {
      expected.item = words.TakeSmallNumber();
    } else if (words.Skip("overrides")) {
      do {
        v1::Code code = v1::OK;
        if (const std::string name = words.TakeWord(); !v1::Code_Parse(name, &code)) {
          throw ScenarioError("no code '" + name + "'");
        }
        expected.overrides.push_back(code);
      } while (words.Skip(","));
    } else {
      words.Expect("saying");
      expected.fragment = words.TakeWord();
    }
  }
  return expected;
}

ScenarioRunner::ScenarioRunner(const Scenario& scenario)
    : scenario_(scenario), ledger_(0), reader_(ledger_), invariants_(ledger_) {
  ledger_.set_now(reader_.Moment(kFirstDay, kMorning));
  LUMBUNG_CHECK(ledger_.Submit(PublishDefaultChart()).code == v1::OK);
}

std::vector<std::string> ScenarioRunner::Run() {
  for (const ScenarioRow& row : scenario_.rows) {
    try {
      RunRow(row);
    } catch (const ScenarioError& error) {
      Fail(error.what());
    }
    for (std::string& broken : invariants_.Check()) {
      Fail("invariant: " + std::move(broken));
    }
    if (!problems_.empty()) {
      for (std::string& problem : problems_) {
        problem =
            scenario_.file + ":" + std::to_string(row.line) + ": " + row.text + "\n    " + problem;
      }
      break;
    }
  }
  return std::move(problems_);
}

void ScenarioRunner::RunRow(const ScenarioRow& row) {
  Words words(row.words);
  const std::string verb = row.words.front();
  if (RunClock(verb, words) || RunBatch(verb, words, row) || RunCheck(verb, words)) {
    if (!words.done()) {
      throw ScenarioError("'" + std::string(words.peek()) + "' is too much");
    }
    return;
  }
  if (words.Skip("repeat")) {
    const auto sent = sent_.find(ScenarioId(words.TakeWord()));
    if (sent == sent_.end()) {
      throw ScenarioError("nothing of this name was sent");
    }
    return Send(sent->second, TakeExpected(words));
  }
  const v1::Command command = reader_.Read(words, "line " + std::to_string(row.line));
  Send(command, TakeExpected(words));
}

bool ScenarioRunner::RunClock(const std::string& verb, Words& words) {
  if (words.Skip("today")) {
    const Date date = words.TakeDate();
    ledger_.set_now(reader_.Moment(date, words.Skip("at") ? words.TakeTimeOfDay() : kMorning));
  } else if (words.Skip("advance")) {
    ledger_.set_now(ledger_.now() + words.TakeDuration());
  } else if (verb == "in") {
    words.Expect("in");
    reader_.set_cooperative(words.TakeNumber());
    return true;
  } else {
    return false;
  }
  ledger_.ReleaseDueHolds();
  return true;
}

bool ScenarioRunner::RunBatch(const std::string& verb, Words& words, const ScenarioRow& row) {
  if (words.Skip("batch")) {
    batch_.emplace();
    batch_->set_command_id(ScenarioId(words.TakeWord()));
    batch_->mutable_post_batch()->set_cooperative(reader_.cooperative());
    return true;
  }
  if (verb != "item" && verb != "send") {
    return false;
  }
  if (!batch_) {
    throw ScenarioError("no batch was begun");
  }
  if (words.Skip("item")) {
    *batch_->mutable_post_batch()->add_transactions() =
        reader_.ReadItem(words, "line " + std::to_string(row.line));
    return true;
  }
  words.Expect("send");
  words.Expect("batch");
  const Expected expected = TakeExpected(words);
  Send(*batch_, expected);
  if (expected.code == v1::OK) {
    for (const v1::Transaction& item : batch_->post_batch().transactions()) {
      v1::Command alone;
      *alone.mutable_post() = item;
      sent_[item.transaction_id()] = alone;
    }
  }
  batch_.reset();
  return true;
}

bool ScenarioRunner::RunCheck(const std::string& verb, Words& words) {
  if (verb == "outcome") {
    words.Expect(verb);
    CheckOutcome(words);
    return true;
  }
  if (verb != "balance" && verb != "available" && verb != "held" && verb != "sum") {
    return false;
  }
  words.Expect(verb);
  const AccountName name = words.TakeAccount();
  const AccountKey key{reader_.cooperative(), name.code, ParseCurrency(name.currency).value_or(0),
                       name.holder};
  const bool by_debit = GrowsBy(name.code) == v1::DEBIT;
  Int128 amount = 0;
  if (verb == "sum") {
    for (const auto& [other, account] : invariants_.accounts()) {
      if (other.cooperative == key.cooperative && other.code == key.code &&
          other.currency == key.currency) {
        amount += by_debit ? account.balance : -account.balance;
      }
    }
  } else if (const AccountRow* row = ledger_.state().accounts().Find(key); row != nullptr) {
    const Int128 balance = by_debit ? row->balance : -static_cast<Int128>(row->balance);
    const std::int64_t held = by_debit ? row->held_credit : row->held_debit;
    amount = verb == "balance" ? balance : verb == "held" ? held : balance - held;
  }
  CheckAmount(verb, words, amount);
  return true;
}

void ScenarioRunner::CheckAmount(std::string_view what, Words& words, Int128 is) {
  words.Expect("=");
  if (const std::int64_t wanted = words.TakeAmount(); wanted != is) {
    Fail(std::string(what) + " is " + FormatAmount(is) + ", not " + FormatAmount(wanted));
  }
}

void ScenarioRunner::CheckOutcome(Words& words) {
  const std::string is = OutcomeOf(ScenarioId(words.TakeWord()));
  if (const std::string wanted = words.TakeWord(); is != wanted) {
    Fail("outcome is '" + is + "', not '" + wanted + "'");
  }
}

std::string ScenarioRunner::OutcomeOf(const std::string& id) const {
  std::string outcome = "unknown";
  for (const v1::Event& event : ledger_.events()) {
    if (event.hold_captured().hold_id() == id) {
      outcome = "captured";
    } else if (event.hold_released().hold_id() == id) {
      outcome = event.hold_released().expired() ? "expired" : "released";
    } else if (event.has_command_rejected() && IdOf(event.command_rejected().command()) == id) {
      outcome = "refused";
    } else if (FindTransaction(event, id) != nullptr) {
      outcome = event.has_transaction_held() ? "held" : "posted";
    }
    for (const auto& [transaction, posting] : PostingsOf(event)) {
      if (transaction->reverses() == id) {
        outcome = "reversed";
      }
    }
  }
  return outcome;
}

v1::Side ScenarioRunner::GrowsBy(std::uint32_t code) const {
  const CooperativeState* cooperative = ledger_.state().FindCooperative(reader_.cooperative());
  const v1::AccountCode* found = cooperative == nullptr
                                     ? nullptr
                                     : ledger_.state()
                                           .FindChart(cooperative->versions.back().chart())
                                           ->latest()
                                           .FindCode(code);
  if (found == nullptr) {
    throw ScenarioError("the chart does not list this code");
  }
  return found->grows_by();
}

void ScenarioRunner::Send(const v1::Command& command, const Expected& expected) {
  sent_[IdOf(command)] = command;
  const std::size_t events = ledger_.events().size();
  const Decision decision = ledger_.Submit(command);
  const bool appended = ledger_.events().size() > events;
  if (appended != decision.record) {
    Fail(appended ? "an event came that was not decided" : "what was decided is not in the log");
  }
  CheckDecision(decision, expected);
  CheckRetry(command, decision);
}

void ScenarioRunner::CheckDecision(const Decision& decision, const Expected& expected) {
  if (decision.code != expected.code || decision.replayed != expected.replayed) {
    return Fail(std::string("is ") + (decision.replayed ? "replayed " : "") +
                v1::Code_Name(decision.code) + ": " + decision.detail);
  }
  const bool recorded = decision.code == v1::OK || InfoOf(decision.code).recorded;
  if (decision.record != (recorded && !decision.replayed)) {
    Fail("is recorded, or not, against the table of codes");
  }
  if (decision.code != v1::OK && !decision.replayed && decision.detail.empty()) {
    Fail("is refused without a word");
  }
  if (decision.detail.find(expected.fragment) == std::string::npos) {
    Fail("says '" + decision.detail + "'");
  }
  if (expected.item && decision.item != *expected.item) {
    Fail("names item " + std::to_string(decision.item));
  }
  if (decision.code == v1::OK) {
    const std::size_t place =
        decision.replayed ? decision.prior_sequence - 1 : ledger_.events().size() - 1;
    CheckPostings(ledger_.events().at(place), expected);
    if (decision.posting_date != 0 && expected.posted &&
        decision.posting_date != *expected.posted) {
      Fail("answers posting date " + std::to_string(decision.posting_date));
    }
  }
}

void ScenarioRunner::CheckPostings(const v1::Event& event, const Expected& expected) {
  const auto postings = PostingsOf(event);
  if (postings.empty() && (expected.posted || !expected.overrides.empty())) {
    Fail("posts nothing");
  }
  for (const auto& [transaction, posting] : postings) {
    if (posting->posting_date() != expected.posted.value_or(transaction->business_date())) {
      Fail("is posted on " + std::to_string(posting->posting_date()));
    }
    std::vector<v1::Code> overrides;
    for (const int code : posting->overrides()) {
      overrides.push_back(static_cast<v1::Code>(code));
    }
    if (overrides != expected.overrides) {
      Fail("overrides " + Join(overrides));
    }
  }
}

void ScenarioRunner::CheckRetry(const v1::Command& command, const Decision& first) {
  const std::size_t events = ledger_.events().size();
  const Decision again = ledger_.Submit(command);
  if (again.code != first.code || again.item != first.item ||
      again.posting_date != first.posting_date ||
      again.replayed != (first.record || first.replayed)) {
    Fail(std::string("sent again, is ") + (again.replayed ? "replayed " : "") +
         v1::Code_Name(again.code) + ": " + again.detail);
  }
  if (ledger_.events().size() != events) {
    Fail("sent again, it is recorded again");
  }
}

}  // namespace lumbung
