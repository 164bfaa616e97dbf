// Who is who, and what each may do: the policy that an operator writes (docs/POLICY.md).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/status.h"
#include "engine/serve/principal.h"

namespace lumbung {

// A principal and what it is known by.
struct PolicyEntry {
  std::shared_ptr<const Principal> principal;
  // SANs of certificates, as NormalName gives them.
  std::vector<std::string> names;
  // SHA-256 of bearer tokens.
  std::vector<Hash> tokens;
  // Whoever comes with one of these is refused.
  bool revoked = false;
};

// A SAN as it is compared: host names, the names with neither '@' nor ':', in lower case.
std::string NormalName(std::string_view name);

// What the policy file says of a token: its SHA-256.
Hash TokenDigest(std::string_view token);
// A new token, from OpenSSL's random numbers: 256 bits.
std::string MakeToken();

// Immutable, so thread-safe.
class Policy {
 public:
  // InvalidArgument names file, line and path of the first fault.
  static Result<std::shared_ptr<const Policy>> Parse(std::string_view toml, std::string_view name);
  // Loopback without a policy: whoever comes is "local", and may do everything.
  static std::shared_ptr<const Policy> Open();

  // REQUIRES: no name and no token stands in two entries
  explicit Policy(std::vector<PolicyEntry> entries, bool open = false);

  // The principal of a verified certificate, by its SANs; null, with `why` for the log, where no
  // name is known, one is revoked, or they are of several principals.
  std::shared_ptr<const Principal> ByCertificateNames(std::span<const std::string> names,
                                                      std::string* why = nullptr) const;
  // The same by bearer token. Takes as long for any token: each is compared with every digest.
  std::shared_ptr<const Principal> ByToken(std::string_view token,
                                           std::string* why = nullptr) const;
  // Whoever comes with neither: null but in the open policy.
  std::shared_ptr<const Principal> WithoutCredentials() const;

  bool open() const { return open_; }
  // In the order of the file.
  std::span<const PolicyEntry> entries() const { return entries_; }

 private:
  std::vector<PolicyEntry> entries_;
  bool open_ = false;
  // Name or token's place in `digests_` -> place in `entries_`.
  std::unordered_map<std::string, std::size_t> by_name_;
  std::vector<Hash> digests_;
  std::vector<std::size_t> by_digest_;
};

}  // namespace lumbung
