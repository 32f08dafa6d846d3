/* 16-bit to 32-bit floating point (IEEE 754-2008), under the name that TVM's sorting calls it by. */
#ifndef THIMBLE_TVM_BUILTIN_FP16_H_
#define THIMBLE_TVM_BUILTIN_FP16_H_

#include <cmath>
#include <cstdint>

template <typename Half, typename HalfBits, int half_fraction, typename Single, typename SingleBits, int single_fraction>
inline Single __extendXfYf2__(Half bits) {
  const int exponent = (bits >> 10) & 31;
  const int fraction = bits & 1023;
  Single value;
  if (exponent == 31) {
    value = fraction == 0 ? INFINITY : NAN;
  } else if (exponent == 0) {
    value = std::ldexp(static_cast<Single>(fraction), -24);
  } else {
    value = std::ldexp(static_cast<Single>(fraction + 1024), exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -value : value;
}

#endif
