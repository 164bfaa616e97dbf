// A finding in words: what its rule says, with the figures filled in.
#pragma once

#include <string>

#include "projections/audit/finding.h"
#include "projections/audit/rules.h"

namespace lumbung::audit {

enum class Language { kIndonesian, kEnglish };

// Of a rule that there is no more: its name.
std::string TitleOf(const Finding& finding, const Rules& rules, Language language);
std::string Explain(const Finding& finding, const Rules& rules, Language language);

// "Rp1.234.567", "-Rp1.234,50"; English "Rp1,234,567", "GBP 12.34". Minor units are hundredths.
std::string FormatAmount(Int128 amount, std::string_view currency, Language language);
// "31 Mei 2026", "31 May 2026".
std::string FormatDay(Date date, Language language);

}  // namespace lumbung::audit
