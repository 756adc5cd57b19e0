#include "monitor/checks/build.hpp"

#include "monitor/checks/http_probe.hpp"
#include "monitor/checks/mdp_probe.hpp"
#include "monitor/checks/unix_probe.hpp"

namespace revenant::monitor {
namespace {

struct Builder {
    const asio::any_io_executor& executor;
    std::optional<ZmqSockets>& sockets;

    std::unique_ptr<Probe> operator()(const MdpTarget& target) const {
        if (!sockets)
            sockets.emplace();
        mdp::Peer peer{target.endpoint, target.dialect, target.service, target.echo};
        return std::make_unique<MdpProbe>(executor, *sockets, std::move(peer));
    }
    std::unique_ptr<Probe> operator()(const HttpTarget& target) const {
        return std::make_unique<HttpProbe>(target.server, target.path);
    }
    std::unique_ptr<Probe> operator()(const UnixTarget& target) const {
        if (target.status)
            return std::make_unique<StatusProbe>(target.path);
        return std::make_unique<UnixProbe>(target.path);
    }
};

}  // namespace

std::unique_ptr<Dependency> build_dependency(const asio::any_io_executor& executor, std::optional<ZmqSockets>& sockets,
                                             const Declaration& declaration, const CheckPace& pace) {
    std::vector<std::unique_ptr<Probe>> probes;
    for (const auto& target : declaration.targets)
        probes.push_back(std::visit(Builder{executor, sockets}, target));
    return std::make_unique<Dependency>(declaration.name, declaration.essential, std::move(probes), pace);
}

}  // namespace revenant::monitor
