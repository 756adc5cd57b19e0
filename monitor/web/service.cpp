#include "monitor/web/service.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "common/core/version.hpp"
#include "common/http/field_values.hpp"
#include "monitor/web/health_document.hpp"
#include "monitor/web/metrics.hpp"
#include "monitor/web/page.hpp"

namespace revenant::monitor {
namespace {

using http::Reply;
using http::Status;

const std::pair<std::string, std::string> never_stored{"Cache-Control", "no-store"};

Reply reply_of(Status status, std::string type, std::string body) {
    Reply reply;
    reply.status = status;
    reply.type = std::move(type);
    reply.body = std::move(body);
    reply.fields = {never_stored};
    return reply;
}

Reply document(const boost::json::value& value) {
    return reply_of(Status::ok, "application/json", boost::json::serialize(value) + '\n');
}

}  // namespace

Reply text_reply(Status status, const std::string& sentence) {
    return reply_of(status, "text/plain; charset=utf-8", sentence + '\n');
}

Reply Service::reject(const http::Rejection& rejection) {
    return text_reply(rejection.status, rejection.sentence);
}

Reply Service::reply_to(const http::Request& request) {
    if (request.method != "GET") {
        auto reply = text_reply(Status::method_not_allowed, "this server only answers GET and HEAD");
        reply.fields.emplace_back("Allow", "GET, HEAD");
        return reply;
    }
    const auto target = read_target(request.target);
    if (!target)
        return text_reply(Status::not_found,
                          "unknown path: use /, /livez, /readyz, /health, /metrics, /api/state, /api/history, "
                          "/api/streams or /events");
    if (target->resource == Resource::alive)
        return text_reply(Status::ok, "alive");
    if (auto refused = refusal(request))
        return std::move(*refused);
    return reply_with(*target, request);
}

/// Why the client may not see the resource.
std::optional<Reply> Service::refusal(const http::Request& request) const {
    if (access_.open() && !names_.know(request.host))
        return text_reply(Status::misdirected_request,
                          "unknown host name: use the address or localhost, or add the name to --host-names");
    if (access_.granted(request.field("Authorization")))
        return std::nullopt;
    auto reply = text_reply(Status::unauthorized,
                            "authentication required: send the token as a Bearer token, or as the password");
    reply.fields.emplace_back("WWW-Authenticate", "Basic realm=\"revenant-monitor\", charset=\"UTF-8\"");
    return reply;
}

Reply Service::reply_with(const RequestTarget& target, const http::Request& request) {
    switch (target.resource) {
        case Resource::ready:
            return ready(target.verbose);
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
        case Resource::events:
            return events(request);
        case Resource::file:
            return file(target.file, request.field("If-None-Match"));
        case Resource::health: {
            auto reply = document(health_document(registry_, revenant::version));
            reply.type = "application/health+json";
            reply.status = registry_.health() == Health::unhealthy ? Status::unavailable : Status::ok;
            return reply;
        }
        case Resource::metrics:
            return metrics();
        case Resource::alive:
            break;
    }
    return text_reply(Status::ok, "alive");
}

/// The id of the last event that the viewer has: from the field, or, from a page that connects anew, the parameter.
Reply Service::events(const http::Request& request) {
    std::string last{request.field("Last-Event-ID")};
    if (last.empty())
        last = http::parameter(request.target.query, "last-event-id").value_or("");
    auto place = hub_.join(request.client, std::string{request.client_address()}, last);
    if (!place) {
        auto reply = text_reply(Status::unavailable, "too many viewers: try again later");
        reply.fields.emplace_back("Retry-After", "5");
        return reply;
    }
    auto reply = reply_of(Status::ok, "text/event-stream", {});
    reply.fields.emplace_back("X-Accel-Buffering", "no");
    reply.stream = std::make_unique<Viewer>(std::move(*place), pace_);
    return reply;
}

Reply Service::metrics() const {
    const WebMetrics web{hub_.streams(),  hub_.joined(),  hub_.refused(),
                         hub_.sequence(), hub_.dropped(), connections_()};
    return reply_of(Status::ok, "text/plain; version=0.0.4; charset=utf-8",
                    metrics_text(registry_, web, revenant::version));
}

Reply Service::ready(bool verbose) const {
    const auto readiness = registry_.readiness();
    std::string text;
    if (verbose)
        for (const auto& [name, component] : registry_.components())
            text += fmt::format("[{}] {}: {}\n", name_of(component.result.health), name, component.result.reason);
    return text_reply(readiness.ready ? Status::ok : Status::unavailable,
                      text + (readiness.ready ? std::string{"ready"} : "not ready: " + readiness.reason));
}

Reply Service::file(const std::string& name, std::string_view none_match) {
    const auto* const found = find_page_file(name);
    if (found == nullptr)
        return text_reply(Status::not_found, "unknown file of the page");
    Reply reply;
    reply.type = found->type;
    reply.body = found->bytes;
    reply.fields = {
        {"Cache-Control", "no-cache"},
        {"ETag", std::string{found->tag}},
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
         "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}};
    if (http::matches_tag(none_match, found->tag)) {
        reply.status = Status::not_modified;
        reply.body.clear();
    }
    return reply;
}

}  // namespace revenant::monitor
