# Writes the C++ that holds a text: cmake -DINPUT=... -DOUTPUT=... -P embed.cmake
file(READ ${INPUT} text)
file(
  WRITE ${OUTPUT}
  "#include \"projections/audit/built_in_rules.h\"\n\n"
  "namespace lumbung::audit {\n\n"
  "std::string_view BuiltInRulesToml() { return R\"rules_toml(${text})rules_toml\"; }\n\n"
  "}  // namespace lumbung::audit\n")
