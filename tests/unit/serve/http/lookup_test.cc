// GET /v1/me and /v1/regions: who the caller is, and what regions are called.
#include <gtest/gtest.h>

#include "tests/unit/serve/http/api_fixture.h"

namespace lumbung {
namespace {

class LookupTest : public ApiTest {
 protected:
  void SetUp() override { Start(); }
  Reply As(const std::string& token, const std::string& path) {
    return Get(path, {{"Authorization", "Bearer " + token}});
  }
  // Codes of what was found.
  std::vector<std::string> Found(const std::string& token, const std::string& query) {
    const Reply reply = As(token, "/v1/regions?" + query);
    EXPECT_EQ(reply.status, 200) << reply.body;
    const Json body = reply.json();
    std::vector<std::string> codes;
    for (const Json& region : body["regions"]) codes.push_back(region["region"]);
    total_ = body["total"];
    return codes;
  }
  using Codes = std::vector<std::string>;
  std::size_t total_ = 0;
};

TEST_F(LookupTest, EachIsToldWhatIsTheirs) {
  const Json west = As("west", "/v1/me").json();
  EXPECT_EQ(west["principal"], "west");
  EXPECT_EQ(west["grants"].size(), 1U);
  EXPECT_EQ(west["grants"][0]["role"], "reader");
  EXPECT_EQ(west["grants"][0]["regions"],
            Json::parse(R"([{"region":"32.04","name":"KABUPATEN BANDUNG"}])"));
  EXPECT_EQ(As("reader", "/v1/me").json()["grants"][0]["cooperatives"],
            Json::parse(R"([{"first":"20417","last":"20417"}])"));
  EXPECT_EQ(As("nobody", "/v1/me").status, 401);
  EXPECT_EQ(As("west", "/v1/me?x=1").status, 400);
}

TEST_F(LookupTest, NamesAreFoundAmongWhatOneMaySee) {
  EXPECT_EQ(Found("all", "name=cileunyi"), (Codes{"32.04.05", "32.04.05.2001", "32.04.05.2002"}));
  EXPECT_EQ(Found("all", "name=CILEUNYI&limit=1"), Codes{"32.04.05"});
  EXPECT_EQ(total_, 3U);
  EXPECT_EQ(Found("west", "name=cileunyi").size(), 3U);
  const std::size_t theirs = Found("west", "name=sukamaju&limit=100").size();
  Found("all", "name=sukamaju&limit=1");
  EXPECT_GE(theirs, 1U);
  EXPECT_GT(total_, theirs);
  EXPECT_EQ(Found("west", "name=semarang"), Codes{});
  EXPECT_EQ(total_, 0U);
  // Who may see no region's figures finds none.
  EXPECT_EQ(Found("reader", "name=cileunyi"), Codes{});
}

TEST_F(LookupTest, CodesAreCalledByTheirNamesForEverybody) {
  for (const char* token : {"all", "west", "reader"}) {
    EXPECT_EQ(Found(token, "code=33.22,32.04.05.2001,32.98,ID"),
              (Codes{"33.22", "32.04.05.2001", "ID"}));
  }
  const Json found = As("reader", "/v1/regions?code=32.04.05.2001").json();
  EXPECT_EQ(found["regions"][0]["name"], "Cileunyi Kulon");
  ASSERT_EQ(found["regions"][0]["within"].size(), 3U);
  EXPECT_EQ(found["regions"][0]["within"][1]["name"], "KABUPATEN BANDUNG");
}

TEST_F(LookupTest, SaysWhatIsWrong) {
  std::string many = "code=32";
  for (int i = 0; i < 100; ++i) many += ",32";
  for (const auto& [query, parameter] :
       std::vector<std::pair<std::string, std::string>>{{"", "name"},
                                                        {"name=a", "name"},
                                                        {"name=" + std::string(101, 'a'), "name"},
                                                        {"name=bandung&limit=101", "limit"},
                                                        {"name=bandung&code=32", "code"},
                                                        {"code=3204", "code"},
                                                        {"code=32,,33", "code"},
                                                        {many, "code"}}) {
    const Reply reply = As("all", "/v1/regions?" + query);
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_EQ(reply.json()["errors"][0]["parameter"], parameter) << query;
  }
  EXPECT_EQ(As("nobody", "/v1/regions?name=bandung").status, 401);
}

}  // namespace
}  // namespace lumbung
