// librdkafka's handles, owned, and what they are configured by.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <librdkafka/rdkafka.h>

#include "connectors/kafka/settings.h"
#include "engine/base/status.h"

namespace lumbung {

template <auto Function>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const {
    Function(object);
  }
};
using KafkaTopic = std::unique_ptr<rd_kafka_topic_t, FreeWith<rd_kafka_topic_destroy>>;
using KafkaMessage = std::unique_ptr<rd_kafka_message_t, FreeWith<rd_kafka_message_destroy>>;
using KafkaQueue = std::unique_ptr<rd_kafka_queue_t, FreeWith<rd_kafka_queue_destroy>>;
using KafkaEvent = std::unique_ptr<rd_kafka_event_t, FreeWith<rd_kafka_event_destroy>>;
using KafkaError = std::unique_ptr<rd_kafka_error_t, FreeWith<rd_kafka_error_destroy>>;

// Where the brokers said no and will again, until somebody grants or changes something: Refused.
// Otherwise IoError, and it may be tried again. `what` was being done.
Status KafkaStatus(rd_kafka_resp_err_t code, std::string_view what, std::string_view detail = {});

// A producer or a consumer. Thread-safe as librdkafka's handle is.
class KafkaClient {
 public:
  using Properties = std::vector<std::pair<const char*, std::string>>;
  using Delivered = void (*)(rd_kafka_t* handle, const rd_kafka_message_t* message, void* owner);

  // `delivered` is called within rd_kafka_poll and rd_kafka_flush, with `owner`. InvalidArgument or
  // IoError where the settings, or the files that they name, are wrong. Does not connect yet.
  static Result<std::unique_ptr<KafkaClient>> Make(rd_kafka_type_t type,
                                                   const KafkaSettings& settings,
                                                   const Properties& properties,
                                                   Delivered delivered = nullptr,
                                                   void* owner = nullptr);
  // What waits in it is given up. librdkafka can hang here: after some seconds it is left behind.
  ~KafkaClient();
  KafkaClient(const KafkaClient&) = delete;
  KafkaClient& operator=(const KafkaClient&) = delete;

  rd_kafka_t* handle() const { return handle_; }
  // The last trouble that librdkafka has had with brokers: " (Connection refused)"; or empty.
  std::string Trouble() const;
  // Whether that was that they don't take who we are, or we don't take who they are.
  bool Denied() const;
  // Why a partition that is being read is not there any more, or may not be read; OK while it is.
  // Some of that comes by no message.
  Status Lost(std::string_view what) const;
  // Whether the transaction under way has failed, so that it can only be aborted; librdkafka says
  // that in no other way before it is asked to commit.
  bool TransactionFailed() const { return shared_->transaction_failed; }
  void BeginTransaction() { shared_->transaction_failed = false; }

 private:
  // librdkafka's pointer to what belongs to the handle.
  struct Shared {
    Delivered delivered = nullptr;
    void* owner = nullptr;
    // Set by a thread of librdkafka's.
    std::atomic<bool> transaction_failed = false;
    mutable std::mutex mutex;
    // Below is guarded by mutex.
    std::string trouble;
    bool denied = false;
    rd_kafka_resp_err_t lost = RD_KAFKA_RESP_ERR_NO_ERROR;
  };

  KafkaClient(rd_kafka_t* handle, std::unique_ptr<Shared> shared)
      : handle_(handle), shared_(std::move(shared)) {}

  rd_kafka_t* const handle_;
  std::unique_ptr<Shared> shared_;
};

}  // namespace lumbung
