#include "tests/unit/projections/sums_projection.h"

#include "engine/chain/hash.h"

namespace lumbung {
namespace {

std::string SumKey(std::uint64_t cooperative, std::uint32_t code, std::uint64_t holder) {
  std::string key = "s";
  AppendBigEndian(key, cooperative);
  AppendBigEndian(key, code);
  AppendBigEndian(key, holder);
  return key;
}

std::string OrderKey(std::uint32_t shard) {
  std::string key = "o";
  AppendBigEndian(key, shard);
  return key;
}

}  // namespace

Status SumsProjection::Change::MergeInto(std::optional<std::string>& value) const {
  const std::int64_t before = value.has_value() ? std::stoll(*value) : 0;
  // An account that comes to nothing has no row.
  if (before + sum == 0) {
    value.reset();
  } else {
    value = std::to_string(before + sum);
  }
  return Status::Ok();
}

Status SumsProjection::Open(const RowReader& rows) {
  const std::unique_ptr<RowCursor> row = rows.Walk("o");
  for (bool there = row->Seek({}); there; there = row->Next()) {
    order_[LoadBigEndian<std::uint32_t>(row->key().data() + 1)] = AsHash(row->value());
  }
  return row->status();
}

Status SumsProjection::Apply(const ProjectedEvent& event, const RowReader& rows) {
  Hash& order = order_[event.shard];
  order = Sha256(std::string(AsView(order)) + std::string(AsView(event.hash)));
  if (event.event.has_attestation_recorded()) {
    seen_ = std::to_string(SumOf(rows, 1, 1101, 0));
  }
  const v1::Transaction& transaction = event.event.transaction_posted().transaction();
  if (transaction.kind() == "refuse") {
    return Status::InvalidArgument("a kind that this projection can't take");
  }
  for (const v1::Entry& entry : transaction.entries()) {
    sums_.At(SumKey(transaction.cooperative(), entry.code(), entry.holder())).sum +=
        entry.debit() - entry.credit();
  }
  return Status::Ok();
}

Status SumsProjection::Finish(const RowReader& rows, RowWriter& out) {
  for (const auto& [shard, order] : order_) {
    out.Put(OrderKey(shard), AsView(order));
  }
  if (seen_.has_value()) {
    out.Put("z", *seen_);
    seen_.reset();
  }
  return sums_.Finish(rows, out);
}

std::int64_t SumsProjection::SumOf(const RowReader& rows, std::uint64_t cooperative,
                                   std::uint32_t code, std::uint64_t holder) {
  std::string value;
  const Result<bool> found = rows.Get(SumKey(cooperative, code, holder), value);
  return found.ok() && *found ? std::stoll(value) : 0;
}

std::string SumsProjection::Seen(const RowReader& rows) {
  std::string value;
  const Result<bool> found = rows.Get("z", value);
  return found.ok() && *found ? value : "";
}

}  // namespace lumbung
