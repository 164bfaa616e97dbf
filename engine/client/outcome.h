// What is known of what was sent, where it was sent more than once or got no answer.
#pragma once

#include <google/protobuf/repeated_ptr_field.h>
#include <grpcpp/support/status.h>

#include "engine/base/status.h"

#include "lumbung/ledger/v1/service.pb.h"

namespace lumbung {

namespace v1 = ledger::v1;

// Whether what was sent may have been taken up by a call that ended so without answering it: then
// the same is sent again. OK is how a stream ends that answered less than it was asked.
bool EndedWithoutAnswer(grpc::StatusCode code);

// Whether a server that answers so did not come to look the id up. The answer is then about this
// sending alone, and says nothing of one before it.
bool IsAboutThisSending(v1::Code code);

// IoError: it was sent, and how the last call ended does not say what became of it.
Status OutcomeUnknown(const grpc::Status& status);

// Of something that was sent before, with an outcome that is not known: what says nothing of that
// becomes OUTCOME_UNKNOWN.
void KeepUnknown(v1::CommandResult& result);
void KeepUnknown(google::protobuf::RepeatedPtrField<v1::CommandResult>& results);

}  // namespace lumbung
