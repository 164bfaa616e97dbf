#include "engine/client/channel.h"

#include <fstream>
#include <sstream>

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include "google/rpc/error_info.pb.h"
#include "google/rpc/status.pb.h"

namespace lumbung {
namespace {

constexpr int kMaxMessageBytes = 64 << 20;

Status ReadInto(const std::string& path, std::string& text) {
  if (path.empty()) {
    return Status::Ok();
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  text = bytes.str();
  return file && !text.empty() ? Status::Ok() : Status::IoError("can't read " + path);
}

}  // namespace

Result<std::shared_ptr<grpc::Channel>> MakeChannel(const ServerAddress& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  // After a break: what waits is worth a try a second. One try has time for the round trips of TCP
  // and TLS over a slow network (to gRPC that is the "minimum").
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5'000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
  // Who waits for an answer asks at times whether the other side is there: a connection that a
  // network has forgotten says nothing by itself, for ever. The server allows a ping in 10 s.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 15'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // Channels of one process share connections unless they differ.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (!address.ca_file.empty()) {
    grpc::SslCredentialsOptions options;
    LUMBUNG_RETURN_IF_ERROR(ReadInto(address.ca_file, options.pem_root_certs));
    LUMBUNG_RETURN_IF_ERROR(ReadInto(address.certificate_file, options.pem_cert_chain));
    LUMBUNG_RETURN_IF_ERROR(ReadInto(address.key_file, options.pem_private_key));
    credentials = grpc::SslCredentials(options);
  } else if (!address.certificate_file.empty() || !address.key_file.empty()) {
    return Status::InvalidArgument(
        "a client certificate is of use over TLS only: name the CA of the server too");
  }
  return grpc::CreateCustomChannel(address.target, credentials, arguments);
}

void AddToken(const ServerAddress& address, grpc::ClientContext& context) {
  if (!address.token.empty()) {
    context.AddMetadata("authorization", "Bearer " + address.token);
  }
}

void PrepareContext(const ServerAddress& address, std::chrono::milliseconds timeout,
                    grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + timeout);
  AddToken(address, context);
}

Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) {
    return Status::Ok();
  }
  std::string message = status.error_message();
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  if (details.ParseFromString(status.error_details())) {
    for (const auto& detail : details.details()) {
      if (detail.UnpackTo(&info)) {
        message = info.reason() + ": " + message;
      }
    }
  }
  switch (status.error_code()) {
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::OUT_OF_RANGE:
      return Status::InvalidArgument(message);
    case grpc::StatusCode::NOT_FOUND:
      return Status::NotFound(message);
    case grpc::StatusCode::CANCELLED:
      return Status::Cancelled(message);
    case grpc::StatusCode::UNAUTHENTICATED:
    case grpc::StatusCode::PERMISSION_DENIED:
      return Status::Refused(message);
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return Status::Busy(message);
    case grpc::StatusCode::OK:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::ABORTED:
    case grpc::StatusCode::UNIMPLEMENTED:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DATA_LOSS:
    case grpc::StatusCode::DO_NOT_USE:
      return Status::IoError("the server: " + message);
  }
  return Status::IoError(message);
}

}  // namespace lumbung
