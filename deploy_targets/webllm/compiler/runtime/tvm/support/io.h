/* A stream of bytes, and how values become bytes: what TVM's runtime asks of the header of this name. */
#ifndef THIMBLE_TVM_IO_H_
#define THIMBLE_TVM_IO_H_

#include <cstddef>
#include <cstdint>

namespace tvm {
namespace support {

/* A type is written and read where this is specialised for it, with `enabled` true. */
template <typename Value, typename = void>
struct Serializer {
  static constexpr bool enabled = false;
};

class Stream {
 public:
  virtual ~Stream() = default;

  /* Up to `size` bytes are read into `data`; returns how many. */
  virtual size_t Read(void* data, size_t size) = 0;

  /* Returns how many bytes were written. */
  virtual size_t Write(const void* data, size_t size) = 0;

  /* False where the stream ends before the value does. */
  template <typename Value>
  bool Read(Value* value) {
    return Serializer<Value>::Read(this, value);
  }

  template <typename Value>
  void Write(const Value& value) {
    Serializer<Value>::Write(this, value);
  }

  template <typename Value>
  bool ReadArray(Value* values, size_t count) {
    bool whole = true;
    for (size_t i = 0; i < count && whole; ++i) whole = Serializer<Value>::Read(this, values + i);
    return whole;
  }

  template <typename Value>
  void WriteArray(const Value* values, size_t count) {
    for (size_t i = 0; i < count; ++i) Serializer<Value>::Write(this, values[i]);
  }
};

}  // namespace support
}  // namespace tvm

#endif
