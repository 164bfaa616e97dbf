// Whom a certificate speaks for: its subject alternative names. The subject itself is not looked
// at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <openssl/x509.h>

namespace lumbung {

// DNS names, URIs and e-mail addresses, in the certificate's order. One that has not the shape of
// its kind is left out, so that none passes for one of another kind: a URI has a ':', an address an
// '@' and no ':', a host name neither.
std::vector<std::string> CertificateNames(const X509& certificate);
// Whether a name of a kind (OpenSSL's GEN_DNS, GEN_URI or GEN_EMAIL) has its shape.
bool HasShapeOfKind(int kind, std::string_view name);
// Of the first certificate in PEM text; none where there is none.
std::vector<std::string> CertificateNames(std::string_view pem);

}  // namespace lumbung
