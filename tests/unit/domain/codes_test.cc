// The table of codes: complete, and the same as docs/ERRORS.md.
//
// To write docs/ERRORS.md anew: LUMBUNG_UPDATE=1 build/dev/bin/unit_domain
#include "engine/domain/codes.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace lumbung {
namespace {

constexpr char kPath[] = "docs/ERRORS.md";

constexpr char kHead[] = R"(# Errors

Every refusal has a code: a number that never changes and a name, here with the status that it maps to over gRPC and HTTP. The table is made from `engine/domain/codes.cc`, and a test compares the two.

- **Recorded**: the refusal stands in the log with the whole command, and is final for its id: the same id gives the same refusal for ever, so a retry can't succeed by surprise. Every other refusal leaves no trace.
- **Again**: the same command under the same id may be sent again, and may then succeed.
- **Fact**: a transaction of nature `FACT` is let past; the code is noted among the overrides of its posting.

## Order of checks

The first check that fails gives the code; what comes after it is not looked at.

1. The command by itself: `MALFORMED`, `UNBALANCED`, `TOO_LARGE`.
2. Its id, seen before: with the same content the first answer comes again, marked as replayed; with other content `ID_CONFLICT`.
3. What it refers to, in this order: the cooperative, the kind, the channel; the transaction that it reverses (`UNKNOWN_TRANSACTION`, `NOT_REVERSIBLE`, `ALREADY_REVERSED`, `REVERSAL_MISMATCH`) or the hold that it captures (`UNKNOWN_HOLD` or `HOLD_ENDED`, `HOLD_EXCEEDED`); then entry by entry `UNKNOWN_CODE`, `CODE_RETIRED`, `UNKNOWN_CURRENCY`, `HOLDER_MISMATCH`, `UNKNOWN_HOLDER`, `UNKNOWN_ACCOUNT`; the loan (`UNKNOWN_LOAN`, `SPLIT_MISMATCH`); the codes of its conditions.
4. The period: `PERIOD_CLOSED`.
5. Status: `COOPERATIVE_CLOSED`; entry by entry `HOLDER_CLOSED`; account by account `ACCOUNT_FROZEN` or `ACCOUNT_CLOSED`.
6. Limits on the net change of each account, account by account: `INSUFFICIENT_FUNDS` or `LIMIT_EXCEEDED`; then `CONDITION_FAILED`.
7. The result: `AMOUNT_OVERFLOW`; then `MEMORY_BUDGET` where an account would be new.

The transactions of a batch go through 3 to 7 one after the other, each on top of those before it; the first refusal refuses the batch and names its item. An id of a transaction in a batch that was used before is an `ID_CONFLICT` of that item.

## Codes

| number | code | gRPC | HTTP | recorded | again | fact | meaning | what to do |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
)";

std::string Render() {
  std::string text = kHead;
  for (const CodeInfo& info : CodeTable()) {
    const auto yes = [](bool value) { return value ? "yes" : "no"; };
    text += "| " + std::to_string(info.code) + " | `" + v1::Code_Name(info.code) + "` | " +
            std::string(info.grpc_status) + " | " + std::to_string(info.http_status) + " | " +
            yes(info.recorded) + " | " + yes(info.retryable) + " | " +
            yes(info.overridden_by_fact) + " | " + std::string(info.meaning) + " | " +
            std::string(info.advice) + " |\n";
  }
  return text;
}

TEST(CodeTable, HasOneRowForEachCode) {
  std::set<int> codes;
  int last = 0;
  for (const CodeInfo& info : CodeTable()) {
    EXPECT_GT(info.code, last) << "rows stand by number";
    last = info.code;
    codes.insert(info.code);
  }
  const auto* descriptor = v1::Code_descriptor();
  for (int i = 0; i < descriptor->value_count(); ++i) {
    const int number = descriptor->value(i)->number();
    EXPECT_EQ(codes.contains(number), number != v1::OK) << descriptor->value(i)->name();
  }
  EXPECT_EQ(codes.size(), static_cast<std::size_t>(descriptor->value_count() - 1));
}

TEST(CodeTable, RowsAgreeWithThemselves) {
  for (const CodeInfo& info : CodeTable()) {
    SCOPED_TRACE(v1::Code_Name(info.code));
    EXPECT_FALSE(info.meaning.empty());
    EXPECT_FALSE(info.advice.empty());
    EXPECT_GE(info.http_status, 400);
    EXPECT_LT(info.http_status, 600);
    EXPECT_FALSE(info.recorded && info.retryable) << "what is final can't be sent again";
    EXPECT_EQ(info.meaning.find('|'), std::string_view::npos);
    EXPECT_EQ(&InfoOf(info.code), &info);
  }
}

TEST(CodeTable, RecordedAreStatusLimitsAndConditions) {
  std::set<v1::Code> recorded;
  for (const CodeInfo& info : CodeTable()) {
    if (info.recorded) {
      recorded.insert(info.code);
    }
  }
  EXPECT_EQ(recorded,
            (std::set<v1::Code>{v1::COOPERATIVE_CLOSED, v1::HOLDER_CLOSED, v1::ACCOUNT_FROZEN,
                                v1::ACCOUNT_CLOSED, v1::INSUFFICIENT_FUNDS, v1::LIMIT_EXCEEDED,
                                v1::CONDITION_FAILED}));
}

TEST(CodeTable, IsWhatTheDocumentSays) {
  const char* update = std::getenv("LUMBUNG_UPDATE");
  if (update != nullptr && *update == '1') {
    std::ofstream(kPath) << Render();
  }
  std::ifstream file(kPath);
  const std::string written{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(written, Render()) << kPath
                               << " is not up to date: run this test with LUMBUNG_UPDATE=1";
}

}  // namespace
}  // namespace lumbung
