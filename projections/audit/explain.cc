#include "projections/audit/explain.h"

#include <algorithm>
#include <array>

namespace lumbung::audit {
namespace {

constexpr std::array<const char*, 12> kMonthsId = {"Januari",   "Februari", "Maret",    "April",
                                                   "Mei",       "Juni",     "Juli",     "Agustus",
                                                   "September", "Oktober",  "November", "Desember"};
constexpr std::array<const char*, 12> kMonthsEn = {"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};

std::string Digits(Uint128 number) {
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(number % 10)));
    number /= 10;
  } while (number != 0);
  return digits;
}

std::string Grouped(Uint128 number, char separator) {
  std::string digits = Digits(number);
  for (std::size_t place = digits.size(); place > 3;) {
    place -= 3;
    digits.insert(place, 1, separator);
  }
  return digits;
}

// The magnitude; right for the lowest number too.
Uint128 Magnitude(Int128 number) {
  return number < 0 ? ~static_cast<Uint128>(number) + 1 : static_cast<Uint128>(number);
}

// Numbers that are names (of a device, a loan) are not grouped.
std::string FormatFigure(const Figure& figure, Language language) {
  switch (figure.kind) {
    case Figure::Kind::kAmount:
      return FormatAmount(figure.number, figure.text, language);
    case Figure::Kind::kNumber:
      return (figure.number < 0 ? "-" : "") + Digits(Magnitude(figure.number));
    case Figure::Kind::kDate:
      return FormatDay(static_cast<Date>(figure.number), language);
    case Figure::Kind::kText:
      return figure.text;
  }
  return {};
}

std::string Fill(std::string_view text, const Finding& finding, Language language) {
  std::string filled;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    const std::size_t close = text.find('}', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos) {
      break;
    }
    filled += text.substr(0, open);
    const std::string_view name = text.substr(open + 1, close - open - 1);
    const auto figure = std::find_if(finding.figures.begin(), finding.figures.end(),
                                     [&](const Figure& one) { return one.name == name; });
    filled += figure == finding.figures.end() ? std::string(text.substr(open, close + 1 - open))
                                              : FormatFigure(*figure, language);
    text.remove_prefix(close + 1);
  }
  return filled.append(text);
}

}  // namespace

std::string FormatAmount(Int128 amount, std::string_view currency, Language language) {
  const bool indonesian = language == Language::kIndonesian;
  const Uint128 magnitude = Magnitude(amount);
  std::string text = amount < 0 ? "-" : "";
  text += currency.empty() || currency == "IDR" ? "Rp" : std::string(currency) + " ";
  text += Grouped(magnitude / 100, indonesian ? '.' : ',');
  if (const auto minor = static_cast<int>(magnitude % 100); minor != 0) {
    text += indonesian ? ',' : '.';
    text += static_cast<char>('0' + minor / 10);
    text += static_cast<char>('0' + minor % 10);
  }
  return text;
}

std::string FormatDay(Date date, Language language) {
  if (!IsDate(date)) {
    return std::to_string(date);
  }
  const auto month = static_cast<std::size_t>(date / 100 % 100 - 1);
  const char* name = language == Language::kIndonesian ? kMonthsId[month] : kMonthsEn[month];
  return std::to_string(date % 100) + " " + name + " " + std::to_string(date / 10'000);
}

std::string TitleOf(const Finding& finding, const Rules& rules, Language language) {
  const Rule* rule = rules.Find(finding.rule);
  if (rule == nullptr) {
    return finding.rule;
  }
  return language == Language::kIndonesian ? rule->title_id : rule->title_en;
}

std::string Explain(const Finding& finding, const Rules& rules, Language language) {
  const Rule* rule = rules.Find(finding.rule);
  if (rule == nullptr) {
    return finding.rule;
  }
  return Fill(language == Language::kIndonesian ? rule->text_id : rule->text_en, finding, language);
}

}  // namespace lumbung::audit
