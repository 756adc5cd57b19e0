#include "gadget/usb/endpoint_file.hpp"

#include <cerrno>
#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "test/support/basics/temporary_directory.hpp"

namespace revenant::gadget {
namespace {

using namespace test;

class gadget_endpoint_file : public testing::Test {
protected:
    gadget_endpoint_file() {
        spdlog::set_default_logger(
            std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::ostream_sink_mt>(log)));
    }
    ~gadget_endpoint_file() override { spdlog::set_default_logger(before); }

    EndpointFile file(EndpointFile::Direction direction = EndpointFile::Direction::out) {
        return {path, direction, [this](int) {
                    ++asked;
                    return answer;
                }};
    }
    [[nodiscard]] std::size_t lines() const {
        const auto text = log.str();
        return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    }

    std::shared_ptr<spdlog::logger> before = spdlog::default_logger();
    std::ostringstream log;
    TemporaryDirectory directory;
    std::filesystem::path path = directory.path() / "ep2";
    std::pair<error_code, std::size_t> answer{error_code{}, 512};
    int asked = 0;
};

TEST_F(gadget_endpoint_file, opens_and_queries_packet_size_once) {
    std::ofstream{path};
    auto subject = file();
    EXPECT_FALSE(subject.is_open());
    EXPECT_FALSE(subject.prepare());
    EXPECT_EQ(subject.max_packet(), 512U);
    const auto fd = subject.fd();
    EXPECT_FALSE(subject.prepare());
    EXPECT_EQ(subject.fd(), fd);
    EXPECT_EQ(asked, 1);
    subject.forget_max_packet();
    answer.second = 64;
    EXPECT_FALSE(subject.prepare());
    EXPECT_EQ(subject.fd(), fd) << "a speed change does not reopen the file";
    EXPECT_EQ(subject.max_packet(), 64U);
    subject.close();
    EXPECT_FALSE(subject.is_open());
    EXPECT_EQ(subject.max_packet(), 0U);
}

TEST_F(gadget_endpoint_file, open_flags_nonblock_cloexec_one_direction) {
    std::ofstream{path};
    for (const auto direction : {EndpointFile::Direction::in, EndpointFile::Direction::out}) {
        auto subject = file(direction);
        ASSERT_FALSE(subject.prepare());
        const auto flags = ::fcntl(subject.fd(), F_GETFL);
        EXPECT_NE(flags & O_NONBLOCK, 0);
        EXPECT_EQ(flags & O_ACCMODE, direction == EndpointFile::Direction::in ? O_WRONLY : O_RDONLY);
        EXPECT_NE(::fcntl(subject.fd(), F_GETFD) & FD_CLOEXEC, 0);
    }
}

TEST_F(gadget_endpoint_file, absent_file_is_logged_once_and_retried) {
    auto subject = file();
    EXPECT_EQ(subject.prepare(), from_errno(ENOENT));
    EXPECT_EQ(subject.prepare(), from_errno(ENOENT));
    EXPECT_EQ(lines(), 1U);
    EXPECT_NE(log.str().find(path.string()), std::string::npos);
    EXPECT_NE(log.str().find("No such file"), std::string::npos);
    EXPECT_NE(log.str().find("ffs-dir"), std::string::npos);
    EXPECT_EQ(asked, 0);
    std::ofstream{path};
    EXPECT_FALSE(subject.prepare());
    subject.close();
    std::filesystem::remove(path);
    EXPECT_TRUE(subject.prepare());
    EXPECT_EQ(lines(), 2U) << "logged again, since it existed in between";
}

TEST_F(gadget_endpoint_file, new_cause_is_logged) {
    auto subject = file();
    EXPECT_EQ(subject.prepare(), from_errno(ENOENT));
    std::filesystem::create_symlink(path, path);
    EXPECT_EQ(subject.prepare(), from_errno(ELOOP));
    EXPECT_EQ(lines(), 2U);
}

TEST_F(gadget_endpoint_file, invalid_packet_size_is_error_and_retried) {
    std::ofstream{path};
    auto subject = file();
    answer = {from_errno(EAGAIN), 0};
    EXPECT_EQ(subject.prepare(), from_errno(EAGAIN));
    for (const std::size_t nonsense : {0U, 1025U}) {
        answer = {error_code{}, nonsense};
        EXPECT_EQ(subject.prepare(), from_errno(EPROTO));
    }
    answer = {error_code{}, 1024};
    EXPECT_FALSE(subject.prepare());
    EXPECT_EQ(subject.max_packet(), 1024U);
}

TEST_F(gadget_endpoint_file, plain_file_has_no_packet_size) {
    std::ofstream{path};
    auto subject = EndpointFile{path, EndpointFile::Direction::out, ask_max_packet};
    EXPECT_EQ(subject.prepare(), from_errno(ENOTTY));
}

}  // namespace
}  // namespace revenant::gadget
