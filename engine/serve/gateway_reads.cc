// Reads of Gateway: as of the last durable event.
#include "engine/domain/decide.h"
#include "engine/serve/gateway_impl.h"
#include "engine/serve/read_answers.h"
#include "engine/serve/region_check.h"

#include "lumbung/ledger/v1/state.pb.h"

namespace lumbung {
namespace {

constexpr std::size_t kDefaultPage = 100;
constexpr std::size_t kMostOnPage = 1'000;
// Rows that the directory takes in at a time: a few milliseconds' work.
constexpr std::size_t kRowsAtATime = 10'000;

CallError Invalid(std::string field, std::string detail) {
  return {CallError::Kind::kInvalid, v1::MALFORMED, std::move(detail), std::move(field)};
}

CallError NotFound(v1::Code code, std::string detail) {
  return {CallError::Kind::kNotFound, code, std::move(detail), ""};
}

std::optional<AccountKey> KeyOfAccount(const v1::Account& account) {
  const std::optional<CurrencyCode> currency = ParseCurrency(account.currency());
  if (!currency || account.cooperative() == 0 || account.cooperative() > kMaxCooperative ||
      account.code() == 0 || account.code() > kMaxAccountCode) {
    return std::nullopt;
  }
  return AccountKey{account.cooperative(), account.code(), *currency, account.holder()};
}

}  // namespace

std::optional<CallError> Gateway::Impl::RefuseRead(const Call& call,
                                                   std::uint64_t cooperative) const {
  if (draining_) {
    return Unavailable("the server is stopping");
  }
  return call.principal->MayRead(cooperative) || HangsOnRegion(*call.principal, cooperative)
             ? std::nullopt
             : std::optional<CallError>(Denied("cooperative"));
}

template <typename Response>
void Gateway::Impl::Read(const Call& call, std::uint32_t shard, std::uint64_t cooperative,
                         std::function<void(const State&, std::uint64_t, Response&)> read,
                         CallDone<Response> done) {
  auto response = std::make_shared<Response>();
  auto denied = std::make_shared<bool>(false);
  const bool hangs_on_region = HangsOnRegion(*call.principal, cooperative);
  Admit(
      call,
      [this, shard, cooperative, hangs_on_region, principal = call.principal, denied, response,
       read = std::move(read), done](std::function<void()> end) {
        ledger_.shard(shard).Read(
            [=, now = Now()](const State& state, std::uint64_t sequence) {
              *denied = hangs_on_region && !LiesWithin(*principal, state, cooperative, now);
              if (!*denied) {
                read(state, sequence, *response);
              }
            },
            [this, denied, response, done, end = std::move(end)](const Status& status) {
              executor_.Post([denied, response, done, end, status] {
                if (status.ok() && *denied) {
                  done(Denied("cooperative"), {});
                } else if (status.ok()) {
                  done(std::nullopt, std::move(*response));
                } else {
                  done(Unavailable(status.message()), {});
                }
                end();
              });
            });
      },
      [done](CallError error) { done(std::move(error), {}); });
}

void Gateway::Impl::Admit(const Call& call, std::function<void(std::function<void()> end)> start,
                          const std::function<void(CallError)>& refuse) {
  const std::string principal = call.principal->id();
  const bool entered =
      admission_.Enter(principal, 1, 0, [this, principal, start = std::move(start)] {
        start([this, principal] { admission_.End(principal, 1, 0); });
      });
  if (!entered) {
    refuse(NotTakenUp());
  }
}

void Gateway::GetAccount(const Call& call, const v1::GetAccountRequest& request,
                         CallDone<v1::GetAccountResponse> done) {
  const std::optional<AccountKey> key = KeyOfAccount(request.account());
  if (!key) {
    return done(Invalid("account",
                        "wants cooperative and code, and a currency of three capital "
                        "letters or none"),
                {});
  }
  if (auto error = impl_->RefuseRead(call, key->cooperative)) {
    return done(std::move(error), {});
  }
  impl_->Read<v1::GetAccountResponse>(
      call, impl_->ShardOfCooperative(key->cooperative), key->cooperative,
      [key = *key, now = impl_->Now()](const State& state, std::uint64_t sequence,
                                       v1::GetAccountResponse& response) {
        response.set_as_of(sequence);
        if (state.FindCooperative(key.cooperative) != nullptr) {
          FillAccount(state, key, now, response);
        }
      },
      [done = std::move(done)](std::optional<CallError> error, v1::GetAccountResponse response) {
        if (!error && !response.has_balance()) {
          error = NotFound(v1::UNKNOWN_COOPERATIVE, "the cooperative is not registered");
        }
        done(std::move(error), std::move(response));
      });
}

void Gateway::ListAccounts(const Call& call, const v1::ListAccountsRequest& request,
                           CallDone<v1::ListAccountsResponse> done) {
  if (auto error = impl_->RefuseRead(call, request.cooperative())) {
    return done(std::move(error), {});
  }
  if (request.page_size() > kMostOnPage) {
    return done(Invalid("page_size", "wants at most 1,000"), {});
  }
  if (request.code() != 0 && request.cooperative() == 0) {
    return done(Invalid("code", "goes with a cooperative"), {});
  }
  std::optional<AccountKey> after;
  if (!request.cursor().empty()) {
    std::string text;
    if (FromBase64(request.cursor(), text)) {
      after = ParseAccount(text);
    }
    if (!after || (request.cooperative() != 0 && after->cooperative != request.cooperative())) {
      return done(Invalid("cursor", "is not one that a page of this cooperative gave"), {});
    }
  }
  const std::uint64_t first = after ? after->cooperative : request.cooperative();
  impl_->ListPage(call, request, first == 0 ? 0 : impl_->ShardOfCooperative(first), after,
                  std::move(done));
}

void Gateway::Impl::ListPage(const Call& call, const v1::ListAccountsRequest& request,
                             std::uint32_t shard, std::optional<AccountKey> after,
                             CallDone<v1::ListAccountsResponse> done) {
  auto caught_up = std::make_shared<bool>(false);
  const std::size_t count = request.page_size() == 0 ? kDefaultPage : request.page_size();
  // Of all cooperatives: the shards one after the other.
  const bool goes_on = request.cooperative() == 0 && shard + 1 < ledger_.shards();
  Read<v1::ListAccountsResponse>(
      call, shard, request.cooperative(),
      [this, shard, caught_up, request, after, count, goes_on, now = Now()](
          const State& state, std::uint64_t sequence, v1::ListAccountsResponse& response) {
        *caught_up = directories_[shard].CatchUp(state.accounts(), kRowsAtATime);
        if (!*caught_up) {
          return;
        }
        const AccountDirectory::Page page =
            directories_[shard].Find(state.accounts(), request.cooperative(), request.code(),
                                     after ? &*after : nullptr, count);
        for (const AccountRow* row : page.rows) {
          v1::GetAccountResponse& account = *response.add_accounts();
          FillAccount(state, row->key, now, account);
          account.set_as_of(sequence);
        }
        if (page.more || (goes_on && !page.rows.empty())) {
          response.set_next_cursor(ToBase64(FormatAccount(page.rows.back()->key)));
        }
        response.set_as_of(sequence);
      },
      [this, call, request, shard, after, caught_up, goes_on, done = std::move(done)](
          std::optional<CallError> error, v1::ListAccountsResponse response) {
        if (!error && !*caught_up) {
          return ListPage(call, request, shard, after, done);
        }
        if (!error && goes_on && response.accounts().empty()) {
          return ListPage(call, request, shard + 1, std::nullopt, done);
        }
        done(std::move(error), std::move(response));
      });
}

void Gateway::GetCooperative(const Call& call, const v1::GetCooperativeRequest& request,
                             CallDone<v1::GetCooperativeResponse> done) {
  const std::uint64_t number = request.cooperative();
  if (auto error = impl_->RefuseRead(call, number)) {
    return done(std::move(error), {});
  }
  const std::uint32_t shard = impl_->ShardOfCooperative(number);
  impl_->Read<v1::GetCooperativeResponse>(
      call, shard, number,
      [number, shard](const State& state, std::uint64_t sequence,
                      v1::GetCooperativeResponse& response) {
        response.set_as_of(sequence);
        response.set_shard(shard);
        if (const CooperativeState* found = state.FindCooperative(number); found != nullptr) {
          response.mutable_versions()->Assign(found->versions.begin(), found->versions.end());
          response.set_operations_closed_through(found->operations_closed_through);
          response.set_closed_through(found->closed_through);
        }
      },
      [done = std::move(done)](std::optional<CallError> error,
                               v1::GetCooperativeResponse response) {
        if (!error && response.versions().empty()) {
          error = NotFound(v1::UNKNOWN_COOPERATIVE, "the cooperative is not registered");
        }
        done(std::move(error), std::move(response));
      });
}

void Gateway::GetTransaction(const Call& call, const v1::GetTransactionRequest& request,
                             CallDone<v1::GetTransactionResponse> done) {
  const std::optional<Uuid> id = ParseUuid(request.transaction_id());
  if (!id) {
    return done(Invalid("transaction_id", "wants a UUID in canonical form"), {});
  }
  if (request.cooperative() > kMaxCooperative) {
    return done(Invalid("cooperative", "wants at most 999,999,999,999"), {});
  }
  if (auto error = impl_->RefuseRead(call, request.cooperative())) {
    return done(std::move(error), {});
  }
  const std::uint32_t shard =
      request.cooperative() == 0 ? 0 : impl_->ShardOfCooperative(request.cooperative());
  Shard& owner = impl_->ledger_.shard(shard);
  const auto read_event = [&owner, shard, text = request.transaction_id(), done](
                              std::uint64_t sequence, std::uint64_t as_of) {
    if (sequence == 0) {
      return done(NotFound(v1::UNKNOWN_TRANSACTION,
                           "no event up to sequence " + std::to_string(as_of) + " has this id"),
                  {});
    }
    Result<std::string> bytes = owner.log().ReadEvent(sequence);
    v1::Event event;
    if (!bytes.ok() || !event.ParseFromString(*bytes)) {
      return done(Unavailable("event " + std::to_string(sequence) + " can't be read"), {});
    }
    Answer answer;
    answer.code = CodeOf(event);
    answer.sequence = sequence;
    answer.hash = Hasher().Leaf(*bytes);
    answer.posting_date = PostingDateOf(event, text);
    v1::GetTransactionResponse response;
    FillResult(answer, shard, *response.mutable_result());
    response.set_event(std::move(*bytes));
    response.set_as_of(as_of);
    done(std::nullopt, std::move(response));
  };
  const auto find = [this, &owner, key = CommandKey{*id, request.cooperative(), false}, read_event,
                     done](const std::function<void()>& end) {
    owner.FindId(key, [this, read_event, done, end](const Status& status, std::uint64_t sequence,
                                                    std::uint64_t as_of) {
      impl_->executor_.Post([read_event, done, end, status, sequence, as_of] {
        if (status.ok()) {
          read_event(sequence, as_of);
        } else {
          done(Unavailable(status.message()), {});
        }
        end();
      });
    });
  };
  impl_->Admit(
      call,
      [this, call, number = request.cooperative(), find, done](const std::function<void()>& end) {
        if (!HangsOnRegion(*call.principal, number)) {
          return find(end);
        }
        AskWhetherWithin(
            impl_->ledger_, call.principal, number, impl_->Now(),
            [this, find, done, end](const Status& status, bool may) {
              if (status.ok() && may) {
                return find(end);
              }
              impl_->executor_.Post([done, end, status] {
                done(status.ok() ? Denied("cooperative") : Unavailable(status.message()), {});
                end();
              });
            });
      },
      [done](CallError error) { done(std::move(error), {}); });
}

void Gateway::GetLedgerInfo(const Call& call, CallDone<v1::GetLedgerInfoResponse> done) {
  if (!call.principal->MayOperate()) {
    return done(Denied(""), {});
  }
  impl_->Admit(
      call,
      [this, done](std::function<void()> end) {
        // The root waits for a block that is being written.
        impl_->executor_.Post([this, done, end = std::move(end)] {
          v1::GetLedgerInfoResponse response;
          FillLedgerInfo(impl_->ledger_, impl_->options_.account_memory_bytes, response);
          done(std::nullopt, std::move(response));
          end();
        });
      },
      [done](CallError error) { done(std::move(error), {}); });
}

std::optional<CallError> Gateway::ReadEvents(const Call& call, std::uint32_t shard,
                                             std::uint64_t from, std::size_t most_bytes,
                                             v1::ReplayResponse& response) {
  if (!call.principal->MayReplay()) {
    return Denied("");
  }
  if (shard >= impl_->ledger_.shards()) {
    return Invalid("shard", "wants a number below " + std::to_string(impl_->ledger_.shards()));
  }
  const std::shared_lock reading(impl_->reading_);
  if (impl_->draining_) {
    return Unavailable("the server is stopping");
  }
  const LogStore& log = impl_->ledger_.shard(shard).log();
  const std::uint64_t head = log.head().sequence;
  response.Clear();
  response.set_head(head);
  response.set_first_sequence(from);
  if (from > head) {
    return std::nullopt;
  }
  std::size_t bytes = 0;
  const Status status = log.ForEach(from, head, [&](std::uint64_t, std::string_view event) {
    if (bytes != 0 && bytes + event.size() > most_bytes) {
      return Status::Cancelled("enough");
    }
    bytes += event.size();
    response.add_events(event.data(), event.size());
    return Status::Ok();
  });
  if (!status.ok() && status.kind() != Status::Kind::kCancelled) {
    return Unavailable(status.message());
  }
  return std::nullopt;
}

}  // namespace lumbung
