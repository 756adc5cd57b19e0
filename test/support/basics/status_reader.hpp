#pragma once

#include <string>

#include <boost/asio/read_until.hpp>
#include <boost/json/parse.hpp>

#include "test/support/basics/loop.hpp"

namespace revenant::test {

/// Reads a status socket line by line.
class StatusReader {
public:
    explicit StatusReader(stream_protocol::socket link) : link_{std::move(link)} {}

    awaitable<boost::json::object> next() {
        const auto size = co_await asio::async_read_until(link_, asio::dynamic_buffer(text_), '\n', use_awaitable);
        const auto line = text_.substr(0, size);
        text_.erase(0, size);
        co_return boost::json::parse(line).as_object();
    }

    /// Returns the next line in which `key` is `value`.
    awaitable<boost::json::object> next_with(std::string key, boost::json::value value) {
        for (;;) {
            auto line = co_await next();
            if (line.at(key) == value)
                co_return line;
        }
    }

private:
    stream_protocol::socket link_;
    std::string text_;
};

}  // namespace revenant::test
