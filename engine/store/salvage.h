// Reads what is left of a damaged log without believing RocksDB's manifest: every table file and
// every WAL record that can be read is a place where an event may be. Whether it is the right one
// is seen by its hash, so old copies do no harm. An event is vouched for by the checksum of the
// file that it is read from, or else by the link of the event after it.
//
// Table files are read where they are. WAL files are copied to a work directory and replayed into
// an empty database there.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/iterator.h>
#include <rocksdb/sst_file_reader.h>

#include "engine/base/status.h"
#include "engine/store/head_file.h"

namespace lumbung {

// One thread at a time.
class Salvage {
 public:
  // `work_dir` must exist and be empty; it is written to while this lives. Damage is no error here.
  static Result<std::unique_ptr<Salvage>> Open(const std::string& log_dir,
                                               const std::string& work_dir);
  Salvage(const Salvage&) = delete;
  Salvage& operator=(const Salvage&) = delete;
  ~Salvage();

  using Visit = std::function<Status(const Head& at, std::string_view event)>;
  // Visits the events from the first on, as long as each is whole and linked to the one before.
  // Only an error of `visit` is one.
  Status ForEachGoodEvent(const Visit& visit);

  // After ForEachGoodEvent: the last event visited, and why there was no next one.
  const Head& good() const { return good_; }
  const std::string& ended_by() const { return ended_by_; }

  // The highest event that can be read at all, linked or not.
  Head Highest();
  // Values beside the log, the newest that can be read.
  const std::map<std::string, std::string>& meta() const { return meta_; }

 private:
  // A table file with segments. Where an end can't be read, it is open.
  struct Table {
    std::string path;
    std::uint64_t first = 0;
    std::uint64_t last = ~std::uint64_t{0};
  };
  // A place to read segments from, at some position.
  struct Source {
    std::unique_ptr<rocksdb::SstFileReader> reader;
    std::unique_ptr<rocksdb::Iterator> iterator;
    // Whether checksums vouch for what is read.
    bool checked = true;
  };
  // An event that nothing vouches for yet.
  struct Held {
    Head at;
    std::string event;
  };

  Salvage() = default;
  void ListTable(const std::string& path);
  Status ReplayWals(const std::vector<std::string>& paths, const std::string& work_dir);
  // Opens a table at its start; without an iterator if it can't be read at all.
  static Source OpenTable(const std::string& path, bool checked);
  // The last event that links: the one held back if there is one, or else the last good one.
  const Head& last() const { return held_.at.sequence > good_.sequence ? held_.at : good_; }
  // Visits the events of the segment after the last one if `source` stands at it. False if it does
  // not, or if an event is not good. `status` is what `visit` says; an error ends the visit with
  // true.
  bool VisitSegment(const Source& source, const Visit& visit, Status& status);
  bool VisitNextSegment(const Visit& visit, Status& status);
  void NotePossible(rocksdb::Iterator& iterator, Head& highest);

  std::vector<Table> tables_;
  std::map<std::string, std::string> meta_;
  // What the WALs gave.
  std::unique_ptr<rocksdb::DB> wal_db_;
  std::vector<rocksdb::ColumnFamilyHandle*> wal_families_;
  Source wal_;
  // The table that gave the last segment.
  Source current_;

  Head good_;
  Held held_;
  std::string ended_by_;
};

}  // namespace lumbung
