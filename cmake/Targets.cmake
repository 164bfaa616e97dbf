# The kinds of target in this tree. All of them compile with our warnings and include from the root
# of the tree. Sources are relative to the calling folder; DEPS are targets.

include(GoogleTest)

add_custom_target(fuzzers)

# tests_<label> builds the programs of a label.
set(lumbung_labels unit threads app property scenario fault golden integration browser fuzz)
foreach(label IN LISTS lumbung_labels)
  add_custom_target(tests_${label})
endforeach()

function(_lumbung_check_arguments function)
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${function}: do not know what to do with: ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT ARG_SOURCES)
    message(FATAL_ERROR "${function}: SOURCES is missing")
  endif()
endfunction()

# What precompiled headers ask of those that use them: -pthread, as some dependencies want it and what
# is precompiled has to be of one kind; the second is for ccache. Of what comes precompiled GCC 12 no
# longer knows that it is the system's, and finds the last two where there are none.
function(_lumbung_use_precompiled name)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${name} PRIVATE -pthread -fpch-preprocess -Wno-array-bounds -Wno-stringop-overflow)
  endif()
endfunction()

# lumbung_library(<name> SOURCES <file>... [DEPS <target>...] [PRIVATE_DEPS <target>...]
#                 [PRECOMPILED <header>...])
#
# A static library, also known as lumbung::<name without lumbung_>. DEPS: what its headers need.
# PRIVATE_DEPS: what only its .cc files need. Who includes "lumbung/ledger/v1/*.pb.h" depends on
# lumbung_proto. PRECOMPILED: what is not ours, takes long to compile, and is in most of its files;
# they include it all the same.
function(lumbung_library name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS;PRECOMPILED")
  _lumbung_check_arguments("lumbung_library(${name})")
  add_library(${name} STATIC ${ARG_SOURCES})
  string(REGEX REPLACE "^lumbung_" "" short ${name})
  add_library(lumbung::${short} ALIAS ${name})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(
    ${name}
    PUBLIC ${ARG_DEPS}
    PRIVATE lumbung_warnings ${ARG_PRIVATE_DEPS})
  if(ARG_PRECOMPILED)
    target_precompile_headers(${name} PRIVATE ${ARG_PRECOMPILED} <functional> <map> <memory> <string>
                              <vector>)
    _lumbung_use_precompiled(${name})
  endif()
endfunction()

# lumbung_executable(<name> SOURCES <file>... [DEPS <target>...])
#
# A program, built to build/<preset>/bin/<name>.
function(lumbung_executable name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;DEPS")
  _lumbung_check_arguments("lumbung_executable(${name})")
  add_executable(${name} ${ARG_SOURCES} ${lumbung_executable_objects})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE lumbung_warnings ${ARG_DEPS} Threads::Threads)
endfunction()

# ARG_LABELS, where none is named, become the folder below tests/.
macro(_lumbung_default_labels name)
  if(NOT ARG_LABELS)
    file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR}/tests ${CMAKE_CURRENT_SOURCE_DIR})
    string(REGEX REPLACE "/.*" "" ARG_LABELS "${path}")
  endif()
  foreach(label IN LISTS ARG_LABELS)
    if(NOT label IN_LIST lumbung_labels)
      message(FATAL_ERROR "${name}: label ${label} is none of ${lumbung_labels}")
    endif()
  endforeach()
endmacro()

# lumbung_test(<name> SOURCES <file>... [DEPS <target>...] [LABELS <label>...] [TIMEOUT <seconds>])
#
# A GoogleTest program with gmock's main; each TEST is a ctest named <name>.<suite>.<test>. It runs
# in the root of the tree, with LUMBUNG_BIN naming the program `lumbung` of the same build. LABELS
# default to the folder below tests/, TIMEOUT (for each TEST) to 120 seconds, both longer under
# sanitizers. Properties ask for `rapidcheck` or `rapidcheck_gtest` in DEPS.
function(lumbung_test name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "TIMEOUT" "SOURCES;DEPS;LABELS")
  _lumbung_check_arguments("lumbung_test(${name})")
  _lumbung_default_labels(${name})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  math(EXPR timeout "${ARG_TIMEOUT} * ${lumbung_timeout_factor}")

  lumbung_executable(${name} SOURCES ${ARG_SOURCES} DEPS ${ARG_DEPS} GTest::gmock_main GTest::gtest)
  target_precompile_headers(${name} REUSE_FROM test_headers)
  _lumbung_use_precompiled(${name})
  foreach(label IN LISTS ARG_LABELS)
    add_dependencies(tests_${label} ${name})
  endforeach()

  gtest_discover_tests(
    ${name}
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 60
    TEST_PREFIX ${name}.
    TEST_LIST discovered_tests
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    PROPERTIES TIMEOUT ${timeout}
               ENVIRONMENT LUMBUNG_BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/lumbung)
  # gtest_discover_tests takes a list of labels apart, so ctest sets them after it.
  set(labels_file ${CMAKE_CURRENT_BINARY_DIR}/${name}_labels.cmake)
  file(CONFIGURE OUTPUT ${labels_file} @ONLY CONTENT [[
if(discovered_tests)
  set_tests_properties(${discovered_tests} PROPERTIES LABELS "@ARG_LABELS@")
endif()
unset(discovered_tests)
]])
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${labels_file})
endfunction()

# lumbung_script_test(<name> COMMAND <command>... [LABELS <label>...] [TIMEOUT <seconds>])
#
# A test that is a script: same folder, environment and defaults as lumbung_test. Exit code 77 means
# skipped.
function(lumbung_script_test name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "TIMEOUT" "COMMAND;LABELS")
  if(ARG_UNPARSED_ARGUMENTS OR NOT ARG_COMMAND)
    message(FATAL_ERROR "lumbung_script_test(${name}): COMMAND is missing, or something is too much")
  endif()
  _lumbung_default_labels(${name})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  math(EXPR timeout "${ARG_TIMEOUT} * ${lumbung_timeout_factor}")
  add_test(NAME ${name} COMMAND ${ARG_COMMAND} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set_tests_properties(
    ${name}
    PROPERTIES LABELS "${ARG_LABELS}"
               TIMEOUT ${timeout}
               SKIP_RETURN_CODE 77
               ENVIRONMENT LUMBUNG_BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/lumbung)
endfunction()

# lumbung_fuzzer(<name> SOURCES <file>... [DEPS <target>...])
#
# SOURCES define LLVMFuzzerTestOneInput. The program is fuzz_<name>, its seeds and former findings
# lie in tests/fuzz/corpus/<name>. With the preset fuzz it is a libFuzzer program; in every other
# one it replays the corpus. Either way the ctest fuzz.<name> runs over the corpus, so a finding
# that is copied there is a test.
function(lumbung_fuzzer name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;DEPS")
  _lumbung_check_arguments("lumbung_fuzzer(${name})")
  string(REGEX REPLACE "^fuzz_" "" short ${name})
  set(target fuzz_${short})
  set(corpus ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${short})

  if(LUMBUNG_SANITIZE STREQUAL "fuzz")
    lumbung_executable(${target} SOURCES ${ARG_SOURCES} DEPS ${ARG_DEPS})
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    set(command ${target} -runs=0 ${corpus})
  else()
    lumbung_executable(${target} SOURCES ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cc
                       DEPS ${ARG_DEPS})
    set(command ${target} ${corpus})
  endif()
  add_dependencies(fuzzers ${target})
  lumbung_script_test(fuzz.${short} COMMAND ${command} LABELS fuzz)
endfunction()
