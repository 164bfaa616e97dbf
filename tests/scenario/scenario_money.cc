// Rows that move money: post, hold, capture, release, reverse.
#include <map>

#include "tests/scenario/scenario_commands.h"

namespace lumbung {
namespace {

using Option = void (*)(Words&, v1::Transaction&);

void Relate(Words& words, v1::Transaction& transaction, v1::Related::Relation relation) {
  v1::Related& related = *transaction.add_related();
  related.set_transaction_id(ScenarioId(words.TakeWord()));
  related.set_relation(relation);
}

void TakeCondition(Words& words, v1::Transaction& transaction) {
  v1::Condition& condition = *transaction.add_conditions();
  const AccountName account = words.TakeAccount();
  condition.set_code(account.code);
  condition.set_holder(account.holder);
  condition.set_currency(account.currency);
  words.Expect(">=");
  condition.set_minimum_available(words.TakeAmount());
}

void TakeDisbursement(Words& words, v1::Transaction& transaction) {
  v1::LoanDisbursement& details = *transaction.mutable_loan_disbursement();
  details.set_loan(words.TakeNumber());
  if (words.Skip("vendor")) {
    details.mutable_vendor()->set_holder_class("vendor");
    details.mutable_vendor()->set_number(words.TakeNumber());
  }
}

void TakeRepayment(Words& words, v1::Transaction& transaction) {
  v1::LoanRepayment& details = *transaction.mutable_loan_repayment();
  details.set_loan(words.TakeNumber());
  words.Expect("instalment");
  TakeNumbers(words, details.mutable_instalments());
  words.Expect("due");
  details.set_due_date(words.TakeDate());
  *details.mutable_split() = TakeSplit(words);
  if (words.Skip("outstanding")) {
    *details.mutable_outstanding() = TakeSplit(words);
  }
  if (words.Skip("payer")) {
    *details.mutable_payer() = TakeParty(words);
  }
}

const std::map<std::string_view, Option>& Options() {
  static const std::map<std::string_view, Option> options = {
      {"fact", [](Words&, v1::Transaction& t) { t.set_nature(v1::Transaction::FACT); }},
      {"as", [](Words& w, v1::Transaction& t) { t.set_transaction_id(ScenarioId(w.TakeWord())); }},
      {"kind", [](Words& w, v1::Transaction& t) { t.set_kind(w.TakeWord()); }},
      {"channel", [](Words& w, v1::Transaction& t) { t.set_channel(w.TakeWord()); }},
      {"outlet", [](Words& w, v1::Transaction& t) { t.set_outlet(w.TakeNumber()); }},
      {"party", [](Words& w, v1::Transaction& t) { *t.mutable_party() = TakeParty(w); }},
      {"device",
       [](Words& w, v1::Transaction& t) {
         t.mutable_origin()->set_device(w.TakeNumber());
         w.Expect("sequence");
         t.mutable_origin()->set_sequence(w.TakeNumber());
       }},
      {"operator", [](Words& w, v1::Transaction& t) { t.set_operator_(w.TakeNumber()); }},
      {"approver", [](Words& w, v1::Transaction& t) { t.set_approver(w.TakeNumber()); }},
      {"reference", [](Words& w, v1::Transaction& t) { t.set_reference(w.TakeWord()); }},
      {"external",
       [](Words& w, v1::Transaction& t) {
         v1::ExternalReference& reference = *t.add_external_references();
         reference.set_scheme(w.TakeWord());
         reference.set_value(w.TakeWord());
       }},
      {"matter",
       [](Words& w, v1::Transaction& t) { t.set_correlation_id(ScenarioId(w.TakeWord())); }},
      {"reverses", [](Words& w, v1::Transaction& t) { t.set_reverses(ScenarioId(w.TakeWord())); }},
      {"refund-of", [](Words& w, v1::Transaction& t) { Relate(w, t, v1::Related::REFUND_OF); }},
      {"corrects", [](Words& w, v1::Transaction& t) { Relate(w, t, v1::Related::CORRECTS); }},
      {"settles", [](Words& w, v1::Transaction& t) { Relate(w, t, v1::Related::SETTLES); }},
      {"require", TakeCondition},
      {"disburses", TakeDisbursement},
      {"repays", TakeRepayment},
  };
  return options;
}

// One entry, or as many as "times" or a range of holders says.
void TakeEntries(Words& words, v1::Transaction& transaction) {
  const bool debit = words.Skip("debit");
  if (!debit) {
    words.Expect("credit");
  }
  const AccountName account = words.TakeAccount();
  const std::int64_t amount = words.TakeAmount();
  const std::uint64_t times = words.Skip("times") ? words.TakeNumber() : 1;
  for (std::uint64_t holder = account.holder; holder <= account.last_holder || holder == 0;
       ++holder) {
    for (std::uint64_t i = 0; i < times; ++i) {
      v1::Entry& entry = *transaction.add_entries();
      entry.set_code(account.code);
      entry.set_holder(holder);
      entry.set_currency(account.currency);
      if (debit) {
        entry.set_debit(amount);
      } else {
        entry.set_credit(amount);
      }
    }
    if (holder == 0) {
      break;
    }
  }
}

}  // namespace

v1::Transaction CommandReader::ReadItem(Words& words, std::string name) {
  v1::Transaction transaction;
  transaction.set_transaction_id(ScenarioId(name));
  ReadBusiness(words, transaction);
  ReadRest(words, transaction);
  return transaction;
}

void CommandReader::ReadPost(Words& words, v1::Command& command) {
  v1::Transaction& transaction = *command.mutable_post();
  ReadBusiness(words, transaction);
  ReadRest(words, transaction);
}

void CommandReader::ReadHold(Words& words, v1::Command& command) {
  v1::Transaction& transaction = *command.mutable_hold()->mutable_transaction();
  ReadBusiness(words, transaction);
  ReadRest(words, transaction);
  command.mutable_hold()->set_expires_at(expires_at_);
}

void CommandReader::ReadCapture(Words& words, v1::Command& command) {
  v1::Capture& capture = *command.mutable_capture();
  capture.set_hold_id(ScenarioId(words.TakeWord()));
  ReadBusinessLike(capture.hold_id(), words, *capture.mutable_transaction());
  ReadRest(words, *capture.mutable_transaction());
}

void CommandReader::ReadReverse(Words& words, v1::Command& command) {
  v1::Transaction& transaction = *command.mutable_post();
  transaction.set_reverses(ScenarioId(words.TakeWord()));
  ReadBusinessLike(transaction.reverses(), words, transaction);
  ReadRest(words, transaction);
}

void CommandReader::ReadRelease(Words& words, v1::Command& command) {
  command.mutable_release()->set_cooperative(cooperative_);
  command.mutable_release()->set_hold_id(ScenarioId(words.TakeWord()));
}

void CommandReader::ReadBusiness(Words& words, v1::Transaction& transaction) const {
  transaction.set_kind(words.TakeWord());
  transaction.set_channel(words.TakeWord());
  transaction.set_business_date(words.TakeDate());
}

void CommandReader::ReadBusinessLike(std::string_view id, Words& words,
                                     v1::Transaction& transaction) const {
  transaction.set_kind("sale");
  transaction.set_channel("cash");
  for (const v1::Event& event : ledger_.events()) {
    if (const v1::Transaction* like = FindTransaction(event, id); like != nullptr) {
      transaction.set_kind(like->kind());
      transaction.set_channel(like->channel());
    }
  }
  transaction.set_business_date(words.TakeDate());
}

void CommandReader::ReadRest(Words& words, v1::Transaction& transaction) {
  transaction.set_cooperative(cooperative_);
  expires_at_ = 0;
  while (!words.done() && words.peek() != ":" && words.peek() != "=>") {
    const std::string word = words.TakeWord();
    if (word == "expires") {
      words.Expect("in");
      expires_at_ = ledger_.now() + words.TakeDuration();
      continue;
    }
    const auto option = Options().find(word);
    if (option == Options().end()) {
      throw ScenarioError("no option '" + word + "'");
    }
    option->second(words, transaction);
  }
  if (words.Skip(":")) {
    do {
      TakeEntries(words, transaction);
    } while (words.Skip(","));
  }
}

}  // namespace lumbung
