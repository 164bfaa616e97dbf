#include "engine/serve/policy.h"

#include <algorithm>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "engine/base/check.h"
#include "engine/serve/policy_parser.h"

namespace lumbung {
namespace {

std::shared_ptr<const Principal> Refuse(std::string* why, std::string_view reason) {
  if (why != nullptr) {
    *why = reason;
  }
  return nullptr;
}

}  // namespace

std::string NormalName(std::string_view name) {
  std::string normal(name);
  if (name.find_first_of("@:") == std::string_view::npos) {
    std::transform(normal.begin(), normal.end(), normal.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
  }
  return normal;
}

Hash TokenDigest(std::string_view token) {
  Hash digest;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest.data());
  return digest;
}

std::string MakeToken() {
  Hash random;
  LUMBUNG_CHECK(RAND_bytes(random.data(), static_cast<int>(random.size())) == 1);
  // With a prefix, so that programs that look for secrets in the wrong place know it.
  return "lumbung_" + ToHex(random);
}

Result<std::shared_ptr<const Policy>> Policy::Parse(std::string_view toml, std::string_view name) {
  Result<std::vector<PolicyEntry>> entries = ParsePolicy(toml, name);
  LUMBUNG_RETURN_IF_ERROR(entries.status());
  return std::shared_ptr<const Policy>(std::make_shared<const Policy>(std::move(*entries)));
}

std::shared_ptr<const Policy> Policy::Open() {
  Grant poster;
  poster.role = Role::kPoster;
  poster.facts = true;
  Grant all_else;
  all_else.role = Role::kOperator;
  PolicyEntry local;
  local.principal =
      std::make_shared<const Principal>("local", std::vector<Grant>{poster, all_else}, Quotas{});
  return std::make_shared<const Policy>(std::vector<PolicyEntry>{std::move(local)}, true);
}

Policy::Policy(std::vector<PolicyEntry> entries, bool open)
    : entries_(std::move(entries)), open_(open) {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    for (const std::string& name : entries_[i].names) {
      LUMBUNG_CHECK(by_name_.emplace(name, i).second);
    }
    for (const Hash& digest : entries_[i].tokens) {
      digests_.push_back(digest);
      by_digest_.push_back(i);
    }
  }
}

std::shared_ptr<const Principal> Policy::ByCertificateNames(std::span<const std::string> names,
                                                            std::string* why) const {
  if (open_) {
    return WithoutCredentials();
  }
  const PolicyEntry* found = nullptr;
  bool several = false;
  for (const std::string& name : names) {
    const auto known = by_name_.find(NormalName(name));
    if (known == by_name_.end()) {
      continue;
    }
    const PolicyEntry& entry = entries_[known->second];
    if (entry.revoked) {
      return Refuse(why, "certificate: revoked in the policy");
    }
    several = several || (found != nullptr && found != &entry);
    found = &entry;
  }
  if (several) {
    return Refuse(why, "certificate: its names are of several principals");
  }
  return found != nullptr ? found->principal : Refuse(why, "certificate: no name is in the policy");
}

std::shared_ptr<const Principal> Policy::ByToken(std::string_view token, std::string* why) const {
  if (open_) {
    return WithoutCredentials();
  }
  const Hash digest = TokenDigest(token);
  std::size_t found = 0;  // place + 1
  for (std::size_t i = 0; i < digests_.size(); ++i) {
    const bool equal = CRYPTO_memcmp(digest.data(), digests_[i].data(), digest.size()) == 0;
    // All ones where equal: no branch, and no early end.
    const std::size_t mask = std::size_t{0} - static_cast<std::size_t>(equal);
    found = (found & ~mask) | ((i + 1) & mask);
  }
  if (found == 0) {
    return Refuse(why, "token: not in the policy");
  }
  const PolicyEntry& entry = entries_[by_digest_[found - 1]];
  return entry.revoked ? Refuse(why, "token: revoked in the policy") : entry.principal;
}

std::shared_ptr<const Principal> Policy::WithoutCredentials() const {
  return open_ ? entries_.front().principal : nullptr;
}

}  // namespace lumbung
