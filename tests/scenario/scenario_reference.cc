// Rows of reference data, periods, loans and attestations.
#include <string>

#include "tests/scenario/scenario_commands.h"

namespace lumbung {
namespace {

constexpr Date kBeginning = 20250101;

std::int32_t ZoneOffset(const std::string& zone) {
  if (zone == "WIB") {
    return 420;
  }
  if (zone == "WITA") {
    return 480;
  }
  if (zone == "WIT") {
    return 540;
  }
  throw ScenarioError("no zone '" + zone + "'");
}

void TakeStatus(Words& words, v1::Cooperative& cooperative) {
  v1::Cooperative::Status status;
  if (words.Skip("active")) {
    status = v1::Cooperative::ACTIVE;
  } else if (words.Skip("closing")) {
    status = v1::Cooperative::CLOSING;
  } else if (words.Skip("closed")) {
    status = v1::Cooperative::CLOSED;
  } else {
    words.Expect("merged");
    words.Expect("into");
    status = v1::Cooperative::MERGED;
    cooperative.set_successor(words.TakeNumber());
  }
  cooperative.set_status(status);
}

void TakeAttributes(Words& words, v1::Cooperative& cooperative) {
  while (true) {
    if (words.Skip("village")) {
      cooperative.set_village_code(words.TakeWord());
    } else if (words.Skip("zone")) {
      cooperative.set_utc_offset_minutes(ZoneOffset(words.TakeWord()));
    } else if (words.Skip("chart")) {
      cooperative.set_chart(words.TakeWord());
    } else if (words.Skip("from")) {
      cooperative.set_effective_date(words.TakeDate());
    } else if (words.Skip("status")) {
      TakeStatus(words, cooperative);
    } else {
      return;
    }
  }
}

v1::AccountLimits TakeLimits(Words& words) {
  v1::AccountLimits limits;
  if (words.Skip("minimum")) {
    limits.set_minimum(words.TakeAmount());
  }
  if (words.Skip("maximum")) {
    limits.set_maximum(words.TakeAmount());
  }
  return limits;
}

template <typename Enum, typename Parse>
Enum TakeEnum(Words& words, Parse parse) {
  std::string name = words.TakeWord();
  for (char& c : name) {
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  Enum value{};
  if (!parse(name, &value)) {
    throw ScenarioError("unknown word '" + name + "'");
  }
  return value;
}

v1::AccountCode TakeNewCode(Words& words) {
  v1::AccountCode code;
  code.set_code(words.TakeSmallNumber());
  code.set_name_en(words.TakeWord());
  code.set_name_id(code.name_en());
  code.set_class_(TakeEnum<v1::AccountCode::Class>(words, v1::AccountCode::Class_Parse));
  words.Expect("by");
  code.set_grows_by(TakeEnum<v1::Side>(words, v1::Side_Parse));
  while (true) {
    if (words.Skip("floor")) {
      code.set_floor(true);
    } else if (words.Skip("holder")) {
      code.set_holder_class(words.TakeWord());
    } else if (words.Skip("required")) {
      code.set_holder_required(true);
    } else if (words.Skip("registered")) {
      code.set_holder_registered(true);
    } else if (words.Skip("explicit")) {
      code.set_opening(v1::AccountCode::EXPLICIT);
    } else {
      return code;
    }
  }
}

v1::AccountCode TakeRetirement(Words& words, const ChartVersions* versions) {
  const std::uint32_t number = words.TakeSmallNumber();
  const v1::AccountCode* code = versions == nullptr ? nullptr : versions->latest().FindCode(number);
  if (code == nullptr) {
    throw ScenarioError("no code to retire");
  }
  v1::AccountCode retired = *code;
  words.Expect("from");
  retired.set_retired_from(words.TakeDate());
  if (words.Skip("for")) {
    retired.set_succeeded_by(words.TakeSmallNumber());
  }
  return retired;
}

void TakeInstalments(Words& words, v1::LoanSchedule& schedule) {
  words.Expect(":");
  do {
    v1::Instalment& instalment = *schedule.add_instalments();
    instalment.set_number(words.TakeSmallNumber());
    words.Expect("due");
    instalment.set_due_date(words.TakeDate());
    *instalment.mutable_due() = TakeSplit(words);
  } while (words.Skip(","));
}

void TakePayment(Words& words, v1::LoanPayment& payment) {
  payment.set_business_date(words.TakeDate());
  if (words.Skip("instalment")) {
    TakeNumbers(words, payment.mutable_instalments());
  }
  words.Expect("due");
  payment.set_due_date(words.TakeDate());
  *payment.mutable_split() = TakeSplit(words);
  if (words.Skip("outstanding")) {
    *payment.mutable_outstanding() = TakeSplit(words);
  }
  if (words.Skip("payer")) {
    *payment.mutable_payer() = TakeParty(words);
  }
  if (words.Skip("reverses")) {
    payment.set_reverses(ScenarioId(words.TakeWord()));
  }
}

}  // namespace

void CommandReader::ReadCooperative(Words& words, v1::Command& command) {
  v1::Cooperative& cooperative = *command.mutable_register_cooperative();
  cooperative.set_cooperative(words.TakeNumber());
  cooperative.set_effective_date(kBeginning);
  cooperative.set_chart("kdmp");
  cooperative.set_utc_offset_minutes(ZoneOffset("WIB"));
  cooperative.set_status(v1::Cooperative::ACTIVE);
  TakeAttributes(words, cooperative);
  cooperative_ = cooperative.cooperative();
}

void CommandReader::ReadChange(Words& words, v1::Command& command) {
  if (words.Skip("checkpoint")) {
    words.Expect("key");
    command.mutable_change_checkpoint_key()->set_public_key(std::string(32, 'n'));
    return;
  }
  words.Expect("cooperative");
  v1::Cooperative& cooperative = *command.mutable_change_cooperative();
  const std::uint64_t number = words.TakeNumber();
  const CooperativeState* before = ledger_.state().FindCooperative(number);
  if (before != nullptr) {
    cooperative = before->versions.back();
  } else {
    cooperative.set_chart("kdmp");
    cooperative.set_status(v1::Cooperative::ACTIVE);
  }
  cooperative.set_cooperative(number);
  cooperative.set_effective_date(Today());
  TakeAttributes(words, cooperative);
}

void CommandReader::ReadHolder(Words& words, v1::Command& command) {
  v1::Holder& holder = *command.mutable_change_holder();
  holder.set_cooperative(cooperative_);
  holder.set_holder_class(words.TakeWord());
  holder.set_number(words.TakeNumber());
  holder.set_status(v1::Holder::ACTIVE);
  holder.set_effective_date(Today());
  while (!words.done() && words.peek() != "=>" && words.peek() != "as") {
    if (words.Skip("closed")) {
      holder.set_status(v1::Holder::CLOSED);
    } else if (words.Skip("from")) {
      holder.set_effective_date(words.TakeDate());
    } else if (words.Skip("village")) {
      holder.mutable_outlet()->set_village_code(words.TakeWord());
    } else if (words.Skip("type")) {
      holder.mutable_outlet()->set_type(words.TakeWord());
    } else if (words.Skip("nmid")) {
      holder.mutable_outlet()->set_nmid(words.TakeWord());
    } else {
      words.Expect("active");
    }
  }
}

v1::Account CommandReader::TakeAccount(Words& words) const {
  const AccountName name = words.TakeAccount();
  v1::Account account;
  account.set_cooperative(cooperative_);
  account.set_code(name.code);
  account.set_holder(name.holder);
  account.set_currency(name.currency);
  return account;
}

void CommandReader::ReadOpening(Words& words, v1::Command& command) {
  *command.mutable_open_account()->mutable_account() = TakeAccount(words);
  *command.mutable_open_account()->mutable_limits() = TakeLimits(words);
}

void CommandReader::ReadAccountStatus(Words& words, v1::Command& command) {
  v1::AccountStatus& status = *command.mutable_change_account_status();
  *status.mutable_account() = TakeAccount(words);
  status.set_status(TakeEnum<v1::AccountStatus::Status>(words, v1::AccountStatus::Status_Parse));
  *status.mutable_limits() = TakeLimits(words);
}

void CommandReader::ReadClosing(Words& words, v1::Command& command) {
  v1::PeriodClosing& closing = *command.mutable_close_period();
  closing.set_cooperative(cooperative_);
  closing.set_stage(TakeEnum<v1::PeriodClosing::Stage>(words, v1::PeriodClosing::Stage_Parse));
  words.Expect("through");
  closing.set_through_date(words.TakeDate());
}

void CommandReader::ReadChart(Words& words, v1::Command& command) {
  words.Expect("chart");
  v1::Chart& chart = *command.mutable_publish_chart();
  chart.set_name(words.TakeWord());
  words.Expect("version");
  chart.set_version(words.TakeSmallNumber());
  chart.set_base_version(chart.version() - 1);
  if (words.Skip("complete")) {
    chart.set_base_version(0);
  }
  words.Expect("from");
  chart.set_effective_date(words.TakeDate());
  words.Expect(":");
  do {
    if (words.Skip("code")) {
      *chart.add_codes() = TakeNewCode(words);
    } else if (words.Skip("retire")) {
      *chart.add_codes() = TakeRetirement(words, ledger_.state().FindChart(chart.name()));
    } else if (words.Skip("channel")) {
      chart.add_channels()->set_name(words.TakeWord());
    } else if (words.Skip("class")) {
      chart.add_holder_classes()->set_name(words.TakeWord());
    } else if (words.Skip("currency")) {
      chart.add_currencies()->set_currency(words.TakeWord());
      chart.mutable_currencies()->rbegin()->set_exponent(words.TakeSmallNumber());
    } else {
      words.Expect("kind");
      chart.add_kinds()->set_name(words.TakeWord());
      chart.mutable_kinds()->rbegin()->set_adjustment(words.Skip("adjustment"));
    }
  } while (words.Skip(","));
}

void CommandReader::ReadGrant(Words& words, v1::Command& command) {
  words.Expect("loan");
  v1::Loan& loan = *command.mutable_grant_loan();
  loan.set_cooperative(cooperative_);
  loan.set_loan(words.TakeNumber());
  loan.set_principal(words.TakeAmount());
  loan.set_scheme("pmk-49-2025");
  loan.set_scheme_version(1);
  loan.set_lender("002");
  loan.set_annual_rate_ppm(60'000);
  loan.set_tenor_months(72);
  loan.set_granted_date(Today());
  for (v1::Party* party : {loan.mutable_debtor(), loan.mutable_beneficiary(), loan.mutable_payer(),
                           loan.mutable_asset_owner()}) {
    party->set_holder_class("cooperative");
    party->set_number(cooperative_);
  }
  if (words.Skip("debtor")) {
    *loan.mutable_debtor() = TakeParty(words);
  }
  loan.mutable_schedule()->set_cooperative(cooperative_);
  loan.mutable_schedule()->set_loan(loan.loan());
  loan.mutable_schedule()->set_version(1);
  TakeInstalments(words, *loan.mutable_schedule());
}

void CommandReader::ReadSchedule(Words& words, v1::Command& command) {
  words.Expect("loan");
  v1::LoanSchedule& schedule = *command.mutable_replace_loan_schedule();
  schedule.set_cooperative(cooperative_);
  schedule.set_loan(words.TakeNumber());
  words.Expect("version");
  schedule.set_version(words.TakeSmallNumber());
  TakeInstalments(words, schedule);
}

void CommandReader::ReadReport(Words& words, v1::Command& command) {
  const bool payment = words.Skip("payment");
  if (!payment) {
    words.Expect("status");
  }
  words.Expect("of");
  words.Expect("loan");
  const std::uint64_t loan = words.TakeNumber();
  if (payment) {
    command.mutable_report_loan_payment()->set_cooperative(cooperative_);
    command.mutable_report_loan_payment()->set_loan(loan);
    TakePayment(words, *command.mutable_report_loan_payment());
    return;
  }
  v1::LoanStatus& status = *command.mutable_report_loan_status();
  status.set_cooperative(cooperative_);
  status.set_loan(loan);
  status.set_as_of(words.TakeDate());
  words.Expect("overdue");
  status.set_days_past_due(words.TakeSmallNumber());
  words.Skip("days");
  words.Expect("outstanding");
  *status.mutable_outstanding() = TakeSplit(words);
  status.set_document_digest(std::string(32, 'd'));
}

void CommandReader::ReadAttestation(Words& words, v1::Command& command) {
  if (words.Skip("state")) {
    command.mutable_attest_state();
    return;
  }
  v1::Attestation& attestation = *command.mutable_record_attestation();
  attestation.set_cooperative(cooperative_);
  attestation.set_kind(words.TakeWord());
  attestation.set_subject(words.TakeWord());
  attestation.set_as_of(words.TakeDate());
  if (words.Skip(":")) {
    do {
      v1::AttestedValue& value = *attestation.add_values();
      value.set_name(words.TakeWord());
      words.Expect("=");
      value.set_value(words.TakeAmount());
    } while (words.Skip(","));
  }
}

void CommandReader::ReadErasure(Words& words, v1::Command& command) {
  words.Expect("key");
  command.mutable_record_erasure()->set_key_id(words.TakeWord());
  command.mutable_record_erasure()->set_cooperative(cooperative_);
}

}  // namespace lumbung
