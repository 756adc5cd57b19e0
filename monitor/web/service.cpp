#include "monitor/web/service.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "common/core/version.hpp"
#include "monitor/web/health_document.hpp"
#include "monitor/web/metrics.hpp"
#include "monitor/web/page.hpp"

namespace revenant::monitor {
namespace {

Reply document(const boost::json::value& value) {
    return {200, "application/json", boost::json::serialize(value) + '\n', {{"Cache-Control", "no-store"}}};
}

}  // namespace

Reply problem(unsigned status, const std::string& sentence) {
    return {status, "text/plain; charset=utf-8", sentence + '\n', {{"Cache-Control", "no-store"}}};
}

Reply Service::answer(const Inquiry& inquiry) const {
    if (inquiry.method != "GET" && inquiry.method != "HEAD") {
        auto reply = problem(405, "everything here is only asked for: use GET");
        reply.fields.emplace_back("Allow", "GET, HEAD");
        return reply;
    }
    const auto target = read_target(inquiry.target);
    if (!target)
        return problem(404,
                       "unknown path: use /, /livez, /readyz, /health, /metrics, /api/state, "
                       "/api/history, /api/streams or /events");
    if (target->resource == Resource::alive)
        return problem(200, "alive");
    if (access_.open() && !names_.know(inquiry.host))
        return problem(421,
                       "the request is for a host of another name: ask for the address or localhost, or give the name "
                       "to --host-names");
    if (!access_.granted(inquiry.authorization)) {
        auto reply = problem(401, "this monitor wants its token: send it as a Bearer token, or as the password");
        reply.fields.emplace_back("WWW-Authenticate", "Basic realm=\"revenant-monitor\", charset=\"UTF-8\"");
        return reply;
    }
    switch (target->resource) {
        case Resource::ready:
            return ready(target->verbose);
        case Resource::state: {
            auto state = registry_.state_json(instant_now());
            state["boot"] = hub_.boot();
            state["sequence"] = hub_.sequence();
            return document(std::move(state));
        }
        case Resource::history:
            return document(boost::json::object{{"points", registry_.history_json()}});
        case Resource::streams:
            return document(boost::json::object{{"streams", hub_.streams_json()}, {"refused", hub_.refused()}});
        case Resource::events: {
            Reply reply;
            reply.stream = true;
            return reply;
        }
        case Resource::file:
            return file(target->file, inquiry.none_match);
        case Resource::health: {
            auto reply = document(health_document(registry_, revenant::version));
            reply.type = "application/health+json";
            reply.status = registry_.health() == Health::unhealthy ? 503 : 200;
            return reply;
        }
        case Resource::metrics:
            return metrics();
        case Resource::alive:
            break;
    }
    return problem(200, "alive");
}

Reply Service::metrics() const {
    const WebMetrics web{hub_.streams(),  hub_.joined(),  hub_.refused(),
                         hub_.sequence(), hub_.dropped(), connections_()};
    return {200,
            "text/plain; version=0.0.4; charset=utf-8",
            metrics_text(registry_, web, revenant::version),
            {{"Cache-Control", "no-store"}}};
}

Reply Service::ready(bool verbose) const {
    const auto readiness = registry_.readiness();
    std::string text;
    if (verbose)
        for (const auto& [name, component] : registry_.components())
            text += fmt::format("[{}] {}: {}\n", name_of(component.result.health), name, component.result.reason);
    return problem(readiness.ready ? 200 : 503,
                   text + (readiness.ready ? std::string{"ready"} : "not ready: " + readiness.reason));
}

Reply Service::file(const std::string& name, const std::string& none_match) {
    const auto* const found = find_page_file(name);
    if (found == nullptr)
        return problem(404, "the page has no such file");
    Reply reply{200, std::string{found->type}, std::string{found->bytes}};
    reply.fields = {
        {"Cache-Control", "no-cache"},
        {"ETag", std::string{found->tag}},
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
         "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}};
    if (none_match == found->tag) {
        reply.status = 304;
        reply.body.clear();
    }
    return reply;
}

}  // namespace revenant::monitor
