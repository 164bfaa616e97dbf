#include "engine/serve/config.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "engine/serve/listen_address.h"
#include "engine/serve/nearest_name.h"
#include "engine/serve/toml_reader.h"
#include "projections/catalogue/names.h"

namespace lumbung {
namespace {

// "grpc" of "grpc.listen"; empty where it stands in none.
std::string_view SectionOf(const Setting& setting) {
  const std::size_t dot = setting.key.find('.');
  return dot == std::string_view::npos ? std::string_view() : setting.key.substr(0, dot);
}

const Setting* FindSetting(std::string_view key) {
  const std::span<const Setting> all = Settings();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [key](const Setting& setting) { return setting.key == key; });
  return found == all.end() ? nullptr : &*found;
}

// Names that may stand in a section, or in none: keys, and then sections too.
std::vector<std::string_view> NamesIn(std::string_view section) {
  std::vector<std::string_view> names;
  for (const Setting& setting : Settings()) {
    const std::string_view its = SectionOf(setting);
    if (its == section) {
      names.push_back(setting.key.substr(its.empty() ? 0 : its.size() + 1));
    } else if (section.empty() && (names.empty() || names.back() != its)) {
      names.push_back(its);
    }
  }
  return names;
}

// A value of the file as SetValue reads it; nothing where it is of another type.
std::optional<std::string> AsText(const Setting& setting, const toml::node& node) {
  const bool is_number =
      setting.kind == Setting::Kind::kNumber || setting.kind == Setting::Kind::kBytes;
  if (const toml::value<std::int64_t>* number = node.as_integer(); number != nullptr && is_number) {
    return fmt::format("{}", number->get());
  }
  const toml::value<std::string>* text = node.as_string();
  return text != nullptr && setting.kind != Setting::Kind::kNumber ? std::optional(text->get())
                                                                   : std::nullopt;
}

class ConfigReader {
 public:
  explicit ConfigReader(std::string_view name) : fault_(std::string(name)) {}

  Result<ServeConfig> Read(const toml::table& document) {
    ReadSection("", document);
    LUMBUNG_RETURN_IF_ERROR(fault_.status());
    return std::move(config_);
  }

 private:
  void ReadSection(std::string_view section, const toml::table& table) {
    const std::vector<std::string_view> names = NamesIn(section);
    for (const auto& [name, node] : table) {
      if (std::find(names.begin(), names.end(), name.str()) == names.end()) {
        fault_.SetUnknown(name.source(), section, name.str(), names);
        return;
      }
      const std::string key =
          fmt::format("{}{}{}", section, section.empty() ? "" : ".", name.str());
      if (const Setting* setting = FindSetting(key)) {
        ReadValue(*setting, node);
      } else if (const toml::table* inner = node.as_table()) {
        ReadSection(key, *inner);
      } else {
        fault_.Set(node.source(), key, fmt::format("wants a table, not {}", TypeName(node)));
      }
    }
  }

  void ReadValue(const Setting& setting, const toml::node& node) {
    const std::optional<std::string> text = AsText(setting, node);
    if (!text) {
      return fault_.Set(node.source(), setting.key, fmt::format("can't be {}", TypeName(node)));
    }
    // The message names the key.
    if (const Status status = SetValue(setting, *text, config_); !status.ok()) {
      fault_.Set(node.source(), "", status.message());
    }
  }

  TomlFault fault_;
  ServeConfig config_;
};

Status CheckTls(const TlsPaths& tls) {
  if (tls.certificate.empty() != tls.key.empty()) {
    return Status::InvalidArgument("tls.certificate and tls.key go together: set both, or neither");
  }
  if (!tls.client_ca.empty() && tls.certificate.empty()) {
    return Status::InvalidArgument("tls.client_ca: set tls.certificate and tls.key besides");
  }
  return Status::Ok();
}

// One that others than this machine reach.
Status CheckExposed(const ServeConfig& config, std::string_view key, const std::string& listen) {
  if (listen.empty() || ParseListenAddress(listen).value_or(ListenAddress{}).loopback) {
    return Status::Ok();
  }
  std::string missing;
  for (const auto& [name, value] :
       {std::pair("tls.certificate", config.tls.certificate), std::pair("tls.key", config.tls.key),
        std::pair("policy", config.policy)}) {
    if (value.empty()) {
      missing += fmt::format("{}{}", missing.empty() ? "" : ", ", name);
    }
  }
  return missing.empty()
             ? Status::Ok()
             : Status::InvalidArgument(fmt::format(
                   "{}: {} is reached by other machines, and anyone on the network could read and "
                   "post: set {}, or listen on 127.0.0.1",
                   key, listen, missing));
}

}  // namespace

Result<ServeConfig> ParseConfig(std::string_view toml, std::string_view name) {
  const Result<toml::table> document = ParseToml(toml, name);
  LUMBUNG_RETURN_IF_ERROR(document.status());
  return ConfigReader(name).Read(*document);
}

Status CheckConfig(const ServeConfig& config) {
  LUMBUNG_RETURN_IF_ERROR(CheckTls(config.tls));
  LUMBUNG_RETURN_IF_ERROR(CheckExposed(config, "grpc.listen", config.grpc.listen));
  LUMBUNG_RETURN_IF_ERROR(CheckExposed(config, "http.listen", config.http.listen));
  if (config.grpc.listen.empty() && config.http.listen.empty()) {
    return Status::InvalidArgument("grpc.listen and http.listen are both empty: set one");
  }
  const auto grpc = ParseListenAddress(config.grpc.listen);
  const auto http = ParseListenAddress(config.http.listen);
  if (grpc && http && grpc->port != 0 && grpc->port == http->port && grpc->host == http->host) {
    return Status::InvalidArgument("grpc.listen and http.listen are the same: change one's port");
  }
  if (config.limits.admission.max_commands_a_principal > config.limits.admission.max_commands) {
    return Status::InvalidArgument(
        "limits.max_commands_a_principal: wants no more than limits.max_commands");
  }
  if (config.limits.max_commands_a_call > config.limits.admission.max_commands_a_principal) {
    return Status::InvalidArgument(
        "limits.max_commands_a_call: wants no more than limits.max_commands_a_principal");
  }
  if (config.http.max_body_bytes > config.limits.admission.max_bytes) {
    return Status::InvalidArgument("http.max_body_bytes: wants no more than limits.max_bytes");
  }
  if (const Status known = CheckProjectionNames(ListedNames(config.projections.names));
      !known.ok()) {
    return Status::InvalidArgument("projections.names: " + known.message());
  }
  return config.kafka.brokers.empty() ? Status::Ok() : CheckKafkaSettings(config.kafka);
}

std::vector<std::string> ListedNames(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    std::string_view name = text.substr(0, end);
    name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
    name = name.substr(0, name.find_last_not_of(' ') + 1);
    names.emplace_back(name);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return names;
}

std::string ExampleConfig() {
  std::string text =
      "# Every setting of `lumbung serve`, with its default. Each is a flag too: listen in [grpc]\n"
      "# is --grpc-listen, and a flag goes before the file. Paths that do not begin with / start\n"
      "# from the folder that the program is run in. Other machines are listened to only with TLS\n"
      "# and a policy.\n";
  const ServeConfig defaults;
  std::string_view section;
  for (const Setting& setting : Settings()) {
    if (SectionOf(setting) != section) {
      section = SectionOf(setting);
      text += fmt::format("\n[{}]\n", section);
    } else {
      text += "\n";
    }
    const std::string_view name = setting.key.substr(section.empty() ? 0 : section.size() + 1);
    const std::string value = ValueOf(setting, defaults);
    const bool bare = setting.kind == Setting::Kind::kNumber;
    text += bare ? fmt::format("# {} ({} to {}).\n{} = {}\n", setting.help, setting.least,
                               setting.most, name, value)
                 : fmt::format("# {}.\n{} = \"{}\"\n", setting.help, name, value);
  }
  return text;
}

}  // namespace lumbung
