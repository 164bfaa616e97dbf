#include "tests/support/answer_model.h"

#include <gtest/gtest.h>

#include "engine/chain/hash.h"
#include "engine/domain/decide.h"

namespace lumbung {
namespace {

std::string NameOf(const WorkNumber& work) {
  return "command " + std::to_string(work.stream) + "/" + std::to_string(work.number);
}

// Refused before the id was looked up: says nothing of an earlier submission.
bool SaysNothing(v1::Code code) {
  return code == v1::OUTCOME_UNKNOWN || code == v1::WRITES_STOPPED || code == v1::SHUTTING_DOWN ||
         code == v1::OVERLOADED || code == v1::CLOCK_SUSPECT;
}

}  // namespace

AnswerModel::AnswerModel(std::function<v1::Command(const WorkNumber&)> command_of,
                         const LogStore& log)
    : command_of_(std::move(command_of)), checked_(log.head()) {}

void AnswerModel::Submitted(const WorkNumber& work) {
  Known& known = known_[work];
  known.may_be_there = true;
  const v1::Command command = command_of_(work);
  owners_[Validate(command).key] = work;
}

void AnswerModel::Answered(const WorkNumber& work, const Answer& answer) {
  Known& known = known_.at(work);
  if (SaysNothing(answer.code)) {
    EXPECT_EQ(answer.sequence, 0U) << NameOf(work);
    return;
  }
  if (answer.sequence == 0) {
    EXPECT_TRUE(known.sequence == 0 && known.seen_at == 0)
        << NameOf(work) << " is recorded and was refused: " << v1::Code_Name(answer.code) << " "
        << answer.detail;
    known.may_be_there = false;
    return;
  }
  EXPECT_NE(answer.code, v1::ID_CONFLICT) << NameOf(work);
  // Of several who ask at once, one is the first; answers may be heard in another order.
  EXPECT_FALSE(!answer.replayed && (known.was_first || known.seen_at != 0))
      << NameOf(work) << " was recorded twice";
  known.was_first |= !answer.replayed;
  if (known.sequence == 0) {
    known.sequence = answer.sequence;
    known.hash = answer.hash;
    known.code = answer.code;
    ++recorded_;
  }
  EXPECT_EQ(answer.sequence, known.sequence) << NameOf(work) << " was answered otherwise before";
  EXPECT_EQ(answer.hash, known.hash) << NameOf(work);
  EXPECT_EQ(answer.code, known.code) << NameOf(work);
}

void AnswerModel::CheckEvent(std::uint64_t sequence, const Hash& hash, const v1::Event& event) {
  std::vector<CommandKey> keys;
  AppendKeysOf(event, keys);
  for (const CommandKey& key : keys) {
    EXPECT_TRUE(keys_in_log_.insert(key).second)
        << "an id of event " << sequence << " is in the log twice";
  }
  if (event.has_hold_released() && event.hold_released().expired()) {
    return;
  }
  ASSERT_FALSE(keys.empty()) << "event " << sequence << " is nobody's";
  const auto owner = owners_.find(keys.front());
  ASSERT_NE(owner, owners_.end()) << "event " << sequence << " is nobody's";
  Known& known = known_.at(owner->second);
  EXPECT_TRUE(known.may_be_there) << NameOf(owner->second) << " was refused, and is at "
                                  << sequence;
  EXPECT_TRUE(SameContent(command_of_(owner->second), event))
      << NameOf(owner->second) << " is at " << sequence << " with other content";
  known.seen_at = sequence;
  if (known.sequence != 0) {
    EXPECT_EQ(known.sequence, sequence) << NameOf(owner->second);
    EXPECT_EQ(known.hash, hash) << NameOf(owner->second);
    EXPECT_EQ(known.code, CodeOf(event)) << NameOf(owner->second);
  }
}

void AnswerModel::CheckLog(const LogStore& log) {
  if (checked_.sequence > 0) {
    const Result<std::string> last = log.ReadEvent(checked_.sequence);
    ASSERT_TRUE(last.ok()) << last.status().message();
    ASSERT_EQ(Hasher().Leaf(*last), checked_.hash) << "event " << checked_.sequence << " changed";
  }
  Hasher hasher;
  v1::Event event;
  const Status read =
      log.ForEach(checked_.sequence + 1, ~std::uint64_t{0},
                  [&](std::uint64_t sequence, std::string_view bytes) {
                    if (!event.ParseFromString(std::string(bytes)) ||
                        event.previous_hash() != AsView(checked_.hash)) {
                      return Status::Corruption("event " + std::to_string(sequence));
                    }
                    checked_ = {sequence, hasher.Leaf(bytes)};
                    CheckEvent(sequence, checked_.hash, event);
                    return Status::Ok();
                  });
  EXPECT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(log.head(), checked_);
  for (const auto& [work, known] : known_) {
    EXPECT_EQ(known.sequence == 0 ? known.seen_at : known.sequence, known.seen_at)
        << NameOf(work) << " was acknowledged and is not there";
  }
}

std::vector<WorkNumber> AnswerModel::Pending() const {
  std::vector<WorkNumber> pending;
  for (const auto& [work, known] : known_) {
    if (known.may_be_there && known.sequence == 0) {
      pending.push_back(work);
    }
  }
  return pending;
}

std::vector<WorkNumber> AnswerModel::All() const {
  std::vector<WorkNumber> all;
  for (const auto& [work, known] : known_) {
    all.push_back(work);
  }
  return all;
}

}  // namespace lumbung
