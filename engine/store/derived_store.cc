// Destroy and Open find out what is on disk; everything else is RocksDerivedStore's.
#include "engine/store/derived_store.h"

#include <filesystem>
#include <system_error>

#include "engine/store/rocks_derived_store.h"

namespace lumbung {
namespace {

namespace fs = std::filesystem;

fs::path StoreOf(const std::string& dir) { return fs::path(dir) / "derived"; }
fs::path DeletedOf(const std::string& dir) { return fs::path(dir) / "derived.deleted"; }

// Files of a store that lacks the one that RocksDB makes last. Corruption if there were ids or rows
// in it; else its making was interrupted, and it is deleted.
Status DeleteUnfinished(const fs::path& store) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(store, error)) {
    if (entry.path().extension() == ".sst") {
      return Status::Corruption(store.string() + " lacks its file CURRENT");
    }
  }
  if (!error) {
    fs::remove_all(store, error);
  }
  return error ? Status::IoError(store.string() + ": " + error.message()) : Status::Ok();
}

}  // namespace

Result<std::unique_ptr<DerivedStore>> DerivedStore::Open(const std::string& dir,
                                                         const DerivedStoreOptions& options) {
  const fs::path store = StoreOf(dir);
  std::error_code error;
  bool exists = fs::exists(store / "CURRENT", error);
  if (!options.read_only) {
    if (!exists && fs::exists(store, error)) {
      LUMBUNG_RETURN_IF_ERROR(DeleteUnfinished(store));
    }
    fs::remove_all(DeletedOf(dir), error);
  } else if (!exists && fs::exists(store, error) && !fs::is_empty(store, error)) {
    return Status::Corruption(store.string() + " lacks its file CURRENT");
  }
  auto result = std::make_unique<RocksDerivedStore>(store.string(), options);
  LUMBUNG_RETURN_IF_ERROR(result->OpenFiles(exists));
  return std::unique_ptr<DerivedStore>(std::move(result));
}

Status DerivedStore::Install(const Head& marker, std::span<const IdEntry> ids,
                             std::span<const StateRow> rows) {
  return InstallFrom(marker, ids, [rows](const PutRow& put) {
    for (const StateRow& row : rows) {
      LUMBUNG_RETURN_IF_ERROR(put(row));
    }
    return Status::Ok();
  });
}

Status DerivedStore::Destroy(const std::string& dir) {
  std::error_code error;
  fs::remove_all(DeletedOf(dir), error);
  if (!error && fs::exists(StoreOf(dir))) {
    // Renamed first: a store that is half deleted looks damaged.
    fs::rename(StoreOf(dir), DeletedOf(dir), error);
    if (!error) {
      fs::remove_all(DeletedOf(dir), error);
    }
  }
  return error ? Status::IoError("delete " + StoreOf(dir).string() + ": " + error.message())
               : Status::Ok();
}

}  // namespace lumbung
