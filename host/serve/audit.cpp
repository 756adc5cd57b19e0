#include "host/serve/audit.hpp"

#include <array>
#include <stdexcept>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sodium/utils.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <sys/stat.h>

#include "common/core/fd.hpp"
#include "common/core/log.hpp"
#include "common/metrics/time.hpp"
#include "common/net/status_socket.hpp"
#include "common/tezos/text.hpp"
#include "common/tezos/verify.hpp"

namespace revenant::host::serve {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;
constexpr mode_t max_mode = 0640;

/// Creates the file with its mode before spdlog opens it: the umask must not decide who reads it.
void create(const std::string& name) {
    const UniqueFd created{::open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, max_mode)};
    struct stat status {};
    const bool file = created && ::fstat(created.get(), &status) == 0 && S_ISREG(status.st_mode);
    if (file && (status.st_mode & ACCESSPERMS & ~max_mode) != 0)
        ::fchmod(created.get(), status.st_mode & max_mode);
}

std::shared_ptr<spdlog::sinks::sink> open_file(const AuditSettings& settings) {
    try {
        spdlog::file_event_handlers events;
        events.before_open = create;
        return std::make_shared<spdlog::sinks::rotating_file_sink_st>(settings.file.string(), settings.size * mebibyte,
                                                                      settings.files - 1, false, events);
    } catch (const spdlog::spdlog_ex& error) {
        throw std::runtime_error{
            fmt::format("the audit log '{}' cannot be written: {}: name a file in a directory that "
                        "this user may write to with --audit-log",
                        settings.file.string(), error.what())};
    }
}

}  // namespace

std::string audit_line(const Decision& decision, std::uint64_t left_out) {
    boost::json::object line{{"time", utc_now()}, {"client", decision.client}};
    if (!decision.authenticated.empty())
        line["authenticated"] = decision.authenticated;
    line["key"] = decision.key;
    if (decision.operation) {
        line["chain"] = tezos::chain_text(decision.operation->chain);
        line["kind"] = tezos::name(decision.operation->kind);
        line["level"] = decision.operation->level;
        line["round"] = decision.operation->round;
    }
    line["bytes"] = decision.message.size();
    const auto hash = tezos::blake2b_256(decision.message);
    std::array<char, 2 * sizeof(hash) + 1> hex;
    line["hash"] = sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
    line["verdict"] = decision.reason.empty() ? "signed" : "refused";
    line["status"] = http::number(decision.status);
    if (!decision.reason.empty())
        line["reason"] = decision.reason;
    if (!decision.device.empty())
        line["device"] = decision.device;
    if (left_out > 0)
        line["left_out"] = left_out;
    line["us"] = std::chrono::round<std::chrono::microseconds>(decision.took).count();
    return boost::json::serialize(line);
}

Audit::Audit(const AuditSettings& settings, std::uint64_t& failures) {
    if (settings.file.empty())
        return;
    logger_ = std::make_shared<spdlog::logger>("audit", open_file(settings));
    logger_->set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
    logger_->flush_on(spdlog::level::info);
    logger_->set_error_handler([&failures, file = settings.file.string()](const std::string& why) {
        if (failures++ == 0)
            log::error(
                "the audit log '{}' cannot be written, signing goes on: {}: make room, or name another with "
                "--audit-log",
                file, why);
    });
}

void Audit::write(const Decision& decision) {
    if (!logger_)
        return;
    const auto left_out = decision.admitted ? std::optional<std::uint64_t>{0} : strangers_.tell();
    if (left_out)
        logger_->info(audit_line(decision, *left_out));
}

}  // namespace revenant::host::serve
