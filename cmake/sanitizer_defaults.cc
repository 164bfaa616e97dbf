// Options of the sanitizers' run-time, linked into every program of a sanitized build. The
// environment (ASAN_OPTIONS, UBSAN_OPTIONS, TSAN_OPTIONS) still overrides each of them.
//
// The exit code 66 is none of the program's own, so a test that expects a failure of the program
// does not take a sanitizer's finding for it.

extern "C" {

const char* __asan_default_options();
const char* __ubsan_default_options();
const char* __tsan_default_options();
const char* __lsan_default_suppressions();

const char* __asan_default_options() {
  return "exitcode=66:detect_stack_use_after_return=1:strict_string_checks=1:"
         "check_initialization_order=1:strict_init_order=1";
}

const char* __ubsan_default_options() { return "exitcode=66:print_stacktrace=1"; }

const char* __tsan_default_options() {
  return "exitcode=66:second_deadlock_stack=1:history_size=4:"
         "suppressions=" LUMBUNG_TSAN_SUPPRESSIONS;
}

// c-ares 1.18 loses the copy of a name that /etc/hosts has for one family of addresses only, and
// gRPC asks it for both.
const char* __lsan_default_suppressions() { return "leak:libcares.so\n"; }

}  // extern "C"
