// Reads of an event's bytes what verification and statements need, without building a message:
// several times as fast as parsing, and code of its own, so that a fault in the one is seen by the
// other.
//
// Only what the engine itself writes is accepted: fields in ascending order, none of them twice
// unless repeated.
#pragma once

#include <cstdint>
#include <string_view>

namespace lumbung {

// Fields of one message, one after the other. Views point into the bytes.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes)
      : position_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  // False at the end and where the bytes are no message: see ok().
  bool Next();
  bool ok() const { return ok_; }

  std::uint32_t number() const { return number_; }
  // Of the field, whatever its wire type; zero or empty where it has another.
  std::uint64_t value() const { return value_; }
  std::string_view bytes() const { return bytes_; }

 private:
  bool Varint(std::uint64_t& value);
  bool Fixed(std::size_t size);
  bool Fail();

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
// currency); null if nothing is.
const char* FaultOfEntries(std::string_view transaction);

}  // namespace lumbung
