#include "host/cli/exit.hpp"

#include <gtest/gtest.h>

namespace revenant::host {
namespace {

TEST(exit, faults_of_the_way_to_the_device_are_3) {
    for (const auto fault : {Fault::no_device, Fault::not_ready, Fault::busy_elsewhere, Fault::silent, Fault::foreign,
                             Fault::forbidden, Fault::timeout})
        EXPECT_EQ(exit_of(fault), Exit::no_device) << name(fault);
}

TEST(exit, refusals_of_the_device_are_4) {
    for (const auto fault :
         {Fault::refused, Fault::key_not_found, Fault::key_locked, Fault::stale_watermark, Fault::bad_payload})
        EXPECT_EQ(exit_of(fault), Exit::refused) << name(fault);
}

TEST(exit, the_rest_has_a_code_of_its_own) {
    EXPECT_EQ(exit_of(Fault::usage), Exit::usage);
    EXPECT_EQ(exit_of(Fault::ambiguous), Exit::usage);
    EXPECT_EQ(exit_of(Fault::wrong_passphrase), Exit::passphrase);
    EXPECT_EQ(exit_of(Fault::unknown_outcome), Exit::unknown);
    EXPECT_EQ(exit_of(Fault::interrupted), Exit::interrupted);
    EXPECT_EQ(exit_of(Fault::busy), Exit::failed);
    EXPECT_EQ(exit_of(Fault::internal), Exit::failed);
}

}  // namespace
}  // namespace revenant::host
