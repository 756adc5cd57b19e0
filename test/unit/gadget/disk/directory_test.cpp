#include "gadget/disk/directory.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test/support/basics/temporary_directory.hpp"
#include "test/support/gadget/store_fixture.hpp"

namespace revenant::gadget::keystore {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class directory : public testing::Test {
protected:
    [[nodiscard]] fs::path at(const char* name = "") const { return path / name; }
    static mode_t mode(const fs::path& file) {
        struct stat found {};
        EXPECT_EQ(::lstat(file.c_str(), &found), 0) << file;
        return found.st_mode & 07777;
    }
    /// The error message on opening the directory; empty: success.
    std::string refusal(std::chrono::milliseconds wait = 0ms) const {
        try {
            Directory{path, wait};
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return {};
    }

    /// Opens the directory as a user that owns it, below a parent of root with this mode; exits with 0 on success.
    void open_as_user(mode_t parent) const {
        fs::permissions(path, fs::perms::owner_all);
        fs::permissions(temporary.path(), static_cast<fs::perms>(parent));
        if (::chown(path.c_str(), 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0)
            std::_Exit(2);
        const auto said = refusal();
        std::fputs(said.c_str(), stderr);
        std::_Exit(said.empty() ? 0 : 1);
    }

    test::TemporaryDirectory temporary;
    fs::path path = temporary.path() / "store";
};

TEST_F(directory, creates_missing_directories_for_owner_only) {
    const auto before = ::umask(0);
    {
        Directory disk{path};
        EXPECT_FALSE(disk.replace("keys/a.json", Bytes{1, 2}));
        EXPECT_FALSE(disk.replace("throttle", Bytes{1, 2}));
    }
    ::umask(before);
    for (const auto* folder : {"", "keys", "marks"})
        EXPECT_EQ(mode(at(folder)), 0700U) << folder;
    for (const auto* file : {"lock", "throttle", "keys/a.json"})
        EXPECT_EQ(mode(at(file)), 0600U) << file;
}

TEST_F(directory, replaces_lists_and_removes_files) {
    Directory disk{path};
    Bytes bytes;
    EXPECT_EQ(disk.read("keys/a.json", bytes), std::errc::no_such_file_or_directory);
    EXPECT_FALSE(disk.replace("keys/a.json", Bytes{1, 2, 3}));
    EXPECT_FALSE(disk.replace("keys/a.json", Bytes{4}));
    EXPECT_FALSE(disk.replace("keys/b.json", Bytes{}));
    EXPECT_FALSE(disk.read("keys/a.json", bytes));
    EXPECT_EQ(bytes, Bytes{4});
    std::vector<std::string> names;
    EXPECT_FALSE(disk.list("keys", names));
    EXPECT_EQ(names, (std::vector<std::string>{"a.json", "b.json"})) << "no temporary file";
    EXPECT_FALSE(disk.remove("keys/a.json"));
    EXPECT_EQ(disk.remove("keys/a.json"), std::errc::no_such_file_or_directory);
}

TEST_F(directory, open_file_is_written_in_place) {
    Directory disk{path};
    std::error_code error;
    EXPECT_EQ(disk.open("marks/a", error), nullptr);
    EXPECT_EQ(error, std::errc::no_such_file_or_directory);
    EXPECT_FALSE(disk.replace("marks/a", Bytes(8192)));
    const auto file = disk.open("marks/a", error);
    ASSERT_TRUE(file);
    EXPECT_FALSE(file->write(4096, Bytes(512, 7)));
    std::array<std::uint8_t, 512> into{};
    EXPECT_FALSE(file->read(4096, into));
    EXPECT_EQ(into[511], 7);
    EXPECT_EQ(file->read(8000, into), std::errc::io_error) << "read beyond the end";
    EXPECT_EQ(fs::file_size(at("marks/a")), 8192U);
}

TEST_F(directory, second_owner_times_out_naming_first) {
    const Directory first{path};
    const auto before = std::chrono::steady_clock::now();
    const auto said = refusal(60ms);
    EXPECT_GE(std::chrono::steady_clock::now() - before, 60ms);
    EXPECT_NE(said.find(path.string()), std::string::npos) << said;
    EXPECT_NE(said.find("process " + std::to_string(::getpid())), std::string::npos) << said;
}

TEST_F(directory, second_owner_opens_after_first_closes) {
    auto first = std::make_unique<Directory>(path);
    std::thread leaver{[&] { first.reset(); }};
    EXPECT_EQ(refusal(5000ms), "");
    leaver.join();
}

TEST_F(directory, group_or_other_access_throws) {
    EXPECT_EQ(refusal(), "");
    for (const auto* name : {"", "keys", "lock"}) {
        const auto right = mode(at(name));
        for (const mode_t bit : {0040U, 0004U, 0010U}) {
            fs::permissions(at(name), static_cast<fs::perms>(right | bit));
            const auto said = refusal();
            EXPECT_NE(said.find("chmod -R go="), std::string::npos) << name << ": " << said;
        }
        fs::permissions(at(name), static_cast<fs::perms>(right));
    }
    EXPECT_EQ(refusal(), "");
}

TEST_F(directory, foreign_owner_throws) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "needs root, for chown";
    EXPECT_EQ(refusal(), "");
    for (const auto* name : {"", "marks", "lock"}) {
        ASSERT_EQ(::chown(at(name).c_str(), 12345, static_cast<gid_t>(-1)), 0);
        EXPECT_NE(refusal().find("belongs to uid 12345"), std::string::npos) << name;
        ASSERT_EQ(::chown(at(name).c_str(), 0, static_cast<gid_t>(-1)), 0);
    }
}

/// A fresh ext4 partition has it, with mode 0700 or 0755 and owner root.
TEST_F(directory, lost_and_found_is_accepted) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "needs root, which owns lost+found";
    EXPECT_EQ(refusal(), "");
    fs::create_directory(at("lost+found"));
    fs::permissions(at("lost+found"), static_cast<fs::perms>(0755));
    std::ofstream{at("lost+found") / "#12"} << "saved by fsck";
    EXPECT_EQ(refusal(), "");
}

TEST_F(directory, other_lost_and_found_throws) {
    EXPECT_EQ(refusal(), "");
    const auto refused = [&](const fs::path& entry, bool as_directory) {
        if (as_directory)
            fs::create_directory(entry);
        else
            std::ofstream{entry} << "text";
        fs::permissions(entry, static_cast<fs::perms>(0755));
        const bool says = refusal().find("has mode 0755") != std::string::npos;
        fs::remove(entry);
        return says;
    };
    EXPECT_TRUE(refused(at("lost+found"), false)) << "a file";
    EXPECT_TRUE(refused(at("keys/lost+found"), true)) << "below the top";
    EXPECT_TRUE(refused(at("lost"), true)) << "another name";
}

/// Root owns the partition's top until it is given to the gadget's user, and lost+found for good.
TEST_F(directory, lost_and_found_of_root_is_accepted_by_user) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "needs root, to become another user";
    fs::create_directories(at("lost+found"));
    fs::permissions(at("lost+found"), fs::perms::owner_all);
    EXPECT_EXIT(open_as_user(0755), testing::ExitedWithCode(0), "");
}

/// Only the one who can create names in the parent has to sync it.
TEST_F(directory, unreadable_parent_is_accepted) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "needs root, to become another user";
    fs::create_directories(path);
    EXPECT_EXIT(open_as_user(0711), testing::ExitedWithCode(0), "");
}

TEST_F(directory, interrupted_replace_leftover_is_removed) {
    EXPECT_EQ(refusal(), "");
    std::ofstream{at("keys/a.json.tmp")} << "half";
    fs::permissions(at("keys/a.json.tmp"), fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(refusal(), "");
    EXPECT_FALSE(fs::exists(at("keys/a.json.tmp")));
}

TEST_F(directory, symlink_is_not_followed) {
    Directory disk{path};
    std::ofstream{temporary.path() / "elsewhere"} << "text";
    fs::create_symlink(temporary.path() / "elsewhere", at("keys/a.json"));
    Bytes bytes;
    std::error_code error;
    EXPECT_EQ(disk.read("keys/a.json", bytes), std::errc::too_many_symbolic_link_levels);
    EXPECT_EQ(disk.open("keys/a.json", error), nullptr);
}

TEST_F(directory, oversized_file_is_not_read) {
    Directory disk{path};
    std::ofstream{at("master.json")};
    fs::resize_file(at("master.json"), 2 << 20);
    Bytes bytes;
    EXPECT_EQ(disk.read("master.json", bytes), std::errc::file_too_large);
}

TEST_F(directory, store_works_on_real_directory) {
    ASSERT_GE(sodium_init(), 0);
    const auto passphrase = secret_text("correct horse");
    Identity identity;
    for (const bool first : {true, false}) {
        Store store{std::make_unique<Directory>(path), cheap_settings(), boottime_now()};
        if (first) {
            ASSERT_EQ(cause(store.init(true, passphrase)), std::nullopt);
        }
        const auto kek = taken(store.authenticate(passphrase, boottime_now()));
        if (first)
            identity = taken(store.create("baker", Curve::bls, kek));
        const auto key = taken(store.unlock("baker", kek, uptime_now()));
        EXPECT_EQ(key->identity(), identity);
        auto& mark = *taken(key->add_chain({1, 2, 3, 4}, uptime_now()));
        const Advance advance{{Kind::attestation, {1, 2, 3, 4}, 10, 0}, {}};
        EXPECT_EQ(cause(mark.commit(advance, uptime_now())), std::nullopt);
        const auto other = mark.ask(advance.operation, {1}, uptime_now());
        EXPECT_TRUE(std::holds_alternative<Failure>(other));
    }
}

TEST(clock_source, matches_kernel_clocks) {
    EXPECT_EQ(read_boot_id().size(), 36U);
    EXPECT_EQ(read_boot_id(), read_boot_id());
    EXPECT_GT(uptime_now().count(), 0);
    EXPECT_GE(boottime_now() - uptime_now(), -10ms);
}

}  // namespace
}  // namespace revenant::gadget::keystore
