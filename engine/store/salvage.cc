#include "engine/store/salvage.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <rocksdb/table_properties.h>

#include "engine/base/check.h"
#include "engine/chain/hash.h"
#include "engine/store/block_format.h"
#include "engine/store/log_keys.h"
#include "engine/store/log_options.h"
#include "engine/store/rocks_status.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {
namespace {

namespace fs = std::filesystem;

// Above any number that the empty database has given to a file of its own.
constexpr int kFirstWalNumber = 1'000'000;

rocksdb::ReadOptions Reading(bool checked) {
  rocksdb::ReadOptions options;
  options.verify_checksums = checked;
  options.fill_cache = false;
  options.readahead_size = std::size_t{2} << 20;
  return options;
}

std::uint64_t SequenceOf(const rocksdb::Iterator& iterator) {
  return iterator.key().size() == sizeof(SegmentKey)
             ? LoadBigEndian<std::uint64_t>(iterator.key().data())
             : 0;
}

// Whether the bytes are the event that comes after `before`; it is `next` then.
Status CheckNext(const Head& before, std::string_view bytes, Hasher& hasher, Head& next) {
  ledger::v1::Event event;
  next.sequence = before.sequence + 1;
  if (!event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Status::Corruption("it is not an event");
  }
  if (event.sequence() != next.sequence) {
    return Status::Corruption("it says that it is event " + std::to_string(event.sequence()));
  }
  if (event.previous_hash() != AsView(before.hash)) {
    return Status::Corruption("it does not link to the event before");
  }
  next.hash = hasher.Leaf(bytes);
  return Status::Ok();
}

// Paths of a directory with this extension, by the numbers that are their names.
std::vector<std::string> FilesByNumber(const std::string& dir, const std::string& extension) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator file(dir, error), end; file != end && !error; file.increment(error)) {
    if (file->path().extension() == extension) {
      paths.push_back(file->path());
    }
  }
  // Numbers have at least six digits, and more only when they are greater.
  std::sort(paths.begin(), paths.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  return paths;
}

}  // namespace

Result<std::unique_ptr<Salvage>> Salvage::Open(const std::string& log_dir,
                                               const std::string& work_dir) {
  std::unique_ptr<Salvage> salvage(new Salvage);
  for (const std::string& path : FilesByNumber(log_dir, ".sst")) {
    salvage->ListTable(path);
  }
  LUMBUNG_RETURN_IF_ERROR(salvage->ReplayWals(FilesByNumber(log_dir, ".log"), work_dir));
  return salvage;
}

Salvage::~Salvage() {
  wal_.iterator.reset();
  for (rocksdb::ColumnFamilyHandle* handle : wal_families_) {
    wal_db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
}

Salvage::Source Salvage::OpenTable(const std::string& path, bool checked) {
  Source source;
  source.checked = checked;
  source.reader = std::make_unique<rocksdb::SstFileReader>(rocksdb::Options());
  if (source.reader->Open(path).ok()) {
    source.iterator.reset(source.reader->NewIterator(Reading(checked)));
    source.iterator->SeekToFirst();
  }
  return source;
}

void Salvage::ListTable(const std::string& path) {
  const Source source = OpenTable(path, true);
  if (source.iterator == nullptr) {
    return;
  }
  const std::string family = source.reader->GetTableProperties()->column_family_name;
  rocksdb::Iterator& iterator = *source.iterator;
  if (family == kLogFamilyNames[static_cast<std::size_t>(LogFamily::kMeta)]) {
    // Tables come in the order of their numbers: the newest value stays.
    for (; iterator.Valid(); iterator.Next()) {
      meta_[iterator.key().ToString()] = iterator.value().ToString();
    }
  }
  if (family != kLogFamilyNames[static_cast<std::size_t>(LogFamily::kBlocks)]) {
    return;
  }
  Table table;
  table.path = path;
  if (iterator.Valid()) {
    table.first = SequenceOf(iterator);
  }
  iterator.SeekToLast();
  if (iterator.Valid()) {
    table.last = SequenceOf(iterator);
  }
  tables_.push_back(table);
}

Status Salvage::ReplayWals(const std::vector<std::string>& paths, const std::string& work_dir) {
  rocksdb::DBOptions options = LogDatabaseOptions({}, rocksdb::Env::Default());
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.track_and_verify_wals_in_manifest = false;
  // Whatever can be read: the links between events say what is good.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kSkipAnyCorruptedRecords;

  // Made empty first: the replay needs families for the numbers that the WAL names.
  const std::string db_dir = work_dir + "/wal";
  rocksdb::DB* db = nullptr;
  for (const bool with_wals : {false, true}) {
    const rocksdb::Status status =
        rocksdb::DB::Open(options, db_dir, LogFamilies({}), &wal_families_, &db);
    wal_db_.reset(db);
    if (!status.ok()) {
      return FromRocks(status, db_dir);
    }
    if (with_wals) {
      break;
    }
    for (rocksdb::ColumnFamilyHandle* handle : wal_families_) {
      wal_db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    }
    wal_families_.clear();
    wal_db_.reset();
    int number = kFirstWalNumber;
    for (const std::string& path : paths) {
      std::error_code error;
      fs::copy_file(path, db_dir + "/" + std::to_string(number++) + ".log", error);
      if (error) {
        return Status::IoError("copying " + path + ": " + error.message());
      }
    }
  }
  wal_.iterator.reset(wal_db_->NewIterator(
      Reading(true), wal_families_[static_cast<std::size_t>(LogFamily::kBlocks)]));
  const std::unique_ptr<rocksdb::Iterator> meta(wal_db_->NewIterator(
      Reading(true), wal_families_[static_cast<std::size_t>(LogFamily::kMeta)]));
  for (meta->SeekToFirst(); meta->Valid(); meta->Next()) {
    meta_[meta->key().ToString()] = meta->value().ToString();
  }
  return Status::Ok();
}

Status Salvage::ForEachGoodEvent(const Visit& visit) {
  good_ = Head{};
  held_ = Held{};
  current_ = Source{};
  ended_by_ = "no readable file has it";
  Status status;
  while (VisitNextSegment(visit, status)) {
    LUMBUNG_RETURN_IF_ERROR(std::move(status));
    ended_by_ = "no readable file has it";
  }
  return status;
}

bool Salvage::VisitNextSegment(const Visit& visit, Status& status) {
  // Mostly the next segment stands right behind the last one.
  if (current_.iterator != nullptr && current_.iterator->Valid()) {
    current_.iterator->Next();
    if (VisitSegment(current_, visit, status)) {
      return true;
    }
  }
  const std::uint64_t wanted = last().sequence + 1;
  const SegmentKey key = MakeSegmentKey(wanted);
  wal_.iterator->Seek(AsSlice(key));
  if (VisitSegment(wal_, visit, status)) {
    return true;
  }
  // A table's checksum is of many events. Where it is wrong, most of them may still be right.
  for (const bool checked : {true, false}) {
    for (const Table& table : tables_) {
      if (wanted < table.first || wanted > table.last) {
        continue;
      }
      Source source = OpenTable(table.path, checked);
      if (source.iterator == nullptr) {
        continue;
      }
      source.iterator->Seek(AsSlice(key));
      if (VisitSegment(source, visit, status)) {
        current_ = std::move(source);
        return true;
      }
    }
  }
  return false;
}

bool Salvage::VisitSegment(const Source& source, const Visit& visit, Status& status) {
  rocksdb::Iterator& iterator = *source.iterator;
  const std::uint64_t wanted = last().sequence + 1;
  if (!iterator.Valid()) {
    if (!iterator.status().ok()) {
      ended_by_ = iterator.status().ToString();
    }
    return false;
  }
  if (SequenceOf(iterator) != wanted) {
    return false;
  }
  Result<SegmentReader> segment = SegmentReader::Open(AsView(iterator.value()));
  if (!segment.ok()) {
    ended_by_ = segment.status().message();
    return false;
  }
  Hasher hasher;
  std::string_view bytes;
  while (segment->Next(bytes)) {
    Head next;
    if (const Status link = CheckNext(last(), bytes, hasher, next); !link.ok()) {
      ended_by_ = link.message();
      return false;
    }
    if (held_.at.sequence > good_.sequence) {
      // The link vouches for the event that was held back.
      status = visit(held_.at, held_.event);
      good_ = held_.at;
    }
    if (status.ok() && source.checked) {
      status = visit(next, bytes);
      good_ = next;
    } else {
      held_.at = next;
      held_.event = bytes;
    }
    if (!status.ok()) {
      return true;
    }
  }
  return true;
}

void Salvage::NotePossible(rocksdb::Iterator& iterator, Head& highest) {
  iterator.SeekToLast();
  if (!iterator.Valid()) {
    return;
  }
  Result<SegmentReader> segment = SegmentReader::Open(AsView(iterator.value()));
  if (!segment.ok()) {
    return;
  }
  const std::uint64_t last = SequenceOf(iterator) + segment->count() - 1;
  if (last <= highest.sequence) {
    return;
  }
  std::string_view event;
  while (segment->Next(event)) {
  }
  highest = {last, Hasher().Leaf(event)};
}

Head Salvage::Highest() {
  Head highest;
  for (const Table& table : tables_) {
    const Source source = OpenTable(table.path, true);
    if (source.iterator != nullptr) {
      NotePossible(*source.iterator, highest);
    }
  }
  NotePossible(*wal_.iterator, highest);
  return highest;
}

}  // namespace lumbung
