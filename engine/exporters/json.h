// Events as lines of JSON.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/base/status.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

// Appends {"event":{...},"hash":"..."} and a line end: the event in protobuf's JSON mapping (64-bit
// numbers as strings, fields with their defaults left out) and its hash, in base64 as previousHash
// of the event after it. It is for reading: the hash is that of the event's bytes, which can't be
// made again from JSON. Thread-safe.
void AppendEventJson(const v1::Event& event, const Hash& hash, std::string& out);

}  // namespace lumbung
