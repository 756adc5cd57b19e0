#include "test/unit/common/wire/message_samples.hpp"

#include <limits>

namespace revenant::test {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int repetitions = 3;

void fill_one(Message& message, const FieldDescriptor& field) {
    const auto& reflection = *message.GetReflection();
    const auto number = static_cast<std::uint32_t>(field.number());
    switch (field.cpp_type()) {
        case FieldDescriptor::CPPTYPE_STRING:
            return reflection.SetString(&message, &field, field.full_name());
        case FieldDescriptor::CPPTYPE_BOOL:
            return reflection.SetBool(&message, &field, true);
        case FieldDescriptor::CPPTYPE_UINT32:
            return reflection.SetUInt32(&message, &field, std::numeric_limits<std::uint32_t>::max() - number);
        case FieldDescriptor::CPPTYPE_UINT64:
            return reflection.SetUInt64(&message, &field, std::numeric_limits<std::uint64_t>::max() - number);
        case FieldDescriptor::CPPTYPE_ENUM:
            return reflection.SetEnumValue(&message, &field, field.enum_type()->value_count() - 1);
        case FieldDescriptor::CPPTYPE_MESSAGE:
            return fill(*reflection.MutableMessage(&message, &field));
        default:
            throw std::logic_error{"no sample value for " + field.full_name()};
    }
}

void add(Message& message, const FieldDescriptor& field, int count) {
    const auto& reflection = *message.GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING)
        reflection.AddString(&message, &field, field.full_name() + std::to_string(count));
    else
        fill(*reflection.AddMessage(&message, &field));
}

}  // namespace

void fill(Message& message) {
    const auto* const type = message.GetDescriptor();
    for (int index = 0; index < type->field_count(); ++index) {
        const auto& field = *type->field(index);
        if (field.is_repeated())
            for (int count = 0; count < repetitions; ++count)
                add(message, field, count);
        else
            fill_one(message, field);
    }
}

}  // namespace revenant::test
