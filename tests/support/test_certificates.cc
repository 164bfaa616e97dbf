#include "tests/support/test_certificates.h"

#include <atomic>

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "engine/base/check.h"
#include "engine/serve/openssl_handles.h"

namespace lumbung {
namespace {

using ExtensionPtr = std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>>;

std::string TakeText(const BioPtr& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

BioPtr NewBio() { return BioPtr(BIO_new(BIO_s_mem())); }

X509Ptr ReadCertificate(const std::string& pem) {
  return X509Ptr(PEM_read_bio_X509(ReadOnlyBio(pem).get(), nullptr, nullptr, nullptr));
}

KeyPtr ReadKey(const std::string& pem) {
  return KeyPtr(PEM_read_bio_PrivateKey(ReadOnlyBio(pem).get(), nullptr, nullptr, nullptr));
}

void AddExtension(X509& certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, nullptr, &certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  LUMBUNG_CHECK(extension != nullptr);
  LUMBUNG_CHECK(X509_add_ext(&certificate, extension.get(), -1) == 1);
}

TestCertificate Make(const CertificateRequest& request, const TestCertificate* authority) {
  static std::atomic<long> serial = 1;
  const KeyPtr key(EVP_EC_gen("P-256"));
  const X509Ptr certificate(X509_new());
  LUMBUNG_CHECK(key != nullptr && certificate != nullptr);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), request.not_before);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), request.not_after);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(request.common_name.c_str()),
                             -1, -1, 0);
  const X509Ptr issuer = authority != nullptr ? ReadCertificate(authority->certificate) : nullptr;
  const KeyPtr issuer_key = authority != nullptr ? ReadKey(authority->key) : nullptr;
  X509_set_issuer_name(certificate.get(),
                       issuer != nullptr ? X509_get_subject_name(issuer.get()) : subject);
  AddExtension(*certificate, NID_basic_constraints,
               request.is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
  std::string names;
  for (const std::string& name : request.names) {
    names += (names.empty() ? "" : ",") + name;
  }
  if (!names.empty()) {
    AddExtension(*certificate, NID_subject_alt_name, names);
  }
  LUMBUNG_CHECK(X509_sign(certificate.get(), issuer_key != nullptr ? issuer_key.get() : key.get(),
                          EVP_sha256()) != 0);
  const BioPtr certificate_text = NewBio();
  const BioPtr key_text = NewBio();
  PEM_write_bio_X509(certificate_text.get(), certificate.get());
  PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {TakeText(certificate_text), TakeText(key_text)};
}

}  // namespace

TestCertificate MakeSelfSigned(const CertificateRequest& request) { return Make(request, nullptr); }

TestCertificate MakeSigned(const CertificateRequest& request, const TestCertificate& authority) {
  return Make(request, &authority);
}

}  // namespace lumbung
