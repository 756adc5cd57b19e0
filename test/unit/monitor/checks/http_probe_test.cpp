#include "monitor/checks/http_probe.hpp"

#include <gtest/gtest.h>

#include "common/async/task_group.hpp"
#include "monitor/checks/health_answer.hpp"
#include "test/support/basics/loop.hpp"

namespace revenant::monitor {
namespace {

using namespace test;
using Tcp = asio::ip::tcp;

constexpr auto ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

std::string host_in(const char* address) {
    const auto request = probe_request({asio::ip::make_address(address), 8732}, "/version");
    const auto begin = request.find("Host: ");
    return request.substr(begin, request.find("\r\n", begin) - begin);
}

/// Sends `bytes` to the first client, whatever it requests.
awaitable<void> serve(Tcp::acceptor& acceptor, std::string bytes) {
    auto peer = co_await acceptor.async_accept(use_awaitable);
    co_await asio::async_write(peer, asio::buffer(bytes), use_awaitable);
    std::array<char, 1024> request{};
    co_await peer.async_read_some(asio::buffer(request), as_tuple(use_awaitable));
}

/// The probe's answer to a server that sends `bytes`.
Answer answer_to(const std::string& bytes) {
    Answer answer;
    run([&]() -> awaitable<void> {
        Tcp::acceptor acceptor{co_await asio::this_coro::executor, {asio::ip::address_v4::loopback(), 0}};
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(serve(acceptor, bytes));
            HttpProbe probe{acceptor.local_endpoint(), "/"};
            answer = co_await probe.ask(Clock::now() + 20s);
        };
        co_await with_group(body);
    });
    return answer;
}

TEST(http_probe, ipv6_host_has_brackets_and_no_zone) {
    EXPECT_EQ(host_in("127.0.0.1"), "Host: 127.0.0.1:8732");
    EXPECT_EQ(host_in("::1"), "Host: [::1]:8732");
    EXPECT_EQ(host_in("fe80::1%1"), "Host: [fe80::1]:8732");
}

TEST(http_probe, interim_responses_are_skipped) {
    const std::string hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    const auto answer = answer_to("HTTP/1.1 100 Continue\r\n\r\n" + hints + ok);
    EXPECT_EQ(answer.health, Health::healthy);
    EXPECT_EQ(answer.reason, "HTTP status 200");
    EXPECT_EQ(answer_to(hints + "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n").health, Health::unhealthy);
}

TEST(http_probe, endless_interim_responses_are_no_answer) {
    std::string all;
    for (int count = 0; count < 1000; ++count)
        all += "HTTP/1.1 102 Processing\r\n\r\n";
    const auto answer = answer_to(all + ok);
    EXPECT_FALSE(answer.came);
    EXPECT_EQ(answer.reason, "no final response: more than 16 with status 1xx");
}

TEST(http_probe, silent_server_ends_at_deadline) {
    run([&]() -> awaitable<void> {
        Tcp::acceptor silent{co_await asio::this_coro::executor, {asio::ip::address_v4::loopback(), 0}};
        std::optional<Answer> answer;
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            HttpProbe probe{silent.local_endpoint(), "/"};
            const auto ask = [&]() -> awaitable<void> { answer = co_await probe.ask(Clock::now() + 1h); };
            tasks.spawn(ask());
            const auto peer = co_await silent.async_accept(use_awaitable);
            co_await turn_clock(59min);
            EXPECT_FALSE(answer);
            co_await turn_clock(1min);
            EXPECT_TRUE(answer);
        };
        co_await with_group(body);
        EXPECT_FALSE(answer->came);
        EXPECT_EQ(answer->reason, "no response within the deadline");
    });
}

Health health_of(const std::string& body, const char* type = "application/health+json", unsigned status = 200) {
    return health_answer(status, type, body).health;
}

TEST(health_answer, words_of_the_draft_count_in_any_case) {
    for (const auto* const word : {"pass", "ok", "up", "UP", "Pass"})
        EXPECT_EQ(health_of(R"({"status":")" + std::string{word} + "\"}"), Health::healthy) << word;
    for (const auto* const word : {"warn", "WARN"})
        EXPECT_EQ(health_of(R"({"status":")" + std::string{word} + "\"}"), Health::degraded) << word;
    for (const auto* const word : {"fail", "error", "down", "DOWN", "Error"})
        EXPECT_EQ(health_of(R"({"status":")" + std::string{word} + "\"}"), Health::unhealthy) << word;
}

TEST(health_answer, media_type_counts_in_any_case) {
    const auto* const down = R"({"status":"down"})";
    for (const auto* const type : {"Application/Health+JSON", "application/health+json;charset=utf-8",
                                   "application/health+json ; charset=utf-8"})
        EXPECT_EQ(health_of(down, type), Health::unhealthy) << type;
    for (const auto* const type : {"application/json", "application/health+jsonx", ""})
        EXPECT_EQ(health_of(down, type), Health::healthy) << type;
}

TEST(health_answer, unreadable_document_is_degraded) {
    for (const auto* const body :
         {"", "{", "[]", "{}", R"({"status":1})", R"({"status":"unknown"})", R"({"status":""})"})
        EXPECT_EQ(health_of(body), Health::degraded) << body;
}

TEST(health_answer, document_does_not_raise_http_failure) {
    for (const auto* const word : {"pass", "warn", "fail"})
        EXPECT_EQ(health_of(R"({"status":")" + std::string{word} + "\"}", "application/health+json", 503),
                  Health::unhealthy)
            << word;
}

}  // namespace
}  // namespace revenant::monitor
