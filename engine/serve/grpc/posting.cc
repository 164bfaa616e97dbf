#include "engine/serve/grpc/posting.h"

#include "engine/base/check.h"
#include "engine/domain/decide.h"

namespace lumbung {
namespace {

template <typename Message>
bool HasUnknown(const Message& message) {
  static const google::protobuf::Reflection* const reflection = Message::GetReflection();
  return !reflection->GetUnknownFields(message).empty();
}

// Whether a transaction is of the plain kind, with nothing in it that the schema does not know:
// most are, and walking them by reflection costs more than deciding them.
bool IsPlain(const v1::Transaction& transaction) {
  if (HasUnknown(transaction) || transaction.has_party() || transaction.has_origin() ||
      transaction.external_references_size() != 0 || transaction.related_size() != 0 ||
      transaction.conditions_size() != 0 || transaction.has_sealed() ||
      transaction.details_case() != v1::Transaction::DETAILS_NOT_SET) {
    return false;
  }
  for (const v1::Entry& entry : transaction.entries()) {
    if (HasUnknown(entry)) {
      return false;
    }
  }
  return true;
}

std::string At(std::string_view list, int i, const std::string& field) {
  return std::string(list) + "[" + std::to_string(i) + "]." + field;
}

}  // namespace

std::string Posting::Prepare() {
  if (HasUnknown(request)) {
    return UnknownField(request);
  }
  const int count = request.transactions_size();
  commands.resize(static_cast<std::size_t>(count));
  pointers.clear();
  for (int i = 0; i < count; ++i) {
    v1::Transaction* const transaction = request.mutable_transactions(i);
    if (!IsPlain(*transaction)) {
      if (const std::string field = UnknownField(*transaction); !field.empty()) {
        return At("transactions", i, field);
      }
    }
    v1::Command& command = commands[static_cast<std::size_t>(i)];
    command.unsafe_arena_set_allocated_post(transaction);
    pointers.push_back(&command);
  }
  return "";
}

void Posting::ReturnLent() {
  for (v1::Command& command : commands) {
    if (command.has_post()) {
      static_cast<void>(command.unsafe_arena_release_post());
    }
  }
}

void Posting::Clear() {
  ReturnLent();
  pointers.clear();
  request.Clear();
  response.Clear();
}

void Posting::FillResponse(const std::vector<Answer>& answers, std::uint32_t shards) {
  FillResults(pointers, answers, shards, *response.mutable_results());
}

void FillResults(std::span<const v1::Command* const> commands, const std::vector<Answer>& answers,
                 std::uint32_t shards,
                 google::protobuf::RepeatedPtrField<v1::CommandResult>& results) {
  LUMBUNG_CHECK(commands.size() == answers.size());
  results.Reserve(static_cast<int>(answers.size()));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::uint64_t cooperative = shards == 1 ? 0 : CooperativeOf(*commands[i]);
    FillResult(answers[i], cooperative == 0 ? 0 : ShardOf(cooperative, shards), *results.Add());
  }
}

CallError WithField(CallError error, std::string_view list) {
  constexpr std::string_view kCommands = "commands";
  constexpr std::string_view kOnly = "commands[0]";
  if (list.empty() && error.field.starts_with(kOnly)) {
    error.field.erase(0, kOnly.size());
  } else if (!list.empty() && error.field.starts_with(kCommands)) {
    error.field.replace(0, kCommands.size(), list);
  }
  return error;
}

}  // namespace lumbung
