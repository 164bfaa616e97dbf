// Checkpoints: signed statements "at this size the log has this root" (C2SP signed note,
// tlog-checkpoint), with Ed25519.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/base/status.h"

namespace lumbung {

struct Checkpoint {
  // <name>/<shard>; also the name of the key. Not empty, no space, no plus, no control character.
  std::string origin;
  // The last sequence.
  std::uint64_t size = 0;
  Hash root{};
};

using PublicKey = std::array<std::uint8_t, 32>;

// Whether `name` can be the name of a key, and so an origin.
bool IsKeyName(std::string_view name);

// An Ed25519 key pair. The private half is wiped from memory when it goes.
class SigningKey {
 public:
  static SigningKey Generate();
  // Private key in PEM (PKCS#8).
  static Result<SigningKey> FromPem(std::string_view pem);
  SigningKey(const SigningKey&) = default;
  SigningKey& operator=(const SigningKey&) = default;
  ~SigningKey();

  std::string ToPem() const;
  PublicKey public_key() const;
  // 64 bytes.
  std::string Sign(std::string_view message) const;

 private:
  using Seed = std::array<std::uint8_t, 32>;

  explicit SigningKey(const Seed& seed) : seed_(seed) {}

  Seed seed_;
};

// Whether `signature` is 64 bytes that `key` made over `message`.
bool VerifySignature(const PublicKey& key, std::string_view message, std::string_view signature);

// name+hex8(key id)+base64(0x01 || key): the form in which verifiers take a key.
// REQUIRES: IsKeyName(name)
std::string VerifierKey(std::string_view name, const PublicKey& key);
// The name and key of a verifier key; InvalidArgument where it is not one of type Ed25519.
Status ParseVerifierKey(std::string_view text, std::string& name, PublicKey& key);

// The text of a signed checkpoint. REQUIRES: IsKeyName(checkpoint.origin)
std::string SignCheckpoint(const Checkpoint& checkpoint, const SigningKey& key);
// Parses one and checks the signature by `key`: unknown signers are ignored, a bad signature of
// the known key, or none, is Corruption; what is no checkpoint, InvalidArgument. Extension lines
// after the root are let through.
Result<Checkpoint> OpenCheckpoint(std::string_view text, const PublicKey& key);

}  // namespace lumbung
