// Ids of commands: unique per (cooperative, id), for ever.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/uuid.h"

#include "lumbung/ledger/v1/command.pb.h"
#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

// What an id stands under in the index.
struct CommandKey {
  Uuid id;
  // 0: the command names none.
  std::uint64_t cooperative = 0;
  // Not the id itself, but the fact that the transaction of this id has been reversed.
  bool reversal_of = false;

  auto operator<=>(const CommandKey&) const = default;
};

// The id of a command, as text: of its transaction for post, hold and capture.
const std::string& IdOf(const v1::Command& command);
// The cooperative that a command is for; 0 where it names none.
std::uint64_t CooperativeOf(const v1::Command& command);

// Every key that an event takes up, in the order of its fields; appended to `keys`.
// REQUIRES: the event was made by Decide
void AppendKeysOf(const v1::Event& event, std::vector<CommandKey>& keys);

// The transaction of this id in an event (posted, in a batch, held, captured); null if none.
const v1::Transaction* FindTransaction(const v1::Event& event, std::string_view transaction_id);

// Name spaces for v5 ids of callers who have ids of their own (FORMAT.md); must not change.
// A transaction id out of "<rail>/<institution>/<permanent key>".
extern const Uuid kRailNameSpace;
// A transaction id out of an invoice number of a shop.
extern const Uuid kInvoiceNameSpace;
// A command's id out of "<principal>\0<key>", the key of an Idempotency-Key header.
extern const Uuid kIdempotencyNameSpace;

}  // namespace lumbung
