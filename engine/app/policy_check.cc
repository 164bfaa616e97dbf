// lumbung policy check: whether a policy can be used, and whom it lets do what.
#include <string>
#include <string_view>

#include "engine/app/commands.h"
#include "engine/serve/policy_file.h"

namespace lumbung {
namespace {

std::string RolesOf(const Principal& principal) {
  std::string roles;
  for (const Grant& grant : principal.grants()) {
    const std::string_view name = RoleName(grant.role);
    if (roles.find(name) == std::string::npos) {
      roles += roles.empty() ? "" : ", ";
      roles += name;
    }
  }
  return roles;
}

class PolicyCheck : public Command {
 public:
  const About& about() const override {
    static const About kAbout{"policy check", "Check a policy, and list its principals",
                              "lumbung policy check policy.toml\n"
                              "lumbung policy check policy.toml --json\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    app.add_option("FILE", file_, "The policy, in TOML")->required();
  }

  ExitCode Run(Output& output) override {
    const Result<std::unique_ptr<PolicyFile>> file = PolicyFile::Load(file_);
    if (!file.ok()) {
      return output.Fail(file.status());
    }
    const std::shared_ptr<const Policy> policy = (*file)->current();
    Json principals = Json::array();
    for (const PolicyEntry& entry : policy->entries()) {
      const std::string roles = RolesOf(*entry.principal);
      principals.push_back({{"id", entry.principal->id()},
                            {"roles", roles},
                            {"names", entry.names},
                            {"tokens", entry.tokens.size()},
                            {"revoked", entry.revoked}});
      output.Line("{}: {}; {} certificate names, {} tokens", entry.principal->id(),
                  entry.revoked ? "REVOKED" : roles, entry.names.size(), entry.tokens.size());
    }
    output.Document({{"good", true}, {"principals", principals}});
    return ExitCode::kOk;
  }

 private:
  std::string file_;
};

}  // namespace

std::unique_ptr<Command> MakePolicyCheck() { return std::make_unique<PolicyCheck>(); }

}  // namespace lumbung
