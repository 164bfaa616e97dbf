# lumbung_warnings: link it PRIVATE. Generated code does not.
add_library(lumbung_warnings INTERFACE)
target_compile_options(
  lumbung_warnings
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wconversion
            -Wswitch-enum
            -Wold-style-cast
            $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
            $<$<BOOL:${LUMBUNG_WERROR}>:-Werror>)

# GCC bug 105651: false -Wrestrict inside std::string.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(lumbung_warnings INTERFACE -Wno-restrict)
endif()
