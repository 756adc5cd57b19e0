#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>

#include "common/net/status_socket.hpp"
#include "gadget/heartbeat.hpp"
#include "gadget/requests/handlers.hpp"
#include "gadget/requests/workers.hpp"
#include "gadget/requests/write_ahead.hpp"
#include "gadget/session/broker.hpp"
#include "gadget/session/bus.hpp"
#include "gadget/session/channel.hpp"
#include "gadget/session/reply_cache.hpp"

namespace revenant::gadget {

struct GadgetSettings {
    std::filesystem::path run_dir;
    std::size_t payload_limit = default_payload_limit;  ///< bytes
    std::size_t signing_workers = 8;
    std::size_t signing_queue = 64;
    std::size_t management_queue = 16;
};

/// Runs the gadget: connects to the registrar's announcement socket and runs one session after another, on either bus.
/// Event loop thread only; the bus, the keystore and the log must outlive it.
class Gadget {
public:
    /// `restored`: number of keys already unlocked by the previous process. Throws std::runtime_error with a message
    /// for the operator.
    Gadget(const asio::any_io_executor& executor, const GadgetSettings& settings, Bus& bus, keystore::Store& store,
           KeyRing& keys, const LogTail& log, std::size_t restored);
    Gadget(const Gadget&) = delete;
    Gadget& operator=(const Gadget&) = delete;
    ~Gadget();

    /// Runs until cancelled; then waits for running jobs, sends their answers, rejects new requests and writes the
    /// marks at rest.
    awaitable<void> run();

private:
    using Brokers = std::array<Broker, interface_count>;

    awaitable<void> follow_registrar();
    awaitable<void> follow();
    bool ask_rebind();
    awaitable<void> wind_up();
    void begin_session();
    void end_session();
    void disabled();
    void on_request(Interface interface, const MessageId& id, ByteView payload);
    void finish(Interface interface, const ReplyCache::Key& key, const Response& response);
    void send(Interface interface, const MessageId& id, ByteView payload);
    [[nodiscard]] Heartbeat::LivenessState liveness_state() const;
    [[nodiscard]] bool healthy() const;
    [[nodiscard]] boost::json::object describe() const;

    asio::any_io_executor executor_;
    GadgetSettings settings_;
    Bus& bus_;
    std::filesystem::path directory_;
    KeyRing& keys_;
    std::size_t restored_;
    MessageId process_name_ = random_id();
    Counters counters_;
    std::string since_;

    std::array<ReplyCache, interface_count> replies_;
    std::optional<stream_protocol::socket> announcement_;  // while connected or connecting
    std::array<Channel, interface_count> channels_;
    std::optional<Brokers> session_;
    StatusSocket status_;
    Heartbeat heartbeat_;
    Workers signers_;
    Workers managers_;
    WriteAhead write_ahead_;
    Handlers handlers_;
};

}  // namespace revenant::gadget
