/* Which instruction sets the kernels may use beside plain C: Helium (MVE), and Armv7E-M's DSP extension. */
#if defined(__ARM_FEATURE_MVE) && defined(__GNUC__) && (__ARM_FEATURE_MVE & 1)
#define WITH_MVE 1
#include <arm_mve.h>
#else
#define WITH_MVE 0
#endif
#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
#define WITH_DSP 1
#include <arm_acle.h>
#else
#define WITH_DSP 0
#endif
