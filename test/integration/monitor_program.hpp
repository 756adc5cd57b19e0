#pragma once

#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "test/integration/spawned.hpp"
#include "test/integration/stream_client.hpp"
#include "test/unit/monitor_status_lines.hpp"
#include "test/unit/temporary_directory.hpp"

/// The program itself, with a made-up signer and real sockets.
namespace revenant::test {

using std::chrono::steady_clock;
namespace fs = std::filesystem;

/// A signer's status socket. It accepts only when it is told to.
class FakeSigner {
public:
    explicit FakeSigner(const fs::path& run_directory) {
        fs::create_directories(run_directory / "signer-0123");
        const auto path = (run_directory / "signer-0123" / "status.sock").string();
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        listener_ = UniqueFd{checked(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")};
        checked(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
        checked(::listen(listener_.get(), 16), "listen");
    }
    /// Accepts the monitor's connection, and says its line.
    void accept() {
        ASSERT_TRUE(Deadline{milliseconds{10'000}}.readable(listener_.get()));
        link_ = UniqueFd{checked(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC), "accept")};
        say();
    }
    void say() {
        const auto line = boost::json::serialize(status) + '\n';
        ASSERT_EQ(::send(link_.get(), line.data(), line.size(), MSG_NOSIGNAL), static_cast<ssize_t>(line.size()));
    }
    void hang_up() { link_.reset(); }

    boost::json::object status = boost::json::parse(full_status_line).as_object();

private:
    UniqueFd listener_, link_;
};

/// revenant-monitor on any free port, with the signers below a directory of its own.
class program : public ::testing::Test {
protected:
    void start(std::vector<std::string> more = {}) {
        std::vector<std::string> arguments{
            REVENANT_MONITOR, "--run-dir", directory_.path().string(), "--listen-port", "0", "--sample-ms", "60000"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        monitor_ = std::make_unique<Spawned>(arguments, 2);
        const auto line = monitor_->line_with("the page is at ");
        port_ = static_cast<unsigned short>(std::stoi(line.substr(line.rfind(':') + 1)));
    }
    std::unique_ptr<StreamClient> watch(const std::string& lines = "") {
        auto client = std::make_unique<StreamClient>(port_);
        client->ask("/events", "1.1", lines);
        EXPECT_NE(client->header().find("200 OK"), std::string::npos);
        return client;
    }
    std::pair<unsigned, std::string> get(const std::string& target, const std::string& host = "localhost") {
        StreamClient client{port_};
        client.ask(target, "1.0", "", host);
        const auto header = client.header();
        return {static_cast<unsigned>(std::stoul(header.substr(9))), client.body()};
    }
    boost::json::value json(const std::string& target) { return boost::json::parse(get(target).second); }
    int stop() {
        monitor_->signal(SIGTERM);
        return monitor_->wait(Deadline{milliseconds{10'000}});
    }

    TemporaryDirectory directory_;
    std::unique_ptr<Spawned> monitor_;
    unsigned short port_ = 0;
};

}  // namespace revenant::test
