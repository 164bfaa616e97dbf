// The half of RocksDerivedStore that changes it: Install, and the thread that merges.
#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/thread_name.h"
#include "engine/store/id_merge.h"
#include "engine/store/rocks_derived_store.h"

namespace lumbung {
namespace {

// Runs of ids wait for merges from here on: three times what there is when merges keep up.
constexpr std::size_t kMostRuns = 96;

std::set<std::uint32_t> NumbersOf(const std::vector<RunInfo>& runs) {
  std::set<std::uint32_t> numbers;
  for (const RunInfo& run : runs) {
    for (const PieceInfo& piece : run) {
      numbers.insert(piece.number);
    }
  }
  return numbers;
}

}  // namespace

std::unique_ptr<IngestFile> RocksDerivedStore::NewFile(DerivedFamily family) {
  const std::string name = "/rows-" + std::to_string(++files_made_) + ".sst";
  return std::make_unique<IngestFile>(OptionsOf(family), Family(family), ingest_.folder + name);
}

Status RocksDerivedStore::InstallFrom(const Head& marker, std::span<const IdEntry> ids,
                                      const RowSource& rows) {
  if (options_.read_only) {
    return Status::Refused("the derived store is open for reading only");
  }
  {
    std::unique_lock lock(mutex_);
    changed_.wait(
        lock, [this] { return !failure_.ok() || manifest_.runs.size() < kMostRuns || !HasWork(); });
    LUMBUNG_RETURN_IF_ERROR(failure_);
  }
  IngestFiles files;
  std::vector<RunInfo> runs;
  Status status = WriteIds(ids, runs, files);
  if (status.ok()) {
    status = WriteRows(rows, files);
  }
  if (!status.ok()) {
    return Failed(status);
  }
  for (const auto& file : files) {
    bytes_installed_ += file->size();
  }
  LUMBUNG_RETURN_IF_ERROR(Commit(std::move(files), [&](DerivedManifest& manifest) {
    manifest.marker = marker;
    std::move(runs.begin(), runs.end(), std::back_inserter(manifest.runs));
  }));
  ++generation_;
  return Status::Ok();
}

Status RocksDerivedStore::WriteIds(std::span<const IdEntry> ids, std::vector<RunInfo>& runs,
                                   IngestFiles& files) {
  IdKey largest{};
  {
    const std::lock_guard lock(mutex_);
    for (const RunInfo& run : manifest_.runs) {
      largest = std::max(largest, run.back().last);
    }
  }
  const auto above = static_cast<std::size_t>(
      std::partition_point(ids.begin(), ids.end(),
                           [&](const IdEntry& entry) { return entry.key <= largest; }) -
      ids.begin());
  const bool split = above > 0 && above <= ids.size() / 2;
  for (const auto part : {ids.subspan(0, split ? above : 0), ids.subspan(split ? above : 0)}) {
    if (part.empty()) {
      continue;
    }
    RunWriter writer(ingest_, part.size());
    for (const IdEntry& entry : part) {
      LUMBUNG_CHECK(entry.sequence != 0);
      LUMBUNG_RETURN_IF_ERROR(writer.Add(entry));
    }
    runs.push_back(writer.run());
    std::ranges::move(writer.TakeFiles(), std::back_inserter(files));
  }
  return Status::Ok();
}

Status RocksDerivedStore::WriteRows(const RowSource& rows, IngestFiles& files) {
  std::unique_ptr<IngestFile> file;
  LUMBUNG_RETURN_IF_ERROR(rows([&](const StateRow& row) {
    if (file == nullptr) {
      file = NewFile(DerivedFamily::kState);
    }
    return row.deleted ? file->Delete(row.key) : file->Put(row.key, row.value);
  }));
  if (file == nullptr) {
    return Status::Ok();
  }
  files.push_back(std::move(file));
  return files.back()->Finish();
}

Status RocksDerivedStore::Commit(IngestFiles files, const Change& change) {
  const std::lock_guard ingest_lock(ingest_mutex_);
  DerivedManifest manifest;
  {
    const std::lock_guard lock(mutex_);
    LUMBUNG_RETURN_IF_ERROR(failure_);
    manifest = manifest_;
  }
  change(manifest);
  manifest.next_piece = ingest_.next_piece;
  files.push_back(NewFile(DerivedFamily::kMeta));
  Status status = files.back()->Put(kManifestKey, FormatManifest(manifest));
  if (status.ok()) {
    status = files.back()->Finish();
  }
  if (status.ok()) {
    // Where only the manifest's sync fails, RocksDB deletes the files, and yet a manifest that
    // names them may be what the next opening reads.
    file_system_->Hold();
    status = Ingest(db_.get(), files);
  }
  if (!status.ok()) {
    return Failed(status);
  }
  file_system_->Release();
  index_->Publish(manifest.runs);
  {
    const std::lock_guard lock(mutex_);
    manifest_ = std::move(manifest);
  }
  changed_.notify_all();
  return Status::Ok();
}

Status RocksDerivedStore::Failed(const Status& status) {
  {
    const std::lock_guard lock(mutex_);
    if (failure_.ok()) {
      failure_ = status;
    }
  }
  changed_.notify_all();
  return status;
}

bool RocksDerivedStore::HasWork() const { return !RunsToMerge(manifest_.runs).empty(); }

void RocksDerivedStore::MergeLoop() {
  NameThread("id-merger");
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stop_ || !failure_.ok() || HasWork(); });
    if (stop_ || !failure_.ok()) {
      return;
    }
    std::vector<RunInfo> chosen;
    for (const std::size_t run : RunsToMerge(manifest_.runs)) {
      chosen.push_back(manifest_.runs[run]);
    }
    merging_ = true;
    lock.unlock();
    const Status status = Merge(chosen);
    if (!status.ok() && status.kind() != Status::Kind::kCancelled) {
      static_cast<void>(Failed(status));
    }
    lock.lock();
    merging_ = false;
    changed_.notify_all();
  }
}

Status RocksDerivedStore::Merge(const std::vector<RunInfo>& chosen) {
  RunInfo merged;
  IngestFiles files;
  std::set<std::uint32_t> rewritten;
  for (const PieceGroup& group : GroupPieces(chosen)) {
    if (group.size() == 1) {
      merged.insert(merged.end(), group.front().begin(), group.front().end());
      continue;
    }
    std::uint64_t ids = 0;
    for (const RunInfo& pieces : group) {
      ids += CountIds(pieces);
    }
    RunWriter writer(ingest_, ids);
    LUMBUNG_RETURN_IF_ERROR(
        MergeGroup(db_.get(), Family(DerivedFamily::kIds), group, stop_, writer));
    merged.insert(merged.end(), writer.run().begin(), writer.run().end());
    std::ranges::move(writer.TakeFiles(), std::back_inserter(files));
    rewritten.merge(NumbersOf(group));
  }
  for (const auto& file : files) {
    bytes_merged_ += file->size();
  }
  const std::set<std::uint32_t> gone = NumbersOf(chosen);
  LUMBUNG_RETURN_IF_ERROR(Commit(std::move(files), [&](DerivedManifest& manifest) {
    std::erase_if(manifest.runs,
                  [&](const RunInfo& run) { return gone.contains(run.front().number); });
    manifest.runs.push_back(merged);
  }));
  return DeletePieces({rewritten.begin(), rewritten.end()});
}

}  // namespace lumbung
