// Ed25519 by OpenSSL: the key's side of checkpoint.h.
#include <memory>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "engine/base/check.h"
#include "engine/chain/checkpoint.h"

namespace lumbung {
namespace {

constexpr std::size_t kSignatureBytes = 64;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Free>;
using ContextPtr = std::unique_ptr<EVP_MD_CTX, Free>;
using BioPtr = std::unique_ptr<BIO, Free>;

const std::uint8_t* Bytes(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

KeyPtr PrivateKey(const std::array<std::uint8_t, 32>& seed) {
  KeyPtr key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  LUMBUNG_CHECK(key != nullptr);
  return key;
}

// PEM_read_bio_PrivateKey asks on the terminal for the passphrase of an encrypted key unless a
// callback answers.
int NoPassphrase(char*, int, int, void*) { return 0; }

}  // namespace

SigningKey SigningKey::Generate() {
  KeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  Seed seed;
  std::size_t length = seed.size();
  LUMBUNG_CHECK(key != nullptr &&
                EVP_PKEY_get_raw_private_key(key.get(), seed.data(), &length) == 1);
  SigningKey result(seed);
  OPENSSL_cleanse(seed.data(), seed.size());
  return result;
}

Result<SigningKey> SigningKey::FromPem(std::string_view pem) {
  BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  LUMBUNG_CHECK(bio != nullptr);
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  Seed seed;
  std::size_t length = seed.size();
  if (key == nullptr || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519 ||
      EVP_PKEY_get_raw_private_key(key.get(), seed.data(), &length) != 1) {
    return Status::InvalidArgument("not an unencrypted Ed25519 private key in PEM");
  }
  SigningKey result(seed);
  OPENSSL_cleanse(seed.data(), seed.size());
  return result;
}

SigningKey::~SigningKey() { OPENSSL_cleanse(seed_.data(), seed_.size()); }

std::string SigningKey::ToPem() const {
  KeyPtr key = PrivateKey(seed_);
  BioPtr bio(BIO_new(BIO_s_secmem()));
  LUMBUNG_CHECK(bio != nullptr && PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr,
                                                                nullptr, 0, nullptr, nullptr) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

PublicKey SigningKey::public_key() const {
  PublicKey result;
  std::size_t length = result.size();
  LUMBUNG_CHECK(EVP_PKEY_get_raw_public_key(PrivateKey(seed_).get(), result.data(), &length) == 1);
  return result;
}

std::string SigningKey::Sign(std::string_view message) const {
  KeyPtr key = PrivateKey(seed_);
  ContextPtr context(EVP_MD_CTX_new());
  std::string signature(kSignatureBytes, '\0');
  std::size_t length = signature.size();
  LUMBUNG_CHECK(context != nullptr &&
                EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
                EVP_DigestSign(context.get(), reinterpret_cast<std::uint8_t*>(signature.data()),
                               &length, Bytes(message), message.size()) == 1 &&
                length == kSignatureBytes);
  return signature;
}

bool VerifySignature(const PublicKey& key, std::string_view message, std::string_view signature) {
  KeyPtr public_key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
  ContextPtr context(EVP_MD_CTX_new());
  LUMBUNG_CHECK(context != nullptr);
  return signature.size() == kSignatureBytes && public_key != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, public_key.get()) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(message),
                          message.size()) == 1;
}

}  // namespace lumbung
