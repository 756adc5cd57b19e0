#pragma once

#include <functional>
#include <string>

#include <google/protobuf/message.h>
#include <signer.pb.h>

/// Sample messages built with the full protobuf compiler's code, an independent implementation.
namespace revenant::test {

/// Sets every field, including nested messages, to a distinct value: strings and bytes to the field's full name (plus a
/// number if repeated), numbers to large values, enums to their last value.
void fill(google::protobuf::Message& message);

/// Calls `use` with a message of each alternative of the oneof, once with every field set and once with none.
template <typename Message>
void for_each_alternative(const std::function<void(const Message&, const std::string& name)>& use) {
    const auto* const oneof = Message::descriptor()->oneof_decl(0);
    for (int index = 0; index < oneof->field_count(); ++index) {
        Message message;
        auto& payload = *message.GetReflection()->MutableMessage(&message, oneof->field(index));
        use(message, "empty " + oneof->field(index)->name());
        fill(payload);
        use(message, oneof->field(index)->name());
    }
}

}  // namespace revenant::test
