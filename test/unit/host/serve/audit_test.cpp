#include "host/serve/audit.hpp"

#include <fstream>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>
#include <sodium.h>
#include <sys/stat.h>

#include "test/support/basics/temporary_directory.hpp"

namespace revenant::host::serve {
namespace {

namespace json = boost::json;

Decision decision() {
    Decision made;
    made.client = "127.0.0.1:4711";
    made.key = "tz4NwCZN4oPZRo7xHPHRW4an6hzxdhVCHoer";
    static const Bytes message{0x11, 0x22};
    made.message = message;
    made.took = std::chrono::microseconds{1234};
    made.admitted = true;
    return made;
}

json::object line_of(const Decision& made) {
    return json::parse(audit_line(made)).as_object();
}

std::size_t lines_in(const std::filesystem::path& file) {
    std::ifstream in{file};
    std::size_t count = 0;
    for (std::string line; std::getline(in, line); ++count)
        EXPECT_TRUE(json::parse(line).is_object()) << line;
    return count;
}

class ServeAudit : public ::testing::Test {
protected:
    ServeAudit() { EXPECT_GE(sodium_init(), 0); }

    test::TemporaryDirectory directory_;
    std::uint64_t failures_ = 0;
};

TEST_F(ServeAudit, signature_line_omits_the_message) {
    auto made = decision();
    made.operation = tezos::Operation{tezos::Kind::block, {0x7a, 0x06, 0xa7, 0x70}, 12, 3};
    made.device = "serial";
    made.authenticated = "tz1client";
    const auto line = line_of(made);
    EXPECT_EQ(line.at("verdict"), "signed");
    EXPECT_EQ(line.at("client"), "127.0.0.1:4711");
    EXPECT_EQ(line.at("authenticated"), "tz1client");
    EXPECT_EQ(line.at("key"), "tz4NwCZN4oPZRo7xHPHRW4an6hzxdhVCHoer");
    EXPECT_EQ(line.at("chain"), "NetXdQprcVkpaWU");
    EXPECT_EQ(line.at("kind"), "block");
    EXPECT_EQ(line.at("level"), 12);
    EXPECT_EQ(line.at("round"), 3);
    EXPECT_EQ(line.at("status"), 200);
    EXPECT_EQ(line.at("device"), "serial");
    EXPECT_EQ(line.at("us"), 1234);
    EXPECT_EQ(line.at("bytes"), 2);
    // b2sum -l 256 of the two bytes.
    EXPECT_EQ(line.at("hash"), "bb946cc46da7b64b2a76e743f2de7f1a2054fea3652b4670023024776b4878b7");
    EXPECT_EQ(line.count("reason"), 0U);
}

TEST_F(ServeAudit, refusal_line_has_its_reason) {
    auto made = decision();
    made.status = http::Status::conflict;
    made.reason = "stale_watermark";
    const auto line = line_of(made);
    EXPECT_EQ(line.at("verdict"), "refused");
    EXPECT_EQ(line.at("reason"), "stale_watermark");
    EXPECT_EQ(line.at("status"), 409);
    for (const auto* unknown : {"chain", "kind", "level", "round", "device", "authenticated"})
        EXPECT_EQ(line.count(unknown), 0U) << unknown;
}

TEST_F(ServeAudit, files_are_kept_to_their_size_and_number) {
    AuditSettings settings;
    settings.file = directory_.path() / "audit.jsonl";
    settings.size = 1;
    settings.files = 2;
    auto made = decision();
    made.client.assign(10'000, 'c');
    Audit audit{settings, failures_};
    constexpr std::size_t count = 350;  // three MiB and a half
    for (std::size_t each = 0; each < count; ++each)
        audit.write(made);
    const auto newest = lines_in(settings.file), older = lines_in(directory_.path() / "audit.1.jsonl");
    EXPECT_GT(newest, 0U);
    EXPECT_GT(older, 90U);
    EXPECT_LE(std::filesystem::file_size(directory_.path() / "audit.1.jsonl"), std::size_t{1} << 20);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{directory_.path()}, {}), 2);
    EXPECT_EQ(failures_, 0U);
}

TEST_F(ServeAudit, strangers_do_not_displace_decisions) {
    AuditSettings settings;
    settings.file = directory_.path() / "audit.jsonl";
    Audit audit{settings, failures_};
    auto stranger = decision();
    stranger.admitted = false;
    stranger.reason = "not_authenticated";
    for (int each = 0; each < 1000; ++each)
        audit.write(stranger);
    EXPECT_EQ(lines_in(settings.file), LogThrottle::most);
    audit.write(decision());
    EXPECT_EQ(lines_in(settings.file), LogThrottle::most + 1);
    EXPECT_EQ(json::parse(audit_line(stranger, 7)).at("left_out"), 7);
}

TEST_F(ServeAudit, only_the_owner_and_its_group_can_read_the_file) {
    AuditSettings settings;
    settings.file = directory_.path() / "audit.jsonl";
    const auto mode = [&] { return static_cast<unsigned>(std::filesystem::status(settings.file).permissions()); };
    const auto umask = ::umask(0);
    Audit{settings, failures_}.write(decision());
    ::umask(umask);
    EXPECT_EQ(mode(), 0640U);
    std::filesystem::permissions(settings.file, std::filesystem::perms{0666});
    Audit{settings, failures_}.write(decision());
    EXPECT_EQ(mode(), 0640U);
    std::filesystem::permissions(settings.file, std::filesystem::perms{0600});
    Audit{settings, failures_}.write(decision());
    EXPECT_EQ(mode(), 0600U);
}

TEST_F(ServeAudit, a_line_is_in_the_file_when_it_was_written) {
    AuditSettings settings;
    settings.file = directory_.path() / "audit.jsonl";
    Audit audit{settings, failures_};
    audit.write(decision());
    EXPECT_EQ(lines_in(settings.file), 1U);
    Audit again{settings, failures_};
    again.write(decision());
    EXPECT_EQ(lines_in(settings.file), 2U);  // it goes on with what is there
}

TEST_F(ServeAudit, write_failure_is_counted) {
    AuditSettings settings;
    settings.file = "/dev/full";
    Audit audit{settings, failures_};
    audit.write(decision());
    audit.write(decision());
    EXPECT_GE(failures_, 2U);
}

TEST_F(ServeAudit, unwritable_file_fails_at_start) {
    AuditSettings settings;
    settings.file = "/proc/self/nowhere/audit.jsonl";
    try {
        const Audit audit{settings, failures_};
        ADD_FAILURE() << "it was taken";
    } catch (const std::runtime_error& refused) {
        const std::string sentence = refused.what();
        EXPECT_NE(sentence.find("/proc/self/nowhere/audit.jsonl"), std::string::npos);
        EXPECT_NE(sentence.find("--audit-log"), std::string::npos);
    }
}

}  // namespace
}  // namespace revenant::host::serve
