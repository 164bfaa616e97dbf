// Sends many commands to a ledger or server: in groups, several of them in flight, answers in
// order.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/app/command_sink.h"

#include "lumbung/ledger/v1/command.pb.h"

namespace lumbung {

// One thread at a time.
class Submitter {
 public:
  static constexpr std::size_t kGroup = 2'000;
  static constexpr std::size_t kGroupsInFlight = 8;

  // Called on the caller's thread, once a command, in the order in which they were added. `place`
  // is what the caller gave with it.
  using OnAnswer =
      std::function<void(std::uint64_t place, const v1::Command& command, const Answer& answer)>;

  // The sink must outlive it.
  Submitter(CommandSink& sink, OnAnswer on_answer);
  // Waits for what is in flight; its answers are dropped.
  ~Submitter();
  Submitter(const Submitter&) = delete;
  Submitter& operator=(const Submitter&) = delete;

  // May call `on_answer` for earlier commands, and waits where too many are in flight.
  void Add(v1::Command command, std::uint64_t place);
  // Sends what is not sent yet and waits for every answer.
  void Finish();

 private:
  struct Group {
    std::vector<v1::Command> commands;
    std::vector<std::uint64_t> places;
    std::vector<const v1::Command*> pointers;
    // Guarded by mutex_ until done.
    std::vector<Answer> answers;
    bool done = false;
  };

  void Send();
  // Hands out the answers of the oldest group; waits for it.
  void TakeOldest();
  bool OldestIsDone();

  CommandSink& sink_;
  const OnAnswer on_answer_;
  std::unique_ptr<Group> filling_;
  std::deque<std::unique_ptr<Group>> in_flight_;
  std::mutex mutex_;
  std::condition_variable done_changed_;
};

}  // namespace lumbung
