// Every scenario of every *.scenario file beside this one, each as a test of its own.
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include <gtest/gtest.h>

#include "tests/scenario/scenario_runner.h"

namespace lumbung {
namespace {

// Relative to the root of the tree, where tests run.
constexpr char kFolder[] = "tests/scenario";

std::vector<Scenario> LoadScenarios() {
  std::set<std::filesystem::path> paths;
  if (std::filesystem::is_directory(kFolder)) {
    for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
      if (entry.path().extension() == ".scenario") {
        paths.insert(entry.path());
      }
    }
  }
  std::vector<Scenario> all;
  for (const std::filesystem::path& path : paths) {
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (Scenario& scenario : ParseScenarios(path.string(), text)) {
      all.push_back(std::move(scenario));
    }
  }
  return all;
}

std::string NameOf(const testing::TestParamInfo<Scenario>& info) {
  std::string name =
      std::filesystem::path(info.param.file).stem().string() + "_" + info.param.title;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) {
      c = '_';
    }
  }
  return name;
}

class ScenarioTest : public testing::TestWithParam<Scenario> {};

TEST_P(ScenarioTest, Holds) {
  const std::vector<std::string> problems = ScenarioRunner(GetParam()).Run();
  for (const std::string& problem : problems) {
    ADD_FAILURE() << problem;
  }
}

INSTANTIATE_TEST_SUITE_P(Files, ScenarioTest, testing::ValuesIn(LoadScenarios()), NameOf);

}  // namespace

// gtest prints a parameter's value; a scenario is better known by its place.
void PrintTo(const Scenario& scenario, std::ostream* out) {
  *out << scenario.file << ":" << scenario.line;
}

}  // namespace lumbung
