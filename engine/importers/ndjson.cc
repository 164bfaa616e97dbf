#include "engine/importers/ndjson.h"

#include <string>

#include <nlohmann/json.hpp>

namespace lumbung {
namespace {

// Looks for a transactionId at top level, in either spelling; stops at what is not JSON.
class TransactionFinder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool found() const { return found_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return ++depth_ > 0; }
  bool start_array(std::size_t) override { return ++depth_ > 0; }
  bool end_object() override { return --depth_ > 0; }
  bool end_array() override { return --depth_ > 0; }
  bool key(string_t& name) override {
    found_ = depth_ == 1 && (name == "transactionId" || name == "transaction_id");
    return !found_;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  std::size_t depth_ = 0;
  bool found_ = false;
};

bool IsTransaction(std::string_view line) {
  TransactionFinder finder;
  (void)nlohmann::json::sax_parse(line.begin(), line.end(), &finder);
  return finder.found();
}

}  // namespace

Result<v1::Command> ParseCommandJson(std::string_view line) {
  if (line.size() > kMaxJsonLineBytes) {
    return Status::InvalidArgument("line: is longer than 1 MiB");
  }
  v1::Command command;
  google::protobuf::Message* message = &command;
  if (IsTransaction(line)) message = command.mutable_post();
  if (const auto fault = ReadJson(line, *message)) {
    const bool whole = fault->path.empty();
    if (whole && fault->detail.starts_with("not JSON")) {
      return Status::InvalidArgument(fault->detail);
    }
    return Status::InvalidArgument((whole ? "line" : fault->path) + ": " + fault->detail);
  }
  return command;
}

}  // namespace lumbung
