// Rows of a projection: keys and values in key order, read as of one commit.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/status.h"

namespace lumbung {

// Walks over the rows whose keys begin with a prefix. One thread at a time.
class RowCursor {
 public:
  virtual ~RowCursor() = default;
  // Goes to the first row at `key` or after it, or to the last one at `key` or before it. Whether
  // there is one; false on an error too: see status().
  virtual bool Seek(std::string_view key) = 0;
  virtual bool SeekBackward(std::string_view key) = 0;
  // REQUIRES: it is at a row
  virtual bool Next() = 0;
  virtual bool Previous() = 0;
  // Good until it is moved. REQUIRES: it is at a row
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
  virtual Status status() const = 0;
};

// Thread-safe.
class RowReader {
 public:
  virtual ~RowReader() = default;
  // Whether there is such a row; `value` is left alone where there is none.
  virtual Result<bool> Get(std::string_view key, std::string& value) const = 0;
  // The same for many keys, ascending; nothing where there is none.
  virtual Status GetAll(std::span<const std::string> keys,
                        std::vector<std::optional<std::string>>& values) const = 0;
  // Must not outlive the reader.
  virtual std::unique_ptr<RowCursor> Walk(std::string_view prefix) const = 0;
};

// Takes the rows that a batch changes; the last word on a key counts.
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  virtual void Put(std::string_view key, std::string_view value) = 0;
  virtual void Delete(std::string_view key) = 0;
};

}  // namespace lumbung
