#include "tests/support/workload.h"

#include "tests/support/commands.h"

namespace lumbung {
namespace {

constexpr std::uint64_t kKinds = 12;
constexpr std::uint64_t kMembers = 23;

// Ids in order of time for even streams, random for odd ones. `part` counts a batch's items.
std::string IdOf(const WorkNumber& work, std::uint64_t part = 0) {
  const std::uint64_t all = (work.stream << 44) | (work.number << 2) | part;
  return work.stream % 2 == 0 ? TimeId(all) : RandomId(all);
}

}  // namespace

v1::Command MixedCommand(const WorkNumber& work, std::int64_t expiry) {
  const std::string id = IdOf(work);
  const std::uint64_t member = 1 + work.number % kMembers;
  const auto earlier = [&](std::uint64_t by) { return IdOf({work.stream, work.number - by}); };
  switch (work.number % kKinds) {
    case 2:
      return Withdrawal(id, member, 700);
    case 3:
      return HoldSavings(id, member - 1, 20);
    case 4:
      return Capture(id, earlier(1));
    case 5:
      return HoldSavings(id, member, 10, expiry);
    case 6:
      return PostBatch(id, {MakeTransaction(IdOf(work, 1), {.amount = 7}),
                            MakeTransaction(IdOf(work, 2), {.amount = 8})});
    case 7:
      return Reversal(id, earlier(7));
    case 8:
      return HoldSavings(id, member, 30);
    case 9:
      return Release(id, earlier(1));
    case 10: {
      // Refused, and recorded under the batch's id alone.
      const Move beyond{.debit = 2111, .debit_holder = 99, .credit = 1101, .amount = 1};
      return PostBatch(
          id, {MakeTransaction(IdOf(work, 1), {}), MakeTransaction(IdOf(work, 2), beyond)});
    }
    case 11:
      return Sale(id, 100, 999);
    default:
      return Deposit(id, member, 500);
  }
}

}  // namespace lumbung
