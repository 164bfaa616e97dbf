// lumbung config check: whether the server would start with these settings.
#include <string>

#include "engine/app/commands.h"
#include "engine/app/config_options.h"
#include "engine/serve/policy_file.h"
#include "engine/serve/tls.h"

namespace lumbung {
namespace {

class ConfigCheck : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "config check", "Check a file of settings, and what it names",
        "lumbung config check lumbung.toml\n"
        "lumbung config check lumbung.toml --grpc-listen 127.0.0.1:8080 --json\n",
        "Reads the policy, the certificate and its key too. Flags go before the file, as they do\n"
        "for the server.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    app.add_option("FILE", arguments_.file, "The settings, in TOML")->required();
    AddSettingOptions(app, arguments_);
  }

  ExitCode Run(Output& output) override;

 private:
  Status CheckFiles(const ServeConfig& config);

  ConfigArguments arguments_;
  Json policy_;
  Json tls_;
};

Status ConfigCheck::CheckFiles(const ServeConfig& config) {
  if (!config.policy.empty()) {
    const Result<std::unique_ptr<PolicyFile>> policy = PolicyFile::Load(config.policy);
    LUMBUNG_RETURN_IF_ERROR(policy.status());
    policy_ = {{"file", config.policy}, {"principals", (*policy)->current()->entries().size()}};
  }
  if (!config.tls.certificate.empty()) {
    const auto tls = LoadTls(config.tls, Clock::System());
    LUMBUNG_RETURN_IF_ERROR(tls.status());
    tls_ = {{"names", (*tls)->names}, {"days_left", DaysLeft(**tls, Clock::System())}};
  }
  return Status::Ok();
}

ExitCode ConfigCheck::Run(Output& output) {
  const Result<ServeConfig> config = ReadConfig(arguments_);
  if (!config.ok()) {
    return output.Fail(config.status());
  }
  if (const Status status = CheckConfig(*config); !status.ok()) {
    return output.Fail(status);
  }
  if (const Status status = CheckFiles(*config); !status.ok()) {
    return output.Fail(status);
  }
  Json settings = Json::object();
  for (const Setting& setting : Settings()) {
    settings[std::string(setting.key)] = ValueOf(setting, *config);
  }
  output.Document({{"settings", settings}, {"policy", policy_}, {"tls", tls_}});
  output.Line("{}: good", arguments_.file);
  if (!policy_.is_null()) {
    output.Line("policy: {} principals", policy_["principals"].get<std::size_t>());
  }
  if (!tls_.is_null()) {
    output.Line("certificate: {} days left", tls_["days_left"].get<std::int64_t>());
  }
  return ExitCode::kOk;
}

}  // namespace

std::unique_ptr<Command> MakeConfigCheck() { return std::make_unique<ConfigCheck>(); }

}  // namespace lumbung
