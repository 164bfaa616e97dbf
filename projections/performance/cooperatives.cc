#include "projections/performance/cooperatives.h"

#include <algorithm>
#include <optional>

#include "projections/performance/keys.h"
#include "projections/runtime/packing.h"

#include "lumbung/ledger/v1/state.pb.h"

namespace lumbung::performance {

std::string CooperativeFreshness::Encode() const {
  std::string bytes;
  PackSigned(bytes, recorded_at);
  PackSigned(bytes, occurred_at);
  PackSigned(bytes, business_date);
  return bytes;
}

Result<CooperativeFreshness> CooperativeFreshness::Parse(std::string_view bytes) {
  Unpacker unpack(bytes);
  CooperativeFreshness fresh;
  fresh.recorded_at = unpack.Count();
  fresh.occurred_at = unpack.Count();
  fresh.business_date = static_cast<Date>(unpack.Count());
  if (!unpack.done()) {
    return Status::Corruption("how fresh a cooperative is can't be read");
  }
  return fresh;
}

const CooperativeVersion& CooperativeState::InForce(Date date) const {
  for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
    if (version->attributes.effective_date() <= date) {
      return *version;
    }
  }
  return versions.front();
}

CooperativeVersion& CooperativeState::InForce(Date date) {
  return const_cast<CooperativeVersion&>(std::as_const(*this).InForce(date));
}

std::vector<Stay> CooperativeState::Stays() const {
  std::vector<Stay> stays;
  for (const CooperativeVersion& version : versions) {
    const Date from = stays.empty() ? 0 : version.attributes.effective_date();
    // Of those that take effect on one day the last is in force.
    if (!stays.empty() && stays.back().from >= from) {
      stays.pop_back();
    }
    if (stays.empty() || stays.back().region != version.day_region()) {
      stays.push_back({stays.empty() ? 0 : from, version.day_region()});
    }
  }
  return stays;
}

std::vector<DaySpan> CooperativeState::There() const {
  // After all days.
  constexpr std::int32_t kNever = 1 << 24;
  std::vector<DaySpan> spans;
  for (const CooperativeVersion& version : versions) {
    const std::int32_t from = DaysOfDate(version.attributes.effective_date());
    if (!spans.empty() && spans.back().until == kNever) {
      spans.back().until = from;
      if (spans.back().from == from) {
        spans.pop_back();
      }
    }
    if (!version.is_there()) {
      continue;
    }
    if (!spans.empty() && spans.back().until == from) {
      spans.back().until = kNever;
    } else {
      spans.push_back({from, kNever});
    }
  }
  return spans;
}

Result<std::vector<v1::Cooperative>> ParseCooperativeRow(std::string_view bytes) {
  v1::CooperativeRow row;
  if (!row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || row.versions().empty()) {
    return Status::Corruption("a cooperative's row of performance can't be read");
  }
  return std::vector<v1::Cooperative>(row.versions().begin(), row.versions().end());
}

Status Cooperatives::Open(const RowReader& rows) {
  const auto cooperative = rows.Walk(RowPrefix(Row::kCooperative));
  for (bool there = cooperative->Seek({}); there; there = cooperative->Next()) {
    const auto versions = ParseCooperativeRow(cooperative->value());
    LUMBUNG_RETURN_IF_ERROR(versions.status());
    for (const v1::Cooperative& version : *versions) {
      Add(version);
    }
  }
  LUMBUNG_RETURN_IF_ERROR(cooperative->status());
  changed_.clear();
  const auto fresh = rows.Walk(RowPrefix(Row::kFreshness));
  for (bool there = fresh->Seek({}); there; there = fresh->Next()) {
    const auto number = LoadBigEndian<std::uint64_t>(fresh->key().data() + 1);
    const Result<CooperativeFreshness> parsed = CooperativeFreshness::Parse(fresh->value());
    LUMBUNG_RETURN_IF_ERROR(parsed.status());
    states_[number].fresh = *parsed;
  }
  LUMBUNG_RETURN_IF_ERROR(fresh->status());
  const auto memory = rows.Walk(RowPrefix(Row::kMemory));
  for (bool there = memory->Seek({}); there; there = memory->Next()) {
    const auto number = LoadBigEndian<std::uint64_t>(memory->key().data() + 1);
    Result<CooperativeMemory> parsed = CooperativeMemory::Parse(memory->value());
    LUMBUNG_RETURN_IF_ERROR(parsed.status());
    states_[number].memory = std::move(*parsed);
  }
  return memory->status();
}

CooperativeState* Cooperatives::Find(std::uint64_t number) {
  const auto found = states_.find(number);
  return found == states_.end() ? nullptr : &found->second;
}

void Cooperatives::Add(const v1::Cooperative& attributes) {
  CooperativeState& state = states_[attributes.cooperative()];
  state.number = attributes.cooperative();
  state.versions.push_back({attributes, regions_.PlaceOf(attributes.village_code()), nullptr});
  changed_.push_back(&state);
}

void Cooperatives::NoteFresh(CooperativeState& state, std::int64_t recorded_at,
                             std::int64_t occurred_at, Date business_date) {
  state.fresh.recorded_at = std::max(state.fresh.recorded_at, recorded_at);
  state.fresh.occurred_at = std::max(state.fresh.occurred_at, occurred_at);
  state.fresh.business_date = std::max(state.fresh.business_date, business_date);
  if (!state.fresh_changed) {
    state.fresh_changed = true;
    fresh_.push_back(&state);
  }
}

void Cooperatives::NoteMemory(CooperativeState& state) {
  if (!state.memory_changed) {
    state.memory_changed = true;
    remembered_.push_back(&state);
  }
}

void Cooperatives::Finish(RowWriter& out) {
  for (const CooperativeState* state : changed_) {
    v1::CooperativeRow row;
    for (const CooperativeVersion& version : state->versions) {
      *row.add_versions() = version.attributes;
      out.Put(PlaceKey(version.place.in, state->number), {});
    }
    out.Put(CooperativeKey(Row::kCooperative, state->number), row.SerializeAsString());
  }
  changed_.clear();
  for (CooperativeState* state : fresh_) {
    state->fresh_changed = false;
    out.Put(CooperativeKey(Row::kFreshness, state->number), state->fresh.Encode());
  }
  fresh_.clear();
  for (CooperativeState* state : remembered_) {
    state->memory_changed = false;
    out.Put(CooperativeKey(Row::kMemory, state->number), state->memory.Encode());
  }
  remembered_.clear();
}

}  // namespace lumbung::performance
