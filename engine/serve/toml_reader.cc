#include "engine/serve/toml_reader.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/serve/nearest_name.h"

namespace lumbung {
namespace {

bool IsText(const std::string& text, std::size_t most) {
  return !text.empty() && text.size() <= most && std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
}

std::string WantsText(std::size_t most) {
  return fmt::format("wants text of 1 to {} bytes without control characters", most);
}

}  // namespace

Result<toml::table> ParseToml(std::string_view text, std::string_view name) {
  if (text.size() > kMaxTomlBytes) {
    return Status::InvalidArgument(fmt::format("{}: is longer than {} bytes", name, kMaxTomlBytes));
  }
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return Status::InvalidArgument(
        fmt::format("{}:{}: {}", name, error.source().begin.line, error.description()));
  }
}

std::string_view TypeName(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::none:
      return "nothing";
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "text";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
      return "a date or time";
  }
  return "unknown";
}

void TomlFault::Set(const toml::source_region& where, std::string_view path,
                    std::string_view what) {
  if (status_.ok()) {
    status_ = Status::InvalidArgument(fmt::format("{}:{}: {}{}{}", name_, where.begin.line, path,
                                                  path.empty() ? "" : ": ", what));
  }
}

void TomlFault::SetUnknown(const toml::source_region& where, std::string_view path,
                           std::string_view key, std::span<const std::string_view> known) {
  Set(where, fmt::format("{}{}{}", path, path.empty() ? "" : ".", Shown(key)),
      fmt::format("is not known; did you mean {}?", NearestName(key, known)));
}

TomlTable::TomlTable(const toml::table& table, std::string path,
                     std::span<const std::string_view> known, TomlFault& fault)
    : table_(table), path_(std::move(path)), fault_(fault) {
  for (const auto& [key, node] : table) {
    if (std::find(known.begin(), known.end(), key.str()) == known.end()) {
      fault_.SetUnknown(key.source(), path_, key.str(), known);
    }
  }
}

std::string TomlTable::PathOf(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void TomlTable::Refuse(std::string_view key, std::string_view what) const {
  const toml::node* node = table_.get(key);
  fault_.Set(node != nullptr ? node->source() : table_.source(), PathOf(key), what);
}

void TomlTable::Read(std::string_view key, std::size_t most, std::string& value) const {
  const toml::node* node = table_.get(key);
  if (node == nullptr) {
    return;
  }
  const toml::value<std::string>* text = node->as_string();
  if (text == nullptr) {
    return Refuse(key, fmt::format("wants text, not {}", TypeName(*node)));
  }
  if (!IsText(text->get(), most)) {
    return Refuse(key, WantsText(most));
  }
  value = text->get();
}

void TomlTable::Read(std::string_view key, std::size_t most,
                     std::vector<std::string>& values) const {
  std::vector<std::string> read;
  ForEach(key, [&](const toml::node& element, const std::string& path) {
    const toml::value<std::string>* text = element.as_string();
    if (text == nullptr || !IsText(text->get(), most)) {
      return fault_.Set(element.source(), path, WantsText(most));
    }
    read.push_back(text->get());
  });
  if (!read.empty()) {
    values = std::move(read);
  }
}

void TomlTable::Read(std::string_view key, bool& value) const {
  const toml::node* node = table_.get(key);
  if (node == nullptr) {
    return;
  }
  const toml::value<bool>* boolean = node->as_boolean();
  if (boolean == nullptr) {
    return Refuse(key, fmt::format("wants true or false, not {}", TypeName(*node)));
  }
  value = boolean->get();
}

void TomlTable::Read(std::string_view key, std::int64_t most, std::int64_t& value) const {
  const toml::node* node = table_.get(key);
  if (node == nullptr) {
    return;
  }
  const toml::value<std::int64_t>* number = node->as_integer();
  if (number == nullptr || number->get() < 1 || number->get() > most) {
    return Refuse(key, fmt::format("wants a whole number from 1 to {}", most));
  }
  value = number->get();
}

void TomlTable::ForEach(std::string_view key, const Visit& visit) const {
  const toml::node* node = table_.get(key);
  if (node == nullptr) {
    return;
  }
  const toml::array* list = node->as_array();
  if (list == nullptr) {
    return Refuse(key, fmt::format("wants a list, not {}", TypeName(*node)));
  }
  if (list->empty()) {
    return Refuse(key, "is empty; name what it is for, or leave it out");
  }
  for (std::size_t i = 0; i < list->size() && fault_.ok(); ++i) {
    visit((*list)[i], fmt::format("{}[{}]", PathOf(key), i));
  }
}

void TomlTable::ForEachTable(std::string_view key, std::span<const std::string_view> known,
                             const VisitTable& visit) const {
  ForEach(key, [&](const toml::node& element, const std::string& path) {
    const toml::table* table = element.as_table();
    if (table == nullptr) {
      return fault_.Set(element.source(), path,
                        fmt::format("wants a table, not {}", TypeName(element)));
    }
    const TomlTable child(*table, path, known, fault_);
    if (fault_.ok()) {
      visit(child);
    }
  });
}

void TomlTable::OneTable(std::string_view key, std::span<const std::string_view> known,
                         const VisitTable& visit) const {
  const toml::node* node = table_.get(key);
  if (node == nullptr) {
    return;
  }
  const toml::table* table = node->as_table();
  if (table == nullptr) {
    return Refuse(key, fmt::format("wants a table, not {}", TypeName(*node)));
  }
  const TomlTable child(*table, PathOf(key), known, fault_);
  if (fault_.ok()) {
    visit(child);
  }
}

}  // namespace lumbung
