/*
 * What web-runtime's JavaScript calls by name to hand over memory, functions and errors. TVM's own file of this name has
 * sessions of its remote calls, too, which a page does not use.
 */
#include <emscripten/emscripten.h>
#include <tvm/ffi/c_api.h>
#include <tvm/ffi/error.h>
#include <tvm/ffi/function.h>

#include <cstdint>
#include <string>

extern "C" {

/* Both are JavaScript. */
int TVMFFIWasmSafeCall(void* self, const TVMFFIAny* arguments, int32_t count, TVMFFIAny* result);
void TVMFFIWasmFunctionDeleter(void* self);

/* Memory for 64-bit values and smaller ones. */
EMSCRIPTEN_KEEPALIVE void* TVMWasmAllocSpace(int size_bytes) { return new int64_t[(size_bytes + 7) / 8]; }

EMSCRIPTEN_KEEPALIVE void TVMWasmFreeSpace(void* space) { delete[] static_cast<int64_t*>(space); }

/* A function of JavaScript, which knows it by `self`, as one of TVM's. Returns 0, or the error's number. */
EMSCRIPTEN_KEEPALIVE int TVMFFIWasmFunctionCreate(void* self, TVMFFIObjectHandle* out) {
  return TVMFFIFunctionCreate(self, TVMFFIWasmSafeCall, TVMFFIWasmFunctionDeleter, out);
}

/* The words of the error of the call that failed last; they stay until the next call of this. */
EMSCRIPTEN_KEEPALIVE const char* TVMFFIWasmGetLastError() {
  static std::string words;
  words = tvm::ffi::details::MoveFromSafeCallRaised().what();
  return words.c_str();
}

}  // extern "C"
