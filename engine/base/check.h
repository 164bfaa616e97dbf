// Assertions that stay on in release: what they guard is money.
#pragma once

#include <cstdio>
#include <cstdlib>

// Ends the process where an invariant of our own code does not hold. Never for input.
#define LUMBUNG_CHECK(condition)                                                             \
  do {                                                                                       \
    if (!(condition)) [[unlikely]] {                                                         \
      std::fprintf(stderr, "%s:%d: invariant broken: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)
