// A cooperative's balances as the simulator itself adds them up, apart from the engine.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace lumbung {

// Small: 24 bytes an account that was posted to. One thread at a time.
class Book {
 public:
  struct Row {
    std::uint32_t code = 0;
    std::uint64_t holder = 0;
    // Debits less credits, in sen.
    std::int64_t balance = 0;
  };

  void Add(std::uint32_t code, std::uint64_t holder, std::int64_t amount) {
    const auto place = Place(code, holder);
    const auto row = rows_.begin() + place;
    if (row != rows_.end() && row->code == code && row->holder == holder) {
      row->balance += amount;
    } else {
      rows_.insert(row, Row{code, holder, amount});
    }
  }
  std::int64_t Balance(std::uint32_t code, std::uint64_t holder = 0) const {
    const auto row = rows_.begin() + Place(code, holder);
    return row != rows_.end() && row->code == code && row->holder == holder ? row->balance : 0;
  }
  // By code and holder.
  const std::vector<Row>& rows() const { return rows_; }

 private:
  std::ptrdiff_t Place(std::uint32_t code, std::uint64_t holder) const {
    return std::lower_bound(rows_.begin(), rows_.end(), Row{code, holder, 0},
                            [](const Row& left, const Row& right) {
                              return left.code != right.code ? left.code < right.code
                                                             : left.holder < right.holder;
                            }) -
           rows_.begin();
  }

  std::vector<Row> rows_;
};

}  // namespace lumbung
