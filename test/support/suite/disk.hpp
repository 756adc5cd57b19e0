#pragma once

#include "test/support/suite/harness.hpp"

namespace revenant::test {

/// The environment of programs into which a library is preloaded.
std::vector<std::string> preloading(const std::string& library);

/// The disk of a suite's gadget, at the test's mercy. Make it before the suite and give it the settings' environment;
/// it must outlive the suite.
class Disk {
public:
    Disk();

    /// The programs' environment that puts it under this disk.
    [[nodiscard]] std::vector<std::string> environment() const;

    void fill() const { say("full"); }
    void make_read_only() const { say("read-only"); }
    void mend() const { say(""); }

    /// As long as it lives every write hangs.
    [[nodiscard]] UniqueFd hold() const;

private:
    void say(const std::string& what) const;

    TemporaryDirectory dir_;
};

}  // namespace revenant::test
