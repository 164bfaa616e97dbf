#include "engine/serve/grpc/tls_credentials.h"

#include <mutex>
#include <string_view>

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/bio.h>
#include <openssl/conf.h>

#include "engine/base/check.h"

namespace lumbung {
namespace {

constexpr unsigned kLookAgainSeconds = 5;

// gRPC has no setting for it, but every context that OpenSSL makes takes the program's defaults.
void RequireTls13() {
  static std::once_flag once;
  std::call_once(once, [] {
    constexpr std::string_view kDefaults =
        "openssl_conf = init\n[init]\nssl_conf = contexts\n[contexts]\nsystem_default = all\n"
        "[all]\nProtocol = -ALL, TLSv1.3\n";
    CONF* const conf = NCONF_new(nullptr);
    BIO* const text = BIO_new_mem_buf(kDefaults.data(), static_cast<int>(kDefaults.size()));
    long error_line = 0;
    LUMBUNG_CHECK(NCONF_load_bio(conf, text, &error_line) > 0);
    LUMBUNG_CHECK(CONF_modules_load(conf, nullptr, 0) > 0);
    BIO_free(text);
    NCONF_free(conf);
  });
}

}  // namespace

std::shared_ptr<grpc::ServerCredentials> MakeTlsCredentials(const TlsPaths& paths) {
  RequireTls13();
  namespace tls = grpc::experimental;
  const auto provider = std::make_shared<tls::FileWatcherCertificateProvider>(
      paths.key, paths.certificate, paths.client_ca, kLookAgainSeconds);
  tls::TlsServerCredentialsOptions options(provider);
  options.watch_identity_key_cert_pairs();
  if (paths.client_ca.empty()) {
    options.set_cert_request_type(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  } else {
    options.watch_root_certs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return tls::TlsServerCredentials(options);
}

}  // namespace lumbung
