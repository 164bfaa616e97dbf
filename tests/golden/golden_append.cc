// Brings the checked-in golden files and the list of schemas up to date, by appending only: refuses
// where anything that is there already would change (README.md). Runs in the root of the tree.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "engine/exporters/proto.h"
#include "engine/store/posix.h"
#include "tests/golden/golden_files.h"
#include "tests/golden/golden_ledger.h"
#include "tests/golden/schema_list.h"

namespace lumbung {
namespace {

// A file that is not there yet has no items.
template <typename Items>
std::vector<std::string> OrNone(Result<Items> items) {
  return items.ok() ? std::move(*items) : std::vector<std::string>();
}

// Appends what `now` has beyond `kept`, each item in its written form.
template <typename Form>
Status AppendNew(const std::string& path, const std::vector<std::string>& kept,
                 const std::vector<std::string>& now, Form form) {
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (i >= now.size() || kept[i] != now[i]) {
      return Status::Refused(path + ": item " + std::to_string(i + 1) +
                             " would change, and must not");
    }
  }
  std::ofstream out(path, std::ios::binary | std::ios::app);
  for (std::size_t i = kept.size(); i < now.size(); ++i) {
    out << form(now[i]);
  }
  out.flush();
  std::cout << path << ": " << now.size() - kept.size() << " appended\n";
  return out ? Status::Ok() : Status::IoError(path + " can't be written");
}

std::string AsLine(const std::string& text) { return text + "\n"; }

std::string AsEntry(const std::string& bytes) {
  std::string entry;
  AppendEntry(bytes, entry);
  return entry;
}

Status AppendEvents(const std::string& work_dir) {
  const Result<std::string> input = ReadFile(kGoldenInput);
  LUMBUNG_RETURN_IF_ERROR(input.status());
  const Result<std::vector<std::string>> events = BuildGoldenEvents(*input, work_dir);
  LUMBUNG_RETURN_IF_ERROR(events.status());
  const Result<std::vector<std::string>> lines = DescribeEvents(*events);
  LUMBUNG_RETURN_IF_ERROR(lines.status());
  LUMBUNG_RETURN_IF_ERROR(
      AppendNew(kGoldenEvents, OrNone(ReadEvents(kGoldenEvents)), *events, AsEntry));
  return AppendNew(kGoldenLines, OrNone(ReadLines(kGoldenLines)), *lines, AsLine);
}

Status AppendSchemas() {
  const Result<std::vector<std::string>> now = ListSchemas(kSchemas);
  LUMBUNG_RETURN_IF_ERROR(now.status());
  const std::vector<std::string> kept = OrNone(ReadLines(kSchemaList));
  const SchemaDifference difference = CompareSchemas(kept, *now);
  if (!difference.broken.empty()) {
    return Status::Refused(difference.broken.front());
  }
  std::vector<std::string> all = kept;
  all.insert(all.end(), difference.added.begin(), difference.added.end());
  return AppendNew(kSchemaList, kept, all, AsLine);
}

int Main() {
  std::string work_dir = std::filesystem::temp_directory_path() / "golden_append.XXXXXX";
  if (mkdtemp(work_dir.data()) == nullptr) {
    std::cerr << "no temporary directory can be made\n";
    return 1;
  }
  Status status = AppendEvents(work_dir);
  std::filesystem::remove_all(work_dir);
  if (status.ok()) {
    status = AppendSchemas();
  }
  if (!status.ok()) {
    std::cerr << status.message() << "\n";
  }
  return status.ok() ? 0 : 1;
}

}  // namespace
}  // namespace lumbung

int main() { return lumbung::Main(); }
