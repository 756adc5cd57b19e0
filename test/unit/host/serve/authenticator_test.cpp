#include "host/serve/authenticator.hpp"

#include <memory>

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include "test/support/basics/loop.hpp"
#include "test/support/basics/vectors.hpp"

namespace revenant::host::serve {
namespace {

using namespace std::chrono_literals;

TEST(FailureBudgetTest, is_exhausted_and_refilled) {
    FailureBudget budget;
    const Clock::time_point start{};
    EXPECT_FALSE(budget.exhausted("a", start));
    for (int each = 0; each < 20; ++each)
        budget.charge("a", start);
    EXPECT_TRUE(budget.exhausted("a", start));
    EXPECT_FALSE(budget.exhausted("b", start));
    EXPECT_TRUE(budget.exhausted("a", start + 900ms));
    EXPECT_FALSE(budget.exhausted("a", start + 1s));
    budget.charge("a", start + 1s);
    EXPECT_TRUE(budget.exhausted("a", start + 1s));
}

TEST(FailureBudgetTest, new_addresses_replace_those_that_spent_least) {
    FailureBudget budget;
    const Clock::time_point start{};
    for (int each = 0; each < 20; ++each)
        budget.charge("worst", start);
    for (std::size_t each = 0; each < 2 * FailureBudget::max_addresses; ++each)
        budget.charge(std::to_string(each), start);
    EXPECT_TRUE(budget.exhausted("worst", start));
}

class AuthenticatorTest : public ::testing::Test {
protected:
    /// The fault of a request with this signature of a client; none if it is authentic.
    awaitable<std::optional<Fault>> fault_of(Authenticator& authenticator, const std::string& signature,
                                             const std::string& client) {
        SignerRequest request;
        request.route = Route::signature;
        request.address = test::text_of(one_, "address");
        if (!signature.empty())
            request.authentication = parse_client_signature(signature).value();
        const auto message = test::unhex(test::text_of(all_, "message"));
        try {
            co_await authenticator.authenticate(keys_, request, message, client, Clock::now() + 30s);
        } catch (const Error& error) {
            co_return error.fault();
        }
        co_return std::nullopt;
    }
    boost::json::value all_ = test::vectors("client-authentication.json");
    boost::json::value one_ = test::list_of(all_, "authentications")[0];
    ClientKeys keys_{test::text_of(test::list_of(all_, "keys")[0], "public_key")};
};

TEST_F(AuthenticatorTest, wrong_signatures_exhaust_one_address_only) {
    test::run([&]() -> awaitable<void> {
        Authenticator authenticator{co_await asio::this_coro::executor};
        const auto right = test::text_of(one_, "signature");
        const auto wrong = test::text_of(test::list_of(all_, "authentications")[1], "signature");
        EXPECT_EQ(co_await fault_of(authenticator, right, "good"), std::nullopt);
        EXPECT_EQ(co_await fault_of(authenticator, "", "bad"), Fault::not_authenticated);
        for (int each = 0; each < 20; ++each)
            EXPECT_EQ(co_await fault_of(authenticator, wrong, "bad"), Fault::wrong_authentication);
        EXPECT_EQ(co_await fault_of(authenticator, right, "bad"), Fault::too_many_attempts);
        EXPECT_EQ(co_await fault_of(authenticator, right, "good"), std::nullopt);
    });
}

/// With verifications on the loop, the loop does not turn before the last one ended.
TEST_F(AuthenticatorTest, loop_turns_during_a_verification) {
    test::run([&]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        Authenticator authenticator{executor};
        const auto turned = std::make_shared<bool>(false);
        asio::post(executor, [turned] { *turned = true; });
        for (int attempt = 0; attempt < 100 && !*turned; ++attempt)
            EXPECT_EQ(co_await fault_of(authenticator, test::text_of(one_, "signature"), "good"), std::nullopt);
        EXPECT_TRUE(*turned);
    });
}

}  // namespace
}  // namespace revenant::host::serve
