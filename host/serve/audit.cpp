#include "host/serve/audit.hpp"

#include <array>
#include <stdexcept>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <sodium/utils.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>

#include "common/core/log.hpp"
#include "common/metrics/time.hpp"
#include "common/net/status_socket.hpp"
#include "common/tezos/text.hpp"
#include "common/tezos/verify.hpp"

namespace revenant::host::serve {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

/// `rotated` counts the files beside the one that is written.
std::shared_ptr<spdlog::sinks::sink> open_file(const AuditSettings& settings) {
    try {
        return std::make_shared<spdlog::sinks::rotating_file_sink_st>(settings.file.string(), settings.size * mebibyte,
                                                                      settings.files - 1);
    } catch (const spdlog::spdlog_ex& error) {
        throw std::runtime_error{
            fmt::format("the audit log '{}' cannot be written: {}: name a file in a directory that "
                        "this user may write to with --audit-log",
                        settings.file.string(), error.what())};
    }
}

}  // namespace

std::string audit_line(const Decision& decision) {
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
    line["status"] = decision.status;
    if (!decision.reason.empty())
        line["reason"] = decision.reason;
    if (!decision.device.empty())
        line["device"] = decision.device;
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
    if (logger_)
        logger_->info(audit_line(decision));
}

}  // namespace revenant::host::serve
