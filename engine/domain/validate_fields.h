// What the checks of commands by themselves share: the first problem, and what single fields want.
// Limits stand in the schemas' comments.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "engine/base/date.h"
#include "engine/base/uuid.h"
#include "engine/domain/account_key.h"

#include "lumbung/ledger/v1/code.pb.h"
#include "lumbung/ledger/v1/transaction.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

inline constexpr int kMaxReferences = 8;
inline constexpr int kMaxInstalmentsPaid = 120;
inline constexpr std::size_t kMaxText = 64;
inline constexpr std::size_t kMaxName = 32;
inline constexpr std::size_t kDigestBytes = 32;

// Collects the first problem; later ones are ignored.
class Problem {
 public:
  bool found() const { return code_ != v1::OK; }
  v1::Code code() const { return code_; }
  std::string TakeDetail() { return std::move(detail_); }

  // `field` is only made into a path where there is a problem.
  void Unless(bool good, std::string_view field, std::string_view wants) {
    if (!good && !found()) [[unlikely]] {
      code_ = v1::MALFORMED;
      detail_ = prefix_ + std::string(field) + ": " + std::string(wants);
    }
  }
  void Set(v1::Code code, std::string detail) {
    if (!found()) {
      code_ = code;
      detail_ = prefix_ + std::move(detail);
    }
  }
  void set_prefix(std::string prefix) { prefix_ = std::move(prefix); }

 private:
  v1::Code code_ = v1::OK;
  std::string detail_;
  std::string prefix_;
};

inline bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= kMaxName &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

// Up to `most` bytes of UTF-8 (protobuf saw to that) without control characters.
inline bool IsText(std::string_view text, std::size_t most) {
  return text.size() <= most && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
         });
}

inline bool IsOptionalUuid(const std::string& text) { return text.empty() || ParseUuid(text); }
inline bool IsCooperative(std::uint64_t number) { return number >= 1 && number <= kMaxCooperative; }
inline bool IsCode(std::uint32_t code) { return code >= 1 && code <= kMaxAccountCode; }
inline bool IsDigest(const std::string& bytes) {
  return bytes.empty() || bytes.size() == kDigestBytes;
}

inline constexpr std::string_view kWantsCooperative = "wants a number from 1 to 999,999,999,999";
inline constexpr std::string_view kWantsCode = "wants a number from 1 to 999,999";
inline constexpr std::string_view kWantsName = "wants 1 to 32 of a-z, 0-9, '-', '_'";
inline constexpr std::string_view kWantsUuid =
    "wants a UUID in canonical form (36 characters, lower case, version 1 to 8)";
inline constexpr std::string_view kWantsDate = "wants a day as YYYYMMDD";
inline constexpr std::string_view kWantsCurrency =
    "wants three capital letters, or nothing for IDR";
inline constexpr std::string_view kWantsText = "wants at most 64 bytes without control characters";
inline constexpr std::string_view kWantsDigest = "wants 32 bytes, or nothing";

inline void CheckParty(const v1::Party& party, std::string_view field, Problem& problem) {
  problem.Unless(IsName(party.holder_class()) && party.number() != 0, field,
                 "wants a holder class and a number");
}

inline void CheckSplit(const v1::LoanSplit& split, std::string_view field, Problem& problem) {
  problem.Unless(
      split.principal() >= 0 && split.interest() >= 0 && split.penalty() >= 0 && split.fee() >= 0,
      field, "wants amounts of zero or more");
}

template <typename Numbers>
inline void CheckInstalmentNumbers(const Numbers& numbers, Problem& problem) {
  bool ascending = !numbers.empty() && numbers.size() <= kMaxInstalmentsPaid && numbers.Get(0) > 0;
  for (int i = 1; i < numbers.size(); ++i) {
    ascending = ascending && numbers.Get(i) > numbers.Get(i - 1);
  }
  problem.Unless(ascending, "instalments", "wants 1 to 120 numbers, ascending");
}

template <typename References>
inline void CheckExternalReferences(const References& references, Problem& problem) {
  problem.Unless(references.size() <= kMaxReferences, "external_references", "wants at most 8");
  for (const auto& reference : references) {
    problem.Unless(!reference.scheme().empty() && IsText(reference.scheme(), kMaxName),
                   "external_references.scheme", "wants 1 to 32 bytes");
    problem.Unless(!reference.value().empty() && IsText(reference.value(), kMaxText),
                   "external_references.value", "wants 1 to 64 bytes");
  }
}

}  // namespace lumbung
