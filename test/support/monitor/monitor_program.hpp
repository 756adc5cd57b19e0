#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "test/support/basics/memory_tells.hpp"
#include "test/support/basics/monitor_status_lines.hpp"
#include "test/support/basics/spawned.hpp"
#include "test/support/basics/temporary_directory.hpp"
#include "test/support/monitor/stream_client.hpp"

namespace revenant::test {

namespace fs = std::filesystem;

/// A fake signer's status socket. It accepts a connection only in accept().
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
    /// Accepts the monitor's connection and sends the status line.
    void accept() {
        ASSERT_TRUE(Deadline{milliseconds{10'000}}.readable(listener_.get()));
        link_ = UniqueFd{checked(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC), "accept")};
        say();
    }
    void say() {
        const auto line = boost::json::serialize(status) + '\n';
        ASSERT_EQ(::send(link_.get(), line.data(), line.size(), MSG_NOSIGNAL), static_cast<ssize_t>(line.size()));
    }
    /// Sends `line` whole, waiting for the monitor; returns false if the monitor has ended.
    bool say(const std::string& line) {
        for (std::size_t sent = 0; sent < line.size();) {
            const auto size = ::send(link_.get(), line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
            if (size <= 0)
                return false;
            sent += static_cast<std::size_t>(size);
        }
        return true;
    }
    void hang_up() { link_.reset(); }

    boost::json::object status = boost::json::parse(full_status_line).as_object();

private:
    UniqueFd listener_, link_;
};

/// A running revenant-monitor with a free port and its own run directory. All functions block for at most 10 s.
class MonitorProgram : public ::testing::Test {
protected:
    void start(const std::vector<std::string>& more = {});
    std::unique_ptr<StreamClient> watch(const std::string& lines = "") const;
    /// Sends GET; returns status and body.
    [[nodiscard]] std::pair<unsigned, std::string> get(const std::string& target,
                                                       const std::string& host = "localhost") const;
    [[nodiscard]] boost::json::value json(const std::string& target) const;
    int stop();

    TemporaryDirectory directory_;
    std::unique_ptr<Spawned> monitor_;
    unsigned short port_ = 0;
};

/// Follows the components of a monitor through its event stream.
class ComponentWatch {
public:
    using Wanted = std::function<bool(const boost::json::object&)>;

    explicit ComponentWatch(unsigned short port);

    /// Waits until the component satisfies `wanted` and returns it. Throws std::runtime_error on timeout.
    boost::json::object until(const std::string& name, const Wanted& wanted, milliseconds limit);
    /// All states of the component received so far.
    [[nodiscard]] const std::vector<boost::json::object>& told(const std::string& name) { return told_[name]; }

private:
    void take(const boost::json::value& component);

    StreamClient stream_;
    std::map<std::string, std::vector<boost::json::object>> told_;
};

}  // namespace revenant::test
