#include "engine/app/config_options.h"

#include <utility>

#include "engine/store/posix.h"

namespace lumbung {

void AddSettingOptions(CLI::App& app, ConfigArguments& arguments) {
  const ServeConfig defaults;
  for (const Setting& setting : Settings()) {
    ConfigArguments::Given& given = arguments.given.emplace_back();
    given.setting = &setting;
    CLI::Option* option = app.add_option(FlagOf(setting), given.text, std::string(setting.help));
    option->group("Settings")->type_name("")->default_str(ValueOf(setting, defaults));
    given.option = option;
  }
}

Result<ServeConfig> ReadConfig(const ConfigArguments& arguments) {
  ServeConfig config;
  if (!arguments.file.empty()) {
    const Result<std::string> text = ReadFile(arguments.file);
    LUMBUNG_RETURN_IF_ERROR(text.status());
    Result<ServeConfig> parsed = ParseConfig(*text, arguments.file);
    LUMBUNG_RETURN_IF_ERROR(parsed.status());
    config = std::move(*parsed);
  }
  for (const ConfigArguments::Given& given : arguments.given) {
    // Not by the text: an empty one may be what was given.
    if (given.option->count() > 0) {
      LUMBUNG_RETURN_IF_ERROR(SetValue(*given.setting, given.text, config));
    }
  }
  return config;
}

}  // namespace lumbung
