/* Base64 (RFC 4648) on a stream; a character that is none of its alphabet ends it. */
#ifndef THIMBLE_TVM_BASE64_H_
#define THIMBLE_TVM_BASE64_H_

#include <tvm/support/io.h>

#include <cstring>

namespace tvm {
namespace support {

inline const char* Base64Alphabet() { return "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"; }

class Base64InStream : public Stream {
 public:
  using Stream::Read;
  using Stream::Write;

  explicit Base64InStream(Stream* source) : source_(source) {}

  void InitPosition() {}

  size_t Read(void* data, size_t size) final {
    unsigned char* out = static_cast<unsigned char*>(data);
    size_t count = 0;
    while (count < size && NextByte(out + count)) ++count;
    return count;
  }

  size_t Write(const void*, size_t) final { return 0; }

 private:
  bool NextByte(unsigned char* byte) {
    while (bits_ < 8) {
      char sign = 0;
      if (source_->Read(&sign, 1) != 1 || sign == 0) return false;
      const char* place = std::strchr(Base64Alphabet(), sign);
      if (place == nullptr) return false;
      held_ = (held_ << 6) | static_cast<unsigned>(place - Base64Alphabet());
      bits_ += 6;
    }
    bits_ -= 8;
    *byte = static_cast<unsigned char>(held_ >> bits_);
    return true;
  }

  Stream* source_;
  unsigned held_ = 0;
  int bits_ = 0;
};

class Base64OutStream : public Stream {
 public:
  using Stream::Read;
  using Stream::Write;

  explicit Base64OutStream(Stream* target) : target_(target) {}

  size_t Read(void*, size_t) final { return 0; }

  size_t Write(const void* data, size_t size) final {
    const unsigned char* bytes = static_cast<const unsigned char*>(data);
    for (size_t i = 0; i < size; ++i) {
      held_ = (held_ << 8) | bytes[i];
      bits_ += 8;
      ++count_;
      while (bits_ >= 6) Put(held_ >> (bits_ -= 6));
    }
    return size;
  }

  void Finish() {
    if (bits_ > 0) Put(held_ << (6 - bits_));
    for (size_t i = count_; i % 3 != 0; ++i) target_->Write("=", 1);
  }

 private:
  void Put(unsigned value) { target_->Write(Base64Alphabet() + (value & 63), 1); }

  Stream* target_;
  unsigned held_ = 0;
  int bits_ = 0;
  size_t count_ = 0;
};

}  // namespace support
}  // namespace tvm

#endif
