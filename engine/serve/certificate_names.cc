#include "engine/serve/certificate_names.h"

#include <algorithm>
#include <memory>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "engine/serve/openssl_handles.h"

namespace lumbung {
namespace {

std::string_view TextOf(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

}  // namespace

bool HasShapeOfKind(int kind, std::string_view name) {
  const bool colon = name.find(':') != std::string_view::npos;
  const bool at = name.find('@') != std::string_view::npos;
  const bool printable = std::all_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7F;
  });
  if (name.empty() || !printable) {
    return false;
  }
  return kind == GEN_URI ? colon : kind == GEN_EMAIL ? at && !colon : !at && !colon;
}

std::vector<std::string> CertificateNames(const X509& certificate) {
  std::vector<std::string> names;
  const std::unique_ptr<GENERAL_NAMES, FreeWith<GENERAL_NAMES_free>> found(
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  const int count = found == nullptr ? 0 : sk_GENERAL_NAME_num(found.get());
  for (int i = 0; i < count; ++i) {
    int kind = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(found.get(), i), &kind);
    if (kind != GEN_DNS && kind != GEN_URI && kind != GEN_EMAIL) {
      continue;
    }
    const std::string_view text = TextOf(static_cast<const ASN1_STRING*>(value));
    if (HasShapeOfKind(kind, text)) {
      names.emplace_back(text);
    }
  }
  return names;
}

std::vector<std::string> CertificateNames(std::string_view pem) {
  const BioPtr bio = ReadOnlyBio(pem);
  const X509Ptr certificate(PEM_read_bio_X509(bio.get(), nullptr, NoPassword, nullptr));
  ERR_clear_error();
  return certificate == nullptr ? std::vector<std::string>{} : CertificateNames(*certificate);
}

}  // namespace lumbung
