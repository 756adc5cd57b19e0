#include "monitor/checks/build.hpp"

#include "monitor/checks/http_probe.hpp"
#include "monitor/checks/mdp_probe.hpp"
#include "monitor/checks/unix_probe.hpp"

namespace revenant::monitor {
namespace {

struct Builder {
    const asio::any_io_executor& executor;
    std::optional<ZmqSockets>& sockets;

    std::unique_ptr<Probe> operator()(const MdpTarget& place) const {
        if (!sockets)
            sockets.emplace();
        mdp::Peer peer{place.endpoint, place.dialect, place.service, place.echo};
        return std::make_unique<MdpProbe>(executor, *sockets, std::move(peer));
    }
    std::unique_ptr<Probe> operator()(const HttpTarget& place) const {
        return std::make_unique<HttpProbe>(place.server, place.path);
    }
    std::unique_ptr<Probe> operator()(const UnixTarget& place) const {
        if (place.status)
            return std::make_unique<StatusProbe>(place.path);
        return std::make_unique<UnixProbe>(place.path);
    }
};

}  // namespace

std::unique_ptr<Dependency> build_dependency(const asio::any_io_executor& executor, std::optional<ZmqSockets>& sockets,
                                             const Declaration& declaration, const CheckPace& pace) {
    std::vector<std::unique_ptr<Probe>> ways;
    for (const auto& place : declaration.ways)
        ways.push_back(std::visit(Builder{executor, sockets}, place));
    return std::make_unique<Dependency>(declaration.name, declaration.essential, std::move(ways), pace);
}

}  // namespace revenant::monitor
