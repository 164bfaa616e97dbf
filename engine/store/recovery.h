// What `lumbung recover` does with a log that does not open: finds the longest prefix of events
// that is whole and linked, and puts a new log with just these in its place. Damaged files are
// never changed; they are kept beside it.
//
//   InspectDamage     says what would be kept and what would go
//   RecoverLog        makes <dir>/recovering/{log,HEAD}, then swaps:
//                       <dir>/RECOVERY   written: from here on the outcome is decided
//                       <dir>/derived    deleted, it may be ahead of the new log
//                       <dir>/log, HEAD  renamed to log.damaged-<n>, HEAD.damaged-<n>
//                       <dir>/recovering/log, HEAD   renamed to log, HEAD
//   (the caller)      opens the log with finishing_recovery and appends LedgerRestored
//   FinishRecovery    deletes RECOVERY
//
// Interrupted anywhere, it is run again from the start and goes on where it was. Until
// FinishRecovery, LogStore::Open refuses, so that nothing is cut off without being recorded.
//
// The caller holds the directory's lock throughout.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "engine/base/status.h"
#include "engine/store/head_file.h"

namespace lumbung {

struct RecoveryReport {
  // The last event that is whole and linked to the first.
  Head good;
  // The last event known to have been there, from HEAD or from what can still be read of the log;
  // sequence 0 where neither says. Not after `good` if no event is lost.
  Head lost;
  // What is wrong with the log. Empty: nothing is.
  std::string damage;
  // Why the prefix ends where it ends; empty if no event is lost.
  std::string ended_by;
  // The damaged log is kept as log.damaged-<kept_as>; 0 before RecoverLog has begun to swap.
  int kept_as = 0;

  // Events that go, as far as is known.
  std::uint64_t events_lost() const {
    return lost.sequence > good.sequence ? lost.sequence - good.sequence : 0;
  }
};

struct RecoveryOptions {
  // Called before each step that changes a name, with the step's name; an error stops there, as if
  // the machine had. For tests.
  std::function<Status(std::string_view step)> before_step;
};

// Reads the whole log and says what RecoverLog would do. If a recovery was begun and not finished,
// gives that one's report. NotFound if there is no log.
Result<RecoveryReport> InspectDamage(const std::string& dir);

// Recovers the log up to `agreed`, which is the `good` of a report that an operator has seen;
// Refused if it is not what is found, if there is no damage, or if not even the first event can be
// read (then only a backup helps). Needs as much free space as the log takes.
Result<RecoveryReport> RecoverLog(const std::string& dir, const Head& agreed,
                                  const RecoveryOptions& options = {});

// Ends a recovery, after LedgerRestored has been appended.
Status FinishRecovery(const std::string& dir);

}  // namespace lumbung
