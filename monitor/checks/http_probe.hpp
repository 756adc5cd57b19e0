#pragma once

#include <string>

#include <boost/asio/ip/tcp.hpp>

#include "monitor/checks/probe.hpp"

namespace revenant::monitor {

/// The request for `path` of `server`. Its Host has brackets around an IPv6 address and no zone, which only this
/// machine knows.
std::string probe_request(const asio::ip::tcp::endpoint& server, const std::string& path);

/// Checks an HTTP endpoint with GET; see health_answer().
class HttpProbe : public Probe {
public:
    HttpProbe(asio::ip::tcp::endpoint server, std::string path) : server_{std::move(server)}, path_{std::move(path)} {}

    [[nodiscard]] const char* name() const override { return "http"; }
    awaitable<Answer> ask(Moment deadline) override;

private:
    awaitable<Answer> exchange();

    asio::ip::tcp::endpoint server_;
    std::string path_;
};

}  // namespace revenant::monitor
