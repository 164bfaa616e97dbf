# LUMBUNG_SANITIZE applies to the whole tree. Run-time options are compiled into the programs
# (sanitizer_defaults.cc), so a program started by hand or by another behaves as it does in ctest.
if(LUMBUNG_SANITIZE STREQUAL "fuzz")
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "LUMBUNG_SANITIZE=fuzz needs clang: use the preset fuzz")
  endif()
  set(sanitizers fuzzer-no-link,address,undefined)
else()
  set(sanitizers ${LUMBUNG_SANITIZE})
endif()

if(sanitizers)
  add_compile_options(-fsanitize=${sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${sanitizers})
  add_library(lumbung_sanitizer_defaults OBJECT ${CMAKE_CURRENT_LIST_DIR}/sanitizer_defaults.cc)
  target_compile_definitions(lumbung_sanitizer_defaults
                             PRIVATE LUMBUNG_TSAN_SUPPRESSIONS="${PROJECT_SOURCE_DIR}/tests/tsan.supp")
  set(lumbung_executable_objects $<TARGET_OBJECTS:lumbung_sanitizer_defaults>)
  set(lumbung_timeout_factor 6)
else()
  set(lumbung_executable_objects "")
  set(lumbung_timeout_factor 1)
endif()
