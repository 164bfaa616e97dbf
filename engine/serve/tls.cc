#include "engine/serve/tls.h"

#include <ctime>
#include <utility>

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "engine/serve/certificate_names.h"
#include "engine/serve/openssl_handles.h"
#include "engine/store/posix.h"

namespace lumbung {
namespace {

constexpr std::int64_t kMicrosASecond = 1'000'000;
constexpr std::int64_t kSecondsADay = 86'400;
constexpr std::size_t kMaxPemBytes = std::size_t{1} << 20;

Status Wrong(const std::string& path, std::string_view what) {
  return Status::InvalidArgument(fmt::format("{}: {}", path, what));
}

// All certificates of a PEM text; none where one of them can't be read.
std::vector<X509Ptr> ReadCertificates(const std::string& pem) {
  const BioPtr bio = ReadOnlyBio(pem);
  std::vector<X509Ptr> certificates;
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, NoPassword, nullptr)) {
    certificates.emplace_back(next);
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end) {
    certificates.clear();
  }
  return certificates;
}

std::int64_t SecondsOf(const ASN1_TIME* time) {
  std::tm parts{};
  return ASN1_TIME_to_tm(time, &parts) == 1 ? std::int64_t{timegm(&parts)} : 0;
}

Status ReadPem(const std::string& path, std::string& pem) {
  Result<std::string> text = ReadFile(path);
  LUMBUNG_RETURN_IF_ERROR(text.status());
  if (text->size() > kMaxPemBytes) {
    return Wrong(path, "is too long to be PEM of ours");
  }
  pem = std::move(*text);
  return Status::Ok();
}

Status UseCertificates(const TlsPaths& paths, std::int64_t now, TlsMaterial& material) {
  std::vector<X509Ptr> chain = ReadCertificates(material.certificate_pem);
  if (chain.empty()) {
    return Wrong(paths.certificate, "wants a certificate in PEM, and those above it");
  }
  const X509& own = *chain.front();
  material.names = CertificateNames(own);
  material.not_after = SecondsOf(X509_get0_notAfter(&own));
  if (material.not_after <= now) {
    return Wrong(paths.certificate, "the certificate has expired; put a new one in its place");
  }
  if (SecondsOf(X509_get0_notBefore(&own)) > now) {
    return Wrong(paths.certificate, "the certificate is not valid yet; look at the clock");
  }
  SSL_CTX* context = material.context.get();
  bool good = SSL_CTX_use_certificate(context, chain.front().get()) == 1;
  for (std::size_t i = 1; good && i < chain.size(); ++i) {
    good = SSL_CTX_add1_chain_cert(context, chain[i].get()) == 1;
  }
  return good ? Status::Ok() : Wrong(paths.certificate, TakeSslError());
}

Status UseKey(const TlsPaths& paths, TlsMaterial& material) {
  const BioPtr bio = ReadOnlyBio(material.key_pem);
  const KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassword, nullptr));
  if (key == nullptr) {
    ERR_clear_error();
    return Wrong(paths.key, "wants a private key in PEM, without a password");
  }
  if (SSL_CTX_use_PrivateKey(material.context.get(), key.get()) != 1 ||
      SSL_CTX_check_private_key(material.context.get()) != 1) {
    ERR_clear_error();
    return Wrong(paths.key, "is not the key of the certificate in " + paths.certificate);
  }
  return Status::Ok();
}

Status UseClientCa(const TlsPaths& paths, TlsMaterial& material) {
  if (paths.client_ca.empty()) {
    return Status::Ok();
  }
  const std::vector<X509Ptr> authorities = ReadCertificates(material.client_ca_pem);
  if (authorities.empty()) {
    return Wrong(paths.client_ca, "wants certificates of CAs in PEM");
  }
  SSL_CTX* context = material.context.get();
  for (const X509Ptr& authority : authorities) {
    if (X509_check_ca(authority.get()) == 0) {
      return Wrong(paths.client_ca, "has a certificate that is none of a CA");
    }
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) != 1 ||
        SSL_CTX_add_client_CA(context, authority.get()) != 1) {
      return Wrong(paths.client_ca, TakeSslError());
    }
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  return Status::Ok();
}

bool Restrict(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
         SSL_CTX_set_num_tickets(context, 0) == 1;
}

}  // namespace

std::int64_t DaysLeft(const TlsMaterial& material, Clock& clock) {
  const std::int64_t left = material.not_after - clock.WallMicros() / kMicrosASecond;
  return left >= 0 ? left / kSecondsADay : -1 - (-left - 1) / kSecondsADay;
}

Result<std::shared_ptr<const TlsMaterial>> LoadTls(const TlsPaths& paths, Clock& clock) {
  auto material = std::make_shared<TlsMaterial>();
  LUMBUNG_RETURN_IF_ERROR(ReadPem(paths.certificate, material->certificate_pem));
  LUMBUNG_RETURN_IF_ERROR(ReadPem(paths.key, material->key_pem));
  if (!paths.client_ca.empty()) {
    LUMBUNG_RETURN_IF_ERROR(ReadPem(paths.client_ca, material->client_ca_pem));
  }
  SslContextPtr context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr || !Restrict(context.get())) {
    return Status::IoError("TLS can't be set up: " + TakeSslError());
  }
  material->context = std::move(context);
  LUMBUNG_RETURN_IF_ERROR(UseCertificates(paths, clock.WallMicros() / kMicrosASecond, *material));
  LUMBUNG_RETURN_IF_ERROR(UseKey(paths, *material));
  LUMBUNG_RETURN_IF_ERROR(UseClientCa(paths, *material));
  return std::shared_ptr<const TlsMaterial>(std::move(material));
}

Result<std::unique_ptr<TlsFiles>> TlsFiles::Load(TlsPaths paths, Clock& clock) {
  Result<std::shared_ptr<const TlsMaterial>> material = LoadTls(paths, clock);
  LUMBUNG_RETURN_IF_ERROR(material.status());
  return std::unique_ptr<TlsFiles>(new TlsFiles(std::move(paths), clock, std::move(*material)));
}

std::shared_ptr<const TlsMaterial> TlsFiles::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

Status TlsFiles::Reload() {
  Result<std::shared_ptr<const TlsMaterial>> material = LoadTls(paths_, clock_);
  LUMBUNG_RETURN_IF_ERROR(material.status());
  const std::lock_guard lock(mutex_);
  current_.swap(*material);
  return Status::Ok();
}

}  // namespace lumbung
