// One PostRequest and its response, with what is needed between them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/serve/gateway.h"

#include "lumbung/ledger/v1/service.pb.h"

namespace lumbung {

struct Posting {
  using Request = v1::PostRequest;
  using Response = v1::PostResponse;

  Request request;
  Response response;
  // Borrow the request's transactions.
  std::vector<v1::Command> commands;
  std::vector<const v1::Command*> pointers;

  ~Posting() { ReturnLent(); }

  // Makes commands of the request's transactions, without copying them. Names the first field that
  // the schema does not know; empty if all is well.
  std::string Prepare();
  void FillResponse(const std::vector<Answer>& answers, std::uint32_t shards);
  // Takes the transactions back from the commands.
  void ReturnLent();
  void Clear();
};

// Fills the results of a response, in order. The shard of each is where its cooperative lives.
void FillResults(std::span<const v1::Command* const> commands, const std::vector<Answer>& answers,
                 std::uint32_t shards,
                 google::protobuf::RepeatedPtrField<v1::CommandResult>& results);

// An error about commands, as those say it who sent something else: "commands" in the path of the
// field becomes `list`, and a path that is nothing else becomes empty where `list` is.
CallError WithField(CallError error, std::string_view list);

}  // namespace lumbung
