// lumbung version: what this program is.
#include "engine/app/commands.h"
#include "engine/domain/format_version.h"

namespace lumbung {
namespace {

class Version : public Command {
 public:
  const About& about() const override {
    static const About kAbout{"version", "Say which version this is", "lumbung version\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& /*app*/) override {}

  ExitCode Run(Output& output) override {
    output.Document({{"version", LUMBUNG_VERSION}, {"format_version", kFormatVersion}});
    output.Line("lumbung {}, ledger format {}", LUMBUNG_VERSION, kFormatVersion);
    return ExitCode::kOk;
  }
};

}  // namespace

std::unique_ptr<Command> MakeVersion() { return std::make_unique<Version>(); }

}  // namespace lumbung
