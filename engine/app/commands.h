// The program's subcommands, in the order of --help.
#pragma once

#include <memory>

#include "engine/app/command.h"

namespace lumbung {

std::unique_ptr<Command> MakeInit();
std::unique_ptr<Command> MakeRegister();
std::unique_ptr<Command> MakePost();
std::unique_ptr<Command> MakeImportTransactions();
std::unique_ptr<Command> MakeImportRetail();
std::unique_ptr<Command> MakeSimulate();
std::unique_ptr<Command> MakeShow();
std::unique_ptr<Command> MakeAccounts();
std::unique_ptr<Command> MakeBalance();
std::unique_ptr<Command> MakeStatement();
std::unique_ptr<Command> MakeReplay();
std::unique_ptr<Command> MakeCheckpoint();
std::unique_ptr<Command> MakeVerify();
std::unique_ptr<Command> MakeStats();
std::unique_ptr<Command> MakeBackup();
std::unique_ptr<Command> MakeRestore();
std::unique_ptr<Command> MakeRecover();
std::unique_ptr<Command> MakePublish();
std::unique_ptr<Command> MakeProject();
std::unique_ptr<Command> MakeServe();
std::unique_ptr<Command> MakeConfigCheck();
std::unique_ptr<Command> MakeConfigExample();
std::unique_ptr<Command> MakePolicyCheck();
std::unique_ptr<Command> MakePolicyToken();
std::unique_ptr<Command> MakeBench();
std::unique_ptr<Command> MakeVersion();

}  // namespace lumbung
