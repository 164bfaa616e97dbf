// What a client submitted, with what was found out about it on the client's own thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/commit/answer.h"
#include "engine/commit/submit_options.h"
#include "engine/domain/decide.h"
#include "engine/store/id_entry.h"

namespace lumbung {

struct Request {
  std::vector<const v1::Command*> commands;
  std::string actor;
  SubmitOptions options;
  std::function<void(std::vector<Answer>)> done;

  // Beside each command: what Validate said, its key in the index of ids, and the sequence found
  // there (0 = absent) when the derived store had `generation`.
  std::vector<Checked> checked;
  std::vector<IdKey> keys;
  std::vector<std::uint64_t> found;
  std::uint64_t generation = 0;
  // Hashes of a post's first two accounts, by which their rows are brought into the cache.
  struct AccountHashes {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
  };
  std::vector<AccountHashes> accounts;

  std::vector<Answer> answers;

  // A read instead of commands; it may look ids up.
  std::function<void(const State&, std::uint64_t sequence, History&)> read;
  std::function<void(Status)> read_done;
};

}  // namespace lumbung
