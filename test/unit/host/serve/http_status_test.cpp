#include "host/serve/http_status.hpp"

#include <gtest/gtest.h>

namespace revenant::host::serve {
namespace {

TEST(http_status, each_fault_has_its_status) {
    const std::initializer_list<std::pair<Fault, unsigned>> expected{{Fault::bad_request, 400},
                                                                     {Fault::bad_payload, 400},
                                                                     {Fault::not_authenticated, 401},
                                                                     {Fault::not_permitted, 403},
                                                                     {Fault::wrong_authentication, 403},
                                                                     {Fault::key_locked, 403},
                                                                     {Fault::path_not_found, 404},
                                                                     {Fault::key_not_found, 404},
                                                                     {Fault::bad_method, 405},
                                                                     {Fault::stale_watermark, 409},
                                                                     {Fault::key_on_two_devices, 409},
                                                                     {Fault::other_host, 421},
                                                                     {Fault::too_many_attempts, 429},
                                                                     {Fault::internal, 500},
                                                                     {Fault::refused, 500},
                                                                     {Fault::bad_answer, 502},
                                                                     {Fault::no_unlocked_key, 503},
                                                                     {Fault::busy, 503}};
    for (const auto& [fault, status] : expected)
        EXPECT_EQ(http::number(http_status_of(fault)), status) << name(fault);
}

TEST(http_status, device_out_of_reach_is_503_with_its_own_name) {
    for (const auto fault : {Fault::no_device, Fault::not_ready, Fault::busy_elsewhere, Fault::silent, Fault::foreign,
                             Fault::forbidden, Fault::ambiguous, Fault::timeout}) {
        EXPECT_EQ(http_status_of(fault), http::Status::unavailable) << name(fault);
        EXPECT_EQ(std::string{name(fault)} == "no_device", fault == Fault::no_device);
    }
}

}  // namespace
}  // namespace revenant::host::serve
