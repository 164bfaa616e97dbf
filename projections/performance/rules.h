// What the figures of performance look for in a chart: kinds and codes by name and number. Data, of
// which a later version may be another.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace lumbung::performance {

// Named in the projection's identity: rows of other rules are built anew. Change it with the rules.
inline constexpr std::string_view kRulesVersion = "measures 2";

// Income from sales to members, which the law keeps apart.
inline constexpr std::array<std::uint32_t, 1> kMemberSalesCodes = {4101};
// What village funds pay in to serve a loan.
inline constexpr std::string_view kInterceptKind = "village-fund-intercept";
// Balances that are kept by day.
inline constexpr std::uint32_t kPrincipalDuesCode = 3101;
inline constexpr std::uint32_t kMandatoryDuesCode = 3102;
inline constexpr std::uint32_t kVoluntarySavingsCode = 2111;
inline constexpr std::uint32_t kTermSavingsCode = 2112;
inline constexpr std::uint32_t kMemberLoansCode = 1131;
inline constexpr std::uint32_t kBankLoansCode = 2131;
inline constexpr std::array kBalanceCodes = {kPrincipalDuesCode,    kMandatoryDuesCode,
                                             kVoluntarySavingsCode, kTermSavingsCode,
                                             kMemberLoansCode,      kBankLoansCode};
// Accounts at banks, whose balances banks confirm.
inline constexpr std::array<std::uint32_t, 2> kBankCodes = {1111, 1112};
// Pays a bank's loan back: what it debits on liabilities and expenses of components principal and
// interest.
inline constexpr std::string_view kRepaymentKind = "loan-instalment";
// Pays one out.
inline constexpr std::string_view kDisbursementKind = "loan-disbursement";
// An attestation that a bank confirmed the balance of the account that is its subject, as text.
inline constexpr std::string_view kBankConfirmation = "bank-balance";
// How long it holds.
inline constexpr int kConfirmedDays = 31;
// The class of holders that are outlets.
inline constexpr std::string_view kOutletClass = "outlet";
// The class of holders and parties who count as members.
inline constexpr std::string_view kMemberClass = "member";

}  // namespace lumbung::performance
