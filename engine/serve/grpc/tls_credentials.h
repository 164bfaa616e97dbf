// TLS for gRPC.
#pragma once

#include <memory>

#include <grpcpp/security/server_credentials.h>

#include "engine/serve/tls.h"

namespace lumbung {

// TLS 1.3 only. The files are looked at again every few seconds; what is there counts for new
// connections. A client's certificate is asked for where there is a client_ca, and verified where
// given.
std::shared_ptr<grpc::ServerCredentials> MakeTlsCredentials(const TlsPaths& paths);

}  // namespace lumbung
