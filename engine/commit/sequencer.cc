#include "engine/commit/sequencer.h"

#include "engine/base/check.h"

namespace lumbung {
namespace {

// As many holds are released before a block is decided.
constexpr int kMaxReleasesABlock = 4'096;
// How many commands ahead of the one that is decided what it needs is brought into the cache: slots
// of indexes first, then the rows that they name.
constexpr std::size_t kSlotsAhead = 8;
constexpr std::size_t kRowsAhead = 4;

Answer Refusal(v1::Code code, std::string detail) {
  Answer answer;
  answer.code = code;
  answer.detail = std::move(detail);
  return answer;
}

}  // namespace

Sequencer::Sequencer(std::unique_ptr<State> state, IdHistory& history, std::uint64_t head,
                     std::int64_t last_time, const ShardOptions& options)
    : options_(options),
      state_(std::move(state)),
      history_(history),
      clock_(*options.clock, last_time),
      decided_(head) {
  if (options.clock_confirmed) {
    clock_.Confirm();
  }
}

void Sequencer::StartBlock(Block& block) {
  block_time_ = clock_.Read();
  if (clock_.suspect() || stopped_ != v1::OK) {
    return;
  }
  for (int i = 0; i < kMaxReleasesABlock; ++i) {
    SetEnvelope(event_, {});
    if (!DecideExpiry(*state_, block_time_, event_)) {
      return;
    }
    LUMBUNG_CHECK(Append(event_, block));
  }
}

bool Sequencer::IsFull(const Block& block) const {
  return block.events.events() >= options_.max_block_events ||
         block.events.bytes() >= options_.max_block_bytes;
}

bool Sequencer::HasRoomFor(const Block& block, std::size_t commands) const {
  return block.events.empty() || block.events.events() + commands <= options_.max_block_events;
}

std::size_t Sequencer::Take(Request& request, std::size_t from, Block& block) {
  const std::size_t count = request.commands.size();
  if (from == 0) {
    request.answers.reserve(count);
  }
  if (request.options.deadline < std::chrono::steady_clock::now()) {
    request.answers.resize(count,
                           Refusal(v1::EXPIRED, "its deadline had passed before it was decided"));
    return count;
  }
  std::size_t i = from;
  for (; i < count && !IsFull(block); ++i) {
    PrefetchFor(request, i);
    request.answers.push_back(DecideOne(request, i, block));
  }
  return i;
}

void Sequencer::PrefetchFor(const Request& request, std::size_t i) const {
  const std::size_t count = request.commands.size();
  const AccountTable& accounts = state_->accounts();
  if (const std::size_t ahead = i + kSlotsAhead; ahead < count) {
    __builtin_prefetch(request.commands[ahead]);
    history_.Prefetch(request.keys[ahead]);
    accounts.PrefetchSlot(request.accounts[ahead].first);
    accounts.PrefetchSlot(request.accounts[ahead].second);
  }
  if (const std::size_t ahead = i + kRowsAhead; ahead < count) {
    if (request.commands[ahead]->has_post()) {
      const auto* post = reinterpret_cast<const char*>(&request.commands[ahead]->post());
      __builtin_prefetch(post);
      __builtin_prefetch(post + 64);
      __builtin_prefetch(post + 128);
    }
    accounts.PrefetchRow(request.accounts[ahead].first);
    accounts.PrefetchRow(request.accounts[ahead].second);
  }
}

Answer Sequencer::DecideOne(const Request& request, std::size_t i, Block& block) {
  if (stopped_ != v1::OK) {
    return Refusal(stopped_, why_);
  }
  if (clock_.suspect()) {
    return Refusal(v1::CLOCK_SUSPECT,
                   "the clock jumped by more than 60 s; check it, then confirm it");
  }
  const v1::Command& command = *request.commands[i];
  history_.Expect(request.keys[i], request.found[i], request.generation);
  SetEnvelope(event_, request.actor);
  Decision decision =
      decider_.Decide(*state_, command, request.checked[i], history_, block_time_, event_);
  if (!history_.status().ok()) {
    // Nothing can be decided that is not known to be new.
    ReturnLent(event_);
    Stop(v1::WRITES_STOPPED, "the ledger can't be read: " + history_.status().message());
    return Refusal(stopped_, why_);
  }
  Answer answer = Refusal(decision.code, std::move(decision.detail));
  answer.item = decision.item;
  answer.posting_date = decision.posting_date;
  if (decision.replayed || decision.code == v1::ID_CONFLICT) {
    answer.replayed = decision.replayed;
    answer.sequence = decision.prior_sequence;
    answer.hash = decision.prior_hash;
    if (decision.replayed && answer.code == v1::OK && request.options.with_balances) {
      const Recorded prior = history_.Find(request.checked[i].key);
      LUMBUNG_CHECK(prior.event != nullptr);
      SumChanges(*prior.event, changes_);
      AddBalances(true, answer);
    }
    return answer;
  }
  return decision.record ? Conclude(request, i, std::move(answer), block) : answer;
}

Answer Sequencer::Conclude(const Request& request, std::size_t i, Answer answer, Block& block) {
  if (request.options.dry_run) {
    if (answer.code == v1::OK && request.options.with_balances) {
      SumChanges(event_, changes_);
      AddBalances(false, answer);
    }
    ReturnLent(event_);
    return answer;
  }
  const std::size_t accounts = state_->accounts().size();
  if (Append(event_, block)) {
    answer.sequence = decided_;
    answer.new_accounts = static_cast<std::uint32_t>(state_->accounts().size() - accounts);
    const bool one_id =
        event_.has_transaction_posted() && request.commands[i]->post().reverses().empty();
    IndexIds(event_, one_id ? &request.keys[i] : nullptr);
    if (answer.code == v1::OK && request.options.with_balances) {
      SumChanges(event_, changes_);
      AddBalances(true, answer);
    }
  } else {
    answer = Refusal(v1::TOO_LARGE, "what would be recorded has more than 65,535 bytes");
  }
  ReturnLent(event_);
  return answer;
}

void Sequencer::AddBalances(bool applied, Answer& answer) const {
  auto balances = std::make_shared<AnswerBalances>();
  balances->as_of = decided_;
  for (const NetChange& change : changes_.all()) {
    balances->accounts.push_back(
        BalanceOf(*state_, change.key, block_time_, applied ? nullptr : &change));
  }
  answer.balances = std::move(balances);
}

Answer Sequencer::Record(v1::Event& event, Block& block) {
  if (stopped_ != v1::OK) {
    return Refusal(stopped_, why_);
  }
  SetEnvelope(event, {});
  if (event.has_epoch_started()) {
    event.set_epoch(event.epoch_started().epoch());  // the envelope's epoch is the new one
  }
  LUMBUNG_CHECK(Append(event, block));
  Answer answer;
  answer.sequence = decided_;
  return answer;
}

void Sequencer::SetEnvelope(v1::Event& event, const std::string& actor) {
  event.set_sequence(decided_ + 1);
  event.set_recorded_at(block_time_);
  event.set_epoch(state_->ledger().epoch());
  event.mutable_previous_hash()->assign(sizeof(Hash), '\0');
  *event.mutable_actor() = actor;
}

bool Sequencer::Append(v1::Event& event, Block& block) {
  const std::size_t size = event.ByteSizeLong();
  if (size > kMaxEventBytes) {
    return false;
  }
  std::uint8_t* bytes = block.events.Reserve(event.sequence(), size);
  const std::uint8_t* end = event.SerializeWithCachedSizesToArray(bytes);
  LUMBUNG_CHECK(end == bytes + size);
  decided_ = event.sequence();
  if (event.has_transaction_posted()) {
    state_->ApplyPosted(decider_.posted_changes(), event.sequence());
  } else {
    state_->Apply(event);
  }
  return true;
}

void Sequencer::IndexIds(const v1::Event& event, const IdKey* only) {
  if (only != nullptr) {
    history_.Insert(*only, event.sequence());
    return;
  }
  keys_.clear();
  AppendKeysOf(event, keys_);
  for (const CommandKey& key : keys_) {
    history_.Insert(ToIdKey(key), event.sequence());
  }
}

void Sequencer::ConfirmClock() {
  const bool was_suspect = clock_.suspect();
  clock_.Confirm();
  if (was_suspect) {
    block_time_ = clock_.Read();
  }
}

void Sequencer::Stop(v1::Code code, std::string why) {
  stopped_ = code;
  why_ = std::move(why);
}

void Sequencer::GoBackTo(std::unique_ptr<State> state, std::uint64_t head) {
  state_ = std::move(state);
  decided_ = head;
}

}  // namespace lumbung
