// The reads of LedgerReader, asked of a server.
#include <chrono>
#include <string>
#include <utility>

#include "engine/app/ledger_reader.h"
#include "engine/app/signals.h"
#include "engine/client/event_stream.h"

namespace lumbung {
namespace {

constexpr std::chrono::milliseconds kTimeout{30'000};
constexpr std::uint32_t kPage = 1'000;

class ServerReader final : public LedgerReader {
 public:
  explicit ServerReader(std::unique_ptr<CommandClient> client) : client_(std::move(client)) {}

  Result<v1::GetLedgerInfoResponse> Info() override {
    return Ask<v1::GetLedgerInfoResponse>(&Stub::GetLedgerInfo, v1::GetLedgerInfoRequest());
  }

  Result<v1::GetAccountResponse> Account(const AccountKey& key) override {
    v1::GetAccountRequest request;
    request.mutable_account()->set_cooperative(key.cooperative);
    request.mutable_account()->set_code(key.code);
    request.mutable_account()->set_holder(key.holder);
    request.mutable_account()->set_currency(FormatCurrency(key.currency));
    Result<v1::GetAccountResponse> account =
        Ask<v1::GetAccountResponse>(&Stub::GetAccount, request);
    const bool none = account.ok() ? account->last_sequence() == 0
                                   : account.status().kind() == Status::Kind::kNotFound;
    return none ? Result<v1::GetAccountResponse>(NoSuchAccount(key)) : account;
  }

  Status ForEachAccount(std::uint64_t cooperative,
                        const std::function<void(const v1::GetAccountResponse&)>& visit) override {
    v1::ListAccountsRequest request;
    request.set_cooperative(cooperative);
    request.set_page_size(kPage);
    do {
      if (StopRequested()) {
        return Status::Cancelled("stopped");
      }
      const Result<v1::ListAccountsResponse> page =
          Ask<v1::ListAccountsResponse>(&Stub::ListAccounts, request);
      LUMBUNG_RETURN_IF_ERROR(page.status());
      for (const v1::GetAccountResponse& account : page->accounts()) {
        visit(account);
      }
      request.set_cursor(page->next_cursor());
    } while (!request.cursor().empty());
    return Status::Ok();
  }

  Status ForEachEvent(std::uint32_t shard, std::uint64_t from, std::uint64_t through,
                      const EventVisitor& visit) override {
    return Read(shard, from, through, false, visit);
  }
  Status FollowEvents(std::uint32_t shard, std::uint64_t from, std::uint64_t through,
                      const EventVisitor& visit) override {
    return Read(shard, from, through, true, visit);
  }
  Status Close() override { return Status::Ok(); }

 private:
  using Stub = v1::LedgerService::Stub;

  template <typename Response, typename Request>
  Result<Response> Ask(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                    Response*),
                       const Request& request) {
    grpc::ClientContext context;
    PrepareContext(client_->server(), kTimeout, context);
    Response response;
    const Status status = FromGrpc((client_->stub().*method)(&context, request, &response));
    return status.ok() ? Result<Response>(std::move(response)) : Named(status);
  }

  Status Read(std::uint32_t shard, std::uint64_t from, std::uint64_t through, bool follow,
              const EventVisitor& visit) {
    v1::ReplayRequest request;
    request.set_shard(shard);
    request.set_from(from);
    // 0 is the last there is; to follow, without an end.
    request.set_through(through == UINT64_MAX ? 0 : through);
    request.set_follow(follow);
    Status visited;
    const Status status = ReadEvents(
        *client_, request,
        [&](std::uint64_t sequence, std::string_view event) {
          return visited = visit(sequence, event);
        },
        StopRequested);
    return visited.ok() ? Named(status) : visited;
  }

  // Says which server, where it is not there or not well.
  Status Named(const Status& status) const {
    return status.kind() == Status::Kind::kIoError
               ? Status::IoError(client_->server().target + ": " + status.message())
               : status;
  }

  const std::unique_ptr<CommandClient> client_;
};

}  // namespace

Result<std::unique_ptr<LedgerReader>> OpenServerReader(const ServerArguments& server) {
  Result<std::unique_ptr<CommandClient>> client = CommandClient::Open(server.address);
  if (!client.ok()) {
    return client.status();
  }
  return std::unique_ptr<LedgerReader>(std::make_unique<ServerReader>(std::move(*client)));
}

}  // namespace lumbung
