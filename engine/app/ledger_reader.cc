#include "engine/app/ledger_reader.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "engine/app/signals.h"
#include "engine/base/clock.h"
#include "engine/serve/read_answers.h"

namespace lumbung {
namespace {

constexpr auto kPollInterval = std::chrono::milliseconds(100);

class FolderReader final : public LedgerReader {
 public:
  FolderReader(std::unique_ptr<Ledger> ledger, std::uint64_t account_memory_bytes)
      : ledger_(std::move(ledger)), account_memory_bytes_(account_memory_bytes) {}

  Result<v1::GetLedgerInfoResponse> Info() override {
    v1::GetLedgerInfoResponse info;
    FillLedgerInfo(*ledger_, account_memory_bytes_, info);
    return info;
  }

  Result<v1::GetAccountResponse> Account(const AccountKey& key) override {
    v1::GetAccountResponse account;
    Shard& shard = ledger_->shard(ShardOf(key.cooperative, ledger_->shards()));
    LUMBUNG_RETURN_IF_ERROR(shard.Read([&](const State& state, std::uint64_t sequence) {
      FillAccount(state, key, Clock::System().WallMicros(), account);
      account.set_as_of(sequence);
    }));
    return account.last_sequence() == 0 ? Result<v1::GetAccountResponse>(NoSuchAccount(key))
                                        : account;
  }

  Status ForEachAccount(std::uint64_t cooperative,
                        const std::function<void(const v1::GetAccountResponse&)>& visit) override {
    const std::int64_t now = Clock::System().WallMicros();
    const auto read = [&](const State& state, std::uint64_t sequence) {
      v1::GetAccountResponse account;
      for (std::size_t i = 0; i < state.accounts().size(); ++i) {
        const AccountKey& key = state.accounts().row(i).key;
        if (cooperative == 0 || key.cooperative == cooperative) {
          account.Clear();
          FillAccount(state, key, now, account);
          account.set_as_of(sequence);
          visit(account);
        }
      }
    };
    for (std::uint32_t shard = 0; shard < ledger_->shards(); ++shard) {
      if (cooperative == 0 || shard == ShardOf(cooperative, ledger_->shards())) {
        LUMBUNG_RETURN_IF_ERROR(ledger_->shard(shard).Read(read));
      }
    }
    return Status::Ok();
  }

  Status ForEachEvent(std::uint32_t shard, std::uint64_t from, std::uint64_t through,
                      const EventVisitor& visit) override {
    return ledger_->shard(shard).log().ForEach(from, through, visit);
  }

  Status FollowEvents(std::uint32_t shard, std::uint64_t from, std::uint64_t through,
                      const EventVisitor& visit) override {
    const Shard& followed = ledger_->shard(shard);
    for (std::uint64_t next = from; next <= through;) {
      if (StopRequested()) {
        return Status::Cancelled("stopped before event " + std::to_string(next));
      }
      const std::uint64_t head = followed.head().sequence;
      if (head < next) {
        std::this_thread::sleep_for(kPollInterval);
        continue;
      }
      const std::uint64_t last = std::min(head, through);
      LUMBUNG_RETURN_IF_ERROR(followed.log().ForEach(next, last, visit));
      next = last + 1;
    }
    return Status::Ok();
  }

  Status Close() override { return ledger_->Close(); }

 private:
  const std::unique_ptr<Ledger> ledger_;
  const std::uint64_t account_memory_bytes_;
};

}  // namespace

Result<std::unique_ptr<LedgerReader>> OpenReader(const LedgerArguments& ledger,
                                                 const ServerArguments& server) {
  if (server.given()) {
    return OpenServerReader(server);
  }
  Result<std::unique_ptr<Ledger>> opened = OpenLedger(ledger);
  if (!opened.ok()) {
    return opened.status();
  }
  return std::unique_ptr<LedgerReader>(std::make_unique<FolderReader>(
      std::move(*opened), ShardOptionsOf(ledger).account_memory_bytes));
}

Status NoSuchAccount(const AccountKey& key) {
  return Status::NotFound("account " + FormatAccount(key) +
                          " has never been posted to or opened; its balance is 0");
}

}  // namespace lumbung
