#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include "test/integration/spawned.hpp"
#include "test/integration/stream_client.hpp"
#include "test/unit/temporary_directory.hpp"

namespace revenant::test {

/// The monitor itself, at a free port and with a run directory of its own. Everything blocks, for ten seconds at most.
class MonitorProgram : public ::testing::Test {
protected:
    void start(const std::vector<std::string>& more = {});
    std::unique_ptr<StreamClient> watch(const std::string& lines = "") const;
    /// Status and body.
    [[nodiscard]] std::pair<unsigned, std::string> get(const std::string& target) const;
    [[nodiscard]] boost::json::value json(const std::string& target) const;
    int stop();

    TemporaryDirectory directory_;
    std::unique_ptr<Spawned> monitor_;
    unsigned short port_ = 0;
};

/// The components of a monitor, as its event stream tells them from now on.
class ComponentWatch {
public:
    using Wanted = std::function<bool(const boost::json::object&)>;

    explicit ComponentWatch(unsigned short port);

    /// The component, once it is as wanted: now or later. Throws std::runtime_error when it is not in time.
    boost::json::object until(const std::string& name, const Wanted& wanted, milliseconds limit);
    /// All that was told of it so far.
    [[nodiscard]] const std::vector<boost::json::object>& told(const std::string& name) { return told_[name]; }

private:
    void take(const boost::json::value& component);

    StreamClient stream_;
    std::map<std::string, std::vector<boost::json::object>> told_;
};

}  // namespace revenant::test
