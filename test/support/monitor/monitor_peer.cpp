// A Majordomo test broker: monitor_peer PORT BEHAVIOUR [MILLISECONDS [DIALECT]]. Prints "at PORT" once it listens. The
// dialect defaults to rfc18; requests in other dialects are ignored. Written from the published frames, independent of
// the monitor's code.
//
//   well     responds at once: to mmi.service with 404 for 'absent', else 200; to any service with its own body
//   count    like well, and prints for each request "asked WHEN OPEN": milliseconds, number of unanswered requests
//   mute     like well, but does not respond to other services than mmi.service
//   drop     like well, but drops every fifth request
//   late     like well, but responds MILLISECONDS later
//   noisy    like well, but sends garbage and a partial response with 404 before each response
//   garbage  responds with frames of various shapes that are invalid in the dialect
//   hostile  responds with 1 frame, no body, 10,000 frames
//   spate    like hostile, and keeps sending a message each millisecond after the first request
//   giant    responds with a frame of 2 GiB
//   endless  responds with an endless message: small parts at full speed
//   answered like endless, after a correct response
//   http     an HTTP server
//   hole     accepts connections and sends nothing
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.hpp>

#include "test/support/monitor/majordomo_frames.hpp"
#include "test/support/monitor/monitor_zmtp.hpp"

namespace {

using namespace revenant::test;
using Clock = std::chrono::steady_clock;

struct Due {
    Clock::time_point at;
    Frames frames;
};

void send(zmq::socket_t& router, const Frames& frames) {
    for (std::size_t at = 0; at < frames.size(); ++at)
        router.send(zmq::buffer(frames[at]), at + 1 < frames.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
}

Frames receive(zmq::socket_t& router) {
    Frames frames;
    for (bool more = true; more;) {
        zmq::message_t frame;
        if (!router.recv(frame))
            break;
        frames.emplace_back(static_cast<const char*>(frame.data()), frame.size());
        more = frame.more();
    }
    return frames;
}

Frames answer_to(const MajordomoDialect& dialect, const Question& question) {
    if (question.service != "mmi.service")
        return reply(question.client, dialect.final, question.service, question.body);
    return reply(question.client, dialect.final, question.service, {question.body[0] == "absent" ? "404" : "200"});
}

/// Messages that are invalid in the dialect, including responses of the other dialects.
std::vector<Frames> garbage(const MajordomoDialect& dialect, const std::string& client) {
    std::vector<Frames> shapes{{client, "x"},
                               {client, ""},
                               {client, "MDPC02", "\x03"},
                               {client, "MDPC02", "\x09", "mmi.service", "200", std::string(9'000, '\xff')}};
    if (dialect.final_has_body)
        shapes.push_back(reply(client, dialect.final, "mmi.service", {}));
    for (const auto& other : majordomo_dialects)
        if (other.name != dialect.name)
            shapes.push_back(reply(client, other.final, "mmi.service", {"200"}));
    return shapes;
}

Frames hostile(const std::string& client, unsigned number) {
    Frames frames = number % 3 == 0 ? Frames{client, "x"} : Frames{client, "MDPC02", "\x03", "mmi.service"};
    if (number % 3 == 2)
        frames.resize(10'000, "y");
    return frames;
}

/// The messages sent for a request, in order.
std::vector<Frames> messages_for(const MajordomoDialect& dialect, const std::string& behaviour, const Frames& request,
                                 unsigned number) {
    if (behaviour == "hostile" || behaviour == "spate")
        return {hostile(request[0], number)};
    const auto question = question_in(dialect, request);
    if (!question || (behaviour == "drop" && number % 5 == 0) ||
        (behaviour == "mute" && question->service != "mmi.service"))
        return {};
    std::vector<Frames> messages;
    if (behaviour == "garbage" || behaviour == "noisy")
        messages = garbage(dialect, question->client);
    if (behaviour == "garbage")
        return {messages[number % messages.size()]};
    if (behaviour == "noisy" && !dialect.partial.empty())
        messages.push_back(reply(question->client, dialect.partial, question->service, {"404"}));
    messages.push_back(answer_to(dialect, *question));
    return messages;
}

const MajordomoDialect& dialect_named(const std::string& name) {
    for (const auto& dialect : majordomo_dialects)
        if (dialect.name == name)
            return dialect;
    throw std::invalid_argument{"unknown dialect '" + name + "'"};
}

void tell_count(std::size_t open) {
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch());
    std::printf("asked %lld %zu\n", static_cast<long long>(now.count()), open);
    std::fflush(stdout);
}

[[noreturn]] void serve_zmq(const MajordomoDialect& dialect, const std::string& port, const std::string& behaviour,
                            std::chrono::milliseconds delay) {
    zmq::context_t context;
    zmq::socket_t router{context, zmq::socket_type::router};
    router.set(zmq::sockopt::linger, 0);
    router.set(zmq::sockopt::router_mandatory, false);
    router.set(zmq::sockopt::sndhwm, 16);  // messages queued for a slow peer, up to 10,000 frames each
    router.bind("tcp://127.0.0.1:" + port);
    const auto where = router.get(zmq::sockopt::last_endpoint);
    std::printf("at %s\n", where.substr(where.rfind(':') + 1).c_str());
    std::fflush(stdout);
    std::deque<Due> due;
    std::string client;  // sender of the last request
    for (unsigned number = 1;;) {
        auto wait = std::chrono::milliseconds{behaviour == "spate" && !client.empty() ? 1 : -1};
        if (!due.empty())
            wait = std::max(std::chrono::ceil<std::chrono::milliseconds>(due.front().at - Clock::now()),
                            std::chrono::milliseconds{0});
        std::vector<zmq::pollitem_t> items{{router.handle(), 0, ZMQ_POLLIN, 0}};
        zmq::poll(items, wait);
        while (!due.empty() && due.front().at <= Clock::now()) {
            send(router, due.front().frames);
            due.pop_front();
        }
        if ((items[0].revents & ZMQ_POLLIN) == 0) {
            if (!client.empty())
                send(router, hostile(client, ++number));
            continue;
        }
        const auto request = receive(router);
        ++number;
        if (behaviour == "spate")
            client = request[0];
        for (auto& message : messages_for(dialect, behaviour, request, number))
            due.push_back({Clock::now() + delay, std::move(message)});
        if (behaviour == "count")
            tell_count(due.size());
    }
}

[[noreturn]] void serve_tcp(const std::string& port, bool http) {
    const int server = listen_at(port);
    const std::string answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    for (;;) {
        const int peer = ::accept(server, nullptr, nullptr);
        if (!http)
            continue;  // stays open, is never read
        (void)!::write(peer, answer.data(), answer.size());
        ::close(peer);
    }
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc < 3)
        return 2;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // the parent may be killed
    const std::string behaviour = argv[2];
    if (behaviour == "http" || behaviour == "hole")
        serve_tcp(argv[1], behaviour == "http");
    if (behaviour == "giant" || behaviour == "endless" || behaviour == "answered")
        serve_bytes(argv[1], behaviour);
    serve_zmq(dialect_named(argc > 4 ? argv[4] : "rfc18"), argv[1], behaviour,
              std::chrono::milliseconds{argc > 3 ? std::atoi(argv[3]) : 0});
} catch (const std::exception& error) {
    std::fprintf(stderr, "monitor_peer: %s\n", error.what());
    return 1;
}
