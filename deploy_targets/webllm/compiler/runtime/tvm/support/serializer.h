/*
 * Values as bytes, as TVM's compiler writes them: numbers and enumerations little-endian in their own width; texts,
 * vectors, arrays and maps as a 64-bit count and then what they hold; a type of number as its three fields.
 */
#ifndef THIMBLE_TVM_SERIALIZER_H_
#define THIMBLE_TVM_SERIALIZER_H_

#include <tvm/ffi/container/array.h>
#include <tvm/ffi/container/map.h>
#include <tvm/ffi/dtype.h>
#include <tvm/ffi/string.h>
#include <tvm/support/io.h>

#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tvm {
namespace support {

template <typename Value>
struct Serializer<Value, std::enable_if_t<std::is_arithmetic_v<Value> || std::is_enum_v<Value>>> {
  static constexpr bool enabled = true;

  /* WebAssembly is little-endian. */
  static void Write(Stream* stream, const Value& value) { stream->Write(&value, sizeof(Value)); }

  static bool Read(Stream* stream, Value* value) { return stream->Read(value, sizeof(Value)) == sizeof(Value); }
};

template <>
struct Serializer<DLDataType> {
  static constexpr bool enabled = true;

  static void Write(Stream* stream, const DLDataType& type) {
    stream->Write(type.code);
    stream->Write(type.bits);
    stream->Write(type.lanes);
  }

  static bool Read(Stream* stream, DLDataType* type) {
    return stream->Read(&type->code) && stream->Read(&type->bits) && stream->Read(&type->lanes);
  }
};

template <>
struct Serializer<DLDevice> {
  static constexpr bool enabled = true;

  static void Write(Stream* stream, const DLDevice& device) {
    stream->Write(static_cast<int32_t>(device.device_type));
    stream->Write(device.device_id);
  }

  static bool Read(Stream* stream, DLDevice* device) {
    int32_t kind = 0;
    if (!stream->Read(&kind) || !stream->Read(&device->device_id)) return false;
    device->device_type = static_cast<DLDeviceType>(kind);
    return true;
  }
};

template <>
struct Serializer<std::string> {
  static constexpr bool enabled = true;

  static void Write(Stream* stream, const std::string& text) {
    stream->Write(static_cast<uint64_t>(text.size()));
    stream->Write(text.data(), text.size());
  }

  static bool Read(Stream* stream, std::string* text) {
    uint64_t size = 0;
    if (!stream->Read(&size)) return false;
    text->resize(static_cast<size_t>(size));
    return stream->Read(text->data(), text->size()) == text->size();
  }
};

template <>
struct Serializer<ffi::String> {
  static constexpr bool enabled = true;

  static void Write(Stream* stream, const ffi::String& text) { stream->Write(std::string(text)); }

  static bool Read(Stream* stream, ffi::String* text) {
    std::string read;
    if (!stream->Read(&read)) return false;
    *text = ffi::String(std::move(read));
    return true;
  }
};

template <typename Value>
struct Serializer<std::vector<Value>> {
  static constexpr bool enabled = true;

  static void Write(Stream* stream, const std::vector<Value>& values) {
    stream->Write(static_cast<uint64_t>(values.size()));
    stream->WriteArray(values.data(), values.size());
  }

  static bool Read(Stream* stream, std::vector<Value>* values) {
    uint64_t size = 0;
    if (!stream->Read(&size)) return false;
    values->resize(static_cast<size_t>(size));
    return stream->ReadArray(values->data(), values->size());
  }
};

template <typename Value>
struct Serializer<ffi::Array<Value>> {
  static constexpr bool enabled = true;

  static void Write(Stream* stream, const ffi::Array<Value>& values) {
    stream->Write(static_cast<uint64_t>(values.size()));
    for (const Value& value : values) stream->Write(value);
  }

  static bool Read(Stream* stream, ffi::Array<Value>* values) {
    uint64_t size = 0;
    if (!stream->Read(&size)) return false;
    values->clear();
    for (uint64_t i = 0; i < size; ++i) {
      Value value;
      if (!stream->Read(&value)) return false;
      values->push_back(std::move(value));
    }
    return true;
  }
};

template <typename First, typename Second>
struct Serializer<std::pair<First, Second>> {
  static constexpr bool enabled = true;

  static void Write(Stream* stream, const std::pair<First, Second>& pair) {
    stream->Write(pair.first);
    stream->Write(pair.second);
  }

  static bool Read(Stream* stream, std::pair<First, Second>* pair) {
    return stream->Read(&pair->first) && stream->Read(&pair->second);
  }
};

template <typename Key, typename Value>
struct Serializer<ffi::Map<Key, Value>> {
  static constexpr bool enabled = true;

  static void Write(Stream* stream, const ffi::Map<Key, Value>& map) {
    stream->Write(static_cast<uint64_t>(map.size()));
    for (const auto& entry : map) {
      stream->Write(entry.first);
      stream->Write(entry.second);
    }
  }

  static bool Read(Stream* stream, ffi::Map<Key, Value>* map) {
    uint64_t size = 0;
    if (!stream->Read(&size)) return false;
    map->clear();
    for (uint64_t i = 0; i < size; ++i) {
      Key key;
      Value value;
      if (!stream->Read(&key) || !stream->Read(&value)) return false;
      map->Set(std::move(key), std::move(value));
    }
    return true;
  }
};

template <typename Key, typename Value>
struct Serializer<std::unordered_map<Key, Value>> {
  static constexpr bool enabled = true;

  static void Write(Stream* stream, const std::unordered_map<Key, Value>& map) {
    stream->Write(static_cast<uint64_t>(map.size()));
    for (const auto& entry : map) {
      stream->Write(entry.first);
      stream->Write(entry.second);
    }
  }

  static bool Read(Stream* stream, std::unordered_map<Key, Value>* map) {
    uint64_t size = 0;
    if (!stream->Read(&size)) return false;
    map->clear();
    for (uint64_t i = 0; i < size; ++i) {
      std::pair<Key, Value> entry;
      if (!stream->Read(&entry)) return false;
      map->insert(std::move(entry));
    }
    return true;
  }
};

}  // namespace support
}  // namespace tvm

#endif
