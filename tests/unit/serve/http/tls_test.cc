// HTTP over TLS: who gets in by certificate or token, and what does not come as far as HTTP.
#include "engine/serve/tls.h"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include "engine/base/clock.h"
#include "tests/support/test_certificates.h"
#include "tests/unit/serve/http/api_fixture.h"

namespace lumbung {
namespace {

class HttpTlsTest : public ApiTest {
 protected:
  void SetUp() override {
    const TestCertificate server = MakeSigned({.names = {"DNS:localhost", "IP:127.0.0.1"}}, ca_);
    Write("server.pem", server.certificate);
    Write("server.key", server.key);
    Write("ca.pem", ca_.certificate);
    auto loaded = TlsFiles::Load(
        {directory_ / "server.pem", directory_ / "server.key", directory_ / "ca.pem"},
        Clock::System());
    ASSERT_TRUE(loaded.ok()) << loaded.status().message();
    tls_ = std::move(*loaded);
    transport_.tls = [this] { return tls_->current()->context; };
    Start();
  }

  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ / name) << text;
  }

  // With this certificate, or none where it is null, and trusting `trusted`.
  std::unique_ptr<httplib::SSLClient> Client(const TestCertificate* certificate,
                                             const TestCertificate& trusted) const {
    std::unique_ptr<httplib::SSLClient> client;
    if (certificate == nullptr) {
      client = std::make_unique<httplib::SSLClient>("localhost", server_->port());
    } else {
      Write("client.pem", certificate->certificate);
      Write("client.key", certificate->key);
      client = std::make_unique<httplib::SSLClient>(
          "localhost", server_->port(), directory_ / "client.pem", directory_ / "client.key");
    }
    Write("trusted.pem", trusted.certificate);
    client->set_ca_cert_path((directory_ / "trusted.pem").c_str());
    client->enable_server_certificate_verification(true);
    return client;
  }
  httplib::Result Ask(const TestCertificate* certificate, const httplib::Headers& headers = {}) {
    return Client(certificate, ca_)->Get("/v1/cooperatives/20417", headers);
  }
  // Who the last request was by; empty where nobody was recognised.
  std::string LastPrincipal() {
    const std::lock_guard lock(mutex_);
    EXPECT_FALSE(observed_.empty());
    // <method> <route> <status> <code> <principal> <request id>
    std::string line = observed_.back();
    line.erase(line.rfind(' '));
    return line.substr(line.rfind(' ') + 1);
  }
  std::size_t Requests() {
    const std::lock_guard lock(mutex_);
    return observed_.size();
  }

  const TestCertificate ca_ = MakeSelfSigned({.common_name = "Ours", .names = {}, .is_ca = true});
  const TestCertificate other_ca_ =
      MakeSelfSigned({.common_name = "Theirs", .names = {}, .is_ca = true});
  std::unique_ptr<TlsFiles> tls_;
};

TEST_F(HttpTlsTest, AGoodCertificateIsItsPrincipal) {
  const TestCertificate reader = MakeSigned({.names = {"DNS:reader"}}, ca_);
  const auto answer = Ask(&reader);
  ASSERT_TRUE(answer) << httplib::to_string(answer.error());
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(LastPrincipal(), "reader");
  // A token beside it makes nobody else of it.
  EXPECT_EQ(Ask(&reader, {{"Authorization", "Bearer all"}})->status, 200);
  EXPECT_EQ(LastPrincipal(), "reader");
  const TestCertificate stranger = MakeSigned({.names = {"DNS:stranger"}}, ca_);
  EXPECT_EQ(Ask(&stranger)->status, 401);
}

TEST_F(HttpTlsTest, WithoutACertificateATokenWillDo) {
  const auto answer = Ask(nullptr, {{"Authorization", "Bearer reader"}});
  ASSERT_TRUE(answer) << httplib::to_string(answer.error());
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(LastPrincipal(), "reader");
  EXPECT_EQ(Ask(nullptr)->status, 401);
  EXPECT_EQ(Ask(nullptr, {{"Authorization", "Bearer stranger"}})->status, 401);
}

TEST_F(HttpTlsTest, ACertificateOfAnotherCaIsNotTalkedTo) {
  const TestCertificate theirs = MakeSigned({.names = {"DNS:all"}}, other_ca_);
  const TestCertificate own = MakeSelfSigned({.names = {"DNS:all"}});
  const TestCertificate expired =
      MakeSigned({.names = {"DNS:all"}, .not_before = -7'200, .not_after = -3'600}, ca_);
  for (const TestCertificate* bad : {&theirs, &own, &expired}) {
    EXPECT_FALSE(Ask(bad, {{"Authorization", "Bearer all"}}));
  }
  EXPECT_EQ(Requests(), 0U) << "nothing of it came to the API";
  EXPECT_EQ(Ask(nullptr, {{"Authorization", "Bearer all"}})->status, 200) << "and it goes on";
}

TEST_F(HttpTlsTest, AServerOfAnotherCaIsNotTrusted) {
  const auto answer = Client(nullptr, other_ca_)->Get("/healthz");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), httplib::Error::SSLServerVerification);
}

TEST_F(HttpTlsTest, OlderThanTls13IsRefused) {
  const auto client = Client(nullptr, ca_);
  ASSERT_EQ(SSL_CTX_set_max_proto_version(client->ssl_context(), TLS1_2_VERSION), 1);
  EXPECT_FALSE(client->Get("/healthz"));
  EXPECT_EQ(Requests(), 0U);
  EXPECT_TRUE(Client(nullptr, ca_)->Get("/healthz")) << "with TLS 1.3 it is well";
}

TEST_F(HttpTlsTest, WithoutTlsNothingIsSaid) {
  httplib::Client plain("localhost", server_->port());
  EXPECT_FALSE(plain.Get("/healthz"));
  EXPECT_EQ(Requests(), 0U);
}

}  // namespace
}  // namespace lumbung
