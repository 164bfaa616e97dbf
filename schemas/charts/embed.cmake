# Writes the C++ that holds a text: cmake -DINPUT=... -DOUTPUT=... -P embed.cmake
file(READ ${INPUT} text)
file(
  WRITE ${OUTPUT}
  "#include \"schemas/charts/default_chart.h\"\n\n"
  "namespace lumbung {\n\n"
  "std::string_view DefaultChartJson() { return R\"chart_json(${text})chart_json\"; }\n\n"
  "}  // namespace lumbung\n")
