#include "engine/importers/ndjson.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <google/protobuf/util/json_util.h>
#include <nlohmann/json.hpp>

namespace lumbung {
namespace {

constexpr std::int64_t kMaxExactNumber = std::int64_t{1} << 53;
constexpr std::size_t kMaxKeyInMessage = 64;

// The name of a field in either of its two spellings, in the one that protobuf's JSON prefers.
std::string CamelCase(std::string_view key) {
  std::string camel;
  bool capital = false;
  for (const char c : key) {
    if (c == '_') {
      capital = true;
      continue;
    }
    camel.push_back(capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    capital = false;
  }
  return camel;
}

// Looks at the raw text for what protobuf's parser would bend instead of refusing. No schema here
// has a field that is not a whole number, text, bytes, truth value, enum or message.
class Inspector final : public nlohmann::json_sax<nlohmann::json> {
 public:
  const std::string& problem() const { return problem_; }
  bool is_transaction() const { return is_transaction_; }

  bool null() override { return Value(); }
  bool boolean(bool) override { return Value(); }
  bool number_integer(number_integer_t number) override {
    return number >= -kMaxExactNumber ? Value() : TooLong(std::to_string(number));
  }
  bool number_unsigned(number_unsigned_t number) override {
    return number <= static_cast<std::uint64_t>(kMaxExactNumber) ? Value()
                                                                 : TooLong(std::to_string(number));
  }
  bool number_float(number_float_t, const string_t& text) override {
    // A whole number that fits 64 bits no more comes here too.
    if (text.find_first_of(".eE") == string_t::npos) return TooLong(text);
    return Problem(text + " is no whole number; amounts are whole minor units");
  }
  bool string(string_t&) override { return Value(); }
  bool binary(binary_t&) override { return Problem("is binary"); }

  bool start_object(std::size_t) override { return Open({.is_array = false}); }
  bool start_array(std::size_t) override {
    return stack_.empty() ? Problem("wants an object") : Open({.is_array = true});
  }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }

  bool key(string_t& name) override {
    Level& level = stack_.back();
    level.key = CamelCase(name);
    if (level.key.size() > kMaxKeyInMessage) level.key.resize(kMaxKeyInMessage);
    if (!level.keys.insert(CamelCase(name)).second) return Problem("is given twice");
    if (stack_.size() == 1 && level.key == "transactionId") is_transaction_ = true;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    problem_ = "not JSON at character " + std::to_string(position);
    return false;
  }

 private:
  struct Level {
    bool is_array = false;
    std::size_t index = 0;
    std::string key = {};
    std::set<std::string> keys = {};
  };

  // Every value but the outermost stands below a key or in an array.
  bool Value() {
    if (stack_.empty()) return Problem("wants an object");
    ++stack_.back().index;
    return true;
  }
  bool Open(Level level) {
    if (stack_.size() >= static_cast<std::size_t>(kMaxJsonDepth))
      return Problem("is nested too deep");
    stack_.push_back(std::move(level));
    return true;
  }
  bool Close() {
    stack_.pop_back();
    return stack_.empty() || Value();
  }

  bool TooLong(const std::string& number) {
    return Problem(number + " is beyond 2^53 and may have lost digits; write it as a string");
  }
  bool Problem(const std::string& what) {
    std::string path;
    for (const Level& level : stack_) {
      if (level.is_array) {
        path += "[" + std::to_string(level.index) + "]";
      } else {
        path += (path.empty() ? "" : ".") + level.key;
      }
    }
    problem_ = (path.empty() ? "line" : path) + ": " + what;
    return false;
  }

  std::vector<Level> stack_;
  std::string problem_;
  bool is_transaction_ = false;
};

}  // namespace

Result<v1::Command> ParseCommandJson(std::string_view line) {
  if (line.size() > kMaxJsonLineBytes) {
    return Status::InvalidArgument("line: is longer than 1 MiB");
  }
  Inspector inspector;
  if (!nlohmann::json::sax_parse(line.begin(), line.end(), &inspector)) {
    return Status::InvalidArgument(inspector.problem());
  }
  v1::Command command;
  google::protobuf::Message* message = &command;
  if (inspector.is_transaction()) message = command.mutable_post();
  const auto status = google::protobuf::util::JsonStringToMessage(
      {line.data(), line.size()}, message, google::protobuf::util::JsonParseOptions());
  if (!status.ok()) {
    return Status::InvalidArgument(std::string(status.message().data(), status.message().size()));
  }
  return command;
}

}  // namespace lumbung
