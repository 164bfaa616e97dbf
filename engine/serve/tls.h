// The server's certificate and key, and whose client certificates it trusts: read from PEM files,
// and read again without a restart.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <openssl/ssl.h>

#include "engine/base/clock.h"
#include "engine/base/status.h"

namespace lumbung {

struct TlsPaths {
  // The server's, followed by those between it and its CA. Empty: no TLS.
  std::string certificate;
  std::string key;
  // Whose clients' certificates are trusted. Empty: none are asked for.
  std::string client_ca;
};

// What one reading of the files gave, all of it good. Immutable, so thread-safe.
struct TlsMaterial {
  // For gRPC.
  std::string certificate_pem;
  std::string key_pem;
  std::string client_ca_pem;
  // SANs of the server's certificate.
  std::vector<std::string> names;
  // End of the server's certificate, seconds since 1970 UTC.
  std::int64_t not_after = 0;
  // TLS 1.3; a client's certificate is asked for where there is a client_ca, and verified where
  // given. Sessions are not resumed, so each connection proves anew who it is.
  std::shared_ptr<SSL_CTX> context;
};

// Whole days until the certificate ends; negative afterwards.
std::int64_t DaysLeft(const TlsMaterial& material, Clock& clock);

// IoError or NotFound where a file can't be read. InvalidArgument, which names the file, where it
// is not what it should be, key and certificate don't match, or the certificate's time has not come
// or is over. REQUIRES: certificate and key are named
Result<std::shared_ptr<const TlsMaterial>> LoadTls(const TlsPaths& paths, Clock& clock);

// Thread-safe.
class TlsFiles {
 public:
  // `clock` must outlive it. REQUIRES and errors: as LoadTls
  static Result<std::unique_ptr<TlsFiles>> Load(TlsPaths paths, Clock& clock);

  // Each new connection asks for it: one that is there goes on with what it began with.
  std::shared_ptr<const TlsMaterial> current() const;
  // Reads the files again. Where they are wrong, says why and keeps what is in force.
  Status Reload();

 private:
  TlsFiles(TlsPaths paths, Clock& clock, std::shared_ptr<const TlsMaterial> material)
      : paths_(std::move(paths)), clock_(clock), current_(std::move(material)) {}

  // Constant after construction.
  const TlsPaths paths_;
  Clock& clock_;

  mutable std::mutex mutex_;
  // Below is guarded by mutex_.
  std::shared_ptr<const TlsMaterial> current_;
};

}  // namespace lumbung
