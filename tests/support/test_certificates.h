// Certificates for tests of TLS, made on the spot.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lumbung {

struct TestCertificate {
  // PEM.
  std::string certificate;
  std::string key;
};

struct CertificateRequest {
  std::string common_name = "test";
  // As "DNS:till.example", "URI:spiffe://example/till", "email:a@b.example", "IP:127.0.0.1".
  std::vector<std::string> names;
  bool is_ca = false;
  // Seconds from now.
  std::int64_t not_before = -60;
  std::int64_t not_after = 86'400;
};

// Signed by its own key (P-256).
TestCertificate MakeSelfSigned(const CertificateRequest& request);
// Signed by a CA's.
TestCertificate MakeSigned(const CertificateRequest& request, const TestCertificate& authority);

}  // namespace lumbung
