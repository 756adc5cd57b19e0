#include "common/net/run_directory.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test/support/basics/temporary_directory.hpp"

namespace revenant {
namespace {

using namespace test;
namespace fs = std::filesystem;

TEST(run_directory, new_directory_is_0755_and_reusable) {
    const TemporaryDirectory root;
    const auto before = ::umask(0077);
    const auto made = prepare_run_directory(root.path() / "run", "gadget");
    ::umask(before);
    EXPECT_EQ(made, root.path() / "run" / "gadget");
    EXPECT_EQ(fs::status(made).permissions(), fs::perms{0755});
    EXPECT_EQ(prepare_run_directory(root.path() / "run", "gadget"), made);
}

TEST(run_directory, untrusted_directory_is_rejected) {
    const TemporaryDirectory root;
    const auto complaint = [&] {
        try {
            prepare_run_directory(root.path(), "gadget");
        } catch (const std::runtime_error& error) {
            return std::string{error.what()};
        }
        return std::string{};
    };
    std::ofstream{root.path() / "gadget"} << "a file";
    EXPECT_NE(complaint().find("is a file"), std::string::npos) << complaint();
    fs::remove(root.path() / "gadget");
    prepare_run_directory(root.path(), "gadget");
    fs::permissions(root.path() / "gadget", fs::perms{0775});
    EXPECT_NE(complaint().find("chmod it to 0755"), std::string::npos) << complaint();
    fs::permissions(root.path() / "gadget", fs::perms{0755});
    EXPECT_EQ(complaint(), "");
    if (::geteuid() == 0) {
        ASSERT_EQ(::chown((root.path() / "gadget").c_str(), 65534, 65534), 0);
        EXPECT_NE(complaint().find("belongs to user 65534"), std::string::npos) << complaint();
    }
}

}  // namespace
}  // namespace revenant
