// Events as people look at them.
#pragma once

#include <functional>
#include <string>

#include "engine/app/output.h"
#include "engine/domain/chart.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {

// Calls `visit` for each transaction that an event posts: what moves balances, so no holds.
void ForEachPosted(const v1::Event& event,
                   const std::function<void(const v1::Transaction&, const v1::Posting&)>& visit);

// What kind of event it is, as the schema names its body: "transaction_posted".
std::string BodyName(const v1::Event& event);

// "20417:1121  debit  1,000.00 IDR  Piutang QRIS" of an entry; `chart` may be null.
std::string EntryLine(std::uint64_t cooperative, const v1::Entry& entry, const Chart* chart);

// Decimals of a currency by the chart; 0 where it is not known.
std::uint32_t ExponentOf(const Chart* chart, const std::string& currency);

}  // namespace lumbung
