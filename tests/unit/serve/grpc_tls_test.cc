// TLS over real connections: who gets in by certificate, who does not, and certificates that are
// renewed while the server runs.
#include <fstream>
#include <netdb.h>
#include <string>
#include <unistd.h>

#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "engine/serve/openssl_handles.h"
#include "engine/serve/policy_file.h"
#include "tests/support/test_certificates.h"
#include "tests/unit/serve/grpc_fixture.h"

namespace lumbung {
namespace {

using grpc::StatusCode;
using Stub = v1::LedgerService::Stub;

std::string PolicyText(const std::string& digest) {
  return "[[principal]]\nid = \"till\"\nnames = [\"till.example\"]\n"
         "[[principal.grant]]\nrole = \"reader\"\n"
         "[[principal]]\nid = \"gone\"\nnames = [\"gone.example\"]\nrevoked = true\n"
         "[[principal.grant]]\nrole = \"reader\"\n"
         "[[principal]]\nid = \"bearer\"\ntoken_sha256 = [\"" +
         digest + "\"]\n[[principal.grant]]\nrole = \"reader\"\n";
}

class GrpcTlsTest : public GrpcTest {
 protected:
  void SetUp() override {
    server_options_.tls = {directory_ / "server.pem", directory_ / "server.key",
                           directory_ / "clients.pem"};
    WriteServer(server_certificate_);
    Write("clients.pem", ca_.certificate);
    Write("policy.toml", PolicyText(ToHex(AsView(TokenDigest("till-token")))));
    auto policy = PolicyFile::Load(directory_ / "policy.toml");
    ASSERT_TRUE(policy.ok()) << policy.status().message();
    policy_ = std::move(*policy);
    // As the program does it.
    server_options_.authenticate = [this](std::span<const std::string> names,
                                          std::string_view token, std::string_view) {
      const auto policy_now = policy_->current();
      return !names.empty()   ? policy_now->ByCertificateNames(names)
             : !token.empty() ? policy_now->ByToken(token)
                              : policy_now->WithoutCredentials();
    };
    Serve();
  }

  void Write(const std::string& name, const std::string& text) {
    // Renamed into its place, so that nobody reads half of it.
    std::ofstream(directory_ / (name + ".new")) << text;
    ASSERT_EQ(rename((directory_ / (name + ".new")).c_str(), (directory_ / name).c_str()), 0);
  }
  void WriteServer(const TestCertificate& certificate) {
    Write("server.key", certificate.key);
    Write("server.pem", certificate.certificate);
  }
  TestCertificate ClientOf(const std::string& name, std::int64_t not_after = 86'400) const {
    return MakeSigned({.names = {name}, .not_before = -7'200, .not_after = not_after}, ca_);
  }

  // What a new connection with this certificate (none where it is null) comes to.
  grpc::Status ConnectWith(const TestCertificate* certificate, const std::string& token = "",
                           const TestCertificate* trusted = nullptr) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = (trusted == nullptr ? ca_ : *trusted).certificate;
    if (certificate != nullptr) {
      options.pem_cert_chain = certificate->certificate;
      options.pem_private_key = certificate->key;
    }
    const auto stub =
        v1::LedgerService::NewStub(ConnectTo(server_->port(), grpc::SslCredentials(options)));
    const auto context = ContextOf(token);
    v1::GetLedgerInfoResponse info;
    return stub->GetLedgerInfo(context.get(), {}, &info);
  }
  // The connection does not come to be, so nothing is said of why.
  void ExpectNoConnection(const TestCertificate* certificate) {
    const grpc::Status status = ConnectWith(certificate);
    EXPECT_EQ(status.error_code(), StatusCode::UNAVAILABLE) << status.error_message();
  }

  const TestCertificate ca_ = MakeSelfSigned({.common_name = "Ours", .names = {}, .is_ca = true});
  const TestCertificate other_ca_ =
      MakeSelfSigned({.common_name = "Theirs", .names = {}, .is_ca = true});
  const TestCertificate server_certificate_ = MakeSigned({.names = {"DNS:localhost"}}, ca_);
  std::unique_ptr<PolicyFile> policy_;
};

TEST_F(GrpcTlsTest, AGoodCertificateIsItsPrincipal) {
  const TestCertificate till = ClientOf("DNS:till.example");
  const grpc::Status status = ConnectWith(&till);
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(GrpcTlsTest, WithoutACertificateOneIsNobody) {
  const grpc::Status status = ConnectWith(nullptr);
  EXPECT_EQ(status.error_code(), StatusCode::UNAUTHENTICATED) << status.error_message();
}

TEST_F(GrpcTlsTest, ATokenWillDoOverTls) {
  EXPECT_TRUE(ConnectWith(nullptr, "till-token").ok());
  EXPECT_EQ(ConnectWith(nullptr, "another-token").error_code(), StatusCode::UNAUTHENTICATED);
}

TEST_F(GrpcTlsTest, AnExpiredCertificateDoesNotConnect) {
  const TestCertificate expired = ClientOf("DNS:till.example", -3'600);
  ExpectNoConnection(&expired);
}

TEST_F(GrpcTlsTest, OneFromAnotherCaDoesNotConnect) {
  const TestCertificate theirs = MakeSigned({.names = {"DNS:till.example"}}, other_ca_);
  ExpectNoConnection(&theirs);
  const TestCertificate own = MakeSelfSigned({.names = {"DNS:till.example"}});
  ExpectNoConnection(&own);
}

TEST_F(GrpcTlsTest, ANameThatIsNotInThePolicyIsNobody) {
  const TestCertificate stranger = ClientOf("DNS:stranger.example");
  EXPECT_EQ(ConnectWith(&stranger).error_code(), StatusCode::UNAUTHENTICATED);
  // Nor does a token help who comes with a certificate.
  EXPECT_EQ(ConnectWith(&stranger, "till-token").error_code(), StatusCode::UNAUTHENTICATED);
}

TEST_F(GrpcTlsTest, ANameOfAnotherKindDoesNotPassForAHost) {
  const TestCertificate mail = ClientOf("email:till.example");
  EXPECT_EQ(ConnectWith(&mail).error_code(), StatusCode::UNAUTHENTICATED);
  const TestCertificate uri = ClientOf("URI:till.example");
  EXPECT_EQ(ConnectWith(&uri).error_code(), StatusCode::UNAUTHENTICATED);
}

TEST_F(GrpcTlsTest, WhoIsRevokedInThePolicyIsNobody) {
  const TestCertificate gone = ClientOf("DNS:gone.example");
  EXPECT_EQ(ConnectWith(&gone).error_code(), StatusCode::UNAUTHENTICATED);
}

TEST_F(GrpcTlsTest, AServerOfAnotherCaIsNotTalkedTo) {
  const TestCertificate till = ClientOf("DNS:till.example");
  EXPECT_EQ(ConnectWith(&till, "", &other_ca_).error_code(), StatusCode::UNAVAILABLE);
}

TEST_F(GrpcTlsTest, WithoutTlsNothingIsSaid) {
  const auto stub = v1::LedgerService::NewStub(ConnectTo(server_->port()));
  const auto context = ContextOf("till-token");
  v1::GetLedgerInfoResponse info;
  EXPECT_EQ(stub->GetLedgerInfo(context.get(), {}, &info).error_code(), StatusCode::UNAVAILABLE);
}

// A plain OpenSSL client's handshake with at most this version; the version agreed upon, or empty.
std::string Agree(int port, int most) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  EXPECT_EQ(getaddrinfo("localhost", std::to_string(port).c_str(), &hints, &found), 0);
  int socket_number = -1;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    socket_number = socket(at->ai_family, SOCK_STREAM, 0);
    if (connect(socket_number, at->ai_addr, at->ai_addrlen) == 0) {
      break;
    }
    close(socket_number);
    socket_number = -1;
  }
  freeaddrinfo(found);
  EXPECT_GE(socket_number, 0);
  const SslContextPtr context(SSL_CTX_new(TLS_client_method()));
  // Undoes what the process requires of its own contexts, so that the server is what is tried.
  SSL_CTX_clear_options(context.get(), SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_TLSv1);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), most);
  const SslPtr client(SSL_new(context.get()));
  const unsigned char h2[] = {2, 'h', '2'};
  SSL_set_alpn_protos(client.get(), h2, sizeof(h2));
  SSL_set_fd(client.get(), socket_number);
  const bool agreed = SSL_connect(client.get()) == 1;
  const std::string version = agreed ? SSL_get_version(client.get()) : "";
  ERR_clear_error();
  close(socket_number);
  return version;
}

TEST_F(GrpcTlsTest, OlderThanTls13IsRefused) {
  EXPECT_EQ(Agree(server_->port(), TLS1_3_VERSION), "TLSv1.3");
  EXPECT_EQ(Agree(server_->port(), TLS1_2_VERSION), "");
}

// The files are looked at every few seconds; no restart.
TEST_F(GrpcTlsTest, ARenewedCertificateIsSeenByNewConnections) {
  const TestCertificate till = ClientOf("DNS:till.example");
  ASSERT_TRUE(ConnectWith(&till).ok());
  const TestCertificate renewed = MakeSigned({.names = {"DNS:localhost"}}, other_ca_);
  WriteServer(renewed);
  const auto patience = std::chrono::steady_clock::now() + kPatience;
  grpc::Status status;
  do {
    status = ConnectWith(&till, "", &other_ca_);
  } while (!status.ok() && std::chrono::steady_clock::now() < patience);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_FALSE(ConnectWith(&till).ok()) << "the old one is not shown any more";
}

}  // namespace
}  // namespace lumbung
