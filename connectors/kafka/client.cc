#include "connectors/kafka/client.h"

#include <array>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <thread>

namespace lumbung {
namespace {

constexpr std::chrono::seconds kDestroyLimit{5};

using Configuration = std::unique_ptr<rd_kafka_conf_t, FreeWith<rd_kafka_conf_destroy>>;

Result<std::string> ReadPassword(const std::string& path) {
  std::ifstream file(path);
  std::string password;
  if (!std::getline(file, password) || password.empty()) {
    return Status::IoError("can't read Kafka's password from " + path);
  }
  return password;
}

// How the brokers are reached.
Status AddSecurity(const KafkaSettings& settings, KafkaClient::Properties& properties) {
  const bool tls = !settings.ca_file.empty();
  const bool sasl = !settings.user.empty();
  properties.emplace_back("security.protocol", sasl ? "sasl_ssl" : tls ? "ssl" : "plaintext");
  if (tls) {
    properties.emplace_back("ssl.ca.location", settings.ca_file);
  }
  if (!settings.certificate_file.empty()) {
    properties.emplace_back("ssl.certificate.location", settings.certificate_file);
    properties.emplace_back("ssl.key.location", settings.key_file);
  }
  if (sasl) {
    const Result<std::string> password = ReadPassword(settings.password_file);
    LUMBUNG_RETURN_IF_ERROR(password.status());
    properties.emplace_back("sasl.mechanism", settings.mechanism);
    properties.emplace_back("sasl.username", settings.user);
    properties.emplace_back("sasl.password", *password);
  }
  return Status::Ok();
}

bool NeedsAnOperator(rd_kafka_resp_err_t code) {
  // Not a switch: librdkafka has some two hundred of them.
  constexpr std::array kCodes{
      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR,
      RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
  };
  for (const rd_kafka_resp_err_t needing : kCodes) {
    if (code == needing) {
      return true;
    }
  }
  return false;
}

// Of a partition that is being read; the rest is of connections, and passes.
bool EndsReading(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
         code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
         code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
}

}  // namespace

Status KafkaStatus(rd_kafka_resp_err_t code, std::string_view what, std::string_view detail) {
  std::string message(what);
  message += ": ";
  message += detail.empty() ? std::string_view(rd_kafka_err2str(code)) : detail;
  return NeedsAnOperator(code) ? Status::Refused(message + " (docs/KAFKA.md lists what it needs)")
                               : Status::IoError(message);
}

Result<std::unique_ptr<KafkaClient>> KafkaClient::Make(rd_kafka_type_t type,
                                                       const KafkaSettings& settings,
                                                       const Properties& properties,
                                                       Delivered delivered, void* owner) {
  LUMBUNG_RETURN_IF_ERROR(CheckKafkaSettings(settings));
  Properties all{{"bootstrap.servers", settings.brokers},
                 {"client.id", "lumbung"},
                 // After a break a try a second is worth it; the default backs off to ten.
                 {"reconnect.backoff.max.ms", "1000"}};
  LUMBUNG_RETURN_IF_ERROR(AddSecurity(settings, all));
  all.insert(all.end(), properties.begin(), properties.end());
  Configuration configuration(rd_kafka_conf_new());
  std::array<char, 512> error{};
  for (const auto& [name, value] : all) {
    if (rd_kafka_conf_set(configuration.get(), name, value.c_str(), error.data(), error.size()) !=
        RD_KAFKA_CONF_OK) {
      return Status::InvalidArgument(std::string("Kafka's ") + name + ": " + error.data());
    }
  }
  auto shared = std::make_unique<Shared>();
  shared->delivered = delivered;
  shared->owner = owner;
  rd_kafka_conf_set_opaque(configuration.get(), shared.get());
  rd_kafka_conf_set_error_cb(configuration.get(), [](rd_kafka_t*, int code, const char* reason,
                                                     void* opaque) {
    auto* self = static_cast<Shared*>(opaque);
    const std::lock_guard lock(self->mutex);
    if (code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
      // That comes after each one's own reason, and says less.
      self->trouble = reason;
      self->denied = code == RD_KAFKA_RESP_ERR__AUTHENTICATION || code == RD_KAFKA_RESP_ERR__SSL;
    }
    if (const auto kind = static_cast<rd_kafka_resp_err_t>(code); EndsReading(kind)) {
      self->lost = kind;
    }
  });
  // What it would write to standard error is told as errors too.
  rd_kafka_conf_set_log_cb(configuration.get(), [](const rd_kafka_t* handle, int /*level*/,
                                                   const char* facility, const char* /*text*/) {
    if (std::string_view(facility) == "TXNERR") {
      static_cast<Shared*>(rd_kafka_opaque(handle))->transaction_failed = true;
    }
  });
  if (delivered != nullptr) {
    rd_kafka_conf_set_dr_msg_cb(
        configuration.get(),
        [](rd_kafka_t* handle, const rd_kafka_message_t* message, void* opaque) {
          auto* self = static_cast<Shared*>(opaque);
          self->delivered(handle, message, self->owner);
        });
  }
  rd_kafka_t* handle = rd_kafka_new(type, configuration.get(), error.data(), error.size());
  if (handle == nullptr) {
    return Status::InvalidArgument(std::string("Kafka's settings: ") + error.data());
  }
  static_cast<void>(configuration.release());  // the handle's now
  return std::unique_ptr<KafkaClient>(new KafkaClient(handle, std::move(shared)));
}

KafkaClient::~KafkaClient() {
  // Nothing of the owner's is called from here on.
  shared_->delivered = [](rd_kafka_t*, const rd_kafka_message_t*, void*) {};
  if (rd_kafka_type(handle_) == RD_KAFKA_PRODUCER) {
    static_cast<void>(rd_kafka_purge(handle_, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                                  RD_KAFKA_PURGE_F_NON_BLOCKING));
  }
  struct Progress {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
  };
  const auto progress = std::make_shared<Progress>();
  std::thread destroyer(
      [handle = handle_, progress, shared = std::shared_ptr<Shared>(std::move(shared_))] {
        rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
        const std::lock_guard lock(progress->mutex);
        progress->done = true;
        progress->changed.notify_all();
      });
  std::unique_lock lock(progress->mutex);
  const bool done =
      progress->changed.wait_for(lock, kDestroyLimit, [&progress] { return progress->done; });
  lock.unlock();
  done ? destroyer.join() : destroyer.detach();
}

std::string KafkaClient::Trouble() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->trouble.empty() ? "" : " (" + shared_->trouble + ")";
}

Status KafkaClient::Lost(std::string_view what) const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->lost == RD_KAFKA_RESP_ERR_NO_ERROR
             ? Status::Ok()
             : KafkaStatus(shared_->lost, what, shared_->trouble);
}

bool KafkaClient::Denied() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->denied;
}

}  // namespace lumbung
