// The policy file: what it says, and that a wrong one is refused with a message that helps.
#include "engine/serve/policy.h"

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/serve/policy_parser.h"

namespace lumbung {
namespace {

using testing::HasSubstr;

const std::string kTills = R"(
[[principal]]
id = "tills"
names = ["tills.coop.example", "spiffe://coop.example/tills", "Tills@coop.example"]
token_sha256 = ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]
[[principal.grant]]
role = "poster"
cooperatives = [20417, "30000-30999"]
kinds = ["sale"]
channels = ["qris", "cash"]
max_amount = 500_000_00
facts = true
[[principal.grant]]
role = "reader"
[principal.quota]
recorded_refusals = 10
)";
const std::string kBank = R"(
[[principal]]
id = "bank"
names = ["bank.example"]
[[principal.grant]]
role = "bank"
lenders = ["002"]
)";
const std::string kStolen = R"(
[[principal]]
id = "stolen"
names = ["stolen.example"]
token_sha256 = ["E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"]
revoked = true
)";

std::shared_ptr<const Policy> Parse(const std::string& toml) {
  const auto policy = Policy::Parse(toml, "policy.toml");
  EXPECT_TRUE(policy.ok()) << policy.status().message();
  return policy.ok() ? *policy : nullptr;
}

std::shared_ptr<const Principal> Find(const Policy& policy, std::vector<std::string> names,
                                      std::string* why = nullptr) {
  return policy.ByCertificateNames(names, why);
}

TEST(Policy, SaysWhatAPrincipalMayDo) {
  const auto policy = Parse(kTills + kBank);
  ASSERT_EQ(policy->entries().size(), 2);
  const Principal& tills = *policy->entries()[0].principal;
  EXPECT_EQ(tills.id(), "tills");
  ASSERT_EQ(tills.grants().size(), 2);
  const Grant& poster = tills.grants()[0];
  EXPECT_EQ(poster.role, Role::kPoster);
  ASSERT_EQ(poster.cooperatives.size(), 2);
  EXPECT_EQ(poster.cooperatives[0].first, 20417);
  EXPECT_EQ(poster.cooperatives[0].last, 20417);
  EXPECT_EQ(poster.cooperatives[1].first, 30000);
  EXPECT_EQ(poster.cooperatives[1].last, 30999);
  EXPECT_EQ(poster.kinds, std::vector<std::string>{"sale"});
  EXPECT_EQ(poster.channels, (std::vector<std::string>{"qris", "cash"}));
  EXPECT_EQ(poster.max_amount, 50'000'000);
  EXPECT_TRUE(poster.facts);
  EXPECT_EQ(tills.grants()[1].role, Role::kReader);
  EXPECT_EQ(tills.quotas().recorded_refusals, 10);
  EXPECT_EQ(tills.quotas().new_accounts, kDefaultQuotas.new_accounts);
  const Principal& bank = *policy->entries()[1].principal;
  EXPECT_EQ(bank.grants()[0].lenders, std::vector<std::string>{"002"});
  EXPECT_EQ(bank.quotas().recorded_refusals, kDefaultQuotas.recorded_refusals);
}

TEST(Policy, ReadersMayBeOfRegions) {
  const auto policy = Parse(
      "[[principal]]\nid = \"west\"\nnames = [\"west.example\"]\n[[principal.grant]]\n"
      "role = \"reader\"\nregions = [\"32\", \"33.01\"]\n");
  const Grant& grant = policy->entries()[0].principal->grants()[0];
  ASSERT_EQ(grant.regions.size(), 2);
  EXPECT_EQ(FormatRegionCode(grant.regions[0]), "32");
  EXPECT_EQ(FormatRegionCode(grant.regions[1]), "33.01");
  EXPECT_TRUE(grant.cooperatives.empty());
}

TEST(Policy, KnowsCertificatesByTheirNames) {
  const auto policy = Parse(kTills + kBank + kStolen);
  EXPECT_EQ(Find(*policy, {"tills.coop.example"})->id(), "tills");
  EXPECT_EQ(Find(*policy, {"TILLS.coop.example"})->id(), "tills") << "host names have no case";
  EXPECT_EQ(Find(*policy, {"spiffe://coop.example/tills"})->id(), "tills");
  EXPECT_EQ(Find(*policy, {"Tills@coop.example"})->id(), "tills");
  EXPECT_EQ(Find(*policy, {"other.example", "bank.example"})->id(), "bank");
  EXPECT_EQ(Find(*policy, {"tills.coop.example", "Tills@coop.example"})->id(), "tills");

  std::string why;
  EXPECT_EQ(Find(*policy, {"SPIFFE://coop.example/tills"}, &why), nullptr);
  EXPECT_THAT(why, HasSubstr("no name is in the policy"));
  EXPECT_EQ(Find(*policy, {}, &why), nullptr);
  EXPECT_EQ(Find(*policy, {"bank.example", "tills.coop.example"}, &why), nullptr);
  EXPECT_THAT(why, HasSubstr("several principals"));
  EXPECT_EQ(Find(*policy, {"stolen.example"}, &why), nullptr);
  EXPECT_THAT(why, HasSubstr("revoked"));
  EXPECT_EQ(Find(*policy, {"bank.example", "stolen.example"}, &why), nullptr);
  EXPECT_THAT(why, HasSubstr("revoked"));
  EXPECT_EQ(policy->WithoutCredentials(), nullptr);
}

TEST(Policy, KnowsTokensByTheirDigests) {
  const auto policy = Parse(kTills + kBank + kStolen);
  EXPECT_EQ(policy->ByToken("test")->id(), "tills");
  std::string why;
  for (const char* token : {"tesu", "Test", "test ", "tes",
                            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}) {
    EXPECT_EQ(policy->ByToken(token, &why), nullptr) << token;
    EXPECT_THAT(why, HasSubstr("not in the policy"));
  }
  EXPECT_EQ(policy->ByToken("", &why), nullptr);
  EXPECT_THAT(why, HasSubstr("revoked")) << "the digest of nothing is the stolen one's";
}

TEST(Policy, FindsEachOfManyTokens) {
  std::string toml;
  std::vector<std::string> tokens;
  for (int i = 0; i < 50; ++i) {
    toml += "[[principal]]\nid = \"p" + std::to_string(i) + "\"\ntoken_sha256 = [";
    for (int j = 0; j < 2; ++j) {
      tokens.push_back(MakeToken());
      toml += "\"" + ToHex(TokenDigest(tokens.back())) + "\",";
    }
    toml += "]\n[[principal.grant]]\nrole = \"reader\"\n";
  }
  const auto policy = Parse(toml);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    ASSERT_NE(policy->ByToken(tokens[i]), nullptr);
    EXPECT_EQ(policy->ByToken(tokens[i])->id(), "p" + std::to_string(i / 2));
  }
  EXPECT_EQ(policy->ByToken(MakeToken()), nullptr);
}

TEST(Policy, TokensAreLongAndNeverTheSame) {
  const std::string token = MakeToken();
  EXPECT_EQ(token.size(), std::string("lumbung_").size() + 64);
  EXPECT_NE(token, MakeToken());
}

TEST(Policy, WithoutOneEverybodyIsLocal) {
  const auto policy = Policy::Open();
  EXPECT_TRUE(policy->open());
  ASSERT_NE(policy->WithoutCredentials(), nullptr);
  const Principal& local = *policy->WithoutCredentials();
  EXPECT_EQ(local.id(), "local");
  EXPECT_EQ(policy->ByToken("any")->id(), "local");
  EXPECT_EQ(Find(*policy, {"any.example"})->id(), "local");
  v1::Command command;
  command.mutable_post()->set_nature(v1::Transaction::FACT);
  EXPECT_EQ(local.WhyNot(command), "");
  command.mutable_publish_chart();
  EXPECT_EQ(local.WhyNot(command), "");
  command.mutable_report_loan_status();
  EXPECT_EQ(local.WhyNot(command), "");
  EXPECT_TRUE(local.MayRead(1) && local.MayReplay() && local.MayOperate() &&
              local.MayReportLoan(1, "002"));
  EXPECT_EQ(local.quotas().new_accounts, 0);
}

// Each of these stands in the place of a good policy's piece.
struct Malformed {
  std::string toml;
  std::string message;
};

TEST(Policy, RefusesWhatIsWrongAndSaysWhere) {
  const std::string head = "[[principal]]\nid = \"a\"\nnames = [\"a.example\"]\n";
  const std::string grant = "[[principal.grant]]\nrole = \"poster\"\n";
  const std::string reader = "[[principal.grant]]\nrole = \"reader\"\n";
  const std::string digest(64, 'a');
  for (
      const Malformed& row : std::vector<Malformed>{
          {"", "p.toml:1: principal: is missing"},
          {"[[principle]]\nid = \"a\"\n",
           "p.toml:1: principle: is not known; did you mean principal?"},
          {"principal = []\n", "p.toml:1: principal: is empty"},
          {"principal = 5\n", "p.toml:1: principal: wants a list, not a whole number"},
          {"principal = [5]\n", "p.toml:1: principal[0]: wants a table, not a whole number"},
          {"[[principal]]\nid = \n", "p.toml:2: "},
          {"[[principal]]\nid = \"a\"\nid = \"b\"\n", "p.toml:3: "},
          {"[[principal]]\n" + grant, "p.toml:1: principal[0].id: is missing"},
          {"[[principal]]\nid = \"a\"\n" + grant, "p.toml:1: principal[0].names: is missing"},
          {"[[principal]]\nid = 5\n" + grant,
           "p.toml:2: principal[0].id: wants text, not a whole number"},
          {"[[principal]]\nid = \"a b\"\nnames = [\"a\"]\n" + grant,
           "p.toml:2: principal[0].id: wants letters"},
          {"[[principal]]\nid = \"" + std::string(65, 'a') + "\"\n",
           "p.toml:2: principal[0].id: wants text of 1 to 64"},
          {head, "p.toml:1: principal[0].grant: is missing"},
          {head + grant + head + grant, "p.toml:7: principal[1].id: is another principal's"},
          {head + grant + "[[principal]]\nid = \"b\"\nnames = [\"A.example\"]\n" + grant,
           "p.toml:8: principal[1].names: a.example stands twice"},
          {"[[principal]]\nid = \"a\"\nnames = [\"*.example\"]\n" + grant,
           "p.toml:3: principal[0].names: wants whole names"},
          {"[[principal]]\nid = \"a\"\nnames = []\n" + grant,
           "p.toml:3: principal[0].names: is empty"},
          {"[[principal]]\nid = \"a\"\nnames = [\"\"]\n" + grant,
           "p.toml:3: principal[0].names[0]: wants text"},
          {"[[principal]]\nid = \"a\"\nnames = \"a\"\n" + grant,
           "p.toml:3: principal[0].names: wants a list, not text"},
          {"[[principal]]\nid = \"a\"\ntoken_sha256 = [\"secret\"]\n" + grant,
           "p.toml:3: principal[0].token_sha256[0]: wants the SHA-256"},
          {"[[principal]]\nid = \"a\"\ntoken_sha256 = [\"" + std::string(64, 'g') + "\"]\n" + grant,
           "wants the SHA-256"},
          {"[[principal]]\nid = \"a\"\ntoken_sha256 = [\"-" + std::string(63, '1') + "\"]\n" +
               grant,
           "wants the SHA-256"},
          {"[[principal]]\nid = \"a\"\ntoken_sha256 = [\"" + digest + "\",\"" + digest + "\"]\n" +
               grant,
           "token_sha256[1]: stands twice"},
          {head + "revoked = 1\n" + grant,
           "p.toml:4: principal[0].revoked: wants true or false, not a whole number"},
          {head + "revokd = true\n" + grant,
           "p.toml:4: principal[0].revokd: is not known; did you mean revoked?"},
          {head + "[[principal.grant]]\n", "p.toml:4: principal[0].grant[0].role: is missing"},
          {head + "[[principal.grant]]\nrole = \"postr\"\n",
           "p.toml:5: principal[0].grant[0].role: postr is no role; did you mean poster?"},
          {head + grant + "coperatives = [1]\n",
           "p.toml:6: principal[0].grant[0].coperatives: is not known; did you mean cooperatives?"},
          {head + grant + "cooperatives = []\n", "cooperatives: is empty"},
          {head + grant + "cooperatives = [0]\n",
           "p.toml:6: principal[0].grant[0].cooperatives[0]: wants a number from 1"},
          {head + grant + "cooperatives = [1, -1]\n", "cooperatives[1]: wants a number"},
          {head + grant + "cooperatives = [1_000_000_000_000]\n",
           "cooperatives[0]: wants a number"},
          {head + grant + "cooperatives = [\"5\"]\n", "cooperatives[0]: wants a number"},
          {head + grant + "cooperatives = [\"9-5\"]\n", "cooperatives[0]: wants a number"},
          {head + grant + "cooperatives = [\"1-2-3\"]\n", "cooperatives[0]: wants a number"},
          {head + grant + "cooperatives = [\"1 - 2\"]\n", "cooperatives[0]: wants a number"},
          {head + grant + "cooperatives = [\"-5\"]\n", "cooperatives[0]: wants a number"},
          {head + grant + "cooperatives = [1.0]\n", "cooperatives[0]: wants a number"},
          {head + grant + "kinds = []\n", "kinds: is empty"},
          {head + grant + "kinds = [\"Sale\"]\n", "kinds: Sale can't be"},
          {head + grant + "channels = [5]\n", "channels[0]: wants text"},
          {head + grant + "max_amount = 0\n", "max_amount: wants a whole number from 1"},
          {head + grant + "max_amount = 1.5\n", "max_amount: wants a whole number"},
          {head + grant + "facts = \"yes\"\n", "facts: wants true or false, not text"},
          {head + grant + "lenders = [\"002\"]\n", "lenders: means nothing for role poster"},
          {head + "[[principal.grant]]\nrole = \"auditor\"\ncooperatives = [1]\n",
           "cooperatives: means nothing for role auditor"},
          {head + "[[principal.grant]]\nrole = \"reader\"\nfacts = true\n",
           "facts: means nothing for role reader"},
          {head + reader + "regions = []\n", "regions: is empty"},
          {head + reader + "regions = [32]\n",
           "p.toml:6: principal[0].grant[0].regions[0]: wants a region's code as \"32\""},
          {head + reader + "regions = [\"32\", \"3204\"]\n", "regions[1]: wants a region's code"},
          {head + reader + "regions = [\"jawa barat\"]\n", "regions[0]: wants a region's code"},
          {head + reader + "regions = [\"ID\"]\n", "regions[0]: is all of them; leave regions out"},
          {head + reader + "regions = [\"32.98\"]\n",
           "p.toml:6: principal[0].grant[0].regions[0]: 32.98 is not in the list of regions"},
          {head + reader + "cooperatives = [1]\nregions = [\"32\"]\n",
           "regions: goes without cooperatives"},
          {head + grant + "regions = [\"32\"]\n", "regions: means nothing for role poster"},
          {head + "[[principal.grant]]\nrole = \"auditor\"\nregions = [\"32\"]\n",
           "regions: means nothing for role auditor"},
          {head + "[[principal.grant]]\nrole = \"operator\"\nregions = [\"32\"]\n",
           "regions: means nothing for role operator"},
          {head + "[[principal.grant]]\nrole = \"bank\"\n",
           "p.toml:4: principal[0].grant[0].lenders: is missing"},
          {head + grant + "[principal.quota]\nrefusals = 1\n",
           "principal[0].quota.refusals: is not known; did you mean recorded_refusals?"},
          {head + grant + "[principal.quota]\nnew_accounts = 0\n",
           "p.toml:7: principal[0].quota.new_accounts: wants a whole number from 1"},
          {head + "quota = 5\n" + grant, "quota: wants a table, not a whole number"},
      }) {
    const auto policy = Policy::Parse(row.toml, "p.toml");
    ASSERT_FALSE(policy.ok()) << row.toml;
    EXPECT_EQ(policy.status().kind(), Status::Kind::kInvalidArgument);
    EXPECT_THAT(policy.status().message(), HasSubstr(row.message)) << row.toml;
    EXPECT_THAT(policy.status().message(), testing::Not(HasSubstr("secret")));
  }
}

TEST(Policy, TheDocumentedExampleIsGood) {
  std::ifstream file("docs/POLICY.md");
  std::stringstream text;
  text << file.rdbuf();
  const std::string page = text.str();
  const std::size_t begin = page.find("```toml\n");
  ASSERT_NE(begin, std::string::npos);
  const std::size_t end = page.find("```", begin + 8);
  const auto policy = Parse(page.substr(begin + 8, end - begin - 8));
  ASSERT_NE(policy, nullptr);
  std::vector<bool> seen(5);
  for (const PolicyEntry& entry : policy->entries()) {
    for (const Grant& grant : entry.principal->grants()) {
      seen[static_cast<std::size_t>(grant.role)] = true;
    }
  }
  EXPECT_EQ(seen, std::vector<bool>(5, true)) << "a role is not in it";
}

}  // namespace
}  // namespace lumbung
