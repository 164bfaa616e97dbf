// Golden events: the same input gives the same bytes, hashes, roots and states for ever.
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/base/uuid.h"
#include "engine/chain/checkpoint.h"
#include "engine/chain/tree.h"
#include "engine/commit/ledger.h"
#include "engine/domain/ids.h"
#include "engine/store/posix.h"
#include "tests/golden/golden_files.h"
#include "tests/golden/golden_ledger.h"

namespace lumbung {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::vector<std::string> Must(Result<std::vector<std::string>> items) {
  EXPECT_TRUE(items.ok()) << items.status().message();
  return items.ok() ? std::move(*items) : std::vector<std::string>();
}

TEST(GoldenEvents, AreBuiltByteForByte) {
  std::string dir = ::testing::TempDir() + "/golden.XXXXXX";
  ASSERT_NE(mkdtemp(dir.data()), nullptr);
  const Result<std::string> input = ReadFile(kGoldenInput);
  ASSERT_TRUE(input.ok());
  const std::vector<std::string> built = Must(BuildGoldenEvents(*input, dir));
  const std::vector<std::string> kept = Must(ReadEvents(kGoldenEvents));
  std::filesystem::remove_all(dir);

  ASSERT_FALSE(kept.empty());
  for (std::size_t i = 0; i < std::min(built.size(), kept.size()); ++i) {
    v1::Event was;
    v1::Event is;
    ASSERT_TRUE(was.ParseFromString(kept[i]) && is.ParseFromString(built[i]));
    ASSERT_EQ(ToHex(built[i]), ToHex(kept[i])) << "event " << i + 1 << " was\n"
                                               << was.DebugString() << "and is\n"
                                               << is.DebugString();
  }
  EXPECT_EQ(built.size(), kept.size()) << "new input? See tests/golden/README.md";
}

TEST(GoldenEvents, HaveTheirHashesRootsAndStates) {
  EXPECT_EQ(Must(DescribeEvents(Must(ReadEvents(kGoldenEvents)))), Must(ReadLines(kGoldenLines)));
}

TEST(GoldenEvents, AreCanonical) {
  for (const std::string& bytes : Must(ReadEvents(kGoldenEvents))) {
    v1::Event event;
    ASSERT_TRUE(event.ParseFromString(bytes));
    EXPECT_EQ(UnknownField(event), "");
    EXPECT_EQ(ToHex(event.SerializeAsString()), ToHex(bytes)) << event.DebugString();
  }
}

// Every field of a message type, and of those within it.
void AddFields(const Descriptor& type, std::set<const FieldDescriptor*>& fields) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (fields.insert(field).second && field->message_type() != nullptr) {
      AddFields(*field->message_type(), fields);
    }
  }
}

void RemoveSetFields(const Message& message, std::set<const FieldDescriptor*>& fields) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection.ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    fields.erase(field);
    if (field->message_type() == nullptr) {
      continue;
    }
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      RemoveSetFields(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                           : reflection.GetMessage(message, field),
                      fields);
    }
  }
}

// So that whoever adds to the schemas adds to the golden events.
TEST(GoldenEvents, UseEveryFieldOfTheSchemas) {
  std::set<const FieldDescriptor*> fields;
  AddFields(*v1::Event::descriptor(), fields);
  for (const std::string& bytes : Must(ReadEvents(kGoldenEvents))) {
    v1::Event event;
    ASSERT_TRUE(event.ParseFromString(bytes));
    RemoveSetFields(event, fields);
  }
  // Commands stand in events only where their refusal is recorded: posts, batches, holds, captures.
  const std::set<std::string> refusable = {"post", "post_batch", "hold", "capture"};
  for (const FieldDescriptor* field : fields) {
    const std::string& type = field->containing_type()->name();
    const bool never_recorded = (type == "Command" && field->containing_oneof() != nullptr &&
                                 !refusable.contains(field->name())) ||
                                type == "Release" || type == "CheckpointKey";
    EXPECT_TRUE(never_recorded) << field->full_name() << " is in no golden event";
  }
}

// Signed by OpenSSL's command, with the key of seed 00 01 02 ... 1f.
TEST(GoldenCheckpoint, IsSignedByteForByte) {
  constexpr const char* kKey =
      "-----BEGIN PRIVATE KEY-----\n"
      "MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n"
      "-----END PRIVATE KEY-----\n";
  const Result<SigningKey> key = SigningKey::FromPem(kKey);
  const Result<std::string> kept = ReadFile(kGoldenCheckpoint);
  ASSERT_TRUE(key.ok() && kept.ok());
  std::vector<std::string> events = Must(ReadEvents(kGoldenEvents));
  v1::Event first;
  ASSERT_TRUE(events.size() >= 58 && first.ParseFromString(events.front()));
  EXPECT_EQ(first.ledger_created().checkpoint_key(), AsView(key->public_key()));

  Checkpoint checkpoint{first.ledger_created().origin(), 58, {}};
  TreeBuilder tree;
  std::vector<Tile> tiles;
  for (std::size_t i = 0; i < checkpoint.size; ++i) {
    tree.Append(Hasher().Leaf(events[i]), tiles);
  }
  checkpoint.root = tree.Root();
  EXPECT_EQ(SignCheckpoint(checkpoint, *key), *kept);
}

// Computed by Python's uuid.uuid5.
TEST(GoldenIds, OfNameSpaces) {
  EXPECT_EQ(FormatUuid(UuidV5(kRailNameSpace, "qris/002/500212345678")),
            "be646957-697f-5350-8df6-0eb7230e84ab");
  EXPECT_EQ(FormatUuid(UuidV5(kInvoiceNameSpace, "536365")),
            "5d0ca90e-edf6-5152-a832-36ccc7323488");
}

// Computed by Python's hashlib: first 8 bytes of SHA-256 of the decimal number, modulo the shards.
TEST(GoldenShards, OfCooperatives) {
  EXPECT_EQ(ShardOf(1, 2), 1U);
  EXPECT_EQ(ShardOf(20417, 4), 0U);
  EXPECT_EQ(ShardOf(20417, 64), 12U);
  EXPECT_EQ(ShardOf(999999999999, 1024), 52U);
  EXPECT_EQ(ShardOf(82780, 4096), 141U);
  EXPECT_EQ(ShardOf(20417, 1), 0U);
}

}  // namespace
}  // namespace lumbung
