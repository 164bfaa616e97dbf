// Settings: one table for file, flags and example; what does not go together is refused.
#include "engine/serve/config.h"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <toml++/toml.h>

#include "engine/serve/listen_address.h"

namespace lumbung {
namespace {

using testing::HasSubstr;

ServeConfig Parse(const std::string& toml) {
  const Result<ServeConfig> config = ParseConfig(toml, "lumbung.toml");
  EXPECT_TRUE(config.ok()) << config.status().message();
  return config.ok() ? *config : ServeConfig();
}

const Setting& Find(std::string_view key) {
  for (const Setting& setting : Settings()) {
    if (setting.key == key) {
      return setting;
    }
  }
  throw std::invalid_argument(std::string(key));
}

TEST(Config, DefaultsAreSane) {
  const ServeConfig config = Parse("");
  EXPECT_EQ(config.grpc.listen, "127.0.0.1:7070");
  EXPECT_EQ(config.http.listen, "127.0.0.1:7071");
  EXPECT_EQ(config.engine.account_memory_bytes, ShardOptions().account_memory_bytes);
  EXPECT_EQ(config.limits.max_commands_a_call, GatewayOptions().max_commands_a_call);
  EXPECT_TRUE(CheckConfig(config).ok());
}

TEST(Config, TheExampleStatesEverySettingWithItsDefault) {
  const toml::table example = toml::parse(ExampleConfig());
  std::size_t stated = 0;
  for (const auto& [name, node] : example) {
    stated += node.is_table() ? node.as_table()->size() : 1;
  }
  EXPECT_EQ(stated, Settings().size());
  const ServeConfig parsed = Parse(ExampleConfig());
  for (const Setting& setting : Settings()) {
    const toml::node_view<const toml::node> node = example.at_path(setting.key);
    ASSERT_TRUE(node) << setting.key << " is not in the example";
    const std::string text = node.is_string() ? node.value_or(std::string())
                                              : std::to_string(node.value_or(std::int64_t{-1}));
    EXPECT_EQ(text, ValueOf(setting, ServeConfig())) << setting.key;
    EXPECT_EQ(ValueOf(setting, parsed), ValueOf(setting, ServeConfig())) << setting.key;
    EXPECT_THAT(ExampleConfig(), HasSubstr("# " + std::string(setting.help)));
  }
}

TEST(Config, EverySettingHasAFieldAndAFlagOfItsOwn) {
  std::set<std::string> flags;
  ServeConfig config;
  std::set<const void*> fields;
  for (const Setting& setting : Settings()) {
    EXPECT_TRUE(flags.insert(FlagOf(setting)).second) << setting.key;
    const void* field =
        std::visit([](auto* value) -> const void* { return value; }, setting.field(config));
    EXPECT_TRUE(fields.insert(field).second) << setting.key;
    EXPECT_LE(setting.help.size(), 60) << setting.key;
  }
  EXPECT_EQ(FlagOf(Find("http.max_body_bytes")), "--http-max-body-bytes");
  EXPECT_EQ(FlagOf(Find("ledger")), "--ledger");
}

TEST(Config, EverySettingIsSetFromAFileAndFromAFlag) {
  for (const Setting& setting : Settings()) {
    SCOPED_TRACE(setting.key);
    std::string text = "x";
    switch (setting.kind) {
      case Setting::Kind::kText:
        break;
      case Setting::Kind::kAddress:
        text = "127.0.0.1:9";
        break;
      case Setting::Kind::kNumber:
        text = std::to_string(setting.least + 1);
        break;
      case Setting::Kind::kBytes:
        text = std::to_string(setting.least + 1);
        break;
      case Setting::Kind::kChoice:
        text = setting.key == "log.format" ? "json" : "error";
        break;
    }
    ASSERT_NE(text, ValueOf(setting, ServeConfig()));
    ServeConfig by_flag;
    ASSERT_TRUE(SetValue(setting, text, by_flag).ok());
    EXPECT_EQ(ValueOf(setting, by_flag), text);

    const bool number =
        setting.kind == Setting::Kind::kNumber || setting.kind == Setting::Kind::kBytes;
    const ServeConfig by_file =
        Parse(std::string(setting.key) + " = " + (number ? text : "\"" + text + "\""));
    EXPECT_EQ(ValueOf(setting, by_file), text);
    for (const Setting& other : Settings()) {
      if (other.key != setting.key) {
        EXPECT_EQ(ValueOf(other, by_file), ValueOf(other, ServeConfig())) << other.key;
      }
    }
  }
}

TEST(Config, BoundsAreKept) {
  for (const Setting& setting : Settings()) {
    if (setting.most == 0) {
      continue;
    }
    SCOPED_TRACE(setting.key);
    ServeConfig config;
    EXPECT_TRUE(SetValue(setting, std::to_string(setting.least), config).ok());
    EXPECT_TRUE(SetValue(setting, std::to_string(setting.most), config).ok());
    for (const std::string& text :
         {std::to_string(setting.least - 1), std::to_string(setting.most + 1), std::string("-1"),
          std::string(""), std::string("1e3"), std::string(" 5"), std::string("5 XiB"),
          std::string("99999999999999999999"), std::string("18446744073709551615 GiB")}) {
      EXPECT_FALSE(SetValue(setting, text, config).ok()) << text;
    }
    EXPECT_EQ(ValueOf(setting, config), [&] {
      ServeConfig most;
      EXPECT_TRUE(SetValue(setting, std::to_string(setting.most), most).ok());
      return ValueOf(setting, most);
    }()) << "a refused value changes nothing";
  }
}

TEST(Config, BytesHaveUnits) {
  ServeConfig config;
  const Setting& setting = Find("http.max_body_bytes");
  for (const auto& [text, bytes] :
       std::vector<std::pair<std::string, std::uint64_t>>{{"2048", 2'048},
                                                          {"2 KiB", 2'048},
                                                          {"2KiB", 2'048},
                                                          {"3 MiB", 3 << 20},
                                                          {"1 GiB", 1 << 30}}) {
    ASSERT_TRUE(SetValue(setting, text, config).ok()) << text;
    EXPECT_EQ(config.http.max_body_bytes, bytes) << text;
  }
}

struct Wrong {
  std::string toml;
  std::string message;
};

TEST(Config, RefusesWhatIsWrongAndSaysWhere) {
  for (const Wrong& row : std::vector<Wrong>{
           {"[grpc]\nlisen = \"127.0.0.1:1\"\n",
            "c.toml:2: grpc.lisen: is not known; did you mean listen?"},
           {"\n[grcp]\n", "c.toml:2: grcp: is not known; did you mean grpc?"},
           {"ledgr = \"x\"\n", "c.toml:1: ledgr: is not known; did you mean ledger?"},
           {"http = 5\n", "c.toml:1: http: wants a table, not a whole number"},
           {"[http]\n[http.listen]\n", "c.toml:2: http.listen: can't be a table"},
           {"[http]\nlisten = 7071\n", "c.toml:2: http.listen: can't be a whole number"},
           {"[http]\nlisten = \"7071\"\n", "c.toml:2: http.listen: wants a host and a port"},
           {"drain_seconds = \"30\"\n", "c.toml:1: drain_seconds: can't be text"},
           {"drain_seconds = 0\n", "c.toml:1: drain_seconds: wants a whole number from 1 to 3600"},
           {"drain_seconds = -1\n", "c.toml:1: drain_seconds: wants a whole number"},
           {"drain_seconds = 1.5\n", "c.toml:1: drain_seconds: can't be a number with a fraction"},
           {"[engine]\naccount_memory = \"lots\"\n",
            "c.toml:2: engine.account_memory: wants bytes, such as"},
           {"[log]\nlevel = \"loud\"\n",
            "c.toml:2: log.level: wants debug, info, warning or error"},
           {"[log]\nformat = true\n", "c.toml:2: log.format: can't be true or false"},
           {"policy = \"a\\u0000b\"\n", "c.toml:1: policy: wants text without control characters"},
           {"ledger = \"x\nlog\n", "c.toml:1: "},
       }) {
    const Result<ServeConfig> config = ParseConfig(row.toml, "c.toml");
    ASSERT_FALSE(config.ok()) << row.toml;
    EXPECT_THAT(config.status().message(), HasSubstr(row.message)) << row.toml;
  }
}

TEST(Config, OutsideLoopbackTakesTlsAndAPolicy) {
  const std::string open = "grpc.listen = \"0.0.0.0:7070\"\n";
  const std::string tls = "tls.certificate = \"c.pem\"\ntls.key = \"k.pem\"\n";
  const std::string policy = "policy = \"p.toml\"\n";
  EXPECT_THAT(CheckConfig(Parse(open)).message(),
              HasSubstr("set tls.certificate, tls.key, policy"));
  EXPECT_THAT(CheckConfig(Parse(open + tls)).message(), HasSubstr("set policy, or listen on 127"));
  EXPECT_THAT(CheckConfig(Parse(open + policy)).message(),
              HasSubstr("set tls.certificate, tls.key,"));
  EXPECT_TRUE(CheckConfig(Parse(open + tls + policy)).ok());
  EXPECT_THAT(CheckConfig(Parse("http.listen = \"ledger.example:80\"\n")).message(),
              testing::StartsWith("http.listen: ledger.example:80 is reached by other machines"));
  EXPECT_TRUE(CheckConfig(Parse(policy)).ok());
  EXPECT_TRUE(CheckConfig(Parse(tls)).ok());
}

TEST(Config, WhatDoesNotGoTogetherIsRefused) {
  for (const Wrong& row : std::vector<Wrong>{
           {"tls.key = \"k.pem\"\n", "tls.certificate and tls.key go together"},
           {"tls.client_ca = \"ca.pem\"\n", "tls.client_ca: set tls.certificate"},
           {"grpc.listen = \"\"\nhttp.listen = \"\"\n", "are both empty"},
           {"grpc.listen = \"127.0.0.1:7071\"\n", "are the same"},
           {"limits.max_commands = 10\n", "limits.max_commands_a_principal: wants no more"},
           {"limits.max_commands_a_principal = 10\n", "limits.max_commands_a_call: wants no more"},
           {"limits.max_bytes = \"1 MiB\"\n", "http.max_body_bytes: wants no more"},
       }) {
    EXPECT_THAT(CheckConfig(Parse(row.toml)).message(), HasSubstr(row.message)) << row.toml;
  }
  EXPECT_TRUE(
      CheckConfig(Parse("grpc.listen = \"127.0.0.1:0\"\nhttp.listen = \"127.0.0.1:0\"\n")).ok());
  EXPECT_TRUE(CheckConfig(Parse("grpc.listen = \"\"\n")).ok());
}

TEST(ListenAddress, KnowsWhatOnlyThisMachineReaches) {
  struct Row {
    std::string text, host;
    int port;
    bool loopback;
  };
  for (const Row& row : std::vector<Row>{{"127.0.0.1:7070", "127.0.0.1", 7070, true},
                                         {"127.8.9.1:0", "127.8.9.1", 0, true},
                                         {"[::1]:65535", "::1", 65535, true},
                                         {"localhost:1", "localhost", 1, true},
                                         {"0.0.0.0:1", "0.0.0.0", 1, false},
                                         {"10.0.0.1:1", "10.0.0.1", 1, false},
                                         {"[::]:1", "::", 1, false},
                                         {"[::ffff:127.0.0.1]:1", "::ffff:127.0.0.1", 1, false},
                                         {"localhost.example:1", "localhost.example", 1, false},
                                         {"ledger-1.example:1", "ledger-1.example", 1, false}}) {
    const auto address = ParseListenAddress(row.text);
    ASSERT_TRUE(address.has_value()) << row.text;
    EXPECT_EQ(address->host, row.host);
    EXPECT_EQ(address->port, row.port);
    EXPECT_EQ(address->loopback, row.loopback) << row.text;
  }
  for (const char* text : {"",
                           ":",
                           "7070",
                           ":7070",
                           "127.0.0.1",
                           "127.0.0.1:",
                           "127.0.0.1:65536",
                           "127.0.0.1:-1",
                           "127.0.0.1:+1",
                           "127.0.0.1:7070 ",
                           "::1:7070",
                           "[::1]",
                           "[::1:7070",
                           "[1.2.3.4]:1",
                           "[localhost]:1",
                           "127.0.0.256:1",
                           "1.2.3:1",
                           "a b:1",
                           "http://a:1",
                           "-a:1",
                           "[]:1",
                           "a/b:1"}) {
    EXPECT_FALSE(ParseListenAddress(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace lumbung
