#include "projections/audit/device_watch.h"

#include <algorithm>

#include "projections/runtime/packing.h"

namespace lumbung::audit {

DeviceWatch::Seen DeviceWatch::Fill(std::size_t at, std::uint64_t number, Gap& filled) {
  const auto place = gaps_.begin() + static_cast<std::ptrdiff_t>(at);
  Gap& gap = *place;
  filled = gap;
  if (gap.first == gap.last) {
    gaps_.erase(place);
  } else if (number == gap.first) {
    ++gap.first;
  } else if (number == gap.last) {
    --gap.last;
  } else {
    Gap rest = gap;
    rest.first = number + 1;
    gap.last = number - 1;
    gaps_.insert(place + 1, rest);
  }
  const bool is_left = std::any_of(gaps_.begin(), gaps_.end(), [&](const Gap& one) {
    return one.named_first == filled.named_first && one.named_last == filled.named_last;
  });
  return filled.reported && !is_left ? Seen::kFilled : Seen::kNew;
}

DeviceWatch::Seen DeviceWatch::Note(std::uint64_t number, std::int64_t recorded_at,
                                    const Evidence& event, Gap& filled) {
  if (highest_ == 0) {
    lowest_ = highest_ = number;
    return Seen::kNew;
  }
  const auto gap_of = [&](std::uint64_t first, std::uint64_t last) {
    return Gap{first, last, first, last, recorded_at, event, false};
  };
  if (number > highest_) {
    if (number > highest_ + 1) {
      gaps_.push_back(gap_of(highest_ + 1, number - 1));
    }
    highest_ = number;
    return Seen::kNew;
  }
  if (number < lowest_) {
    if (number + 1 < lowest_) {
      gaps_.insert(gaps_.begin(), gap_of(number + 1, lowest_ - 1));
    }
    lowest_ = number;
    return Seen::kNew;
  }
  for (std::size_t i = 0; i < gaps_.size(); ++i) {
    if (gaps_[i].first <= number && number <= gaps_[i].last) {
      return Fill(i, number, filled);
    }
  }
  return Seen::kAgain;
}

DeviceWatch::Seen DeviceWatch::Take(std::uint64_t number, std::int64_t recorded_at,
                                    const Evidence& event, Gap& filled) {
  const bool is_same = event.sequence == last_event_ && number == last_number_;
  last_event_ = event.sequence;
  last_number_ = number;
  Seen seen = Note(number, recorded_at, event, filled);
  if (seen == Seen::kAgain) {
    const auto refused = std::find(refused_.begin(), refused_.end(), number);
    if (refused != refused_.end()) {
      refused_.erase(refused);
      seen = Seen::kNew;
    }
  }
  return is_same ? Seen::kNew : seen;
}

DeviceWatch::Seen DeviceWatch::TakeRefused(std::uint64_t number, std::int64_t recorded_at,
                                           const Evidence& event, Gap& filled) {
  const Seen seen = Note(number, recorded_at, event, filled);
  if (seen == Seen::kAgain) {
    return Seen::kNew;
  }
  refused_.push_back(number);
  if (refused_.size() > kMostRefused) {
    refused_.erase(refused_.begin());
  }
  return seen;
}

void DeviceWatch::AppendTo(std::string& bytes) const {
  PackUnsigned(bytes, device_);
  PackUnsigned(bytes, lowest_);
  PackUnsigned(bytes, highest_);
  PackUnsigned(bytes, last_event_);
  PackUnsigned(bytes, last_number_);
  PackUnsigned(bytes, std::uint64_t{gaps_.size()});
  for (const Gap& gap : gaps_) {
    PackUnsigned(bytes, gap.first);
    PackUnsigned(bytes, gap.last);
    PackUnsigned(bytes, gap.named_first);
    PackUnsigned(bytes, gap.named_last);
    PackSigned(bytes, gap.since);
    PackEvidence(bytes, gap.shown_by);
    PackUnsigned(bytes, std::uint64_t{gap.reported ? 1U : 0U});
  }
  PackUnsigned(bytes, std::uint64_t{refused_.size()});
  for (const std::uint64_t number : refused_) {
    PackUnsigned(bytes, number);
  }
}

DeviceWatch DeviceWatch::Unpack(Unpacker& unpack) {
  DeviceWatch watch(unpack.Unsigned());
  watch.lowest_ = unpack.Unsigned();
  watch.highest_ = unpack.Unsigned();
  watch.last_event_ = unpack.Unsigned();
  watch.last_number_ = unpack.Unsigned();
  watch.gaps_.resize(unpack.Many());
  for (Gap& gap : watch.gaps_) {
    gap.first = unpack.Unsigned();
    gap.last = unpack.Unsigned();
    gap.named_first = unpack.Unsigned();
    gap.named_last = unpack.Unsigned();
    gap.since = unpack.Count();
    gap.shown_by = UnpackEvidence(unpack);
    gap.reported = unpack.Unsigned() != 0;
  }
  watch.refused_.resize(unpack.Many());
  for (std::uint64_t& number : watch.refused_) {
    number = unpack.Unsigned();
  }
  return watch;
}

}  // namespace lumbung::audit
