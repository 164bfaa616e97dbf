#include "engine/exporters/json.h"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lumbung {
namespace {

TEST(JsonExportTest, IsOneLineWithTheHashAsTheNextEventNamesIt) {
  v1::Event event;
  event.set_sequence(7);
  event.set_actor("line\nbreak");
  event.mutable_transaction_posted()->mutable_transaction()->add_entries()->set_debit(INT64_MAX);
  Hash hash{};
  hash.fill(0xAB);
  std::string out;
  AppendEventJson(event, hash, out);

  ASSERT_TRUE(out.ends_with('\n'));
  EXPECT_EQ(out.find('\n'), out.size() - 1);
  const auto json = nlohmann::json::parse(out);
  EXPECT_EQ(json["event"]["sequence"], "7");
  EXPECT_EQ(json["event"]["transactionPosted"]["transaction"]["entries"][0]["debit"],
            "9223372036854775807");

  v1::Event next;
  next.set_previous_hash(std::string(AsView(hash)));
  std::string next_out;
  AppendEventJson(next, hash, next_out);
  EXPECT_EQ(nlohmann::json::parse(next_out)["event"]["previousHash"], json["hash"]);

  v1::Event read;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json["event"].dump(), &read).ok());
  EXPECT_EQ(read.SerializeAsString(), event.SerializeAsString());
}

}  // namespace
}  // namespace lumbung
