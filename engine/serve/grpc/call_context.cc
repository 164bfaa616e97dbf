#include "engine/serve/grpc/call_context.h"

#include <openssl/x509v3.h>

#include "engine/serve/certificate_names.h"
#include "engine/serve/grpc/status.h"
#include "engine/serve/trace_context.h"

namespace lumbung {
namespace {

constexpr std::string_view kBearer = "Bearer ";
// What gRPC calls the SANs of a verified certificate.
struct NameProperty {
  const char* property;
  int kind;
};
constexpr NameProperty kNames[] = {
    {"peer_dns", GEN_DNS}, {"peer_uri", GEN_URI}, {"peer_email", GEN_EMAIL}};

std::string_view Header(const grpc::CallbackServerContext& context, const char* name) {
  const auto found = context.client_metadata().find(name);
  return found == context.client_metadata().end()
             ? std::string_view()
             : std::string_view(found->second.data(), found->second.size());
}

std::vector<std::string> NamesOf(const grpc::CallbackServerContext& context) {
  std::vector<std::string> names;
  const std::shared_ptr<const grpc::AuthContext> peer = context.auth_context();
  if (peer == nullptr || !peer->IsPeerAuthenticated()) {
    return names;
  }
  for (const NameProperty& known : kNames) {
    for (const grpc::string_ref& value : peer->FindPropertyValues(known.property)) {
      if (const std::string_view name(value.data(), value.size());
          HasShapeOfKind(known.kind, name)) {
        names.emplace_back(name);
      }
    }
  }
  return names;
}

}  // namespace

std::shared_ptr<const Principal> PrincipalOf(const grpc::CallbackServerContext& context,
                                             const Authenticator& authenticate,
                                             std::string_view request_id) {
  std::string_view token = Header(context, "authorization");
  if (token.starts_with(kBearer)) {
    token.remove_prefix(kBearer.size());
  } else {
    token = {};
  }
  return authenticate(NamesOf(context), token, request_id);
}

bool FillCall(grpc::CallbackServerContext& context, const Authenticator& authenticate, Call& call,
              grpc::Status& status) {
  const TraceContext trace =
      ContextOf(Header(context, "traceparent"), Header(context, "x-request-id"));
  call.request_id = trace.request_id;
  context.AddInitialMetadata("x-request-id", trace.request_id);
  context.AddInitialMetadata("traceparent", trace.traceparent);
  call.principal = PrincipalOf(context, authenticate, call.request_id);
  if (call.principal == nullptr) {
    status = Unauthenticated();
    return false;
  }
  const auto deadline = context.deadline();
  if (deadline != std::chrono::system_clock::time_point::max()) {
    call.deadline =
        std::chrono::steady_clock::now() + (deadline - std::chrono::system_clock::now());
  }
  return true;
}

}  // namespace lumbung
