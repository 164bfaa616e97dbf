// Cash of one person in one business day, in parts over outlets, cooperatives and shards. What is
// said of a day follows from its parts, in whatever order the shards are read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/status.h"
#include "projections/audit/posted.h"
#include "projections/audit/row_overlay.h"

namespace lumbung::audit {

// One thread at a time.
class CashDays {
 public:
  // Parts of a person's day that are kept, the first ones.
  static constexpr std::size_t kMostParts = 1'000;

  Status Take(const Posted& posted, const Desk& desk);
  // Days before `horizon` can have no more parts, and are forgotten; 0: it is not known.
  Status Finish(Date horizon, const RowReader& rows, RowWriter& out);

 private:
  struct Part {
    Evidence event;
    std::int64_t recorded_at = 0;
    std::uint64_t cooperative = 0;
    // Below zero: taken back.
    Int128 amount = 0;
  };

  static std::string Encode(const std::vector<Part>& parts);
  static Result<std::vector<Part>> Parse(std::string_view bytes);
  Status Judge(const std::string& subject, const std::string& person, Date date, bool in,
               const std::vector<Part>& parts, const Desk& desk);

  RowOverlay rows_;
  Date forgotten_ = 0;
};

}  // namespace lumbung::audit
