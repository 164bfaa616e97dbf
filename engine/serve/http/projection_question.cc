#include "engine/serve/http/projection_question.h"

#include <string_view>

namespace lumbung {

Problem ProblemOfQuestion(const CallError& error) {
  if (error.kind != CallError::Kind::kInvalid || error.field.empty()) {
    return ProblemOf(error, false);
  }
  constexpr std::string_view kSubject = "subject.";
  std::string_view name = error.field == "from_date" ? "from"
                          : error.field == "to_date" ? "to"
                                                     : std::string_view(error.field);
  name.remove_prefix(name.starts_with(kSubject) ? kSubject.size() : 0);
  return ParameterProblem(name, error.detail);
}

}  // namespace lumbung
