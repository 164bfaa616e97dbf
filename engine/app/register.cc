// lumbung register: registers a cooperative; the short form of a command in JSON.
#include <charconv>
#include <map>

#include "engine/app/answers.h"
#include "engine/app/command_sink.h"
#include "engine/app/commands.h"
#include "engine/app/program_ids.h"
#include "engine/base/clock.h"
#include "engine/base/date.h"

namespace lumbung {
namespace {

const std::map<std::string, std::int32_t> kZones = {{"WIB", 420}, {"WITA", 480}, {"WIT", 540}};

class Register : public Command {
 public:
  const About& about() const override {
    static const About kAbout{
        "register", "Register a cooperative",
        "lumbung register barn 20418 --village 32.04.12.2001\n"
        "lumbung register barn 20419 --village 91.03.01.1001 --zone WIT --effective 20260101\n"
        "lumbung register --server 127.0.0.1:7070 20418 --village 32.04.12.2001\n",
        "The same again is answered as before.\n"};
    return kAbout;
  }

  void AddOptions(CLI::App& app) override {
    AddLedgerOrServer(app, ledger_, server_);
    app.add_option("COOPERATIVE", cooperative_, "Its number, 1 to 999999999999");
    app.add_option("--village", village_, "Kemendagri code of its village")->required();
    app.add_option("--zone", zone_, "Time zone: WIB, WITA or WIT")
        ->check(CLI::IsMember({"WIB", "WITA", "WIT"}))
        ->capture_default_str();
    app.add_option("--chart", chart_, "Name of its chart of accounts")->capture_default_str();
    app.add_option("--effective", effective_, "First day, as 20260131 (default: today)");
  }

  ExitCode Run(Output& output) override {
    if (const Status status = ChooseLedgerOrServer(ledger_, server_, cooperative_); !status.ok()) {
      return output.Fail(status);
    }
    std::uint64_t number = 0;
    const char* const end = cooperative_.data() + cooperative_.size();
    const auto [parsed, error] = std::from_chars(cooperative_.data(), end, number);
    if (error != std::errc{} || parsed != end) {
      return output.Fail(
          Status::InvalidArgument("which cooperative? Its number, 1 to 999999999999"));
    }
    v1::Command command;
    v1::Cooperative& cooperative = *command.mutable_register_cooperative();
    cooperative.set_cooperative(number);
    cooperative.set_village_code(village_);
    cooperative.set_chart(chart_);
    cooperative.set_status(v1::Cooperative::ACTIVE);
    cooperative.set_utc_offset_minutes(kZones.at(zone_));
    cooperative.set_effective_date(
        effective_ != 0 ? effective_ : LocalDate(Clock::System().WallMicros(), kZones.at(zone_)));
    command.set_command_id(IdOfContent(command));

    Result<std::unique_ptr<CommandSink>> sink = OpenSink(ledger_, server_);
    if (!sink.ok()) {
      return output.Fail(sink.status());
    }
    const Result<Answer> answer = ExecuteOne(**sink, command);
    const Status closed = (*sink)->Close();
    if (!answer.ok()) {
      return output.Fail(answer.status());
    }
    const ExitCode code = PrintAnswer(output, command, *answer);
    return closed.ok() ? code : output.Fail(closed);
  }

 private:
  LedgerArguments ledger_;
  ServerArguments server_;
  std::string cooperative_;
  std::string village_;
  std::string zone_ = "WIB";
  std::string chart_ = "kdmp";
  std::int32_t effective_ = 0;
};

}  // namespace

std::unique_ptr<Command> MakeRegister() { return std::make_unique<Register>(); }

}  // namespace lumbung
