// Status and Result: how every layer below the domain says that something went wrong.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "engine/base/check.h"

namespace lumbung {

// Outcome of an operation that can fail for reasons outside the program. A message names what was
// wrong and, where there is something to be done, what to do.
class [[nodiscard]] Status {
 public:
  enum class Kind {
    kOk,
    kInvalidArgument,  // the caller's words are off
    kNotFound,
    kCorruption,  // what was read is not what was written
    kIoError,     // the file system said no
    kBusy,        // someone else owns it
    kRefused,     // it would lose or fork something; an operator must say so
    kCancelled,   // stopped on request
  };

  Status() = default;
  static Status Ok() { return {}; }
  static Status InvalidArgument(std::string m) { return {Kind::kInvalidArgument, std::move(m)}; }
  static Status NotFound(std::string m) { return {Kind::kNotFound, std::move(m)}; }
  static Status Corruption(std::string m) { return {Kind::kCorruption, std::move(m)}; }
  static Status IoError(std::string m) { return {Kind::kIoError, std::move(m)}; }
  static Status Busy(std::string m) { return {Kind::kBusy, std::move(m)}; }
  static Status Refused(std::string m) { return {Kind::kRefused, std::move(m)}; }
  static Status Cancelled(std::string m) { return {Kind::kCancelled, std::move(m)}; }

  bool ok() const { return kind_ == Kind::kOk; }
  Kind kind() const { return kind_; }
  const std::string& message() const { return message_; }

 private:
  Status(Kind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

  Kind kind_ = Kind::kOk;
  std::string message_;
};

// A value or the status that says why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}         // NOLINT(google-explicit-constructor)
  Result(Status status) : status_(std::move(status)) {  // NOLINT(google-explicit-constructor)
    LUMBUNG_CHECK(!status_.ok());
  }

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }
  // REQUIRES: ok()
  T& value() {
    LUMBUNG_CHECK(ok());
    return *value_;
  }
  const T& value() const {
    LUMBUNG_CHECK(ok());
    return *value_;
  }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::optional<T> value_;
  Status status_;
};

}  // namespace lumbung

// Returns the status of `expression` from the enclosing function if it is not ok.
#define LUMBUNG_RETURN_IF_ERROR(expression)                                      \
  do {                                                                           \
    if (::lumbung::Status lumbung_status = (expression); !lumbung_status.ok()) { \
      return lumbung_status;                                                     \
    }                                                                            \
  } while (false)
