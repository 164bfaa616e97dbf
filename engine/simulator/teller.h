// Hands commands out, in messages that are used again and again: nothing is allocated for the most
// frequent ones.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/simulator/frauds.h"

#include "lumbung/ledger/v1/command.pb.h"

namespace lumbung {

// One thread at a time.
class Teller {
 public:
  // All must outlive it. `told_at` is set before a command is handed out.
  Teller(const std::function<void(const ledger::v1::Command&)>& emit, std::int64_t& told_at,
         std::vector<FraudTruth>& truth)
      : emit_(emit), told_at_(told_at), truth_(truth) {}

  // The transaction that TellTransaction hands out, empty. Any call for another one, or to tell,
  // ends its use.
  ledger::v1::Transaction& NewTransaction() {
    post_.mutable_post()->Clear();
    return *post_.mutable_post();
  }
  // The one that NewTransaction gave last.
  ledger::v1::Transaction& NewestTransaction() { return *post_.mutable_post(); }
  void TellTransaction(std::int64_t moment) { Tell(post_, moment); }
  // As NewTransaction has left it.
  std::string Bytes() const { return post_.post().SerializeAsString(); }
  // What Bytes gave.
  void TellBytes(const std::string& bytes, std::int64_t moment) {
    post_.mutable_post()->ParseFromString(bytes);
    Tell(post_, moment);
  }

  void Tell(const ledger::v1::Command& command, std::int64_t moment) {
    told_at_ = moment;
    emit_(command);
  }

  void TellTruth(FraudTruth truth) { truth_.push_back(std::move(truth)); }

 private:
  const std::function<void(const ledger::v1::Command&)>& emit_;
  std::int64_t& told_at_;
  std::vector<FraudTruth>& truth_;
  ledger::v1::Command post_;
};

}  // namespace lumbung
