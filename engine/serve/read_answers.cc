#include "engine/serve/read_answers.h"

#include "engine/domain/balances.h"
#include "engine/domain/format_version.h"
#include "engine/serve/gateway.h"

namespace lumbung {

void FillAccount(const State& state, const AccountKey& key, std::int64_t now,
                 v1::GetAccountResponse& response) {
  FillBalance(BalanceOf(state, key, now), *response.mutable_balance());
  response.set_status(v1::AccountStatus::OPEN);
  if (const AccountRow* row = state.accounts().Find(key); row != nullptr) {
    response.set_last_sequence(row->last_sequence);
    if (row->status != 0) {
      response.set_status(static_cast<v1::AccountStatus::Status>(row->status));
    }
    if ((row->flags & AccountRow::kHasLimits) != 0) {
      *response.mutable_limits() = state.LimitsOf(*row);
    }
  }
  const Chart* chart = ChartOf(state, key.cooperative, TodayOf(state, key.cooperative, now));
  if (chart == nullptr) {
    return;
  }
  if (const v1::AccountCode* code = chart->FindCode(key.code); code != nullptr) {
    response.set_grows_by(code->grows_by());
    response.set_name_id(code->name_id());
    response.set_name_en(code->name_en());
  }
  if (const v1::Currency* currency = chart->FindCurrency(key.currency); currency != nullptr) {
    response.set_exponent(currency->exponent());
  }
}

void FillLedgerInfo(Ledger& ledger, std::uint64_t account_memory_bytes,
                    v1::GetLedgerInfoResponse& response) {
  response.set_ledger_id(ledger.info().ledger_id);
  response.set_origin(ledger.info().origin);
  response.set_version(LUMBUNG_VERSION);
  response.set_format_version(kFormatVersion);
  const PublicKey key = ledger.checkpoint_key();
  response.set_checkpoint_key(key.data(), key.size());
  for (std::uint32_t number = 0; number < ledger.shards(); ++number) {
    Ledger::SignedHead signed_head = ledger.SignHead(number);
    v1::ShardInfo& shard = *response.add_shards();
    shard.set_shard(number);
    shard.set_head(signed_head.head.sequence);
    shard.set_hash(std::string(AsView(signed_head.head.hash)));
    shard.set_root(std::string(AsView(signed_head.root)));
    shard.set_checkpoint(std::move(signed_head.checkpoint));
    const ShardStats stats = ledger.shard(number).Stats();
    shard.set_accounts(stats.accounts);
    shard.set_account_bytes(stats.account_bytes);
    shard.set_account_memory_bytes(account_memory_bytes);
    shard.set_log_bytes_on_disk(stats.log.bytes_on_disk);
    shard.set_derived_sequence(stats.derived_sequence);
    shard.set_replayed_at_opening(stats.replayed_at_opening);
  }
}

}  // namespace lumbung
