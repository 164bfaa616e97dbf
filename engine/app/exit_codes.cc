#include "engine/app/exit_codes.h"

namespace lumbung {

ExitCode ExitCodeOf(const Status& status) {
  switch (status.kind()) {
    case Status::Kind::kOk:
      return ExitCode::kOk;
    case Status::Kind::kInvalidArgument:
      return ExitCode::kUsage;
    case Status::Kind::kNotFound:
    case Status::Kind::kRefused:
      return ExitCode::kRefused;
    case Status::Kind::kCorruption:
      return ExitCode::kCorruption;
    case Status::Kind::kIoError:
      return ExitCode::kIo;
    case Status::Kind::kBusy:
      return ExitCode::kBusy;
    case Status::Kind::kCancelled:
      return ExitCode::kInterrupted;
  }
  return ExitCode::kIo;
}

}  // namespace lumbung
