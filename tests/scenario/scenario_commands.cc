#include "tests/scenario/scenario_commands.h"

#include <map>

#include "engine/base/uuid.h"

namespace lumbung {
namespace {

constexpr std::int32_t kWib = 420;
constexpr std::int64_t kMinute = 60'000'000;
constexpr std::int64_t kDay = 24 * 60 * kMinute;

}  // namespace

std::string ScenarioId(std::string_view name) {
  static const Uuid name_space = *ParseUuid("5c1d2a0e-8f3b-5d6a-9b7c-0a1b2c3d4e5f");
  return FormatUuid(UuidV5(name_space, name));
}

v1::LoanSplit TakeSplit(Words& words) {
  v1::LoanSplit split;
  while (true) {
    if (words.Skip("principal")) {
      split.set_principal(words.TakeAmount());
    } else if (words.Skip("interest")) {
      split.set_interest(words.TakeAmount());
    } else if (words.Skip("penalty")) {
      split.set_penalty(words.TakeAmount());
    } else if (words.Skip("fee")) {
      split.set_fee(words.TakeAmount());
    } else {
      return split;
    }
  }
}

v1::Party TakeParty(Words& words) {
  v1::Party party;
  party.set_holder_class(words.TakeWord());
  party.set_number(words.TakeNumber());
  return party;
}

std::int64_t CommandReader::Moment(Date date, std::int64_t minute_of_day) const {
  const CooperativeState* cooperative = ledger_.state().FindCooperative(cooperative_);
  const std::int32_t offset =
      cooperative == nullptr ? kWib : cooperative->versions.back().utc_offset_minutes();
  return DaysOfDate(date) * kDay + (minute_of_day - offset) * kMinute;
}

Date CommandReader::Today() const {
  const CooperativeState* cooperative = ledger_.state().FindCooperative(cooperative_);
  return LocalDate(ledger_.now(), cooperative == nullptr
                                      ? kWib
                                      : cooperative->versions.back().utc_offset_minutes());
}

v1::Command CommandReader::Read(Words& words, std::string name) {
  using Reader = void (CommandReader::*)(Words&, v1::Command&);
  static const std::map<std::string_view, Reader> readers = {
      {"post", &CommandReader::ReadPost},       {"hold", &CommandReader::ReadHold},
      {"capture", &CommandReader::ReadCapture}, {"reverse", &CommandReader::ReadReverse},
      {"release", &CommandReader::ReadRelease}, {"cooperative", &CommandReader::ReadCooperative},
      {"change", &CommandReader::ReadChange},   {"holder", &CommandReader::ReadHolder},
      {"open", &CommandReader::ReadOpening},    {"account", &CommandReader::ReadAccountStatus},
      {"close", &CommandReader::ReadClosing},   {"publish", &CommandReader::ReadChart},
      {"grant", &CommandReader::ReadGrant},     {"reschedule", &CommandReader::ReadSchedule},
      {"report", &CommandReader::ReadReport},   {"attest", &CommandReader::ReadAttestation},
      {"erase", &CommandReader::ReadErasure},
  };
  const std::string verb = words.TakeWord();
  const auto reader = readers.find(verb);
  if (reader == readers.end()) {
    throw ScenarioError("no step '" + verb + "'");
  }
  v1::Command command;
  (this->*reader->second)(words, command);
  if (words.Skip("as")) {
    name = words.TakeWord();
  }
  // A transaction has its own id, which an option may have named.
  v1::Transaction* transaction =
      command.has_post()      ? command.mutable_post()
      : command.has_hold()    ? command.mutable_hold()->mutable_transaction()
      : command.has_capture() ? command.mutable_capture()->mutable_transaction()
                              : nullptr;
  if (transaction == nullptr) {
    command.set_command_id(ScenarioId(name));
  } else if (transaction->transaction_id().empty()) {
    transaction->set_transaction_id(ScenarioId(name));
  }
  return command;
}

}  // namespace lumbung
