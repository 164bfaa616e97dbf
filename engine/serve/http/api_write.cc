// POST: commands in, results out.
#include <algorithm>
#include <memory>
#include <vector>

#include "engine/commit/shard_of.h"
#include "engine/domain/ids.h"
#include "engine/importers/json_message.h"
#include "engine/serve/http/api.h"
#include "engine/serve/http/idempotency.h"

namespace lumbung {
namespace {

// application/json, in UTF-8 where a charset is named.
bool IsJson(std::string media) {
  std::transform(media.begin(), media.end(), media.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::erase(media, ' ');
  return media == "application/json" || media == "application/json;charset=utf-8" ||
         media == "application/json;charset=\"utf-8\"";
}

bool TakesBody(Exchange& exchange) {
  const httplib::Request& request = exchange.request;
  if (IsJson(request.get_header_value("Content-Type")) && !request.has_header("Content-Encoding")) {
    return true;
  }
  exchange.Answer(HttpProblem(415));
  return false;
}

v1::CommandResult ResultOf(const Answer& answer, const v1::Command& command, std::uint32_t shards) {
  // What names no cooperative goes to every shard, and the answer is the lowest's.
  const std::uint64_t cooperative = CooperativeOf(command);
  v1::CommandResult result;
  FillResult(answer, cooperative == 0 ? 0 : ShardOf(cooperative, shards), result);
  return result;
}

}  // namespace

struct HttpApi::Submission {
  std::vector<v1::Command> commands;
  std::vector<const v1::Command*> pointers;
  SubmitOptions options;
  bool is_array = false;
  // Of transactions; they stand in the body without their command.
  bool are_posts = false;

  int StatusOf(const v1::CommandResult& result) const {
    if (result.code() != v1::OK) return ProblemOf(result, are_posts).status;
    return result.replayed() || options.dry_run ? 200 : 201;
  }
};

void HttpApi::PostTransactions(Exchange& exchange) {
  if (!TakesBody(exchange)) return;
  auto submission = std::make_shared<Submission>();
  submission->are_posts = true;
  static const auto* const kField =
      v1::PostRequest::descriptor()->FindFieldByNumber(v1::PostRequest::kTransactionsFieldNumber);
  v1::PostRequest request;
  if (const auto fault =
          ReadJsonItems(exchange.request.body, request, *kField, submission->is_array)) {
    return exchange.Answer(JsonProblem(*fault));
  }
  submission->commands.resize(static_cast<std::size_t>(request.transactions_size()));
  for (int i = 0; i < request.transactions_size(); ++i) {
    submission->commands[static_cast<std::size_t>(i)].mutable_post()->Swap(
        request.mutable_transactions(i));
  }
  Submit(exchange, std::move(submission));
}

void HttpApi::PostCommands(Exchange& exchange) {
  if (!TakesBody(exchange)) return;
  auto submission = std::make_shared<Submission>();
  static const auto* const kField =
      v1::ExecuteRequest::descriptor()->FindFieldByNumber(v1::ExecuteRequest::kCommandsFieldNumber);
  v1::ExecuteRequest request;
  if (const auto fault =
          ReadJsonItems(exchange.request.body, request, *kField, submission->is_array)) {
    return exchange.Answer(JsonProblem(*fault));
  }
  submission->commands.resize(static_cast<std::size_t>(request.commands_size()));
  for (int i = 0; i < request.commands_size(); ++i) {
    submission->commands[static_cast<std::size_t>(i)].Swap(request.mutable_commands(i));
  }
  Submit(exchange, std::move(submission));
}

// From the query or, as RFC 7240 has it, a Prefer header.
bool HttpApi::ReadOptions(Exchange& exchange, SubmitOptions& options) const {
  const auto balances = exchange.Flag("balances");
  const auto dry_run = balances ? exchange.Flag("dry_run") : std::nullopt;
  if (!dry_run) return false;
  const std::string prefer = exchange.request.get_header_value("Prefer");
  options.dry_run = *dry_run;
  options.with_balances = *balances || prefer.find("balances") != std::string::npos;
  options.deadline = exchange.call.deadline;
  return true;
}

// False, and answered, where an Idempotency-Key can't stand in.
bool HttpApi::TakeKey(Exchange& exchange, Submission& submission) {
  static const std::string kHeader = "Idempotency-Key";
  if (!exchange.request.has_header(kHeader)) return true;
  const auto id =
      IdOfKey(exchange.call.principal->id(), exchange.request.get_header_value(kHeader));
  std::string wrong;
  if (exchange.request.get_header_value_count(kHeader) != 1 || !id) {
    wrong = "wants 1 to 255 printable ASCII characters";
  } else if (submission.is_array) {
    wrong = "stands for one command; those of an array bring their ids";
  } else if (!SetId(*id, submission.commands.front())) {
    wrong = "stands in for an id, and the body has one";
  } else {
    return true;
  }
  exchange.Answer(ParameterProblem(kHeader, wrong));
  return false;
}

void HttpApi::Submit(Exchange& exchange, std::shared_ptr<Submission> submission) {
  Submission& s = *submission;
  if (!ReadOptions(exchange, s.options) || !TakeKey(exchange, s)) return;
  for (const v1::Command& command : s.commands) s.pointers.push_back(&command);
  const auto [error, answers] =
      Await<std::vector<Answer>>(exchange.call, [&](const CallDone<std::vector<Answer>>& done) {
        gateway_.Execute(
            exchange.call, s.pointers, exchange.request.body.size(), s.options,
            // The commands live as long as somebody may look at them.
            [submission, done](std::optional<CallError> why, std::vector<Answer> results) {
              done(std::move(why), std::move(results));
            });
      });
  if (error) return exchange.Answer(ProblemOf(*error, s.is_array));
  s.is_array ? AnswerAll(exchange, s, answers) : AnswerOne(exchange, s, answers.front());
}

void HttpApi::AnswerOne(Exchange& exchange, const Submission& submission,
                        const Answer& answer) const {
  const v1::Command& command = submission.commands.front();
  const v1::CommandResult result = ResultOf(answer, command, shards_);
  if (result.code() != v1::OK) {
    Problem problem = ProblemOf(result, submission.are_posts);
    if (command.has_post_batch()) problem.item = result.item();
    return exchange.Answer(problem);
  }
  exchange.Answer(submission.StatusOf(result), JsonOf(result));
}

void HttpApi::AnswerAll(Exchange& exchange, const Submission& submission,
                        const std::vector<Answer>& answers) const {
  std::string json = "{\"results\":[";
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const v1::Command& command = submission.commands[i];
    const v1::CommandResult result = ResultOf(answers[i], command, shards_);
    const int status = submission.StatusOf(result);
    if (i > 0) json.push_back(',');
    json += "{\"status\":" + std::to_string(status);
    if (result.code() == v1::OK) {
      json += ",\"result\":" + JsonOf(result) + "}";
      continue;
    }
    Problem problem = ProblemOf(result, submission.are_posts);
    if (command.has_post_batch()) problem.item = result.item();
    json += ",\"problem\":" + ProblemJson(problem, exchange.call.request_id) + "}";
  }
  exchange.Answer(200, json + "]}");
}

}  // namespace lumbung
