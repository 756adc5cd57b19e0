#pragma once

#include "monitor/checks/probe.hpp"
#include "monitor/mdp/client.hpp"

namespace revenant::monitor {

/// Checks a service through a Majordomo broker.
class MdpProbe : public Probe {
public:
    MdpProbe(const asio::any_io_executor& executor, ZmqSockets& sockets, mdp::Peer peer)
        : service_{peer.service}, client_{executor, sockets, std::move(peer)} {}

    [[nodiscard]] const char* name() const override { return "mdp"; }
    awaitable<Answer> ask(Moment deadline) override;
    void reset() override { client_.reset(); }
    [[nodiscard]] const mdp::Client& client() const { return client_; }

private:
    std::string service_;
    mdp::Client client_;
    unsigned absences_ = 0;  ///< in a row
};

}  // namespace revenant::monitor
