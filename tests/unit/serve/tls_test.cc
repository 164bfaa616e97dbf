// The server's TLS: what is loaded, what is refused, and handshakes in memory with good and bad
// clients.
#include "engine/serve/tls.h"

#include <fstream>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "engine/serve/certificate_names.h"
#include "engine/serve/openssl_handles.h"
#include "tests/support/fast_directory.h"
#include "tests/support/shard_fixture.h"
#include "tests/support/test_certificates.h"

namespace lumbung {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kMicros = 1'000'000;

// What came of a connection, as the server sees it.
struct Handshake {
  bool done = false;
  std::string version;
  // Of the client's certificate; none where it gave none.
  std::vector<std::string> client_names;
  // Of the server's, as the client sees it.
  std::vector<std::string> server_names;
};

struct Client {
  const TestCertificate* certificate = nullptr;
  int max_version = TLS1_3_VERSION;
};

std::vector<std::string> PeerNames(const SSL& ssl) {
  const X509Ptr peer(SSL_get1_peer_certificate(&ssl));
  return peer == nullptr ? std::vector<std::string>{} : CertificateNames(*peer);
}

// One side's step; whether it is done, fails or waits.
std::optional<bool> Step(SSL& ssl) {
  const int result = SSL_do_handshake(&ssl);
  if (result == 1) {
    return true;
  }
  const bool waits = SSL_get_error(&ssl, result) == SSL_ERROR_WANT_READ;
  ERR_clear_error();
  return waits ? std::nullopt : std::optional(false);
}

Handshake Connect(const TlsMaterial& material, const Client& how) {
  const SslContextPtr context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_max_proto_version(context.get(), how.max_version);
  if (how.certificate != nullptr) {
    const BioPtr certificate_text = ReadOnlyBio(how.certificate->certificate);
    const BioPtr key_text = ReadOnlyBio(how.certificate->key);
    const X509Ptr certificate(PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr));
    const KeyPtr key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
    EXPECT_EQ(SSL_CTX_use_certificate(context.get(), certificate.get()), 1);
    EXPECT_EQ(SSL_CTX_use_PrivateKey(context.get(), key.get()), 1);
  }
  const SslPtr client(SSL_new(context.get()));
  const SslPtr server(SSL_new(material.context.get()));
  BIO* client_end = nullptr;
  BIO* server_end = nullptr;
  BIO_new_bio_pair(&client_end, 0, &server_end, 0);
  SSL_set_bio(client.get(), client_end, client_end);
  SSL_set_bio(server.get(), server_end, server_end);
  SSL_set_connect_state(client.get());
  SSL_set_accept_state(server.get());
  Handshake made;
  for (int round = 0; round < 20; ++round) {
    const std::optional<bool> at_client = Step(*client);
    const std::optional<bool> at_server = Step(*server);
    if (at_client == false || at_server == false) {
      return made;
    }
    if (at_client == true && at_server == true) {
      made.done = true;
      made.version = SSL_get_version(server.get());
      made.client_names = PeerNames(*server);
      made.server_names = PeerNames(*client);
      return made;
    }
  }
  return made;
}

class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    Write("server.pem", server_.certificate);
    Write("server.key", server_.key);
    Write("ca.pem", ca_.certificate);
  }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(dir_ / name) << text;
  }
  TlsPaths Paths() const { return {dir_ / "server.pem", dir_ / "server.key", dir_ / "ca.pem"}; }
  Result<std::shared_ptr<const TlsMaterial>> Load() { return LoadTls(Paths(), Clock::System()); }
  std::string WhyNot() { return Load().status().message(); }

  FastDirectory dir_;
  const TestCertificate ca_ =
      MakeSelfSigned({.common_name = "Test CA", .names = {}, .is_ca = true});
  const TestCertificate other_ca_ =
      MakeSelfSigned({.common_name = "Other CA", .names = {}, .is_ca = true});
  const TestCertificate server_ =
      MakeSigned({.names = {"DNS:ledger.example"}, .not_after = 30 * kDay + kDay / 2}, ca_);
  const TestCertificate client_ = MakeSigned({.names = {"DNS:tills.example"}}, ca_);
};

TEST_F(TlsTest, LoadsWhatGrpcAndHttpNeed) {
  const auto material = Load();
  ASSERT_TRUE(material.ok()) << material.status().message();
  EXPECT_EQ((*material)->certificate_pem, server_.certificate);
  EXPECT_EQ((*material)->key_pem, server_.key);
  EXPECT_EQ((*material)->client_ca_pem, ca_.certificate);
  EXPECT_EQ((*material)->names, std::vector<std::string>{"ledger.example"});
}

TEST_F(TlsTest, CountsTheDaysLeft) {
  ManualClock clock;
  TlsMaterial material;
  const std::int64_t now = ManualClock::kStart / kMicros;
  for (const auto& [left, days] :
       std::vector<std::pair<std::int64_t, std::int64_t>>{{0, 0},
                                                          {kDay - 1, 0},
                                                          {kDay, 1},
                                                          {30 * kDay + 5, 30},
                                                          {-1, -1},
                                                          {-kDay, -1},
                                                          {-kDay - 1, -2}}) {
    material.not_after = now + left;
    EXPECT_EQ(DaysLeft(material, clock), days) << left;
  }
  const auto loaded = Load();
  EXPECT_EQ(DaysLeft(**loaded, Clock::System()), 30);
}

TEST_F(TlsTest, RefusesFilesThatAreNotWhatTheyShouldBe) {
  Write("server.key", client_.key);
  EXPECT_THAT(WhyNot(), HasSubstr("server.key: is not the key of the certificate in"));
  Write("server.key", "nothing");
  EXPECT_THAT(WhyNot(), HasSubstr("server.key: wants a private key in PEM"));
  Write("server.key", server_.key);
  Write("server.pem", server_.key);
  EXPECT_THAT(WhyNot(), HasSubstr("server.pem: wants a certificate in PEM"));
  Write("server.pem", server_.certificate + "-----BEGIN CERTIFICATE-----\nAAAA\n");
  EXPECT_THAT(WhyNot(), HasSubstr("server.pem: wants a certificate in PEM")) << "cut off";
  Write("server.pem", server_.certificate);
  Write("ca.pem", "");
  EXPECT_THAT(WhyNot(), HasSubstr("ca.pem: wants certificates of CAs"));
  Write("ca.pem", client_.certificate);
  EXPECT_THAT(WhyNot(), HasSubstr("ca.pem: has a certificate that is none of a CA"));
  Write("ca.pem", ca_.certificate + other_ca_.certificate);
  EXPECT_EQ(WhyNot(), "");
  TlsPaths none = Paths();
  none.key = dir_ / "none";
  EXPECT_EQ(LoadTls(none, Clock::System()).status().kind(), Status::Kind::kNotFound);
}

TEST_F(TlsTest, AKeyWithAPasswordIsRefusedWithoutAsking) {
  const KeyPtr key(EVP_EC_gen("P-256"));
  const BioPtr text(BIO_new(BIO_s_mem()));
  std::string password = "secret";
  PEM_write_bio_PrivateKey(text.get(), key.get(), EVP_aes_256_cbc(),
                           reinterpret_cast<const unsigned char*>(password.data()),
                           static_cast<int>(password.size()), nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  Write("server.key", std::string(data, static_cast<std::size_t>(size)));
  EXPECT_THAT(WhyNot(), HasSubstr("without a password"));
}

TEST_F(TlsTest, RefusesACertificateWhoseTimeIsNotNow) {
  const auto write = [this](std::int64_t from, std::int64_t to) {
    const TestCertificate certificate =
        MakeSigned({.names = {"DNS:a"}, .not_before = from, .not_after = to}, ca_);
    Write("server.pem", certificate.certificate);
    Write("server.key", certificate.key);
  };
  write(-kDay, -60);
  EXPECT_THAT(WhyNot(), HasSubstr("server.pem: the certificate has expired"));
  write(kDay, 2 * kDay);
  EXPECT_THAT(WhyNot(), HasSubstr("server.pem: the certificate is not valid yet"));
  write(-kDay, kDay);
  EXPECT_EQ(WhyNot(), "");
}

TEST_F(TlsTest, KnowsAClientByItsCertificate) {
  const auto material = Load();
  const Handshake made = Connect(**material, {&client_});
  EXPECT_TRUE(made.done);
  EXPECT_EQ(made.version, "TLSv1.3");
  EXPECT_EQ(made.client_names, std::vector<std::string>{"tills.example"});
  EXPECT_EQ(made.server_names, std::vector<std::string>{"ledger.example"});
}

TEST_F(TlsTest, AClientMayComeWithoutOne) {
  const Handshake made = Connect(**Load(), {});
  EXPECT_TRUE(made.done) << "it may have a token";
  EXPECT_TRUE(made.client_names.empty());
}

TEST_F(TlsTest, RefusesWrongClients) {
  const auto material = Load();
  const TestCertificate strange = MakeSigned({.names = {"DNS:tills.example"}}, other_ca_);
  const TestCertificate self = MakeSelfSigned({.names = {"DNS:tills.example"}});
  const TestCertificate expired =
      MakeSigned({.names = {"DNS:tills.example"}, .not_before = -kDay, .not_after = -60}, ca_);
  const TestCertificate early =
      MakeSigned({.names = {"DNS:tills.example"}, .not_before = kDay, .not_after = 2 * kDay}, ca_);
  const TestCertificate by_client = MakeSigned({.names = {"DNS:tills.example"}}, client_);
  EXPECT_FALSE(Connect(**material, {&strange}).done);
  EXPECT_FALSE(Connect(**material, {&self}).done);
  EXPECT_FALSE(Connect(**material, {&expired}).done);
  EXPECT_FALSE(Connect(**material, {&early}).done);
  EXPECT_FALSE(Connect(**material, {&by_client}).done) << "a client is no CA";
  EXPECT_FALSE(Connect(**material, {&client_, TLS1_2_VERSION}).done);
}

TEST_F(TlsTest, WithoutAClientCaNoneIsAskedFor) {
  TlsPaths paths = Paths();
  paths.client_ca.clear();
  const auto material = LoadTls(paths, Clock::System());
  ASSERT_TRUE(material.ok());
  const TestCertificate strange = MakeSigned({.names = {"DNS:tills.example"}}, other_ca_);
  const Handshake made = Connect(**material, {&strange});
  EXPECT_TRUE(made.done);
  EXPECT_TRUE(made.client_names.empty());
}

TEST_F(TlsTest, NewFilesHoldForNewConnections) {
  const auto files = TlsFiles::Load(Paths(), Clock::System());
  ASSERT_TRUE(files.ok()) << files.status().message();
  const auto before = (*files)->current();
  const TestCertificate renewed = MakeSigned({.names = {"DNS:new.example"}}, other_ca_);
  Write("server.pem", renewed.certificate);
  Write("server.key", renewed.key);
  Write("ca.pem", other_ca_.certificate);
  ASSERT_TRUE((*files)->Reload().ok());
  const auto after = (*files)->current();
  const TestCertificate client = MakeSigned({.names = {"DNS:other.example"}}, other_ca_);
  const Handshake made = Connect(*after, {&client});
  EXPECT_EQ(made.server_names, std::vector<std::string>{"new.example"});
  EXPECT_EQ(made.client_names, std::vector<std::string>{"other.example"});
  EXPECT_FALSE(Connect(*after, {&client_}).done);
  EXPECT_TRUE(Connect(*before, {&client_}).done) << "who has the old material still can use it";
}

TEST_F(TlsTest, WrongFilesAreRefusedAndTheOldKept) {
  const auto files = TlsFiles::Load(Paths(), Clock::System());
  ASSERT_TRUE(files.ok());
  const auto before = (*files)->current();
  Write("server.key", client_.key);
  EXPECT_EQ((*files)->Reload().kind(), Status::Kind::kInvalidArgument);
  EXPECT_EQ((*files)->current(), before);
  Write("server.key", server_.key);
  EXPECT_TRUE((*files)->Reload().ok());
  EXPECT_NE((*files)->current(), before);
}

}  // namespace
}  // namespace lumbung
