#include "engine/serve/grpc/ledger_service.h"

#include "engine/domain/decide.h"
#include "engine/serve/grpc/call_context.h"
#include "engine/serve/grpc/post_stream.h"
#include "engine/serve/grpc/replay_stream.h"
#include "engine/serve/grpc/status.h"

namespace lumbung {
namespace {

CallError UnknownFieldError(std::string field) {
  return {CallError::Kind::kInvalid, v1::MALFORMED, "the schema does not know this field",
          std::move(field)};
}

grpc::ServerUnaryReactor* FinishAtOnce(grpc::CallbackServerContext* context,
                                       const grpc::Status& status) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(status);
  return reactor;
}

}  // namespace

LedgerServiceImpl::LedgerServiceImpl(Gateway& gateway, std::uint32_t shards,
                                     const GrpcServerOptions& options)
    : gateway_(gateway), shards_(shards), options_(options) {
  SetMessageAllocatorFor_Post(&postings_);
}

std::function<void(const grpc::Status&)> LedgerServiceImpl::Observe(std::string_view method,
                                                                    const Call& call,
                                                                    bool stream) const {
  if (!options_.on_call) {
    return [](const grpc::Status&) {};
  }
  return [this, method, stream, request_id = call.request_id, principal = call.principal,
          start = std::chrono::steady_clock::now()](const grpc::Status& status) {
    options_.on_call({.request_id = request_id,
                      .principal = principal == nullptr ? std::string_view() : principal->id(),
                      .method = method,
                      .status = StatusName(status.error_code()),
                      .stream = stream,
                      .took = std::chrono::steady_clock::now() - start});
  };
}

Identify LedgerServiceImpl::IdentifyBy(const grpc::CallbackServerContext* context,
                                       const Call& call) const {
  return [this, context, request_id = call.request_id] {
    return PrincipalOf(*context, options_.authenticate, request_id);
  };
}

grpc::ServerUnaryReactor* LedgerServiceImpl::Post(grpc::CallbackServerContext* context,
                                                  const v1::PostRequest* /*request*/,
                                                  v1::PostResponse* /*response*/) {
  grpc::Status status;
  Call call;
  const bool known = FillCall(*context, options_.authenticate, call, status);
  const auto observe = Observe("Post", call);
  if (!known) {
    observe(status);
    return FinishAtOnce(context, status);
  }
  // Held until the call has ended.
  Posting& posting = static_cast<Pool::Holder*>(context->GetRpcAllocatorState())->held;
  if (const std::string field = posting.Prepare(); !field.empty()) {
    status = ToGrpcStatus(UnknownFieldError(field));
    observe(status);
    return FinishAtOnce(context, status);
  }
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  SubmitOptions options;
  options.with_balances = posting.request.with_balances();
  gateway_.Execute(call, posting.pointers, posting.request.ByteSizeLong(), options,
                   [this, reactor, observe, &posting](const std::optional<CallError>& error,
                                                      const std::vector<Answer>& answers) {
                     grpc::Status result;
                     if (error) {
                       result = ToGrpcStatus(WithField(*error, "transactions"));
                     } else {
                       posting.FillResponse(answers, shards_);
                     }
                     observe(result);
                     reactor->Finish(result);
                   });
  return reactor;
}

grpc::ServerBidiReactor<v1::PostRequest, v1::PostResponse>* LedgerServiceImpl::PostStream(
    grpc::CallbackServerContext* context) {
  grpc::Status status;
  Call call;
  const bool known = FillCall(*context, options_.authenticate, call, status);
  const auto observe = Observe("PostStream", call, true);
  return known ? MakePostStream(gateway_, shards_, call, IdentifyBy(context, call), observe)
               : RefusePostStream(status, observe);
}

grpc::ServerUnaryReactor* LedgerServiceImpl::Run(grpc::CallbackServerContext* context,
                                                 std::string_view method,
                                                 const google::protobuf::Message& came,
                                                 const v1::ExecuteRequest& request, bool dry_run,
                                                 v1::ExecuteResponse* response) {
  grpc::Status status;
  Call call;
  const bool known = FillCall(*context, options_.authenticate, call, status);
  const auto observe = Observe(method, call);
  if (known) {
    if (const std::string field = UnknownField(came); !field.empty()) {
      status = ToGrpcStatus(UnknownFieldError(field));
    }
  }
  if (!status.ok()) {
    observe(status);
    return FinishAtOnce(context, status);
  }
  // What is decided may outlive the call that asked for it.
  auto kept = std::make_shared<v1::ExecuteRequest>(request);
  const std::vector<const v1::Command*> commands(kept->commands().pointer_begin(),
                                                 kept->commands().pointer_end());
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  SubmitOptions options;
  options.dry_run = dry_run;
  options.with_balances = request.with_balances();
  const char* const list = &came == &request ? "commands" : "";
  gateway_.Execute(call, commands, kept->ByteSizeLong(), options,
                   [this, reactor, observe, kept, commands, list, response](
                       const std::optional<CallError>& error, const std::vector<Answer>& answers) {
                     grpc::Status result;
                     if (error) {
                       result = ToGrpcStatus(WithField(*error, list));
                     } else {
                       FillResults(commands, answers, shards_, *response->mutable_results());
                     }
                     observe(result);
                     reactor->Finish(result);
                   });
  return reactor;
}

grpc::ServerUnaryReactor* LedgerServiceImpl::RunOne(grpc::CallbackServerContext* context,
                                                    std::string_view method,
                                                    const google::protobuf::Message& came,
                                                    v1::Command command,
                                                    v1::ExecuteResponse* response) {
  v1::ExecuteRequest request;
  request.set_with_balances(true);
  *request.add_commands() = std::move(command);
  return Run(context, method, came, request, false, response);
}

grpc::ServerUnaryReactor* LedgerServiceImpl::Execute(grpc::CallbackServerContext* context,
                                                     const v1::ExecuteRequest* request,
                                                     v1::ExecuteResponse* response) {
  return Run(context, "Execute", *request, *request, false, response);
}

grpc::ServerUnaryReactor* LedgerServiceImpl::DryRun(grpc::CallbackServerContext* context,
                                                    const v1::ExecuteRequest* request,
                                                    v1::ExecuteResponse* response) {
  return Run(context, "DryRun", *request, *request, true, response);
}

grpc::ServerUnaryReactor* LedgerServiceImpl::Hold(grpc::CallbackServerContext* context,
                                                  const v1::Hold* request,
                                                  v1::ExecuteResponse* response) {
  v1::Command command;
  *command.mutable_hold() = *request;
  return RunOne(context, "Hold", *request, std::move(command), response);
}

grpc::ServerUnaryReactor* LedgerServiceImpl::Capture(grpc::CallbackServerContext* context,
                                                     const v1::Capture* request,
                                                     v1::ExecuteResponse* response) {
  v1::Command command;
  *command.mutable_capture() = *request;
  return RunOne(context, "Capture", *request, std::move(command), response);
}

grpc::ServerUnaryReactor* LedgerServiceImpl::Release(grpc::CallbackServerContext* context,
                                                     const v1::ReleaseRequest* request,
                                                     v1::ExecuteResponse* response) {
  v1::Command command;
  command.set_command_id(request->command_id());
  *command.mutable_release() = request->release();
  return RunOne(context, "Release", *request, std::move(command), response);
}

grpc::ServerUnaryReactor* LedgerServiceImpl::Reverse(grpc::CallbackServerContext* context,
                                                     const v1::ReverseRequest* request,
                                                     v1::ExecuteResponse* response) {
  v1::Command command;
  *command.mutable_post() = request->reversal();
  if (request->reversal().reverses().empty()) {
    grpc::Status status;
    Call call;
    if (FillCall(*context, options_.authenticate, call, status)) {
      status = ToGrpcStatus({CallError::Kind::kInvalid, v1::MALFORMED,
                             "wants the id of the transaction to undo", "reversal.reverses"});
    }
    Observe("Reverse", call)(status);
    return FinishAtOnce(context, status);
  }
  return RunOne(context, "Reverse", *request, std::move(command), response);
}

template <typename Request, typename Response, typename Start>
grpc::ServerUnaryReactor* LedgerServiceImpl::Read(grpc::CallbackServerContext* context,
                                                  std::string_view method, const Request& request,
                                                  Response* response, Start start) {
  grpc::Status status;
  Call call;
  const bool known = FillCall(*context, options_.authenticate, call, status);
  const auto observe = Observe(method, call);
  if (known) {
    if (const std::string field = UnknownField(request); !field.empty()) {
      status = ToGrpcStatus(UnknownFieldError(field));
    }
  }
  if (!status.ok()) {
    observe(status);
    return FinishAtOnce(context, status);
  }
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  start(call, [reactor, response, observe](const std::optional<CallError>& error, Response read) {
    const grpc::Status result = error ? ToGrpcStatus(*error) : grpc::Status::OK;
    *response = std::move(read);
    observe(result);
    reactor->Finish(result);
  });
  return reactor;
}

grpc::ServerUnaryReactor* LedgerServiceImpl::GetTransaction(
    grpc::CallbackServerContext* context, const v1::GetTransactionRequest* request,
    v1::GetTransactionResponse* response) {
  return Read(context, "GetTransaction", *request, response, [&](const Call& call, auto done) {
    gateway_.GetTransaction(call, *request, std::move(done));
  });
}

grpc::ServerUnaryReactor* LedgerServiceImpl::GetAccount(grpc::CallbackServerContext* context,
                                                        const v1::GetAccountRequest* request,
                                                        v1::GetAccountResponse* response) {
  return Read(context, "GetAccount", *request, response, [&](const Call& call, auto done) {
    gateway_.GetAccount(call, *request, std::move(done));
  });
}

grpc::ServerUnaryReactor* LedgerServiceImpl::ListAccounts(grpc::CallbackServerContext* context,
                                                          const v1::ListAccountsRequest* request,
                                                          v1::ListAccountsResponse* response) {
  return Read(context, "ListAccounts", *request, response, [&](const Call& call, auto done) {
    gateway_.ListAccounts(call, *request, std::move(done));
  });
}

grpc::ServerUnaryReactor* LedgerServiceImpl::GetCooperative(
    grpc::CallbackServerContext* context, const v1::GetCooperativeRequest* request,
    v1::GetCooperativeResponse* response) {
  return Read(context, "GetCooperative", *request, response, [&](const Call& call, auto done) {
    gateway_.GetCooperative(call, *request, std::move(done));
  });
}

grpc::ServerUnaryReactor* LedgerServiceImpl::GetLedgerInfo(grpc::CallbackServerContext* context,
                                                           const v1::GetLedgerInfoRequest* request,
                                                           v1::GetLedgerInfoResponse* response) {
  return Read(context, "GetLedgerInfo", *request, response,
              [&](const Call& call, auto done) { gateway_.GetLedgerInfo(call, std::move(done)); });
}

grpc::ServerWriteReactor<v1::ReplayResponse>* LedgerServiceImpl::Replay(
    grpc::CallbackServerContext* context, const v1::ReplayRequest* request) {
  grpc::Status status;
  Call call;
  const bool known = FillCall(*context, options_.authenticate, call, status);
  const auto observe = Observe("Replay", call, true);
  if (known) {
    if (const std::string field = UnknownField(*request); !field.empty()) {
      status = ToGrpcStatus(UnknownFieldError(field));
    }
  }
  return status.ok()
             ? MakeReplayStream(gateway_, call, IdentifyBy(context, call), *request, observe)
             : RefuseReplayStream(status, observe);
}

}  // namespace lumbung
