#include "engine/chain/hash.h"

#include <array>
#include <cstring>

#include <openssl/evp.h>

#include "engine/base/check.h"

namespace lumbung {
namespace {

// Domain separation of RFC 6962.
constexpr std::uint8_t kLeafPrefix = 0;
constexpr std::uint8_t kNodePrefix = 1;

// Up to here, copying an event behind its prefix is cheaper than a second call of Update.
constexpr std::size_t kCopiedLeafBytes = 1024;

// Fetched once, for as long as the process lives: a fetch costs more than a hash.
const EVP_MD* Digest() {
  static const EVP_MD* const digest = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  LUMBUNG_CHECK(digest != nullptr);
  return digest;
}

}  // namespace

void Hasher::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Hasher::Hasher() : context_(EVP_MD_CTX_new()) {
  LUMBUNG_CHECK(context_ != nullptr);
  LUMBUNG_CHECK(EVP_DigestInit_ex2(context_.get(), Digest(), nullptr) == 1);
}

Hasher::~Hasher() = default;

void Hasher::Begin() {
  // Without a digest the context starts again with the one it has: no look-up, no allocation.
  LUMBUNG_CHECK(EVP_DigestInit_ex2(context_.get(), nullptr, nullptr) == 1);
}

void Hasher::Update(std::string_view bytes) {
  LUMBUNG_CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

Hash Hasher::End() {
  Hash hash;
  LUMBUNG_CHECK(EVP_DigestFinal_ex(context_.get(), hash.data(), nullptr) == 1);
  return hash;
}

Hash Hasher::Leaf(std::string_view event) {
  std::array<char, 1 + kCopiedLeafBytes> input;
  input[0] = static_cast<char>(kLeafPrefix);
  Begin();
  if (event.size() <= kCopiedLeafBytes) {
    if (!event.empty()) {
      std::memcpy(input.data() + 1, event.data(), event.size());
    }
    Update({input.data(), 1 + event.size()});
  } else {
    Update({input.data(), 1});
    Update(event);
  }
  return End();
}

Hash Hasher::Node(const Hash& left, const Hash& right) {
  std::array<std::uint8_t, 1 + 2 * sizeof(Hash)> input;
  input[0] = kNodePrefix;
  std::memcpy(input.data() + 1, left.data(), left.size());
  std::memcpy(input.data() + 1 + left.size(), right.data(), right.size());
  Begin();
  Update({reinterpret_cast<const char*>(input.data()), input.size()});
  return End();
}

Hash Sha256(std::string_view bytes) {
  Hasher hasher;
  hasher.Begin();
  hasher.Update(bytes);
  return hasher.End();
}

}  // namespace lumbung
