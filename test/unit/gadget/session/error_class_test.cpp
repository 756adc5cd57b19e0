#include "gadget/session/error_class.hpp"

#include <cerrno>
#include <set>

#include <boost/asio/error.hpp>
#include <gtest/gtest.h>

namespace revenant::gadget {
namespace {

TEST(gadget_error_class, errno_values_map_to_classes) {
    const std::set retried{EAGAIN, EINTR, ENOMEM, ENOBUFS};
    const std::set dropped{ESHUTDOWN, ECONNRESET, EPIPE, ENOTCONN, ECANCELED};
    for (int number = 1; number < 200; ++number) {
        const auto expected = retried.contains(number)   ? ErrorClass::retry
                              : dropped.contains(number) ? ErrorClass::drop
                                                         : ErrorClass::end;
        EXPECT_EQ(classify_error(from_errno(number)), expected) << "errno " << number;
    }
}

TEST(gadget_error_class, other_category_with_same_number_is_distinct) {
    EXPECT_EQ(classify_error({EAGAIN, asio::error::get_misc_category()}), ErrorClass::end);
    EXPECT_EQ(classify_error(asio::error::eof), ErrorClass::end);
}

}  // namespace
}  // namespace revenant::gadget
