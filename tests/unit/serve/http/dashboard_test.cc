// The dashboard's files over HTTP, and the stream that tells its pages when to ask again.
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>

#include "tests/support/commands.h"
#include "tests/unit/serve/http/api_fixture.h"
#include "tests/unit/serve/http/raw_client.h"

namespace lumbung {
namespace {

using testing::HasSubstr;
using testing::Not;

class DashboardTest : public ApiTest {
 protected:
  void StartWithFiles() {
    Write("index.html", "<!doctype html>");
    Write("lib/money.js", "export {};");
    Write("lib/money.js.gz", "packed");
    Write("notes.md", "no type, not served");
    std::ofstream(folder_.path() + "/secret.txt") << "outside";
    Result<StaticFiles> loaded = StaticFiles::Load(Root());
    ASSERT_TRUE(loaded.ok()) << loaded.status().message();
    api_.dashboard = std::make_shared<StaticFiles>(std::move(*loaded));
    Start();
  }
  std::string Root() const { return folder_.path() + "/pages"; }
  void Write(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = std::filesystem::path(Root()) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  Reply Anonymous(const std::string& path, httplib::Headers headers = {}) {
    headers.emplace("Authorization", "");
    return Get(path, std::move(headers));
  }

  const FastDirectory folder_;
};

TEST_F(DashboardTest, FilesNeedNoTokenAndCarryThePolicy) {
  StartWithFiles();
  const Reply page = Anonymous("/dashboard/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, "<!doctype html>");
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.header("Cache-Control"), "no-cache");
  EXPECT_EQ(page.header("X-Content-Type-Options"), "nosniff");
  EXPECT_THAT(page.header("Content-Security-Policy"), HasSubstr("default-src 'none'"));
  EXPECT_THAT(page.header("Content-Security-Policy"), Not(HasSubstr("unsafe")));
  EXPECT_EQ(Anonymous("/dashboard/lib/money.js").header("Content-Type"),
            "text/javascript; charset=utf-8");
  EXPECT_EQ(Anonymous("/v1/ledger").status, 401);
}

TEST_F(DashboardTest, TheRootGoesThere) {
  StartWithFiles();
  for (const char* path : {"/", "/dashboard"}) {
    const Reply reply = Anonymous(path);
    EXPECT_EQ(reply.status, 302) << path;
    EXPECT_EQ(reply.header("Location"), "/dashboard/") << path;
  }
}

TEST_F(DashboardTest, WhatIsHeldIsNotSentAgain) {
  StartWithFiles();
  const std::string etag = Anonymous("/dashboard/").header("ETag");
  ASSERT_FALSE(etag.empty());
  const Reply again = Anonymous("/dashboard/", {{"If-None-Match", "\"x\", " + etag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(Anonymous("/dashboard/", {{"If-None-Match", "\"x\""}}).status, 200);
}

TEST_F(DashboardTest, IsSentCompressedWhereItIsAndTheClientTakesIt) {
  StartWithFiles();
  RawClient client(server_->port());
  ASSERT_TRUE(
      client.Send("GET /dashboard/lib/money.js HTTP/1.1\r\nAccept-Encoding: br, gzip\r\n\r\n"));
  const std::string packed = client.ReadResponse();
  EXPECT_THAT(packed, HasSubstr("Content-Encoding: gzip\r\n"));
  EXPECT_THAT(packed, HasSubstr("Vary: Accept-Encoding\r\n"));
  EXPECT_THAT(packed, HasSubstr("\r\n\r\npacked"));
  const Reply plain = Anonymous("/dashboard/lib/money.js", {{"Accept-Encoding", ""}});
  EXPECT_EQ(plain.body, "export {};");
  EXPECT_EQ(plain.header("Content-Encoding"), "");
  EXPECT_EQ(plain.header("Vary"), "Accept-Encoding");
  // The name that stands for it within the server is no way in.
  EXPECT_EQ(
      Anonymous("/dashboard/lib/money.js", {{"Accept-Encoding", ""}, {"Lumbung-Takes-Gzip", ""}})
          .body,
      "export {};");
}

TEST_F(DashboardTest, NothingElseIsThere) {
  StartWithFiles();
  for (const char* path :
       {"/dashboard/notes.md", "/dashboard/lib/money.js.gz", "/dashboard/lib", "/dashboard/lib/",
        "/dashboard/../secret.txt", "/dashboard/%2e%2e/secret.txt", "/dashboard/..%2fsecret.txt",
        "/dashboard//secret.txt", "/dashboard/lib/../index.html"}) {
    EXPECT_EQ(Anonymous(path).status, 404) << path;
  }
  EXPECT_EQ(Post("/dashboard/", "{}").status, 405);
}

TEST_F(DashboardTest, WithoutOneThereIsNone) {
  Start();
  EXPECT_EQ(Get("/").status, 404);
  EXPECT_EQ(Get("/dashboard/").status, 404);
}

TEST_F(DashboardTest, AFolderHasToHoldOne) {
  EXPECT_THAT(StaticFiles::Load(Root()).status().message(), HasSubstr("pages"));
  Write("lib/money.js", "");
  EXPECT_THAT(StaticFiles::Load(Root()).status().message(), HasSubstr("no index.html"));
}

TEST_F(DashboardTest, AStreamTellsWhenProjectionsGoOn) {
  Start();
  ASSERT_EQ(Get("/v1/cooperatives/20417/trial-balance?at_least_sequence=3").status, 200);
  RawClient client(server_->port());
  ASSERT_TRUE(
      client.Send("GET /v1/projections HTTP/1.1\r\nAuthorization: Bearer reader\r\n"
                  "Accept: text/event-stream\r\n\r\n"));
  const std::string first = client.ReadUntil("\n\n\r\n");
  EXPECT_THAT(first, HasSubstr("Content-Type: text/event-stream"));
  EXPECT_THAT(first, HasSubstr("data: {\"projections\":[{\"name\":\"balances\""));
  ASSERT_EQ(Post("/v1/transactions", SaleJson(RandomId(10)).dump()).status, 201);
  EXPECT_THAT(client.ReadUntil("\"sequence\":\"4\""), HasSubstr("data: {\"projections\":["));
  server_->Drain();
  EXPECT_TRUE(client.ReadToEnd(std::chrono::milliseconds(20'000)).has_value());
}

TEST_F(DashboardTest, SoManyAreToldAtOnceAndNoMore) {
  api_.max_watchers = 1;
  Start();
  const std::string request =
      "GET /v1/projections HTTP/1.1\r\nAuthorization: Bearer all\r\n"
      "Accept: text/event-stream\r\n\r\n";
  RawClient first(server_->port());
  ASSERT_TRUE(first.Send(request));
  ASSERT_THAT(first.ReadUntil("data: "), HasSubstr("200"));
  EXPECT_EQ(Get("/v1/projections", {{"Accept", "text/event-stream"}}).status, 503);
  // Streams of events are counted for themselves.
  EXPECT_EQ(Get("/v1/projections").status, 200);
}

}  // namespace
}  // namespace lumbung
