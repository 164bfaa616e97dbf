#include "engine/serve/gateway.h"

#include <algorithm>

#include "engine/serve/gateway_impl.h"
#include "engine/serve/log_limit.h"

namespace lumbung {

CallError Unavailable(std::string detail) {
  return {CallError::Kind::kUnavailable, v1::SHUTTING_DOWN, std::move(detail), ""};
}

CallError Denied(std::string field) {
  return {CallError::Kind::kDenied, v1::OK, "the policy does not allow this", std::move(field)};
}

namespace {

// The loan that a bank reports on; 0: none.
LoanKey ReportedLoan(const v1::Command& command) {
  if (command.has_report_loan_payment()) {
    return {command.report_loan_payment().cooperative(), command.report_loan_payment().loan()};
  }
  if (command.has_report_loan_status()) {
    return {command.report_loan_status().cooperative(), command.report_loan_status().loan()};
  }
  return {0, 0};
}

std::string FieldOf(std::size_t i) { return "commands[" + std::to_string(i) + "]"; }

void LogDenial(const Call& call, const std::string& what, const std::string& why) {
  LogAbout(call.principal->id(), LogLevel::kWarning, "denied",
           {{"principal", call.principal->id()},
            {"request_id", call.request_id},
            {"what", what},
            {"why", why}});
}

}  // namespace

Gateway::Gateway(Ledger& ledger, const GatewayOptions& options)
    : impl_(std::make_unique<Impl>(ledger, options)) {}

Gateway::~Gateway() { Drain(); }

std::optional<CallError> Gateway::Impl::Refuse(const Call& call,
                                               std::span<const v1::Command* const> commands) {
  if (draining_) {
    return Unavailable("the server is stopping");
  }
  if (commands.empty()) {
    return CallError{CallError::Kind::kInvalid, v1::MALFORMED, "wants at least one", "commands"};
  }
  if (commands.size() > options_.max_commands_a_call) {
    return CallError{CallError::Kind::kTooLarge, v1::TOO_LARGE,
                     "wants at most " + std::to_string(options_.max_commands_a_call) + " in a call",
                     "commands"};
  }
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (const std::string why = call.principal->WhyNot(*commands[i]); !why.empty()) {
      LogDenial(call, FieldOf(i), why);
      return Denied(FieldOf(i));
    }
  }
  if (!quotas_.MaySubmit(*call.principal)) {
    return CallError{CallError::Kind::kOverloaded, v1::QUOTA_EXCEEDED,
                     "today's quota of recorded refusals or new accounts is used up", ""};
  }
  return std::nullopt;
}

void Gateway::Execute(const Call& call, std::span<const v1::Command* const> commands,
                      std::size_t bytes, const SubmitOptions& options, AnswersDone done) {
  auto submission = std::make_shared<Impl::Submission>();
  submission->call = call;
  submission->commands.assign(commands.begin(), commands.end());
  submission->bytes = bytes;
  submission->options = options;
  submission->options.deadline = call.deadline;
  submission->done = std::move(done);
  if (std::optional<CallError> error = impl_->Refuse(call, commands)) {
    return impl_->Conclude(*submission, std::move(error), {});
  }
  impl_->Admit(submission);
}

void Gateway::Impl::Admit(const std::shared_ptr<Submission>& submission) {
  const auto entered = std::chrono::steady_clock::now();
  const bool taken_up = admission_.Enter(
      submission->call.principal->id(), submission->commands.size(), submission->bytes,
      [this, submission, entered] {
        submission->waited = std::chrono::steady_clock::now() - entered;
        const bool reports =
            std::any_of(submission->commands.begin(), submission->commands.end(),
                        [](const auto* command) { return ReportedLoan(*command).first != 0; });
        reports ? CheckLenders(submission) : Submit(submission);
      },
      submission->call.stream);
  if (!taken_up) {
    Conclude(*submission, NotTakenUp(), {});
  }
}

CallError Gateway::Impl::NotTakenUp() const {
  if (draining_) {
    return Unavailable("the server is stopping");
  }
  return {CallError::Kind::kOverloaded, v1::OVERLOADED,
          "too much is waiting; send it again a little later", ""};
}

// Looks at one report after the other: they are few.
void Gateway::Impl::CheckLenders(const std::shared_ptr<Submission>& submission) {
  struct Report {
    std::size_t place;
    LoanKey loan;
    std::string lender;
  };
  struct Reports {
    std::vector<Report> all;
    std::atomic<std::size_t> left = 0;
    std::atomic<bool> unknown = false;
  };
  auto reports = std::make_shared<Reports>();
  for (std::size_t i = 0; i < submission->commands.size(); ++i) {
    if (const LoanKey loan = ReportedLoan(*submission->commands[i]); loan.first != 0) {
      reports->all.push_back({i, loan, ""});
    }
  }
  reports->left = reports->all.size();
  const auto conclude = [this, submission, reports] {
    std::optional<CallError> error;
    if (reports->unknown) {
      error = Unavailable("the loan can't be looked up");
    }
    for (const Report& report : reports->all) {
      if (!error && !submission->call.principal->MayReportLoan(report.loan.first, report.lender)) {
        LogDenial(submission->call, FieldOf(report.place), "not the lender of the loan");
        error = Denied(FieldOf(report.place));
      }
    }
    if (!error) {
      return Submit(submission);
    }
    Conclude(*submission, std::move(error), {});
    End(*submission);
  };
  for (Report& report : reports->all) {
    ledger_.shard(ShardOfCooperative(report.loan.first))
        .Read(
            [reports, &report](const State& state, std::uint64_t) {
              if (const v1::LoanRow* row = state.FindLoan(report.loan); row != nullptr) {
                report.lender = row->lender();
              }
            },
            [this, reports, conclude](const Status& status) {
              reports->unknown = reports->unknown || !status.ok();
              if (--reports->left == 0) {
                executor_.Post(conclude);
              }
            });
  }
}

void Gateway::Impl::Submit(const std::shared_ptr<Submission>& submission) {
  ledger_.Submit(
      submission->commands, submission->call.principal->id(),
      // Not on the shard's thread: it has blocks to write.
      [this, submission](std::vector<Answer> answers) {
        auto kept = std::make_shared<std::vector<Answer>>(std::move(answers));
        executor_.Post([this, submission, kept] {
          std::uint64_t refusals = 0;
          std::uint64_t accounts = 0;
          for (const Answer& answer : *kept) {
            refusals += answer.code != v1::OK && answer.sequence != 0 && !answer.replayed &&
                                answer.code != v1::ID_CONFLICT
                            ? 1
                            : 0;
            accounts += answer.new_accounts;
          }
          if (refusals + accounts != 0) {
            quotas_.Note(*submission->call.principal, refusals, accounts);
          }
          Conclude(*submission, std::nullopt, std::move(*kept));
          End(*submission);
        });
      },
      submission->options);
}

void Gateway::Impl::End(const Submission& submission) {
  admission_.End(submission.call.principal->id(), submission.commands.size(), submission.bytes);
}

void Gateway::Impl::Conclude(const Submission& submission, std::optional<CallError> error,
                             std::vector<Answer> answers) const {
  if (options_.observe) {
    options_.observe({.call = submission.call,
                      .commands = submission.commands.size(),
                      .dry_run = submission.options.dry_run,
                      .error = error ? &*error : nullptr,
                      .answers = answers,
                      .waited = submission.waited,
                      .took = std::chrono::steady_clock::now() - submission.came});
  }
  submission.done(std::move(error), std::move(answers));
}

EventWaiters::Ticket Gateway::WhenDurable(std::uint32_t shard, std::uint64_t sequence,
                                          std::function<void()> wake) {
  return impl_->waiters_->Add(shard, sequence, std::move(wake));
}

EventWaiters::Ticket Gateway::WhenDraining(std::function<void()> wake) {
  return impl_->waiters_->AddForAll(std::move(wake));
}

void Gateway::Forget(EventWaiters::Ticket ticket) { impl_->waiters_->Remove(ticket); }

void Gateway::Drain() {
  impl_->draining_ = true;
  impl_->admission_.Close();
  { const std::unique_lock lock(impl_->reading_); }
  impl_->waiters_->WakeAll();
  impl_->admission_.WaitUntilEmpty();
}

bool Gateway::draining() const { return impl_->draining_; }

GatewayLoad Gateway::load() const {
  return {impl_->admission_.commands(), impl_->admission_.bytes()};
}

std::string Gateway::WhyNotReady() const {
  if (impl_->draining_) {
    return "the server is stopping";
  }
  for (std::uint32_t shard = 0; shard < impl_->ledger_.shards(); ++shard) {
    if (const std::string why = impl_->ledger_.shard(shard).WhyStopped(); !why.empty()) {
      return "shard " + std::to_string(shard) + ": " + why;
    }
  }
  return "";
}

void FillResult(const Answer& answer, std::uint32_t shard, v1::CommandResult& result) {
  result.set_code(answer.code);
  result.set_replayed(answer.replayed);
  result.set_posting_date(answer.posting_date);
  if (answer.sequence != 0) {
    result.set_sequence(answer.sequence);
    result.set_shard(shard);
    const std::string_view hash = AsView(answer.hash);
    result.set_hash(hash.data(), hash.size());
  }
  if (!answer.detail.empty()) {
    result.set_detail(answer.detail);
  }
  result.set_item(answer.item);
  if (answer.balances == nullptr) {
    return;
  }
  result.set_balances_as_of(answer.balances->as_of);
  for (const AccountBalance& balance : answer.balances->accounts) {
    FillBalance(balance, *result.add_balances());
  }
}

void FillBalance(const AccountBalance& from, v1::Balance& to) {
  v1::Account& account = *to.mutable_account();
  account.set_cooperative(from.account.cooperative);
  account.set_code(from.account.code);
  account.set_holder(from.account.holder);
  if (from.account.currency != kIdr) {
    account.set_currency(FormatCurrency(from.account.currency));
  }
  to.set_balance(from.balance);
  to.set_held_debit(from.held_debit);
  to.set_held_credit(from.held_credit);
  to.set_available(from.available);
}

}  // namespace lumbung
