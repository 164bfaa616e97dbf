#include "engine/serve/policy_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "engine/domain/account_key.h"
#include "engine/serve/nearest_name.h"
#include "engine/serve/toml_reader.h"
#include "projections/regions/regions.h"

namespace lumbung {
namespace {

constexpr std::size_t kMaxId = 64;
constexpr std::size_t kMaxCertificateName = 1'024;
constexpr std::size_t kMaxListName = 32;
constexpr std::int64_t kMaxNumber = std::numeric_limits<std::int64_t>::max();

constexpr std::array<std::string_view, 1> kDocumentKeys{"principal"};
constexpr std::array<std::string_view, 6> kPrincipalKeys{"id",      "names", "token_sha256",
                                                         "revoked", "grant", "quota"};
constexpr std::array<std::string_view, 8> kGrantKeys{
    "role", "cooperatives", "regions", "kinds", "channels", "max_amount", "facts", "lenders"};
constexpr std::array<std::string_view, 2> kQuotaKeys{"recorded_refusals", "new_accounts"};

constexpr std::array<Role, 5> kRoles{Role::kPoster, Role::kReader, Role::kAuditor, Role::kOperator,
                                     Role::kBank};

// Keys that a grant of a role may have besides "role".
std::vector<std::string_view> KeysOf(Role role) {
  switch (role) {
    case Role::kPoster:
      return {"cooperatives", "kinds", "channels", "max_amount", "facts"};
    case Role::kReader:
      return {"cooperatives", "regions"};
    case Role::kOperator:
      return {"cooperatives"};
    case Role::kAuditor:
      return {};
    case Role::kBank:
      return {"cooperatives", "lenders"};
  }
  return {};
}

bool IsOneOf(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(), [more](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           more.find(c) != std::string_view::npos;
  });
}

std::optional<std::uint64_t> ParseCooperative(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && number >= 1 && number <= kMaxCooperative ? std::optional(number) : std::nullopt;
}

std::optional<CooperativeRange> ParseRange(const toml::node& node) {
  if (const toml::value<std::int64_t>* number = node.as_integer()) {
    const auto only = static_cast<std::uint64_t>(number->get());
    return number->get() >= 1 && only <= kMaxCooperative
               ? std::optional(CooperativeRange{only, only})
               : std::nullopt;
  }
  const toml::value<std::string>* text = node.as_string();
  if (text == nullptr) {
    return std::nullopt;
  }
  const std::string_view range = text->get();
  const std::size_t dash = std::min(range.find('-'), range.size());
  const auto first = ParseCooperative(range.substr(0, dash));
  const auto last = ParseCooperative(range.substr(std::min(dash + 1, range.size())));
  return first && last && *first <= *last ? std::optional(CooperativeRange{*first, *last})
                                          : std::nullopt;
}

std::optional<Hash> ParseDigest(const toml::node& node) {
  const toml::value<std::string>* text = node.as_string();
  Hash digest{};
  if (text == nullptr || text->get().size() != 2 * digest.size()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const char* at = text->get().data() + 2 * i;
    const auto [end, error] = std::from_chars(at, at + 2, digest[i], 16);
    if (error != std::errc() || end != at + 2) {
      return std::nullopt;
    }
  }
  return digest;
}

class Parser {
 public:
  explicit Parser(std::string_view name) : fault_(std::string(name)) {}

  Result<std::vector<PolicyEntry>> Parse(const toml::table& document);

 private:
  void ReadPrincipal(const TomlTable& table);
  std::string ReadId(const TomlTable& table);
  void ReadNames(const TomlTable& table, PolicyEntry& entry);
  void ReadTokens(const TomlTable& table, PolicyEntry& entry);
  void ReadGrant(const TomlTable& table, std::vector<Grant>& grants);
  std::optional<Role> ReadRole(const TomlTable& table);
  void ReadRegions(const TomlTable& table, std::vector<RegionCode>& regions);
  void ReadListNames(const TomlTable& table, std::string_view key, std::vector<std::string>& names);
  Quotas ReadQuotas(const TomlTable& table);

  TomlFault fault_;
  std::vector<PolicyEntry> entries_;
  std::unordered_set<std::string> ids_;
  std::unordered_set<std::string> names_;
  std::unordered_set<std::string> tokens_;
};

Result<std::vector<PolicyEntry>> Parser::Parse(const toml::table& document) {
  const TomlTable table(document, "", kDocumentKeys, fault_);
  if (!table.Has("principal")) {
    table.Refuse("principal", "is missing, so nobody could do anything; write [[principal]]");
  }
  if (fault_.ok()) {
    table.ForEachTable("principal", kPrincipalKeys,
                       [this](const TomlTable& principal) { ReadPrincipal(principal); });
  }
  LUMBUNG_RETURN_IF_ERROR(fault_.status());
  return std::move(entries_);
}

void Parser::ReadPrincipal(const TomlTable& table) {
  PolicyEntry entry;
  std::string id = ReadId(table);
  table.Read("revoked", entry.revoked);
  ReadNames(table, entry);
  ReadTokens(table, entry);
  if (entry.names.empty() && entry.tokens.empty()) {
    table.Refuse("names", "is missing; name a SAN of its certificate, or a token in token_sha256");
  }
  std::vector<Grant> grants;
  table.ForEachTable("grant", kGrantKeys,
                     [&](const TomlTable& grant) { ReadGrant(grant, grants); });
  if (grants.empty() && !entry.revoked) {
    table.Refuse("grant", "is missing; write [[principal.grant]] with a role");
  }
  const Quotas quotas = ReadQuotas(table);
  entry.principal = std::make_shared<const Principal>(std::move(id), std::move(grants), quotas);
  entries_.push_back(std::move(entry));
}

std::string Parser::ReadId(const TomlTable& table) {
  std::string id;
  table.Read("id", kMaxId, id);
  if (id.empty()) {
    table.Refuse("id", "is missing");
  } else if (!IsOneOf(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:@/")) {
    table.Refuse("id", "wants letters, digits and -_.:@/ only");
  } else if (!ids_.insert(id).second) {
    table.Refuse("id", "is another principal's, too");
  }
  return id;
}

void Parser::ReadNames(const TomlTable& table, PolicyEntry& entry) {
  table.Read("names", kMaxCertificateName, entry.names);
  for (std::string& name : entry.names) {
    name = NormalName(name);
    if (name.find_first_of("* ") != std::string::npos) {
      table.Refuse("names", "wants whole names: no spaces, no wildcards");
    } else if (!names_.insert(name).second) {
      table.Refuse("names", Shown(name) + " stands twice in the policy");
    }
  }
}

void Parser::ReadTokens(const TomlTable& table, PolicyEntry& entry) {
  table.ForEach("token_sha256", [&](const toml::node& element, const std::string& path) {
    const std::optional<Hash> digest = ParseDigest(element);
    // What stands there is not shown: it may be the token itself.
    if (!digest) {
      fault_.Set(element.source(), path,
                 "wants the SHA-256 of a token, 64 hexadecimal digits; see `lumbung policy token`");
    } else if (!tokens_.insert(std::string(AsView(*digest))).second) {
      fault_.Set(element.source(), path, "stands twice in the policy");
    } else {
      entry.tokens.push_back(*digest);
    }
  });
}

std::optional<Role> Parser::ReadRole(const TomlTable& table) {
  std::string name;
  table.Read("role", kMaxListName, name);
  std::vector<std::string_view> known;
  for (const Role role : kRoles) {
    known.push_back(RoleName(role));
    if (name == known.back()) {
      return role;
    }
  }
  table.Refuse("role", name.empty() ? "is missing"
                                    : fmt::format("{} is no role; did you mean {}?", Shown(name),
                                                  NearestName(name, known)));
  return std::nullopt;
}

void Parser::ReadListNames(const TomlTable& table, std::string_view key,
                           std::vector<std::string>& names) {
  table.Read(key, kMaxListName, names);
  for (const std::string& name : names) {
    if (!IsOneOf(name, "-_")) {
      table.Refuse(key, Shown(name) + " can't be: names are of a-z, 0-9, - and _");
    }
  }
}

// Only such as the list has: under a code that is mistyped nobody would see anything.
void Parser::ReadRegions(const TomlTable& table, std::vector<RegionCode>& regions) {
  if (table.Has("regions") && table.Has("cooperatives")) {
    table.Refuse("regions", "goes without cooperatives; write a grant for each");
  }
  table.ForEach("regions", [&](const toml::node& element, const std::string& path) {
    const toml::value<std::string>* text = element.as_string();
    const std::optional<RegionCode> code = text ? ParseRegionCode(text->get()) : std::nullopt;
    if (!code) {
      fault_.Set(element.source(), path, "wants a region's code as \"32\", \"32.04\" or longer");
    } else if (*code == kNation) {
      fault_.Set(element.source(), path, "is all of them; leave regions out for that");
    } else if (!Regions::BuiltIn().Has(*code)) {
      fault_.Set(element.source(), path,
                 fmt::format("{} is not in the list of regions ({})", FormatRegionCode(*code),
                             Regions::BuiltIn().source()));
    } else {
      regions.push_back(*code);
    }
  });
}

void Parser::ReadGrant(const TomlTable& table, std::vector<Grant>& grants) {
  const std::optional<Role> role = ReadRole(table);
  if (!role) {
    return;
  }
  Grant grant;
  grant.role = *role;
  const std::vector<std::string_view> allowed = KeysOf(*role);
  for (const std::string_view key : kGrantKeys) {
    if (key != "role" && table.Has(key) &&
        std::find(allowed.begin(), allowed.end(), key) == allowed.end()) {
      table.Refuse(key, fmt::format("means nothing for role {}", RoleName(*role)));
    }
  }
  table.ForEach("cooperatives", [&](const toml::node& element, const std::string& path) {
    if (const std::optional<CooperativeRange> range = ParseRange(element)) {
      grant.cooperatives.push_back(*range);
    } else {
      fault_.Set(
          element.source(), path,
          fmt::format("wants a number from 1 to {}, or two as \"1000-1999\"", kMaxCooperative));
    }
  });
  ReadRegions(table, grant.regions);
  ReadListNames(table, "kinds", grant.kinds);
  ReadListNames(table, "channels", grant.channels);
  table.Read("max_amount", kMaxNumber, grant.max_amount);
  table.Read("facts", grant.facts);
  table.Read("lenders", kMaxListName, grant.lenders);
  if (*role == Role::kBank && grant.lenders.empty()) {
    table.Refuse("lenders", "is missing; a bank reports on loans of the lenders named here");
  }
  grants.push_back(std::move(grant));
}

Quotas Parser::ReadQuotas(const TomlTable& table) {
  auto refusals = static_cast<std::int64_t>(kDefaultQuotas.recorded_refusals);
  auto accounts = static_cast<std::int64_t>(kDefaultQuotas.new_accounts);
  table.OneTable("quota", kQuotaKeys, [&](const TomlTable& quota) {
    quota.Read("recorded_refusals", kMaxNumber, refusals);
    quota.Read("new_accounts", kMaxNumber, accounts);
  });
  return {static_cast<std::uint64_t>(refusals), static_cast<std::uint64_t>(accounts)};
}

}  // namespace

Result<std::vector<PolicyEntry>> ParsePolicy(std::string_view toml, std::string_view name) {
  const Result<toml::table> document = ParseToml(toml, name);
  LUMBUNG_RETURN_IF_ERROR(document.status());
  return Parser(name).Parse(*document);
}

}  // namespace lumbung
