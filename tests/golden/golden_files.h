// Where the golden files are, from the root of the tree, in which tests run.
#pragma once

namespace lumbung {

inline constexpr const char* kGoldenInput = "tests/golden/input.ndjson";
inline constexpr const char* kGoldenEvents = "tests/golden/events.bin";
inline constexpr const char* kGoldenLines = "tests/golden/events.txt";
inline constexpr const char* kGoldenCheckpoint = "tests/golden/checkpoint.txt";
inline constexpr const char* kSchemas = "schemas";
inline constexpr const char* kSchemaList = "schemas/compatibility.txt";

}  // namespace lumbung
