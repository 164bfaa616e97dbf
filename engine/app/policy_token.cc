// lumbung policy token: a bearer token for a client, and what the policy says of it.
#include <string>

#include "engine/app/commands.h"
#include "engine/serve/policy.h"

namespace lumbung {
namespace {

class PolicyToken : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "policy token", "Make a bearer token for a client", "lumbung policy token\n",
        "The token is shown this once and kept nowhere: give it to the client, who sends it as\n"
        "`Authorization: Bearer TOKEN`. The policy gets its digest.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& /*app*/) override {}

  ExitCode Run(Output& output) override {
    const std::string token = MakeToken();
    const std::string digest = ToHex(TokenDigest(token));
    output.Document({{"token", token}, {"token_sha256", digest}});
    output.Line("for the client:  {}", token);
    output.Line("for the policy:  token_sha256 = [\"{}\"]", digest);
    return ExitCode::kOk;
  }
};

}  // namespace

std::unique_ptr<Command> MakePolicyToken() { return std::make_unique<PolicyToken>(); }

}  // namespace lumbung
