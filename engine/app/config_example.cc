// lumbung config example: a file of settings to begin with.
#include "engine/app/commands.h"
#include "engine/serve/config.h"

namespace lumbung {
namespace {

class ConfigExample : public Command {
 public:
  const About& about() const override {
    static const About kAbout{"config example",
                              "Print a file of settings: all there are, with their defaults",
                              "lumbung config example > lumbung.toml\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& /*app*/) override {}

  ExitCode Run(Output& output) override {
    output.Document({{"toml", ExampleConfig()}});
    if (!output.json()) {
      output.Raw(ExampleConfig());
    }
    return ExitCode::kOk;
  }
};

}  // namespace

std::unique_ptr<Command> MakeConfigExample() { return std::make_unique<ConfigExample>(); }

}  // namespace lumbung
