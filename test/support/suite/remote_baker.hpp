#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "test/support/suite/http_client.hpp"
#include "test/support/suite/level_by_level.hpp"

namespace revenant::test {

/// Asks a remote signer for a signature, as Octez does.
HttpAnswer ask_signature(HttpClient& client, const BakerKey& key, ByteView message);
/// The raw signature in a good answer; throws std::runtime_error when it is none of the key and the message.
Bytes signature_in(const HttpAnswer& answer, const BakerKey& key, ByteView message);

/// Has level after level signed by each key over one connection, on a thread of its own, until its end.
class RemoteBaker {
public:
    RemoteBaker(unsigned short port, std::vector<BakerKey> keys);
    RemoteBaker(const RemoteBaker&) = delete;
    RemoteBaker& operator=(const RemoteBaker&) = delete;
    ~RemoteBaker() { end(); }

    /// Waits until it is two levels further; false when that takes too long.
    [[nodiscard]] bool goes_on() const;
    /// Stops it. Empty when every request was answered with a signature.
    std::string end();

private:
    void bake(unsigned short port, const std::vector<BakerKey>& keys);

    Progress progress_;
    std::atomic<bool> stop_ = false;
    std::string failure_;
    std::thread thread_;
};

}  // namespace revenant::test
