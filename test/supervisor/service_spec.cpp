#include "test/supervisor/service_spec.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include <boost/program_options/parsers.hpp>

namespace revenant::supervisor {
namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r";
    const auto first = text.find_first_not_of(blank);
    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::chrono::milliseconds milliseconds_from(std::string_view value) {
    long number = -1;
    const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (failed != std::errc{} || end != value.data() + value.size() || number < 0 || number > 3'600'000)
        throw std::invalid_argument{"'" + std::string{value} + "' must be a number from 0 to 3600000"};
    return std::chrono::milliseconds{number};
}

std::string section_name(std::string_view line) {
    std::string name{line.substr(1, line.size() - 2)};
    const bool fine = std::all_of(name.begin(), name.end(), [](unsigned char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
    });
    if (name.empty() || !fine)
        throw std::invalid_argument{"invalid service name '" + name + "': use letters, digits, '-' and '_'"};
    return name;
}

void set_entry(ServiceSpec& service, std::string_view key, std::string_view value) {
    if (key == "run")
        service.argv = boost::program_options::split_unix(std::string{value});
    else if (key == "environment")
        service.environment.emplace_back(value);
    else if (key == "watchdog_ms")
        service.watchdog = milliseconds_from(value);
    else if (key == "restart_delay_ms")
        service.restart_delay = milliseconds_from(value);
    else if (key == "stop_grace_ms")
        service.stop_grace = milliseconds_from(value);
    else if (key == "autostart" && (value == "yes" || value == "no"))
        service.autostart = value == "yes";
    else
        throw std::invalid_argument{"unknown entry '" + std::string{key} + " = " + std::string{value} + "'"};
}

void take_line(std::vector<ServiceSpec>& services, std::string_view line) {
    if (line.empty() || line.front() == '#')
        return;
    if (line.front() == '[' && line.back() == ']') {
        auto name = section_name(line);
        if (std::any_of(services.begin(), services.end(), [&](const auto& other) { return other.name == name; }))
            throw std::invalid_argument{"duplicate service '" + name + "'"};
        services.emplace_back().name = std::move(name);
        return;
    }
    const auto equals = line.find('=');
    if (services.empty() || equals == std::string_view::npos)
        throw std::invalid_argument{"expected '[service]', or 'key = value' below one"};
    set_entry(services.back(), trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1)));
}

}  // namespace

std::vector<ServiceSpec> parse_services(const std::string& text) {
    std::vector<ServiceSpec> services;
    std::istringstream lines{text};
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        try {
            take_line(services, trimmed(line));
        } catch (const std::invalid_argument& fault) {
            throw std::invalid_argument{"line " + std::to_string(number) + ": " + fault.what()};
        }
    }
    for (const auto& service : services)
        if (service.argv.empty() || service.argv.front().find('/') == std::string::npos)
            throw std::invalid_argument{"service '" + service.name + "' needs 'run =' with the path of a program"};
    return services;
}

std::vector<ServiceSpec> load_services(const std::filesystem::path& file) {
    std::ifstream in{file};
    std::ostringstream text;
    text << in.rdbuf();
    if (!in)
        throw std::invalid_argument{"cannot read '" + file.string() + "': give the path of a service list"};
    try {
        return parse_services(text.str());
    } catch (const std::invalid_argument& fault) {
        throw std::invalid_argument{file.string() + ": " + fault.what()};
    }
}

}  // namespace revenant::supervisor
