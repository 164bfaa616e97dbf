// What is derived from events: a class that takes them one after the other and says, batch by
// batch, which rows they change. The runtime does the rest.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/bytes.h"
#include "engine/base/status.h"
#include "projections/runtime/rows.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

// Says whose rows these are. Rows of another identity are not read but built anew.
struct ProjectionIdentity {
  // Up to 32 of a-z, '-'.
  std::string name;
  // Counts up when rows change their meaning or form.
  std::uint32_t version = 1;
  // Versions of rules, lists and region files that rows depend on; any text, may be empty.
  std::string rules;

  bool operator==(const ProjectionIdentity&) const = default;
};

// The next event of its shard: it links to the one before, and its kind is known.
struct ProjectedEvent {
  std::uint32_t shard = 0;
  const v1::Event& event;
  // Of the event's bytes.
  const Hash& hash;
};

// One thread at a time. `rows` are always as of the last commit: without the batch in hand.
class Projection {
 public:
  virtual ~Projection() = default;

  virtual ProjectionIdentity identity() const = 0;
  // Called once, before all else: loads what is kept in memory.
  virtual Status Open(const RowReader& rows) = 0;
  // Whether the batch in hand must be committed before this event is applied, because applying it
  // reads rows that the batch may change.
  virtual bool NeedsCommitBefore(const v1::Event& /*event*/) const { return false; }
  // How many times the usual batch it wants at once, where so much waits: more than one where rows
  // of many events merge into few.
  virtual std::size_t batch_scale() const { return 1; }
  // Takes an event into the batch in hand. What it gets has been validated by the engine; an error
  // stops this projection, without the batch in hand.
  virtual Status Apply(const ProjectedEvent& event, const RowReader& rows) = 0;
  // Hands over the rows that the batch in hand changes, which then is empty. No call follows one
  // that failed, nor one whose rows could not be written.
  virtual Status Finish(const RowReader& rows, RowWriter& out) = 0;
};

}  // namespace lumbung
