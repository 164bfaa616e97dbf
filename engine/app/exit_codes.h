// What the program's exit codes mean. Scripts rely on them; they must not change.
#pragma once

#include "engine/base/status.h"

namespace lumbung {

enum class ExitCode : int {
  kOk = 0,
  // The answer is no: a command was refused, something is not there, or an operator's word is
  // needed.
  kRefused = 1,
  // The command line or what was given as input is off.
  kUsage = 2,
  // The file system said no, a write failed, or a server does not answer.
  kIo = 3,
  // Another process owns the ledger.
  kBusy = 4,
  // What is stored is not what was written.
  kCorruption = 5,
  // Ctrl-C, or asked to end. What was acknowledged stays.
  kInterrupted = 130,
};

// For --help.
inline constexpr const char* kExitCodesHelp =
    "Exit codes:\n"
    "  0    done\n"
    "  1    the answer is no: a command was refused, something is not there, or an\n"
    "       operator must confirm\n"
    "  2    the command line or the input is off\n"
    "  3    the file system said no, a write failed, or a server does not answer\n"
    "  4    another process owns the ledger\n"
    "  5    corruption: what is stored is not what was written\n"
    "  130  interrupted; what was acknowledged stays\n";

ExitCode ExitCodeOf(const Status& status);

}  // namespace lumbung
