#include "engine/serve/grpc/ledger_service.h"

#include "engine/serve/grpc/call_context.h"
#include "engine/serve/grpc/call_opening.h"
#include "engine/serve/grpc/post_stream.h"
#include "engine/serve/grpc/replay_stream.h"
#include "engine/serve/grpc/status.h"

namespace lumbung {
namespace {

// A request of gRPC's own: it is there until the call is finished, which is after its commands were
// answered, even where the client has gone.
std::shared_ptr<const v1::ExecuteRequest> Held(const v1::ExecuteRequest* request) {
  return {std::shared_ptr<const void>(), request};
}

}  // namespace

LedgerServiceImpl::LedgerServiceImpl(Gateway& gateway, std::uint32_t shards,
                                     const GrpcServerOptions& options)
    : gateway_(gateway), shards_(shards), options_(options) {
  SetMessageAllocatorFor_Post(&postings_);
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
  CallOpening opening = OpenCall(options_, context, "Post", nullptr);
  // Held until the call has ended.
  Posting& posting = static_cast<Pool::Holder*>(context->GetRpcAllocatorState())->held;
  if (opening.status.ok()) {
    if (std::string field = posting.Prepare(); !field.empty()) {
      opening.status = UnknownFieldStatus(std::move(field));
    }
  }
  if (!opening.status.ok()) {
    return FinishAtOnce(context, opening);
  }
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  SubmitOptions options;
  options.with_balances = posting.request.with_balances();
  gateway_.Execute(opening.call, posting.pointers, posting.request.ByteSizeLong(), options,
                   [this, reactor, observe = opening.observe, &posting](
                       const std::optional<CallError>& error, const std::vector<Answer>& answers) {
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
  const CallOpening opening = OpenCall(options_, context, "PostStream", nullptr, true);
  return opening.status.ok() ? MakePostStream(gateway_, shards_, opening.call,
                                              IdentifyBy(context, opening.call), opening.observe)
                             : RefusePostStream(opening.status, opening.observe);
}

grpc::ServerUnaryReactor* LedgerServiceImpl::Run(grpc::CallbackServerContext* context,
                                                 std::string_view method,
                                                 const google::protobuf::Message& came,
                                                 std::shared_ptr<const v1::ExecuteRequest> request,
                                                 bool dry_run, v1::ExecuteResponse* response) {
  const CallOpening opening = OpenCall(options_, context, method, &came);
  if (!opening.status.ok()) {
    return FinishAtOnce(context, opening);
  }
  const std::vector<const v1::Command*> commands(request->commands().pointer_begin(),
                                                 request->commands().pointer_end());
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  SubmitOptions options;
  options.dry_run = dry_run;
  options.with_balances = request->with_balances();
  const char* const list = &came == request.get() ? "commands" : "";
  gateway_.Execute(opening.call, commands, request->ByteSizeLong(), options,
                   [this, reactor, observe = opening.observe, request, commands, list, response](
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
  auto request = std::make_shared<v1::ExecuteRequest>();
  request->set_with_balances(true);
  *request->add_commands() = std::move(command);
  return Run(context, method, came, std::move(request), false, response);
}

grpc::ServerUnaryReactor* LedgerServiceImpl::Execute(grpc::CallbackServerContext* context,
                                                     const v1::ExecuteRequest* request,
                                                     v1::ExecuteResponse* response) {
  return Run(context, "Execute", *request, Held(request), false, response);
}

grpc::ServerUnaryReactor* LedgerServiceImpl::DryRun(grpc::CallbackServerContext* context,
                                                    const v1::ExecuteRequest* request,
                                                    v1::ExecuteResponse* response) {
  return Run(context, "DryRun", *request, Held(request), true, response);
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
    CallOpening opening = OpenCall(options_, context, "Reverse", nullptr);
    if (opening.status.ok()) {
      opening.status =
          ToGrpcStatus({CallError::Kind::kInvalid, v1::MALFORMED,
                        "wants the id of the transaction to undo", "reversal.reverses"});
    }
    return FinishAtOnce(context, opening);
  }
  return RunOne(context, "Reverse", *request, std::move(command), response);
}

grpc::ServerUnaryReactor* LedgerServiceImpl::GetTransaction(
    grpc::CallbackServerContext* context, const v1::GetTransactionRequest* request,
    v1::GetTransactionResponse* response) {
  return ReadCall(options_, context, "GetTransaction", *request, response,
                  [&](const Call& call, auto done) {
                    gateway_.GetTransaction(call, *request, std::move(done));
                  });
}

grpc::ServerUnaryReactor* LedgerServiceImpl::GetAccount(grpc::CallbackServerContext* context,
                                                        const v1::GetAccountRequest* request,
                                                        v1::GetAccountResponse* response) {
  return ReadCall(
      options_, context, "GetAccount", *request, response,
      [&](const Call& call, auto done) { gateway_.GetAccount(call, *request, std::move(done)); });
}

grpc::ServerUnaryReactor* LedgerServiceImpl::ListAccounts(grpc::CallbackServerContext* context,
                                                          const v1::ListAccountsRequest* request,
                                                          v1::ListAccountsResponse* response) {
  return ReadCall(
      options_, context, "ListAccounts", *request, response,
      [&](const Call& call, auto done) { gateway_.ListAccounts(call, *request, std::move(done)); });
}

grpc::ServerUnaryReactor* LedgerServiceImpl::GetCooperative(
    grpc::CallbackServerContext* context, const v1::GetCooperativeRequest* request,
    v1::GetCooperativeResponse* response) {
  return ReadCall(options_, context, "GetCooperative", *request, response,
                  [&](const Call& call, auto done) {
                    gateway_.GetCooperative(call, *request, std::move(done));
                  });
}

grpc::ServerUnaryReactor* LedgerServiceImpl::GetLedgerInfo(grpc::CallbackServerContext* context,
                                                           const v1::GetLedgerInfoRequest* request,
                                                           v1::GetLedgerInfoResponse* response) {
  return ReadCall(
      options_, context, "GetLedgerInfo", *request, response,
      [&](const Call& call, auto done) { gateway_.GetLedgerInfo(call, std::move(done)); });
}

grpc::ServerWriteReactor<v1::ReplayResponse>* LedgerServiceImpl::Replay(
    grpc::CallbackServerContext* context, const v1::ReplayRequest* request) {
  const CallOpening opening = OpenCall(options_, context, "Replay", request, true);
  return opening.status.ok()
             ? MakeReplayStream(gateway_, opening.call, IdentifyBy(context, opening.call), *request,
                                opening.observe)
             : RefuseReplayStream(opening.status, opening.observe);
}

}  // namespace lumbung
