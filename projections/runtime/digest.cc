#include "projections/runtime/digest.h"

#include "engine/chain/hash.h"

namespace lumbung {
namespace {

void AddSized(Hasher& hasher, std::string_view bytes) {
  std::string size;
  AppendBigEndian(size, static_cast<std::uint32_t>(bytes.size()));
  hasher.Update(size);
  hasher.Update(bytes);
}

std::string Heading(const View& view) {
  const ProjectionIdentity& identity = view.identity();
  std::string heading = "lumbung projection 1\n";
  AppendBigEndian(heading, identity.version);
  AppendBigEndian(heading, static_cast<std::uint8_t>(identity.name.size()));
  heading += identity.name;
  AppendBigEndian(heading, static_cast<std::uint32_t>(identity.rules.size()));
  heading += identity.rules;
  AppendBigEndian(heading, static_cast<std::uint32_t>(view.positions().size()));
  for (const auto& [shard, position] : view.positions()) {
    AppendBigEndian(heading, shard);
    AppendBigEndian(heading, position.sequence);
    heading += AsView(position.hash);
  }
  return heading;
}

}  // namespace

Result<Hash> DigestOf(const View& view) {
  Hasher hasher;
  hasher.Begin();
  hasher.Update(Heading(view));
  const std::unique_ptr<RowCursor> row = view.Walk({});
  for (bool there = row->Seek(std::string(1, kRuntimeTag + 1)); there; there = row->Next()) {
    AddSized(hasher, row->key());
    AddSized(hasher, row->value());
  }
  LUMBUNG_RETURN_IF_ERROR(row->status());
  return hasher.End();
}

}  // namespace lumbung
