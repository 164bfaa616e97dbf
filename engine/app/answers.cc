#include "engine/app/answers.h"

#include <google/protobuf/util/json_util.h>

#include "engine/app/amounts.h"
#include "engine/domain/codes.h"
#include "engine/domain/ids.h"

namespace lumbung {

Json AnswerJson(const v1::Command& command, const Answer& answer) {
  Json json = {
      {"id", IdOf(command)}, {"code", v1::Code_Name(answer.code)}, {"replayed", answer.replayed}};
  if (answer.sequence != 0) {
    json["sequence"] = answer.sequence;
    json["hash"] = ToHex(answer.hash);
  }
  if (answer.posting_date != 0) {
    json["posting_date"] = answer.posting_date;
  }
  if (answer.code != v1::OK) {
    if (command.has_post_batch()) {
      json["item"] = answer.item;
    }
    json["detail"] = answer.detail;
  }
  return json;
}

ExitCode PrintAnswer(Output& output, const v1::Command& command, const Answer& answer) {
  output.Document(AnswerJson(command, answer));
  if (answer.code == v1::OK) {
    output.Line("{} {} as event {}{}", IdOf(command),
                answer.replayed ? "was recorded before," : "recorded", answer.sequence,
                answer.posting_date != 0 ? ", posted on " + FormatDate(answer.posting_date) : "");
    output.Line("hash {}", ToHex(answer.hash));
    return ExitCode::kOk;
  }
  const CodeInfo& info = InfoOf(answer.code);
  output.Note("lumbung: refused: {}: {} {}{}", v1::Code_Name(answer.code),
              answer.detail.empty() ? std::string(info.meaning) : answer.detail, info.advice,
              answer.sequence != 0
                  ? fmt::format(" The refusal is recorded as event {} and final for this id.",
                                answer.sequence)
                  : "");
  return ExitCode::kRefused;
}

Status ParseJson(const std::string& json, const std::string& what,
                 google::protobuf::Message& message) {
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, &message);
  if (!parsed.ok()) {
    return Status::InvalidArgument(what + ": " + std::string(parsed.message()));
  }
  return Status::Ok();
}

}  // namespace lumbung
