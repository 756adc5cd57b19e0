#include "gadget/session/remedy.hpp"

#include <cerrno>
#include <set>

#include <boost/asio/error.hpp>
#include <gtest/gtest.h>

namespace revenant::gadget {
namespace {

TEST(gadget_remedy, every_error_has_its_remedy_and_an_unknown_one_ends_the_program) {
    const std::set retried{EAGAIN, EINTR, ENOMEM, ENOBUFS};
    const std::set dropped{ESHUTDOWN, ECONNRESET, EPIPE, ENOTCONN, ECANCELED};
    for (int number = 1; number < 200; ++number) {
        const auto expected = retried.contains(number)   ? Remedy::retry
                              : dropped.contains(number) ? Remedy::drop
                                                         : Remedy::end;
        EXPECT_EQ(remedy_for(from_errno(number)), expected) << "errno " << number;
    }
}

TEST(gadget_remedy, the_same_number_of_another_category_is_another_error) {
    EXPECT_EQ(remedy_for({EAGAIN, asio::error::get_misc_category()}), Remedy::end);
    EXPECT_EQ(remedy_for(asio::error::eof), Remedy::end);
}

}  // namespace
}  // namespace revenant::gadget
