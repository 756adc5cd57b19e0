#pragma once

#include <string>

#include "host/serve/settings.hpp"
#include "host/serve/signer.hpp"

namespace revenant::host::serve {

/// A request of HTTP as far as it matters here.
struct Inquiry {
    std::string method, target, body;
};

/// What is sent back: always JSON.
struct Reply {
    unsigned status = 200;
    std::string body{};
    const char* allowed = nullptr;  ///< methods, for status 405
};

Reply reply_of(const Problem& problem);

/// The protocol of the Octez remote signer. One thread.
class Service {
public:
    Service(Signer& signer, const ServeSettings& settings) : signer_{signer}, settings_{settings} {}

    /// Throws nothing but operation_aborted, when it is cancelled.
    awaitable<Reply> answer(Inquiry inquiry);

private:
    awaitable<std::string> carry_out(Question question, std::string body);
    void authenticate(const Question& question, ByteView message) const;
    [[nodiscard]] static std::string proof_of(const KeyStatus& key, const Question& question);

    Signer& signer_;
    const ServeSettings& settings_;
};

}  // namespace revenant::host::serve
