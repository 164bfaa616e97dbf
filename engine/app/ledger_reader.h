// What subcommands read of a ledger: of one that they open, or of a server's. Both tell the same in
// the API's own messages, so that one piece of code shows it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "engine/app/ledger_access.h"
#include "engine/app/server_access.h"
#include "engine/base/status.h"
#include "engine/domain/account_key.h"

#include "lumbung/ledger/v1/service.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

// Called with each event, in order, until it returns a status that is not ok.
using EventVisitor = std::function<Status(std::uint64_t sequence, std::string_view event)>;

// One thread at a time. Errors besides those named: Refused where the server does not allow it,
// IoError where it does not answer.
class LedgerReader {
 public:
  virtual ~LedgerReader() = default;

  virtual Result<v1::GetLedgerInfoResponse> Info() = 0;
  // NotFound where nothing was ever posted to it, nor was it opened.
  virtual Result<v1::GetAccountResponse> Account(const AccountKey& key) = 0;
  // Calls `visit` with each account of a cooperative (0: of all), in no order.
  virtual Status ForEachAccount(
      std::uint64_t cooperative,
      const std::function<void(const v1::GetAccountResponse&)>& visit) = 0;
  // As LogStore::ForEach. REQUIRES: there is such a shard, from >= 1
  virtual Status ForEachEvent(std::uint32_t shard, std::uint64_t from, std::uint64_t through,
                              const EventVisitor& visit) = 0;
  // The same, and goes on with events as they become durable, until a stop is asked for: then
  // Cancelled.
  virtual Status FollowEvents(std::uint32_t shard, std::uint64_t from, std::uint64_t through,
                              const EventVisitor& visit) = 0;
  virtual Status Close() = 0;
};

// The server's where one is named, else that in the folder, which it then owns.
Result<std::unique_ptr<LedgerReader>> OpenReader(const LedgerArguments& ledger,
                                                 const ServerArguments& server);
// The first of the two. REQUIRES: server.given()
Result<std::unique_ptr<LedgerReader>> OpenServerReader(const ServerArguments& server);

inline std::uint32_t ShardsOf(const v1::GetLedgerInfoResponse& info) {
  return static_cast<std::uint32_t>(info.shards_size());
}
// Of an account that is not there.
Status NoSuchAccount(const AccountKey& key);

}  // namespace lumbung
