// TOML read strictly: unknown keys and wrong values are faults that name line, path and what is
// wanted. Only what reads a file of ours includes this; toml++ is in no other header.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "engine/base/status.h"

namespace lumbung {

// Files longer than this are none of ours.
inline constexpr std::size_t kMaxTomlBytes = std::size_t{32} << 20;

// The document. InvalidArgument, with `name` and line, where it is none; whatever the bytes are.
Result<toml::table> ParseToml(std::string_view text, std::string_view name);

// "a number", "a list": for a person.
std::string_view TypeName(const toml::node& node);

// The first fault of a document; later ones are dropped.
class TomlFault {
 public:
  // `name` of the document, as the reader knows it.
  explicit TomlFault(std::string name) : name_(std::move(name)) {}

  // "<name>:<line>: <path>: <what>"
  void Set(const toml::source_region& where, std::string_view path, std::string_view what);
  void SetUnknown(const toml::source_region& where, std::string_view path, std::string_view key,
                  std::span<const std::string_view> known);
  bool ok() const { return status_.ok(); }
  const Status& status() const { return status_; }

 private:
  std::string name_;
  Status status_;
};

// One table whose keys are known. Readers leave `value` as it is where the key is not there, and
// where what is there is wrong, which is then a fault.
class TomlTable {
 public:
  // A key that is not among `known` is a fault. `path` is that of the table, empty for the
  // document. What is passed by reference must outlive the table.
  TomlTable(const toml::table& table, std::string path, std::span<const std::string_view> known,
            TomlFault& fault);

  bool Has(std::string_view key) const { return table_.contains(key); }
  // 1 to `most` bytes without control characters.
  void Read(std::string_view key, std::size_t most, std::string& value) const;
  // At least one, each as above.
  void Read(std::string_view key, std::size_t most, std::vector<std::string>& values) const;
  void Read(std::string_view key, bool& value) const;
  // 1 or more, and at most `most`.
  void Read(std::string_view key, std::int64_t most, std::int64_t& value) const;
  // Calls `visit` with each element of a list, and its path, until there is a fault.
  using Visit = std::function<void(const toml::node& element, const std::string& path)>;
  void ForEach(std::string_view key, const Visit& visit) const;
  // Calls `visit` for each table of a list of tables, or for the one table.
  using VisitTable = std::function<void(const TomlTable& table)>;
  void ForEachTable(std::string_view key, std::span<const std::string_view> known,
                    const VisitTable& visit) const;
  void OneTable(std::string_view key, std::span<const std::string_view> known,
                const VisitTable& visit) const;

  // The fault that the value of `key`, or the lack of it, is.
  void Refuse(std::string_view key, std::string_view what) const;
  TomlFault& fault() const { return fault_; }

 private:
  std::string PathOf(std::string_view key) const;

  const toml::table& table_;
  std::string path_;
  TomlFault& fault_;
};

}  // namespace lumbung
