#include "engine/domain/chart.h"

#include <algorithm>
#include <map>
#include <utility>

namespace lumbung {
namespace {

// Rows of `delta` replace or join those of `base`, ordered by key.
template <typename Rows, typename KeyOf>
void MergeRows(const Rows& base, const Rows& delta, Rows* merged, KeyOf key_of) {
  std::map<std::decay_t<decltype(key_of(*base.begin()))>, const typename Rows::value_type*> rows;
  for (const auto& row : base) {
    rows[key_of(row)] = &row;
  }
  for (const auto& row : delta) {
    rows[key_of(row)] = &row;
  }
  for (const auto& [key, row] : rows) {
    *merged->Add() = *row;
  }
}

}  // namespace

Chart::Chart(v1::Chart proto) : proto_(std::move(proto)) {
  for (const auto& code : proto_.codes()) {
    codes_[code.code()] = &code;
  }
  for (const auto& kind : proto_.kinds()) {
    kinds_[kind.name()] = &kind;
  }
  for (const auto& channel : proto_.channels()) {
    channels_[channel.name()] = &channel;
  }
  for (const auto& currency : proto_.currencies()) {
    currencies_[ParseCurrency(currency.currency()).value_or(0)] = &currency;
  }
  for (const auto& holder_class : proto_.holder_classes()) {
    holder_classes_[holder_class.name()] = true;
  }
  has_rupiah_ = FindCurrency(kIdr) != nullptr;
}

const v1::AccountCode* Chart::FindCode(std::uint32_t code) const {
  const auto it = codes_.find(code);
  return it == codes_.end() ? nullptr : it->second;
}

const v1::Kind* Chart::FindKind(std::string_view name) const {
  const auto it = kinds_.find(name);
  return it == kinds_.end() ? nullptr : it->second;
}

const v1::Channel* Chart::FindChannel(std::string_view name) const {
  const auto it = channels_.find(name);
  return it == channels_.end() ? nullptr : it->second;
}

const v1::Currency* Chart::FindCurrency(CurrencyCode currency) const {
  const auto it = currencies_.find(currency);
  return it == currencies_.end() ? nullptr : it->second;
}

v1::Chart MergeChart(const v1::Chart& base, const v1::Chart& delta) {
  v1::Chart merged;
  merged.set_name(delta.name());
  merged.set_version(delta.version());
  merged.set_effective_date(delta.effective_date());
  const auto by_name = [](const auto& row) { return row.name(); };
  MergeRows(base.currencies(), delta.currencies(), merged.mutable_currencies(),
            [](const auto& row) { return row.currency(); });
  MergeRows(base.holder_classes(), delta.holder_classes(), merged.mutable_holder_classes(),
            by_name);
  MergeRows(base.codes(), delta.codes(), merged.mutable_codes(),
            [](const auto& row) { return row.code(); });
  MergeRows(base.kinds(), delta.kinds(), merged.mutable_kinds(), by_name);
  MergeRows(base.channels(), delta.channels(), merged.mutable_channels(), by_name);
  return merged;
}

std::string ChartIncompatibility(const v1::Chart& previous, const v1::Chart& next) {
  std::map<std::uint32_t, const v1::AccountCode*> codes;
  for (const auto& code : next.codes()) {
    codes[code.code()] = &code;
  }
  for (const auto& before : previous.codes()) {
    const auto it = codes.find(before.code());
    const std::string which = "code " + std::to_string(before.code());
    if (it == codes.end()) {
      return which + " is missing";
    }
    const v1::AccountCode& after = *it->second;
    if (after.class_() != before.class_()) {
      return which + ": class changes";
    }
    if (after.grows_by() != before.grows_by()) {
      return which + ": grows_by changes";
    }
    if (after.holder_class() != before.holder_class() ||
        after.holder_required() != before.holder_required()) {
      return which + ": holder_class or holder_required changes";
    }
    if (after.opening() != before.opening()) {
      return which + ": opening changes";
    }
  }
  for (const auto& before : previous.currencies()) {
    const auto same = [&](const v1::Currency& after) {
      return after.currency() == before.currency() && after.exponent() == before.exponent();
    };
    if (std::none_of(next.currencies().begin(), next.currencies().end(), same)) {
      return "currency " + before.currency() + " is missing or its exponent changes";
    }
  }
  return {};
}

const Chart& ChartVersions::InForce(Date date) const {
  for (auto it = versions_.rbegin(); it != versions_.rend(); ++it) {
    if (it->effective_date() <= date) {
      return *it;
    }
  }
  return versions_.front();
}

}  // namespace lumbung
