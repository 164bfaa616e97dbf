// Events from a server, in order, from a sequence on.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "engine/base/status.h"
#include "engine/client/execute.h"

namespace lumbung {

// Calls `visit` with each event that the request asks for, until it returns a status that is not
// ok, which is then returned. Asks `stop` at least ten times a second, also while no event comes:
// Cancelled when it says so. Corruption where the server leaves an event out; otherwise the error
// the call ended with, and what was not visited can be asked for again. On the calling thread.
Status ReadEvents(
    CommandClient& client, const v1::ReplayRequest& request,
    const std::function<Status(std::uint64_t sequence, std::string_view event)>& visit,
    const std::function<bool()>& stop);

}  // namespace lumbung
