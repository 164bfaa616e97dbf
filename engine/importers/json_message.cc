#include "engine/importers/json_message.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/base/bytes.h"
#include "engine/base/check.h"

namespace lumbung {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::int64_t kMaxExactNumber = std::int64_t{1} << 53;
constexpr std::size_t kMaxQuoted = 64;

// What came from outside, cut so that it fits a message.
std::string Quoted(std::string_view text) { return std::string(text.substr(0, kMaxQuoted)); }

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

std::string EscapedForPointer(std::string_view key) {
  std::string escaped;
  for (const char c : key) {
    if (c == '~') {
      escaped += "~0";
    } else if (c == '/') {
      escaped += "~1";
    } else {
      escaped.push_back(c);
    }
  }
  return escaped;
}

// Base64 of either alphabet (RFC 4648 sections 4 and 5), with its padding or without.
bool ReadBase64(std::string text, std::string& bytes) {
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  if (text.find('=') == std::string::npos) {
    text.append((4 - text.size() % 4) % 4, '=');
  }
  return FromBase64(text, bytes);
}

template <typename T>
bool ReadWhole(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

// Fills a message as the text is read.
class Reader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  // With `items` the text may be an array, whose objects go to that field of `root`.
  Reader(Message& root, const FieldDescriptor* items) : root_(root), items_(items) {}

  const JsonFault& fault() const { return fault_; }
  bool is_array() const { return is_array_; }

  bool null() override {
    if (stack_.empty()) return Fault("wants an object");
    return stack_.back().is_array ? Fault("null is no item") : Taken();
  }
  bool boolean(bool value) override {
    if (!WantsValue()) return false;
    const FieldDescriptor& field = *stack_.back().field;
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_BOOL) return WrongType();
    Set(field, [&](const auto& reflection, Message* message, bool add) {
      add ? reflection.AddBool(message, &field, value) : reflection.SetBool(message, &field, value);
    });
    return Taken();
  }
  bool number_integer(number_integer_t number) override {
    const std::string text = std::to_string(number);
    return number >= -kMaxExactNumber ? Number(text) : TooLong(text);
  }
  bool number_unsigned(number_unsigned_t number) override {
    const std::string text = std::to_string(number);
    return number <= static_cast<std::uint64_t>(kMaxExactNumber) ? Number(text) : TooLong(text);
  }
  bool number_float(number_float_t, const string_t& text) override {
    // A whole number that fits 64 bits no more comes here too.
    if (text.find_first_of(".eE") == string_t::npos) return TooLong(text);
    return Fault(Quoted(text) + " is no whole number; amounts are whole minor units");
  }
  bool string(string_t& text) override;
  bool binary(binary_t&) override { return Fault("is binary"); }

  bool start_object(std::size_t) override;
  bool start_array(std::size_t) override;
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }
  bool key(string_t& name) override;

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    fault_ = {{}, {}, "not JSON at character " + std::to_string(position)};
    return false;
  }

 private:
  struct Level {
    // What is filled; in an array, the message that has the repeated field.
    Message* message;
    bool is_array;
    // Of the key that was read last, or of the array.
    const FieldDescriptor* field = nullptr;
    std::size_t index = 0;
    std::string key = {};
    std::vector<const FieldDescriptor*> seen = {};
  };

  bool WantsValue();
  bool Number(const std::string& text);
  bool Enum(const FieldDescriptor& field, const EnumValueDescriptor* value,
            const std::string& text);
  // Calls `set` with the message that the value belongs to, and whether it is one more item.
  template <typename Setter>
  void Set(const FieldDescriptor& field, Setter set) {
    Message* message = stack_.back().message;
    set(*message->GetReflection(), message, field.is_repeated());
  }
  template <typename T>
  bool Whole(std::string_view text, T& value) {
    return ReadWhole(text, value) || WrongNumber(text);
  }
  Message* Place();
  bool Open(Level level);
  bool Close();
  // The value of the current key or item is read.
  bool Taken() {
    if (!stack_.empty()) ++stack_.back().index;
    return true;
  }

  bool TooLong(const std::string& number) {
    return Fault(Quoted(number) + " is beyond 2^53 and may have lost digits; write it as a string");
  }
  bool WrongType();
  bool WrongNumber(std::string_view text) {
    return Fault("\"" + Quoted(text) + "\" is no whole number of the range");
  }
  bool Fault(const std::string& what);

  Message& root_;
  const FieldDescriptor* const items_;
  std::vector<Level> stack_;
  JsonFault fault_;
  bool is_array_ = false;
};

bool Reader::Fault(const std::string& what) {
  for (const Level& level : stack_) {
    if (level.is_array) {
      fault_.path += "[" + std::to_string(level.index) + "]";
      fault_.pointer += "/" + std::to_string(level.index);
    } else if (!level.key.empty() || !level.seen.empty()) {
      const std::string key = Quoted(level.key);
      fault_.path += (fault_.path.empty() ? "" : ".") + CamelCase(key);
      fault_.pointer += "/" + EscapedForPointer(key);
    }
  }
  fault_.detail = what;
  return false;
}

bool Reader::WrongType() {
  const FieldDescriptor& field = *stack_.back().field;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return Fault("wants a whole number");
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      return Fault("wants true or false");
    case FieldDescriptor::CPPTYPE_ENUM:
      return Fault("wants the name of a " + field.enum_type()->name());
    case FieldDescriptor::CPPTYPE_STRING:
      return Fault("wants a string");
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Fault("wants an object");
  }
  LUMBUNG_CHECK(false);
}

// Whether a value other than null or an array may stand here.
bool Reader::WantsValue() {
  if (stack_.empty()) return Fault("wants an object");
  const Level& level = stack_.back();
  if (level.field->is_repeated() && !level.is_array) return Fault("wants an array");
  const auto* oneof = level.field->real_containing_oneof();
  if (oneof != nullptr && level.message->GetReflection()->HasOneof(*level.message, oneof)) {
    return Fault("another field of " + oneof->name() + " is given too");
  }
  return true;
}

bool Reader::Enum(const FieldDescriptor& field, const EnumValueDescriptor* value,
                  const std::string& text) {
  if (value == nullptr) {
    return Fault("\"" + Quoted(text) + "\" is no " + field.enum_type()->name());
  }
  Set(field, [&](const auto& reflection, Message* message, bool add) {
    add ? reflection.AddEnum(message, &field, value) : reflection.SetEnum(message, &field, value);
  });
  return Taken();
}

// From a JSON number or out of a string.
bool Reader::Number(const std::string& text) {
  if (!WantsValue()) return false;
  const FieldDescriptor& field = *stack_.back().field;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: {
      std::int32_t value = 0;
      if (!Whole(text, value)) return false;
      Set(field, [&](const auto& to, Message* message, bool add) {
        add ? to.AddInt32(message, &field, value) : to.SetInt32(message, &field, value);
      });
      return Taken();
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      std::int64_t value = 0;
      if (!Whole(text, value)) return false;
      Set(field, [&](const auto& to, Message* message, bool add) {
        add ? to.AddInt64(message, &field, value) : to.SetInt64(message, &field, value);
      });
      return Taken();
    }
    case FieldDescriptor::CPPTYPE_UINT32: {
      std::uint32_t value = 0;
      if (!Whole(text, value)) return false;
      Set(field, [&](const auto& to, Message* message, bool add) {
        add ? to.AddUInt32(message, &field, value) : to.SetUInt32(message, &field, value);
      });
      return Taken();
    }
    case FieldDescriptor::CPPTYPE_UINT64: {
      std::uint64_t value = 0;
      if (!Whole(text, value)) return false;
      Set(field, [&](const auto& to, Message* message, bool add) {
        add ? to.AddUInt64(message, &field, value) : to.SetUInt64(message, &field, value);
      });
      return Taken();
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      int value = 0;
      if (!Whole(text, value)) return false;
      return Enum(field, field.enum_type()->FindValueByNumber(value), text);
    }
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_BOOL:
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return WrongType();
}

bool Reader::string(string_t& text) {
  if (!WantsValue()) return false;
  const FieldDescriptor& field = *stack_.back().field;
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    return Enum(field, field.enum_type()->FindValueByName(text), text);
  }
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL ||
      field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    return WrongType();
  }
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_STRING) return Number(text);
  std::string value;
  if (field.type() != FieldDescriptor::TYPE_BYTES) {
    value = std::move(text);
  } else if (!ReadBase64(text, value)) {
    return Fault("is no base64");
  }
  Set(field, [&](const auto& to, Message* message, bool add) {
    add ? to.AddString(message, &field, std::move(value))
        : to.SetString(message, &field, std::move(value));
  });
  return Taken();
}

bool Reader::key(string_t& name) {
  Level& level = stack_.back();
  const Descriptor& descriptor = *level.message->GetDescriptor();
  level.key = std::move(name);
  level.field = descriptor.FindFieldByCamelcaseName(level.key);
  if (level.field == nullptr) level.field = descriptor.FindFieldByName(level.key);
  if (level.field == nullptr) {
    level.seen.push_back(nullptr);
    return Fault("the schema does not know this field");
  }
  if (std::find(level.seen.begin(), level.seen.end(), level.field) != level.seen.end()) {
    return Fault("is given twice");
  }
  level.seen.push_back(level.field);
  return true;
}

// Where the next object goes; null, with a fault, where none may stand.
Message* Reader::Place() {
  if (stack_.empty()) {
    return items_ == nullptr ? &root_ : root_.GetReflection()->AddMessage(&root_, items_);
  }
  if (!WantsValue()) return nullptr;
  const FieldDescriptor& field = *stack_.back().field;
  Message* message = nullptr;
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    WrongType();
    return nullptr;
  }
  Set(field, [&](const auto& to, Message* parent, bool add) {
    message = add ? to.AddMessage(parent, &field) : to.MutableMessage(parent, &field);
  });
  return message;
}

bool Reader::start_object(std::size_t) {
  Message* message = Place();
  return message != nullptr && Open({.message = message, .is_array = false});
}

bool Reader::start_array(std::size_t) {
  if (stack_.empty()) {
    if (items_ == nullptr) return Fault("wants an object");
    is_array_ = true;
    return Open({.message = &root_, .is_array = true, .field = items_});
  }
  const Level& level = stack_.back();
  if (level.is_array || !level.field->is_repeated()) return WrongType();
  return Open({.message = level.message, .is_array = true, .field = level.field});
}

bool Reader::Open(Level level) {
  stack_.push_back(std::move(level));
  return true;
}

bool Reader::Close() {
  stack_.pop_back();
  return Taken();
}

std::optional<JsonFault> Read(std::string_view text, Reader& reader) {
  if (nlohmann::json::sax_parse(text.begin(), text.end(), &reader)) return std::nullopt;
  return reader.fault();
}

}  // namespace

std::optional<JsonFault> ReadJson(std::string_view text, Message& message) {
  Reader reader(message, nullptr);
  return Read(text, reader);
}

std::optional<JsonFault> ReadJsonItems(std::string_view text, Message& message,
                                       const FieldDescriptor& field, bool& is_array) {
  Reader reader(message, &field);
  auto fault = Read(text, reader);
  is_array = reader.is_array();
  return fault;
}

}  // namespace lumbung
