#include "engine/store/file_checksum.h"

#include <string>
#include <xxhash.h>

#include "engine/base/bytes.h"
#include "engine/base/check.h"

namespace lumbung {
namespace {

constexpr const char* kName = "XXH3_64";

class Xxh3Generator : public rocksdb::FileChecksumGenerator {
 public:
  Xxh3Generator() { LUMBUNG_CHECK(state_ != nullptr && XXH3_64bits_reset(state_.get()) == XXH_OK); }

  void Update(const char* data, std::size_t size) override {
    LUMBUNG_CHECK(XXH3_64bits_update(state_.get(), data, size) == XXH_OK);
  }
  void Finalize() override {
    AppendBigEndian(checksum_, std::uint64_t{XXH3_64bits_digest(state_.get())});
  }
  std::string GetChecksum() const override { return checksum_; }
  const char* Name() const override { return kName; }

 private:
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };

  std::unique_ptr<XXH3_state_t, Free> state_{XXH3_createState()};
  std::string checksum_;
};

class Factory : public rocksdb::FileChecksumGenFactory {
 public:
  std::unique_ptr<rocksdb::FileChecksumGenerator> CreateFileChecksumGenerator(
      const rocksdb::FileChecksumGenContext& context) override {
    if (context.requested_checksum_func_name.empty() ||
        context.requested_checksum_func_name == kName) {
      return std::make_unique<Xxh3Generator>();
    }
    return crc32c_->CreateFileChecksumGenerator(context);
  }
  const char* Name() const override { return kName; }

 private:
  std::shared_ptr<rocksdb::FileChecksumGenFactory> crc32c_ =
      rocksdb::GetFileChecksumGenCrc32cFactory();
};

}  // namespace

std::shared_ptr<rocksdb::FileChecksumGenFactory> FileChecksumFactory() {
  return std::make_shared<Factory>();
}

}  // namespace lumbung
