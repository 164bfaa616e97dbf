// lumbung serve: owns a ledger and answers for it over the network, until it is told to stop.
#include <csignal>
#include <string>

#include <systemd/sd-daemon.h>

#include "engine/app/commands.h"
#include "engine/app/config_options.h"
#include "engine/serve/server/server.h"

namespace lumbung {
namespace {

class Serve : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "serve", "Serve a ledger over gRPC and HTTP",
        "lumbung serve barn\n"
        "lumbung serve barn --grpc-listen 127.0.0.1:8000 --log-format json\n"
        "lumbung serve barn --config lumbung.toml\n",
        "On loopback it needs no settings: whoever can reach it may do everything. Beyond "
        "loopback\n"
        "it wants TLS and a policy. `lumbung config example` prints every setting; each is also a\n"
        "flag. SIGTERM and Ctrl-C answer what was taken up, then end; SIGHUP reads policy and\n"
        "certificates again; SIGUSR1 confirms the clock after it has jumped.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    app.add_option("DIR", dir_, "The ledger's folder (`ledger` in the settings)");
    app.add_option("--config", arguments_.file, "File of settings, in TOML");
    AddSettingOptions(app, arguments_);
  }

  ExitCode Run(Output& output) override;

 private:
  Result<ServeConfig> Config() const;

  std::string dir_;
  ConfigArguments arguments_;
};

Result<ServeConfig> Serve::Config() const {
  Result<ServeConfig> config = ReadConfig(arguments_);
  if (!config.ok()) {
    return config;
  }
  if (!dir_.empty()) {
    config->ledger = dir_;
  }
  if (config->ledger.empty()) {
    return Status::InvalidArgument(
        "which ledger? `lumbung serve DIR`, or `ledger` in the settings");
  }
  LUMBUNG_RETURN_IF_ERROR(CheckConfig(*config));
  return config;
}

ExitCode Serve::Run(Output& output) {
  const Result<ServeConfig> config = Config();
  if (!config.ok()) {
    return output.Fail(config.status());
  }
  StartLog(config->log);
  // Before any thread is there, so that all of them leave the signals to this one.
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) {
    ::sigaddset(&signals, signal);
  }
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  Result<std::unique_ptr<Server>> server = Server::Start(*config);
  if (!server.ok()) {
    return output.Fail(server.status());
  }
  output.Document({{"grpc_port", (*server)->grpc_port()}, {"http_port", (*server)->http_port()}});
  output.Line("serving {}: gRPC on port {}, HTTP on port {}; Ctrl-C stops", config->ledger,
              (*server)->grpc_port(), (*server)->http_port());
  if (const Status written = output.Flush(); !written.ok()) {
    return output.Fail(written);
  }
  ::sd_notify(0, "READY=1");
  int signal = 0;
  while (::sigwait(&signals, &signal) == 0 && (signal == SIGHUP || signal == SIGUSR1)) {
    if (signal == SIGHUP) {
      ::sd_notify(0, "RELOADING=1");
      (*server)->Reload();
      ::sd_notify(0, "READY=1");
    } else {
      (*server)->ConfirmClock();
      Log(LogLevel::kWarning, "the clock was confirmed");
    }
  }
  ::sd_notify(0, "STOPPING=1");
  Log(LogLevel::kInfo, "stopping");
  // A second one ends the process at once: what is acknowledged is safe.
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  if (const Status stopped = (*server)->Stop(); !stopped.ok()) {
    return output.Fail(stopped);
  }
  Log(LogLevel::kInfo, "stopped");
  return ExitCode::kOk;
}

}  // namespace

std::unique_ptr<Command> MakeServe() { return std::make_unique<Serve>(); }

}  // namespace lumbung
