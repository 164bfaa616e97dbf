// A producer that writes to one partition in transactions, under an id that one producer at a time
// may use: opening it fences whoever had it before.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "connectors/kafka/client.h"
#include "engine/base/status.h"

namespace lumbung {

struct KafkaRecord {
  std::string_view key = {};
  std::string_view value = {};
  // Milliseconds since 1970 UTC.
  std::int64_t timestamp = 0;
  // Headers' values.
  std::string_view sequence = {};
  std::string_view type = {};
};

// One thread at a time. Every operation answers within some seconds of `stop` saying so.
//
// Busy: another has taken the id over, or the brokers believe so. Refused: they don't allow it,
// until somebody grants or changes something. IoError: nothing is known but what the partition
// holds; where usable() is still true the next transaction may begin, else a new producer is
// needed.
class TransactionalProducer {
 public:
  using Stop = std::function<bool()>;

  // Waits until whatever the id's last owner left open is ended.
  static Result<std::unique_ptr<TransactionalProducer>> Open(const KafkaSettings& settings,
                                                             const std::string& id,
                                                             std::int32_t partition, Stop stop);

  // What the partition is known to reach to: a message that comes to lie before it shows that the
  // topic is not the one that it was, and ends the transaction.
  void ExpectOffsets(std::int64_t next_offset) { next_offset_ = next_offset; }

  Status Begin();
  // Copies what it is given. Waits where as much as may be waits already.
  Status Produce(const KafkaRecord& record);
  // OK: all of the transaction is there, for readers too. After an error that can be answered by it
  // the transaction is aborted.
  Status Commit();

  bool usable() const { return usable_; }
  // Whether the brokers turned us away at the door.
  bool Denied() const { return client_->Denied(); }

 private:
  TransactionalProducer(std::string topic, std::int32_t partition, Stop stop)
      : topic_name_(std::move(topic)), partition_(partition), stop_(std::move(stop)) {}

  void Delivered(const rd_kafka_message_t& message);
  // Calls until it is done, fails, or it is time to give up.
  template <typename Call>
  Status Repeat(const char* what, const Call& call);
  Status Failed(const char* what, rd_kafka_error_t* error);
  Status Broken(Status why);
  // `why` unless a message failed, which says more.
  Status Abort(Status why);

  // Constant after Open.
  const std::string topic_name_;
  const std::int32_t partition_;
  const Stop stop_;
  // Before client_: callbacks come until that is gone.
  std::int64_t next_offset_ = 0;
  // Why a message of this transaction was not written, or not where it belongs.
  Status delivery_;
  bool usable_ = true;
  std::unique_ptr<KafkaClient> client_;
  KafkaTopic topic_;
};

}  // namespace lumbung
