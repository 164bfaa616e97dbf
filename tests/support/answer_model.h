// What must be in a log, known from outside: which commands were submitted, and what was answered.
//
// Whatever becomes of the process, a command that was answered as recorded is in the log once, at
// that sequence and with that hash; one that was refused without a trace is not; one that was not
// answered is there whole or not at all.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/commit/answer.h"
#include "engine/domain/ids.h"
#include "engine/store/head_file.h"
#include "engine/store/log_store.h"
#include "tests/support/workload.h"

namespace lumbung {

// One thread at a time. Failures are reported as gtest's.
class AnswerModel {
 public:
  // `command_of` gives what a number stands for; `log` is as before anything was submitted.
  AnswerModel(std::function<v1::Command(const WorkNumber&)> command_of, const LogStore& log);

  void Submitted(const WorkNumber& work);
  void Answered(const WorkNumber& work, const Answer& answer);

  // Checks what the log has got since the last call, event by event, and that all that was
  // answered is there. All of it is durable, and stays.
  void CheckLog(const LogStore& log);

  // Submitted, and neither known to be in the log nor known not to be.
  std::vector<WorkNumber> Pending() const;
  // All that was ever submitted.
  std::vector<WorkNumber> All() const;
  std::uint64_t recorded() const { return recorded_; }

 private:
  struct Known {
    bool may_be_there = false;
    // Somebody was told that it was new.
    bool was_first = false;
    // Answered as recorded; 0: not.
    std::uint64_t sequence = 0;
    Hash hash{};
    v1::Code code = v1::OK;
    // Seen in the log there.
    std::uint64_t seen_at = 0;
  };

  void CheckEvent(std::uint64_t sequence, const Hash& hash, const v1::Event& event);

  const std::function<v1::Command(const WorkNumber&)> command_of_;
  Head checked_;
  std::map<WorkNumber, Known> known_;
  std::map<CommandKey, WorkNumber> owners_;
  std::set<CommandKey> keys_in_log_;
  std::uint64_t recorded_ = 0;
};

}  // namespace lumbung
