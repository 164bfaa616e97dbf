# Writes the C++ that holds openapi.json: cmake -DINPUT=... -DOUTPUT=... -P embed.cmake
file(READ ${INPUT} text)
file(
  WRITE ${OUTPUT}
  "#include \"engine/serve/http/openapi.h\"\n\n"
  "namespace lumbung {\n\n"
  "std::string_view OpenApiJson() { return R\"openapi_json(${text})openapi_json\"; }\n\n"
  "}  // namespace lumbung\n")
