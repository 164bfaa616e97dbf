// Deciding about reference data, periods, loans and attestations.
#pragma once

#include "engine/domain/decide.h"

namespace lumbung {

// Fills the body of `event` with the fact that a command asks for, or says in `decision` why not;
// true if it was filled. REQUIRES: the command is valid, and none of those that move money
bool DecideReference(const State& state, const v1::Command& command, History& history,
                     std::int64_t now, v1::Event& event, Decision& decision);

}  // namespace lumbung
