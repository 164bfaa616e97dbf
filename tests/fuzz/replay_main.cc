// The main of a fuzzer in builds without libFuzzer: runs the target once over every file named, or
// lying in a folder named, by the arguments, in order of name. No file at all is an error, so a
// corpus that got lost is noticed.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> CollectInputs(std::span<char*> arguments) {
  std::vector<fs::path> inputs;
  for (const char* argument : arguments) {
    if (!fs::is_directory(argument)) {
      inputs.emplace_back(argument);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(argument)) {
      if (entry.is_regular_file()) inputs.push_back(entry.path());
    }
  }
  std::sort(inputs.begin(), inputs.end());
  return inputs;
}

std::vector<char> ReadAll(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::span<char*> all(argv, static_cast<std::size_t>(argc));
    const std::vector<fs::path> inputs = CollectInputs(all.subspan(1));
    if (inputs.empty()) {
      std::fprintf(stderr, "no input: name files or folders of a corpus\n");
      return 2;
    }
    for (const fs::path& path : inputs) {
      // Named before the run: if the target crashes, this line says on what.
      std::fprintf(stderr, "%s\n", path.c_str());
      const std::vector<char> bytes = ReadAll(path);
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    }
    std::fprintf(stderr, "%zu inputs replayed\n", inputs.size());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
