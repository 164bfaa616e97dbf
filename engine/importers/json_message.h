// Protobuf's JSON mapping, read strictly: what is not exactly said is refused, never bent.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <google/protobuf/message.h>

namespace lumbung {

// What is wrong with a text, and where.
struct JsonFault {
  // JSON pointer (RFC 6901) in the text's own spelling; empty for the whole.
  std::string pointer;
  // The same for people: "post.entries[1].debit".
  std::string path;
  std::string detail;
};

// Reads one JSON object into `message`, which is empty before; nothing if it could. Refused: what
// is not JSON in UTF-8, fields and enum values that the schema does not know, a field given twice
// or two of a oneof, values of another type, null within an array, a number with a fraction or
// exponent, and one beyond 2^53, which may have lost digits on its way here (64 bits go as a
// string). null elsewhere is as if the field were left out. A text nests no deeper than the schema.
// REQUIRES: the schema has no floats, maps, well-known types or recursion. Thread-safe.
std::optional<JsonFault> ReadJson(std::string_view text, google::protobuf::Message& message);

// Reads an object, or an array of them, into the repeated `field` of `message`. `is_array` says
// which it was.
std::optional<JsonFault> ReadJsonItems(std::string_view text, google::protobuf::Message& message,
                                       const google::protobuf::FieldDescriptor& field,
                                       bool& is_array);

}  // namespace lumbung
