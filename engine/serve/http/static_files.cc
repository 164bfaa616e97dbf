#include "engine/serve/http/static_files.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "engine/base/bytes.h"
#include "engine/chain/hash.h"
#include "engine/serve/http/processor.h"

namespace lumbung {
namespace {

constexpr std::string_view kIndex = "index.html";
constexpr std::string_view kGzip = ".gz";

// Pages are only what they are made of: nothing inline, nothing from elsewhere, in nobody's frame.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kTypes{{
    {".css", "text/css; charset=utf-8"},
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".png", "image/png"},
    {".svg", "image/svg+xml"},
    {".txt", "text/plain; charset=utf-8"},
}};

std::string_view TypeOf(std::string_view path) {
  for (const auto& [ending, type] : kTypes) {
    if (path.ends_with(ending)) return type;
  }
  return {};
}

std::optional<std::string> ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  return in ? std::optional(std::move(text)) : std::nullopt;
}

// Whether the client has this version (RFC 9110, 13.1.2; what is sent compressed is another).
bool Has(const httplib::Request& request, const std::string& etag) {
  const std::string held = request.get_header_value("If-None-Match");
  return held == "*" || held.find(etag) != std::string::npos;
}

}  // namespace

Result<StaticFiles> StaticFiles::Load(const std::string& folder) {
  StaticFiles loaded;
  std::error_code error;
  const std::filesystem::path root(folder);
  std::filesystem::recursive_directory_iterator walk(root, error);
  if (error) return Status::InvalidArgument(folder + ": " + error.message());
  for (; walk != std::filesystem::recursive_directory_iterator(); walk.increment(error)) {
    if (error) return Status::IoError(folder + ": " + error.message());
    const std::string path = walk->path().lexically_relative(root).generic_string();
    const std::string_view type = TypeOf(path);
    if (!walk->is_regular_file(error) || type.empty()) continue;
    std::optional<std::string> body = ReadFile(walk->path());
    if (!body) return Status::IoError(walk->path().string() + ": can't be read");
    const std::filesystem::path packed = walk->path().string() + std::string(kGzip);
    std::optional<std::string> gzip;
    if (std::filesystem::exists(packed, error)) gzip = ReadFile(packed);
    File& file = loaded.files_[path];
    file.type = type;
    file.etag = "\"" + ToHex(Sha256(*body)).substr(0, 32);
    file.body = std::move(*body);
    file.gzip = gzip.value_or("");
  }
  if (!loaded.files_.contains(kIndex)) {
    return Status::InvalidArgument(folder + ": has no index.html");
  }
  return loaded;
}

bool StaticFiles::Answer(std::string_view path, const httplib::Request& request,
                         httplib::Response& response) const {
  const auto found = files_.find(path.empty() ? kIndex : path);
  if (found == files_.end()) return false;
  const File& file = found->second;
  const bool packed = !file.gzip.empty() && request.has_header(kTakesGzip);
  const std::string etag = file.etag + (packed ? "-gzip\"" : "\"");
  response.set_header("Content-Security-Policy", kPolicy);
  response.set_header("X-Content-Type-Options", "nosniff");
  response.set_header("Referrer-Policy", "no-referrer");
  response.set_header("Cross-Origin-Opener-Policy", "same-origin");
  response.set_header("Cross-Origin-Resource-Policy", "same-origin");
  // Kept, but asked for again each time, which costs no more than a 304.
  response.set_header("Cache-Control", "no-cache");
  response.set_header("ETag", etag);
  if (!file.gzip.empty()) response.set_header("Vary", "Accept-Encoding");
  if (Has(request, etag)) {
    response.status = 304;
    return true;
  }
  response.status = 200;
  response.set_header("Content-Type", file.type);
  if (packed) response.set_header("Content-Encoding", "gzip");
  response.body = packed ? file.gzip : file.body;
  return true;
}

}  // namespace lumbung
