# Writes the C++ that holds a file's bytes: cmake -DINPUT=... -DOUTPUT=... -P embed.cmake
file(
  WRITE ${OUTPUT}
  "#include \"projections/regions/packed_regions.h\"\n\n"
  "asm(\".section .rodata\\n\"\n"
  "    \"lumbung_packed_regions:\\n\"\n"
  "    \".incbin \\\"${INPUT}\\\"\\n\"\n"
  "    \"lumbung_packed_regions_end:\\n\"\n"
  "    \".byte 0\\n\"\n"
  "    \".previous\\n\");\n\n"
  "extern \"C\" {\n"
  "extern const char lumbung_packed_regions[];\n"
  "extern const char lumbung_packed_regions_end[];\n"
  "}\n\n"
  "namespace lumbung {\n\n"
  "std::string_view PackedRegions() {\n"
  "  return {lumbung_packed_regions, lumbung_packed_regions_end};\n"
  "}\n\n"
  "}  // namespace lumbung\n")
