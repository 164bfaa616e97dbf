#include "engine/commit/ledger.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <future>
#include <mutex>
#include <random>
#include <utility>

#include <sys/stat.h>

#include "engine/base/check.h"
#include "engine/chain/hash.h"
#include "engine/domain/format_version.h"
#include "engine/store/lock.h"
#include "engine/store/posix.h"

namespace lumbung {
namespace {

std::uint64_t RandomBits() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

std::string ShardOrigin(const std::string& origin, std::uint32_t shard) {
  return origin + "/" + std::to_string(shard);
}

// Empty or absent is what a new ledger or a backup wants.
Status PrepareEmptyDirectory(const std::string& dir) {
  std::error_code error;
  std::filesystem::create_directories(dir, error);
  if (error) {
    return Status::IoError(dir + ": " + error.message());
  }
  if (!std::filesystem::is_empty(dir, error) || error) {
    return Status::InvalidArgument(dir + " is not empty");
  }
  return Status::Ok();
}

// Its name is durable; that of the folder of shards is with LEDGER, which comes last.
Status MakeShardDirectory(const std::string& dir, std::uint32_t shard) {
  const std::string path = ShardDir(dir, shard);
  std::error_code error;
  std::filesystem::create_directories(path, error);
  return error ? Status::IoError(path + ": " + error.message()) : SyncDirectoryOf(path);
}

Status WriteKey(const std::string& dir, const SigningKey& key) {
  const std::string path = CheckpointKeyPath(dir);
  LUMBUNG_RETURN_IF_ERROR(WriteFileSynced(path, key.ToPem()));
  return chmod(path.c_str(), S_IRUSR | S_IWUSR) == 0
             ? Status::Ok()
             : Status::IoError(path + ": its mode can't be set");
}

// Puts the answers of one client's request together as the shards give them.
class Gathering {
 public:
  Gathering(std::size_t commands, std::size_t parts, Shard::Done done)
      : answers_(commands), ranks_(commands, kNone), parts_(parts), done_(std::move(done)) {}

  // A command that went to several shards is answered by the lowest that refuses it, else by the
  // lowest, whoever is first in time.
  void Add(std::size_t shard, const std::vector<std::size_t>& places, std::vector<Answer> answers) {
    bool complete = false;
    {
      const std::lock_guard lock(mutex_);
      for (std::size_t i = 0; i < places.size(); ++i) {
        Rank& best = ranks_[places[i]];
        if (const Rank rank{answers[i].code == v1::OK, shard}; rank < best) {
          best = rank;
          answers_[places[i]] = std::move(answers[i]);
        }
      }
      complete = --parts_ == 0;
    }
    if (complete) {
      done_(std::move(answers_));
    }
  }

 private:
  // Whether it is a good answer, and whose: the least counts.
  using Rank = std::pair<bool, std::size_t>;
  static constexpr Rank kNone{true, static_cast<std::size_t>(-1)};

  std::mutex mutex_;
  // Below is guarded by mutex_.
  std::vector<Answer> answers_;
  std::vector<Rank> ranks_;
  std::size_t parts_;
  Shard::Done done_;
};

}  // namespace

class Ledger::Impl {
 public:
  Impl(std::string dir, DirectoryLock lock, LedgerInfo info, const SigningKey& key,
       std::vector<std::unique_ptr<Shard>> shards)
      : dir_(std::move(dir)),
        lock_(std::move(lock)),
        info_(std::move(info)),
        key_(key),
        shards_(std::move(shards)) {}

  void Submit(std::span<const v1::Command* const> commands, std::string_view actor,
              Shard::Done done, const SubmitOptions& options);

  const std::string dir_;
  const DirectoryLock lock_;
  const LedgerInfo info_;
  const SigningKey key_;
  const std::vector<std::unique_ptr<Shard>> shards_;
};

Ledger::Ledger(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Ledger::~Ledger() = default;

Status Ledger::Create(const std::string& dir, std::string_view origin, std::uint32_t shards,
                      const ShardOptions& options) {
  if (!IsOriginName(origin)) {
    return Status::InvalidArgument(
        "the origin wants 1 to 64 of A-Z, a-z, 0-9, '.', '-', '_', '/', such as "
        "koperasi.example/ledger");
  }
  if (shards == 0 || shards > kMaxShards) {
    return Status::InvalidArgument("the number of shards wants 1 to 4,096");
  }
  LUMBUNG_RETURN_IF_ERROR(PrepareEmptyDirectory(dir));
  const Result<DirectoryLock> lock = DirectoryLock::Acquire(dir);
  if (!lock.ok()) {
    return lock.status();
  }
  const auto milliseconds = static_cast<std::uint64_t>(options.clock->WallMicros() / 1000);
  const LedgerInfo info{FormatUuid(UuidV7(milliseconds, RandomBits(), RandomBits())),
                        std::string(origin), shards};
  const SigningKey key = SigningKey::Generate();
  LUMBUNG_RETURN_IF_ERROR(WriteKey(dir, key));
  const PublicKey public_key = key.public_key();
  for (std::uint32_t shard = 0; shard < shards; ++shard) {
    LUMBUNG_RETURN_IF_ERROR(MakeShardDirectory(dir, shard));
    v1::LedgerCreated created;
    created.set_ledger_id(info.ledger_id);
    created.set_shard(shard);
    created.set_shards(shards);
    created.set_format_version(kFormatVersion);
    created.set_origin(ShardOrigin(info.origin, shard));
    created.set_checkpoint_key(public_key.data(), public_key.size());
    LUMBUNG_RETURN_IF_ERROR(Shard::Create(ShardDir(dir, shard), created, options));
  }
  // Last: without it the directory is no ledger yet.
  return WriteLedgerFile(dir, info);
}

Result<std::unique_ptr<Ledger>> Ledger::Open(const std::string& dir, const ShardOptions& options) {
  Result<LedgerInfo> info = ReadLedgerFile(dir);
  if (!info.ok()) {
    return info.status();
  }
  Result<DirectoryLock> lock = DirectoryLock::Acquire(dir);
  if (!lock.ok()) {
    return lock.status();
  }
  const Result<std::string> pem = ReadFile(CheckpointKeyPath(dir));
  if (!pem.ok()) {
    return pem.status();
  }
  Result<SigningKey> key = SigningKey::FromPem(*pem);
  if (!key.ok()) {
    return key.status();
  }
  std::vector<std::unique_ptr<Shard>> shards;
  for (std::uint32_t number = 0; number < info->shards; ++number) {
    Result<std::unique_ptr<Shard>> shard = Shard::Open(ShardDir(dir, number), options);
    if (!shard.ok()) {
      return shard.status();
    }
    shards.push_back(std::move(*shard));
    v1::LedgerRow row;
    LUMBUNG_RETURN_IF_ERROR(
        shards.back()->Read([&](const State& state, std::uint64_t) { row = state.ledger(); }));
    if (row.ledger_id() != info->ledger_id || row.shard() != number ||
        row.shards() != info->shards || row.origin() != ShardOrigin(info->origin, number)) {
      return Status::Corruption(ShardDir(dir, number) + " is shard " + std::to_string(row.shard()) +
                                " of ledger " + row.ledger_id() + " (" + row.origin() +
                                "), not of the one that LEDGER names");
    }
    if (row.checkpoint_key() !=
        std::string(reinterpret_cast<const char*>(key->public_key().data()), 32)) {
      return Status::Corruption(CheckpointKeyPath(dir) + " is not the key that shard " +
                                std::to_string(number) + " names for its checkpoints");
    }
  }
  return std::unique_ptr<Ledger>(new Ledger(
      std::make_unique<Impl>(dir, std::move(*lock), std::move(*info), *key, std::move(shards))));
}

const LedgerInfo& Ledger::info() const { return impl_->info_; }
std::uint32_t Ledger::shards() const { return impl_->info_.shards; }
Shard& Ledger::shard(std::uint32_t number) { return *impl_->shards_[number]; }

void Ledger::Impl::Submit(std::span<const v1::Command* const> commands, std::string_view actor,
                          Shard::Done done, const SubmitOptions& options) {
  if (shards_.size() == 1) {
    return shards_[0]->Submit(commands, actor, std::move(done), options);
  }
  std::vector<std::vector<const v1::Command*>> parts(shards_.size());
  auto places = std::make_shared<std::vector<std::vector<std::size_t>>>(shards_.size());
  const auto add = [&](std::size_t shard, std::size_t place) {
    parts[shard].push_back(commands[place]);
    (*places)[shard].push_back(place);
  };
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const std::uint64_t cooperative = CooperativeOf(*commands[i]);
    if (cooperative != 0) {
      add(ShardOf(cooperative, info_.shards), i);
      continue;
    }
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
      add(shard, i);
    }
  }
  const auto used = static_cast<std::size_t>(
      std::count_if(parts.begin(), parts.end(), [](const auto& part) { return !part.empty(); }));
  if (used == 0) {
    return done({});
  }
  auto gathering = std::make_shared<Gathering>(commands.size(), used, std::move(done));
  for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
    if (!parts[shard].empty()) {
      shards_[shard]->Submit(
          parts[shard], actor,
          [gathering, places, shard](auto answers) {
            gathering->Add(shard, (*places)[shard], std::move(answers));
          },
          options);
    }
  }
}

void Ledger::Submit(std::span<const v1::Command* const> commands, std::string_view actor,
                    Shard::Done done, const SubmitOptions& options) {
  impl_->Submit(commands, actor, std::move(done), options);
}

std::vector<Answer> Ledger::Execute(std::span<const v1::Command* const> commands,
                                    std::string_view actor) {
  std::promise<std::vector<Answer>> promise;
  Submit(commands, actor,
         [&](std::vector<Answer> answers) { promise.set_value(std::move(answers)); });
  return promise.get_future().get();
}

Answer Ledger::Execute(const v1::Command& command, std::string_view actor) {
  const v1::Command* one = &command;
  return std::move(Execute({&one, 1}, actor).front());
}

PublicKey Ledger::checkpoint_key() const { return impl_->key_.public_key(); }

Ledger::SignedHead Ledger::SignHead(std::uint32_t shard) const {
  SignedHead result;
  result.head = impl_->shards_[shard]->TreeHead(result.root);
  result.checkpoint = SignCheckpoint(
      {ShardOrigin(impl_->info_.origin, shard), result.head.sequence, result.root}, impl_->key_);
  return result;
}

Status Ledger::Backup(const std::string& dir) {
  LUMBUNG_RETURN_IF_ERROR(PrepareEmptyDirectory(dir));
  LUMBUNG_RETURN_IF_ERROR(WriteKey(dir, impl_->key_));
  for (std::uint32_t shard = 0; shard < impl_->info_.shards; ++shard) {
    LUMBUNG_RETURN_IF_ERROR(MakeShardDirectory(dir, shard));
    LUMBUNG_RETURN_IF_ERROR(impl_->shards_[shard]->Backup(ShardDir(dir, shard)));
  }
  return WriteLedgerFile(dir, impl_->info_);
}

Status Ledger::Close() {
  Status first;
  for (const auto& shard : impl_->shards_) {
    if (Status status = shard->Close(); first.ok()) {
      first = std::move(status);
    }
  }
  return first;
}

}  // namespace lumbung
