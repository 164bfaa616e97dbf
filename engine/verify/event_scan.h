// Reads of an event's bytes what verification and statements need, without building a message:
// several times as fast as parsing, and code of its own, so that a fault in the one is seen by the
// other.
//
// Only what the engine itself writes is accepted: fields in ascending order, none of them twice
// unless repeated.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace lumbung {

// Fields of one message, one after the other. Views point into the bytes. Inline: all of the time
// that scanning takes is here.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes)
      : position_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  // False at the end and where the bytes are no message: see ok().
  bool Next() {
    if (position_ == end_) {
      return false;
    }
    std::uint64_t tag = 0;
    if (!Varint(tag) || (tag >> 3) == 0 || (tag >> 32) != 0) {
      return Fail();
    }
    number_ = static_cast<std::uint32_t>(tag >> 3);
    value_ = 0;
    bytes_ = {};
    switch (tag & 7) {
      case kVarint:
        return Varint(value_) || Fail();
      case kLengthDelimited:
        return Bytes() || Fail();
      case kFixed64:
        return Fixed(8) || Fail();
      case kFixed32:
        return Fixed(4) || Fail();
      default:
        return Fail();
    }
  }
  bool ok() const { return ok_; }

  std::uint32_t number() const { return number_; }
  // Of the field, whatever its wire type; zero or empty where it has another.
  std::uint64_t value() const { return value_; }
  std::string_view bytes() const { return bytes_; }

 private:
  enum WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2, kFixed32 = 5 };

  bool Varint(std::uint64_t& value) {
    if (position_ != end_ && static_cast<std::uint8_t>(*position_) < 0x80) {
      value = static_cast<std::uint8_t>(*position_++);
      return true;
    }
    return LongVarint(value);
  }
  bool LongVarint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && position_ != end_; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(*position_++);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) {
        return true;
      }
    }
    return false;
  }
  bool Bytes() {
    std::uint64_t size = 0;
    if (!Varint(size) || size > static_cast<std::uint64_t>(end_ - position_)) {
      return false;
    }
    bytes_ = {position_, static_cast<std::size_t>(size)};
    position_ += size;
    return true;
  }
  bool Fixed(std::size_t size) {
    if (static_cast<std::size_t>(end_ - position_) < size) {
      return false;
    }
    std::memcpy(&value_, position_, size);  // little-endian, as protobuf's own
    position_ += size;
    return true;
  }
  bool Fail() {
    ok_ = false;
    position_ = end_;
    return false;
  }

  const char* position_;
  const char* end_;
  std::uint32_t number_ = 0;
  std::uint64_t value_ = 0;
  std::string_view bytes_;
  bool ok_ = true;
};

// The envelope of an event.
struct ScannedEvent {
  std::uint64_t sequence = 0;
  std::int64_t recorded_at = 0;
  std::string_view previous_hash;
  // Number of the body's field and its bytes.
  std::uint32_t body_number = 0;
  std::string_view body;
};

// False where the bytes are no event.
bool ScanEvent(std::string_view bytes, ScannedEvent& event);

struct ScannedEntry {
  std::uint32_t code = 0;
  std::uint64_t holder = 0;
  std::string_view currency;
  bool is_debit = false;
  std::int64_t amount = 0;
};

struct ScannedTransaction {
  std::string_view transaction_id;
  std::uint64_t cooperative = 0;
  // The whole message, for EntryScanner.
  std::string_view bytes;
};

// The transactions that an event posts or holds, with their entries as they count.
class TransactionScanner {
 public:
  explicit TransactionScanner(const ScannedEvent& event);

  // False after the last, and where the bytes are no such event: see ok().
  bool Next(ScannedTransaction& transaction);
  bool ok() const { return ok_; }

 private:
  bool Read(std::string_view bytes, ScannedTransaction& transaction);

  // Of a batch, the items; of others, the body itself.
  WireReader fields_;
  // Numbers of the field that holds an item, and within that (0: the same) the transaction.
  std::uint32_t item_number_ = 0;
  std::uint32_t transaction_number_ = 0;
  bool ok_ = true;
};

// The entries of a transaction.
class EntryScanner {
 public:
  explicit EntryScanner(std::string_view transaction) : fields_(transaction) {}

  // False after the last, and where the bytes are no transaction: see ok().
  bool Next(ScannedEntry& entry);
  bool ok() const { return ok_ && fields_.ok(); }

 private:
  WireReader fields_;
  std::uint32_t last_ = 0;
  bool ok_ = true;
};

// What is wrong with a transaction's entries by themselves (number, amounts, balance per
// currency); null if nothing is. Those that were read are put into `read`, unless it is null.
const char* FaultOfEntries(std::string_view transaction, std::vector<ScannedEntry>* read = nullptr);

}  // namespace lumbung
