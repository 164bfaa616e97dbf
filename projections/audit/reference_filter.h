// Says of most references that they are new, without reading rows. What it does not know it lets be
// looked up; it has no part in what is found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace lumbung::audit {

// Of one shard: a Bloom filter for this period and one for the period before. One thread at a time.
class ReferenceFilter {
 public:
  // 8 MiB each: of four million references one in 300 is looked up in vain.
  static constexpr std::size_t kWords = std::size_t{1} << 20;

  // `before`: rows of earlier periods may be there that it was not told of.
  explicit ReferenceFilter(bool before) : current_(before), previous_(before) {}

  // Periods ascend.
  void MoveTo(std::uint32_t period) {
    if (period == period_) {
      return;
    }
    // At first nothing is known of which period rows are.
    if (period_ != 0) {
      previous_ = period == period_ + 1 ? std::move(current_) : Bits(false);
      current_ = Bits(false);
    }
    period_ = period;
  }
  void Add(std::uint64_t hash) { current_.Add(hash); }
  bool MayKnow(std::uint64_t hash) const { return current_.Has(hash) || previous_.Has(hash); }

 private:
  // Six bits in one word, so that a look is one line of the cache.
  class Bits {
   public:
    explicit Bits(bool full) : full_(full) {}

    void Add(std::uint64_t hash) {
      if (words_.empty() && !full_) {
        words_.resize(kWords);
      }
      if (!full_) {
        words_[WordOf(hash)] |= MaskOf(hash);
      }
    }
    bool Has(std::uint64_t hash) const {
      return full_ || (!words_.empty() && (words_[WordOf(hash)] & MaskOf(hash)) == MaskOf(hash));
    }

   private:
    static std::size_t WordOf(std::uint64_t hash) { return (hash >> 40) % kWords; }
    static std::uint64_t MaskOf(std::uint64_t hash) {
      std::uint64_t mask = 0;
      for (int i = 0; i < 6; ++i) {
        mask |= std::uint64_t{1} << (hash >> (6 * i) & 63);
      }
      return mask;
    }

    bool full_ = false;
    std::vector<std::uint64_t> words_;
  };

  std::uint32_t period_ = 0;
  Bits current_;
  Bits previous_;
};

}  // namespace lumbung::audit
