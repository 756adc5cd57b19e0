#pragma once

#include <string>

#include <boost/asio/ip/tcp.hpp>

#include "monitor/checks/probe.hpp"

namespace revenant::monitor {

/// Checks an HTTP endpoint with GET; see health_answer().
class HttpProbe : public Probe {
public:
    HttpProbe(asio::ip::tcp::endpoint server, std::string path) : server_{std::move(server)}, path_{std::move(path)} {}

    [[nodiscard]] const char* name() const override { return "http"; }
    awaitable<Answer> ask(Moment deadline) override;

private:
    asio::ip::tcp::endpoint server_;
    std::string path_;
};

}  // namespace revenant::monitor
