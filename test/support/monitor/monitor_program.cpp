#include "test/support/monitor/monitor_program.hpp"

#include <csignal>
#include <iostream>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace revenant::test {

void MonitorProgram::start(const std::vector<std::string>& more) {
    std::vector<std::string> arguments{REVENANT_MONITOR, "--run-dir", directory_.path().string(), "--listen-port", "0",
                                       "--sample-ms",    "60000"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    monitor_ = std::make_unique<Spawned>(arguments, 2);
    const auto line = monitor_->line_with("the page is at ");
    port_ = static_cast<unsigned short>(std::stoi(line.substr(line.rfind(':') + 1)));
}

std::unique_ptr<StreamClient> MonitorProgram::watch(const std::string& lines) const {
    auto client = std::make_unique<StreamClient>(port_);
    client->ask("/events", "1.1", lines);
    EXPECT_NE(client->header().find("200 OK"), std::string::npos);
    return client;
}

std::pair<unsigned, std::string> MonitorProgram::get(const std::string& target, const std::string& host) const {
    StreamClient client{port_};
    client.ask(target, "1.0", "", host);
    const auto header = client.header();
    return {static_cast<unsigned>(std::stoul(header.substr(9))), client.body()};
}

boost::json::value MonitorProgram::json(const std::string& target) const {
    return boost::json::parse(get(target).second);
}

int MonitorProgram::stop() {
    monitor_->signal(SIGTERM);
    const auto code = monitor_->wait(Deadline{milliseconds{10'000}});
    if (code != 0)
        std::cerr << monitor_->rest(Deadline{milliseconds{1'000}});
    return code;
}

ComponentWatch::ComponentWatch(unsigned short port) : stream_{port} {
    stream_.ask("/events");
    stream_.header();
    const auto snapshot = boost::json::parse(stream_.next("snapshot").data);
    for (const auto& component : snapshot.at("components").as_array())
        take(component);
}

void ComponentWatch::take(const boost::json::value& component) {
    const auto& object = component.as_object();
    told_[std::string{object.at("name").as_string()}].push_back(object);
}

boost::json::object ComponentWatch::until(const std::string& name, const Wanted& wanted, milliseconds limit) {
    const Deadline deadline{limit};
    const auto& all = told_[name];
    while (all.empty() || !wanted(all.back())) {
        try {
            take(boost::json::parse(stream_.next("component", deadline).data));
        } catch (const std::exception& error) {
            throw std::runtime_error{name + " did not reach the expected state: " + error.what() +
                                     "; last: " + (all.empty() ? "nothing" : boost::json::serialize(all.back()))};
        }
    }
    return all.back();
}

}  // namespace revenant::test
