#include "engine/chain/checkpoint.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdlib.h>
#include <string>

#include <gtest/gtest.h>

#include "engine/chain/hash.h"

namespace lumbung {
namespace {

constexpr const char* kDash = "\xe2\x80\x94 ";

std::string FromHex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

// The first test of RFC 8032 section 7.1.
SigningKey KnownKey() {
  const std::string der = FromHex(
      "302e020100300506032b657004220420"
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  Result<SigningKey> key = SigningKey::FromPem("-----BEGIN PRIVATE KEY-----\n" + ToBase64(der) +
                                               "\n-----END PRIVATE KEY-----\n");
  EXPECT_TRUE(key.ok()) << key.status().message();
  return *key;
}

Checkpoint Sample() { return {"koperasi.example/0", 70'000, Sha256("root")}; }

std::string SignatureLine(const std::string& name, const std::string& bytes) {
  return kDash + name + " " + ToBase64(bytes) + "\n";
}

Status::Kind KindOf(const Result<Checkpoint>& result) { return result.status().kind(); }

TEST(SigningKey, KnownAnswer) {
  const SigningKey key = KnownKey();
  const PublicKey public_key = key.public_key();
  EXPECT_EQ(ToHex({reinterpret_cast<const char*>(public_key.data()), public_key.size()}),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_EQ(
      ToHex(key.Sign("")),
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970"
      "1cf9b46bd25bf5f0595bbe24655141438e7a100b");
}

TEST(SigningKey, PemRoundTrip) {
  const SigningKey key = SigningKey::Generate();
  const Result<SigningKey> read = SigningKey::FromPem(key.ToPem());
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(read->public_key(), key.public_key());
  EXPECT_TRUE(VerifySignature(key.public_key(), "text", read->Sign("text")));
  EXPECT_NE(SigningKey::Generate().public_key(), key.public_key());
}

TEST(SigningKey, RefusesOtherPem) {
  EXPECT_EQ(SigningKey::FromPem("").status().kind(), Status::Kind::kInvalidArgument);
  EXPECT_EQ(SigningKey::FromPem("no key").status().kind(), Status::Kind::kInvalidArgument);
  // An X25519 key has the same length.
  const std::string x25519 = FromHex(
      "302e020100300506032b656e04220420"
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  EXPECT_EQ(SigningKey::FromPem("-----BEGIN PRIVATE KEY-----\n" + ToBase64(x25519) +
                                "\n-----END PRIVATE KEY-----\n")
                .status()
                .kind(),
            Status::Kind::kInvalidArgument);
}

TEST(SigningKey, VerifyRefusesWhatDoesNotFit) {
  const SigningKey key = KnownKey();
  std::string signature = key.Sign("text");
  EXPECT_TRUE(VerifySignature(key.public_key(), "text", signature));
  EXPECT_FALSE(VerifySignature(key.public_key(), "texT", signature));
  EXPECT_FALSE(VerifySignature(SigningKey::Generate().public_key(), "text", signature));
  EXPECT_FALSE(VerifySignature(key.public_key(), "text", signature.substr(1)));
  signature[10] = static_cast<char>(signature[10] ^ 1);
  EXPECT_FALSE(VerifySignature(key.public_key(), "text", signature));
}

// The example in the documentation of Go's package note, made by a program that is not ours.
TEST(Checkpoint, ReadsKeysAndSignaturesOfGo) {
  std::string name;
  PublicKey key;
  ASSERT_TRUE(ParseVerifierKey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
                               name, key)
                  .ok());
  EXPECT_EQ(name, "PeterNeumann");
  std::string signature;
  ASSERT_TRUE(FromBase64(
      "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6"
      "RyyBwJnAM=",
      signature));
  EXPECT_TRUE(VerifySignature(key,
                              "If you think cryptography is the answer to your problem,\n"
                              "then you don't know what your problem is.\n",
                              signature.substr(4)));
  EXPECT_EQ(VerifierKey(name, key),
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
}

TEST(Checkpoint, VerifierKeyRoundTripAndRefusals) {
  const PublicKey key = KnownKey().public_key();
  const std::string text = VerifierKey("a.example/3", key);
  std::string name;
  PublicKey read;
  ASSERT_TRUE(ParseVerifierKey(text, name, read).ok());
  EXPECT_EQ(name, "a.example/3");
  EXPECT_EQ(read, key);

  std::string other_id = text;
  char& digit = other_id[text.find('+') + 1];
  digit = digit == '0' ? '1' : '0';
  for (const std::string& bad :
       {std::string(), std::string("name"), std::string("name+01020304"), "+" + text, other_id,
        text + "A", "x" + text, text.substr(0, text.size() - 4),
        // Type 4 is a cosigner's.
        "a+00000000+" + ToBase64("\x04" + std::string(32, 'k'))}) {
    EXPECT_EQ(ParseVerifierKey(bad, name, read).kind(), Status::Kind::kInvalidArgument) << bad;
  }
}

TEST(Checkpoint, BytesAreThese) {
  const std::string text = SignCheckpoint({"koperasi.example/0", 3, Sha256("")}, KnownKey());
  const std::string body = "koperasi.example/0\n3\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
  ASSERT_TRUE(text.starts_with(body + "\n" + kDash + "koperasi.example/0 ")) << text;
  EXPECT_EQ(text.back(), '\n');
  EXPECT_EQ(KnownKey().Sign(body).size(), 64U);
}

TEST(Checkpoint, RoundTrip) {
  const SigningKey key = SigningKey::Generate();
  const Result<Checkpoint> read = OpenCheckpoint(SignCheckpoint(Sample(), key), key.public_key());
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(read->origin, Sample().origin);
  EXPECT_EQ(read->size, Sample().size);
  EXPECT_EQ(read->root, Sample().root);
}

TEST(Checkpoint, EveryFlippedByteIsNoticed) {
  const SigningKey key = KnownKey();
  const std::string text = SignCheckpoint(Sample(), key);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string flipped = text;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    EXPECT_FALSE(OpenCheckpoint(flipped, key.public_key()).ok()) << i;
  }
}

TEST(Checkpoint, OtherSignersAreIgnored) {
  const SigningKey key = KnownKey();
  const std::string text = SignCheckpoint(Sample(), key);
  const std::string witness = SignatureLine("witness.example", "idid" + std::string(72, 's'));
  EXPECT_TRUE(OpenCheckpoint(text + witness, key.public_key()).ok());
  // The same name with another key's id is another signer.
  const std::string namesake = SignatureLine(Sample().origin, "idid" + std::string(64, 's'));
  EXPECT_TRUE(OpenCheckpoint(text + namesake, key.public_key()).ok());

  const SigningKey stranger = SigningKey::Generate();
  EXPECT_EQ(KindOf(OpenCheckpoint(text, stranger.public_key())), Status::Kind::kCorruption);
}

TEST(Checkpoint, ABadSignatureOfTheKnownKeyRejectsEvenBesideAGoodOne) {
  const SigningKey key = KnownKey();
  const std::string text = SignCheckpoint(Sample(), key);
  std::string bytes;
  const std::size_t at = text.rfind(' ') + 1;
  ASSERT_TRUE(FromBase64(text.substr(at, text.size() - at - 1), bytes));
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  EXPECT_EQ(KindOf(OpenCheckpoint(text + SignatureLine(Sample().origin, bytes), key.public_key())),
            Status::Kind::kCorruption);
}

TEST(Checkpoint, ExtensionLinesAreSignedAndLetThrough) {
  const SigningKey key = KnownKey();
  const std::string signed_text = SignCheckpoint(Sample(), key);
  const std::string body = signed_text.substr(0, signed_text.find("\n\n") + 1) + "extension\n";
  const std::string line = signed_text.substr(signed_text.find("\n\n") + 2);
  std::string bytes;
  ASSERT_TRUE(
      FromBase64(line.substr(line.rfind(' ') + 1, line.size() - line.rfind(' ') - 2), bytes));
  const std::string text =
      body + "\n" + SignatureLine(Sample().origin, bytes.substr(0, 4) + key.Sign(body));
  EXPECT_TRUE(OpenCheckpoint(text, key.public_key()).ok());
}

TEST(Checkpoint, WhatIsNoCheckpointIsAnInvalidArgument) {
  const SigningKey key = KnownKey();
  const std::string root = ToBase64(AsView(Sample().root));
  const std::string tail = "\n" + SignatureLine("o", "idid" + std::string(64, 's'));
  for (const std::string& text : {
           std::string(),
           std::string("o\n1\n"),
           "\n\n" + tail,
           "o o\n1\n" + root + "\n" + tail,
           "o+\n1\n" + root + "\n" + tail,
           "o\n01\n" + root + "\n" + tail,
           "o\n-1\n" + root + "\n" + tail,
           "o\n18446744073709551616\n" + root + "\n" + tail,
           "o\n1\n" + root.substr(4) + "\n" + tail,
           "o\n1\n" + tail,
           "o\n1\n" + root + "\n\nx\n" + tail,
           "o\n1\n" + root + "\n\nno dash\n",
           "o\n1\n" + root + "\n" + tail.substr(0, tail.size() - 1),
           "o\n1\n" + root + "\n\tx\n" + tail,
       }) {
    EXPECT_EQ(KindOf(OpenCheckpoint(text, key.public_key())), Status::Kind::kInvalidArgument)
        << text;
  }
}

// A temporary directory that goes with the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(::testing::TempDir() + "lumbung-XXXXXX") {
    EXPECT_NE(::mkdtemp(path_.data()), nullptr);
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  std::string Write(const std::string& name, std::string_view bytes) const {
    const std::string path = path_ + "/" + name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

 private:
  std::string path_;
};

// OpenSSL's own command checks a signature of ours, the key given as DER.
TEST(Checkpoint, OpensslCommandVerifies) {
  const SigningKey key = SigningKey::Generate();
  const std::string text = SignCheckpoint(Sample(), key);
  const std::string body = text.substr(0, text.find("\n\n") + 1);
  std::string bytes;
  const std::size_t at = text.rfind(' ') + 1;
  ASSERT_TRUE(FromBase64(text.substr(at, text.size() - at - 1), bytes));
  const PublicKey public_key = key.public_key();

  const TemporaryDirectory dir;
  const auto verify = [&](const std::string& message) {
    const std::string command =
        "openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey " +
        dir.Write("key.der", FromHex("302a300506032b6570032100") +
                                 std::string(reinterpret_cast<const char*>(public_key.data()),
                                             public_key.size())) +
        " -in " + dir.Write("body", message) + " -sigfile " +
        dir.Write("signature", bytes.substr(4)) + " >/dev/null 2>&1";
    return std::system(command.c_str());
  };
  EXPECT_EQ(verify(body), 0);
  EXPECT_NE(verify(body + "x"), 0);
}

}  // namespace
}  // namespace lumbung
