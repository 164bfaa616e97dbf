// LedgerService: translates calls to the gateway's, and back.
#pragma once

#include "engine/serve/grpc/call_context.h"
#include "engine/serve/grpc/grpc_server.h"
#include "engine/serve/grpc/pooled_messages.h"
#include "engine/serve/grpc/posting.h"

#include "lumbung/ledger/v1/service.grpc.pb.h"

namespace lumbung {

// Thread-safe.
class LedgerServiceImpl final : public v1::LedgerService::CallbackService {
 public:
  LedgerServiceImpl(Gateway& gateway, std::uint32_t shards, const GrpcServerOptions& options);

  grpc::ServerUnaryReactor* Post(grpc::CallbackServerContext* context,
                                 const v1::PostRequest* request,
                                 v1::PostResponse* response) override;
  grpc::ServerBidiReactor<v1::PostRequest, v1::PostResponse>* PostStream(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* Execute(grpc::CallbackServerContext* context,
                                    const v1::ExecuteRequest* request,
                                    v1::ExecuteResponse* response) override;
  grpc::ServerUnaryReactor* DryRun(grpc::CallbackServerContext* context,
                                   const v1::ExecuteRequest* request,
                                   v1::ExecuteResponse* response) override;
  grpc::ServerUnaryReactor* Hold(grpc::CallbackServerContext* context, const v1::Hold* request,
                                 v1::ExecuteResponse* response) override;
  grpc::ServerUnaryReactor* Capture(grpc::CallbackServerContext* context,
                                    const v1::Capture* request,
                                    v1::ExecuteResponse* response) override;
  grpc::ServerUnaryReactor* Release(grpc::CallbackServerContext* context,
                                    const v1::ReleaseRequest* request,
                                    v1::ExecuteResponse* response) override;
  grpc::ServerUnaryReactor* Reverse(grpc::CallbackServerContext* context,
                                    const v1::ReverseRequest* request,
                                    v1::ExecuteResponse* response) override;
  grpc::ServerUnaryReactor* GetTransaction(grpc::CallbackServerContext* context,
                                           const v1::GetTransactionRequest* request,
                                           v1::GetTransactionResponse* response) override;
  grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* context,
                                       const v1::GetAccountRequest* request,
                                       v1::GetAccountResponse* response) override;
  grpc::ServerUnaryReactor* ListAccounts(grpc::CallbackServerContext* context,
                                         const v1::ListAccountsRequest* request,
                                         v1::ListAccountsResponse* response) override;
  grpc::ServerUnaryReactor* GetCooperative(grpc::CallbackServerContext* context,
                                           const v1::GetCooperativeRequest* request,
                                           v1::GetCooperativeResponse* response) override;
  grpc::ServerWriteReactor<v1::ReplayResponse>* Replay(grpc::CallbackServerContext* context,
                                                       const v1::ReplayRequest* request) override;
  grpc::ServerUnaryReactor* GetLedgerInfo(grpc::CallbackServerContext* context,
                                          const v1::GetLedgerInfoRequest* request,
                                          v1::GetLedgerInfoResponse* response) override;

 private:
  using Pool = MessagePool<Posting>;

  // Asks anew who calls. `context` must outlive it.
  Identify IdentifyBy(const grpc::CallbackServerContext* context, const Call& call) const;

  // `came` is what the client sent, `request` what it comes to.
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context, std::string_view method,
                                const google::protobuf::Message& came,
                                std::shared_ptr<const v1::ExecuteRequest> request, bool dry_run,
                                v1::ExecuteResponse* response);
  // The same for a call that is one command.
  grpc::ServerUnaryReactor* RunOne(grpc::CallbackServerContext* context, std::string_view method,
                                   const google::protobuf::Message& came, v1::Command command,
                                   v1::ExecuteResponse* response);

  Gateway& gateway_;
  const std::uint32_t shards_;
  const GrpcServerOptions options_;
  Pool postings_;
};

}  // namespace lumbung
