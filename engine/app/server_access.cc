#include "engine/app/server_access.h"

namespace lumbung {

void AddServerOptions(CLI::App& app, ServerArguments& arguments, const char* name) {
  ServerAddress& address = arguments.address;
  app.add_option(name, address.target, "A server's gRPC address, as 127.0.0.1:7070");
  app.add_option("--ca", address.ca_file, "CA of the server's certificate, in PEM; with it TLS")
      ->check(CLI::ExistingFile);
  app.add_option("--cert", address.certificate_file, "Certificate to show to the server, in PEM")
      ->check(CLI::ExistingFile);
  app.add_option("--key-file", address.key_file, "Key of that certificate, in PEM")
      ->check(CLI::ExistingFile);
  app.add_option("--token", address.token, "Bearer token for the server; better in the environment")
      ->envname("LUMBUNG_TOKEN");
}

}  // namespace lumbung
