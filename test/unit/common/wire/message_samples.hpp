#pragma once

#include <functional>
#include <string>

#include <google/protobuf/message.h>
#include <signer.pb.h>

/// Messages as the full protobuf compiler's code makes them: an independent peer of ours.
namespace revenant::test {

/// Gives every field, of every message within, a value of its own: strings and bytes their field's full name (and a
/// number where repeated), numbers distinct and large, enums their last value.
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
