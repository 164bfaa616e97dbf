// GET /dashboard/: its files. They hold no data, so whoever comes gets them; what they ask the API
// for is asked with the viewer's own token.
#include "engine/serve/http/api.h"

namespace lumbung {

void HttpApi::GetDashboard(Exchange& exchange) {
  std::string path;
  for (const std::string& place : exchange.places) path += (path.empty() ? "" : "/") + place;
  if (!options_.dashboard->Answer(path, exchange.request, exchange.response)) {
    exchange.Answer(HttpProblem(404));
  }
}

void HttpApi::GoToDashboard(Exchange& exchange) {
  exchange.response.set_redirect("/dashboard/", 302);
  exchange.response.set_header("Cache-Control", "no-cache");
}

}  // namespace lumbung
