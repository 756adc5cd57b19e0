#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "test/support/suite/http_client.hpp"
#include "test/support/suite/level_by_level.hpp"

namespace revenant::test {

/// Requests a signature from a remote signer, in Octez format.
HttpAnswer ask_signature(HttpClient& client, const BakerKey& key, ByteView message);
/// The raw signature of a response; throws std::runtime_error on an error or an invalid signature.
Bytes signature_in(const HttpAnswer& answer, const BakerKey& key, ByteView message);

/// Signs one attestation per level with each key over one connection, on its own thread, until end().
class RemoteBaker {
public:
    RemoteBaker(unsigned short port, std::vector<BakerKey> keys);
    RemoteBaker(const RemoteBaker&) = delete;
    RemoteBaker& operator=(const RemoteBaker&) = delete;
    ~RemoteBaker() { end(); }

    /// Waits for two more levels; false on a timeout.
    [[nodiscard]] bool goes_on() const;
    /// Stops it; returns the error, empty if every request returned a signature.
    std::string end();

private:
    void bake(unsigned short port, const std::vector<BakerKey>& keys);

    Progress progress_;
    std::atomic<bool> stop_ = false;
    std::string failure_;
    std::thread thread_;
};

}  // namespace revenant::test
