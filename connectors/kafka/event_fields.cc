#include "connectors/kafka/event_fields.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "engine/domain/ids.h"

#include "lumbung/ledger/v1/event.pb.h"

namespace lumbung {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// A message's fields, one after the other.
class FieldReader {
 public:
  explicit FieldReader(std::string_view message)
      : message_(message),
        stream_(reinterpret_cast<const std::uint8_t*>(message.data()),
                static_cast<int>(message.size())) {}

  // False at the end, and where it is no message: then not whole().
  bool Next() {
    const std::uint32_t tag = stream_.ReadTag();
    if (tag == 0) {
      whole_ = stream_.ConsumedEntireMessage();
      return false;
    }
    number_ = static_cast<std::uint32_t>(WireFormatLite::GetTagFieldNumber(tag));
    switch (WireFormatLite::GetTagWireType(tag)) {
      case WireFormatLite::WIRETYPE_VARINT:
        return stream_.ReadVarint64(&value_);
      case WireFormatLite::WIRETYPE_LENGTH_DELIMITED: {
        std::uint32_t length = 0;
        if (!stream_.ReadVarint32(&length)) {
          return false;
        }
        bytes_ = message_.substr(static_cast<std::size_t>(stream_.CurrentPosition()), length);
        return bytes_.size() == length && stream_.Skip(static_cast<int>(length));
      }
      case WireFormatLite::WIRETYPE_FIXED64:
      case WireFormatLite::WIRETYPE_START_GROUP:
      case WireFormatLite::WIRETYPE_END_GROUP:
      case WireFormatLite::WIRETYPE_FIXED32:
        return WireFormatLite::SkipField(&stream_, tag);
    }
    return false;
  }

  // Once Next was false: whether that was the end.
  bool whole() const { return whole_; }
  std::uint32_t number() const { return number_; }
  std::uint64_t value() const { return value_; }
  std::string_view bytes() const { return bytes_; }

 private:
  const std::string_view message_;
  CodedInputStream stream_;
  bool whole_ = false;
  std::uint32_t number_ = 0;
  std::uint64_t value_ = 0;
  std::string_view bytes_;
};

bool CooperativeOfPosted(std::string_view posted, std::uint64_t& cooperative) {
  FieldReader outer(posted);
  while (outer.Next()) {
    if (outer.number() == v1::TransactionPosted::kTransactionFieldNumber) {
      FieldReader transaction(outer.bytes());
      while (transaction.Next()) {
        if (transaction.number() == v1::Transaction::kCooperativeFieldNumber) {
          cooperative = transaction.value();
          return true;
        }
      }
    }
  }
  return false;
}

std::uint64_t CooperativeOf(const v1::Event& event) {
  switch (event.body_case()) {
    case v1::Event::kTransactionPosted:
      return event.transaction_posted().transaction().cooperative();
    case v1::Event::kBatchPosted:
      return event.batch_posted().cooperative();
    case v1::Event::kTransactionHeld:
      return event.transaction_held().transaction().cooperative();
    case v1::Event::kHoldCaptured:
      return event.hold_captured().transaction().cooperative();
    case v1::Event::kHoldReleased:
      return event.hold_released().cooperative();
    case v1::Event::kCommandRejected:
      return lumbung::CooperativeOf(event.command_rejected().command());
    case v1::Event::kCooperativeRegistered:
      return event.cooperative_registered().cooperative().cooperative();
    case v1::Event::kCooperativeChanged:
      return event.cooperative_changed().cooperative().cooperative();
    case v1::Event::kHolderChanged:
      return event.holder_changed().holder().cooperative();
    case v1::Event::kAccountOpened:
      return event.account_opened().opening().account().cooperative();
    case v1::Event::kAccountStatusChanged:
      return event.account_status_changed().status().account().cooperative();
    case v1::Event::kPeriodClosed:
      return event.period_closed().closing().cooperative();
    case v1::Event::kLoanGranted:
      return event.loan_granted().loan().cooperative();
    case v1::Event::kLoanScheduleReplaced:
      return event.loan_schedule_replaced().schedule().cooperative();
    case v1::Event::kLoanPaymentReported:
      return event.loan_payment_reported().payment().cooperative();
    case v1::Event::kLoanStatusReported:
      return event.loan_status_reported().status().cooperative();
    case v1::Event::kAttestationRecorded:
      return event.attestation_recorded().attestation().cooperative();
    case v1::Event::kErasureRecorded:
      return event.erasure_recorded().erasure().cooperative();
    case v1::Event::kLedgerCreated:
    case v1::Event::kCheckpointKeyChanged:
    case v1::Event::kEpochStarted:
    case v1::Event::kLedgerRestored:
    case v1::Event::kChartPublished:
    case v1::Event::kStateAttested:
    case v1::Event::BODY_NOT_SET:
      return 0;
  }
  return 0;
}

bool CooperativeOfAny(std::string_view bytes, std::uint64_t& cooperative) {
  v1::Event event;
  if (!event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return false;
  }
  cooperative = CooperativeOf(event);
  return true;
}

}  // namespace

bool ReadEventFields(std::string_view bytes, EventFields& fields) {
  fields = {};
  std::string_view body;
  FieldReader event(bytes);
  while (event.Next()) {
    switch (event.number()) {
      case v1::Event::kSequenceFieldNumber:
        fields.sequence = event.value();
        break;
      case v1::Event::kRecordedAtFieldNumber:
        fields.recorded_at = static_cast<std::int64_t>(event.value());
        break;
      case v1::Event::kEpochFieldNumber:
      case v1::Event::kPreviousHashFieldNumber:
      case v1::Event::kActorFieldNumber:
        break;
      default:
        fields.body = event.number();
        body = event.bytes();
    }
  }
  if (!event.whole() || fields.sequence == 0) {
    return false;
  }
  return fields.body == v1::Event::kTransactionPostedFieldNumber
             ? CooperativeOfPosted(body, fields.cooperative)
             : CooperativeOfAny(bytes, fields.cooperative);
}

}  // namespace lumbung
