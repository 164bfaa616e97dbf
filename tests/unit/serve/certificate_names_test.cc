#include "engine/serve/certificate_names.h"

#include <gtest/gtest.h>

#include "tests/support/test_certificates.h"

namespace lumbung {
namespace {

using Names = std::vector<std::string>;

Names NamesOf(const Names& requested) {
  return CertificateNames(
      MakeSelfSigned({.common_name = "till.example", .names = requested}).certificate);
}

TEST(CertificateNames, AreItsAlternativeNamesInOrder) {
  EXPECT_EQ(NamesOf({"DNS:Till.example", "IP:127.0.0.1", "URI:spiffe://example/till",
                     "email:till@example.org", "DNS:b.example"}),
            (Names{"Till.example", "spiffe://example/till", "till@example.org", "b.example"}));
}

TEST(CertificateNames, TheSubjectIsNone) { EXPECT_EQ(NamesOf({}), Names{}); }

TEST(CertificateNames, NoneThatCouldPassForAnotherKind) {
  EXPECT_EQ(NamesOf({"DNS:till@example.org"}), Names{});
  EXPECT_EQ(NamesOf({"DNS:spiffe://example/till"}), Names{});
  EXPECT_EQ(NamesOf({"email:till.example"}), Names{});
  EXPECT_EQ(NamesOf({"email:mailto:till@example"}), Names{});
  EXPECT_EQ(NamesOf({"URI:till.example"}), Names{});
  EXPECT_EQ(NamesOf({"DNS:till .example"}), Names{});
}

TEST(CertificateNames, OfTextThatIsNoCertificateAreNone) {
  EXPECT_EQ(CertificateNames(std::string_view("")), Names{});
  EXPECT_EQ(CertificateNames(std::string_view("-----BEGIN CERTIFICATE-----\nAAAA\n")), Names{});
}

}  // namespace
}  // namespace lumbung
