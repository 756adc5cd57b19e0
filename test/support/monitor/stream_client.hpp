#pragma once

#include <deque>
#include <string>
#include <vector>

#include "test/support/basics/event_reader.hpp"
#include "test/support/basics/wait.hpp"

namespace revenant::test {

/// An HTTP client of the monitor on a raw socket. All functions block for at most 10 s. One thread.
class StreamClient {
public:
    explicit StreamClient(unsigned short port, int receive_buffer = 0);

    /// Sends "GET target HTTP/version" with the header `lines`. Empty `host`: no Host header.
    void ask(const std::string& target, const std::string& version = "1.1", const std::string& lines = "",
             const std::string& host = "localhost");
    /// Returns the response header; throws if none arrives.
    std::string header();
    /// Returns the next event with this name, skipping others; throws at the deadline.
    ReadEvent next(const std::string& name, const Deadline& deadline);
    ReadEvent next(const std::string& name) { return next(name, Deadline{milliseconds{10'000}}); }
    /// Reads until the connection ends or the deadline; returns true if it ended.
    bool read_until_end(const Deadline& deadline);
    /// Returns the body up to the end of the connection.
    std::string body();

    [[nodiscard]] const EventReader& reader() const { return reader_; }
    [[nodiscard]] std::size_t comments() const { return reader_.comments.size(); }
    /// Whether the last chunk was received.
    [[nodiscard]] bool ended_well() const { return last_chunk_; }
    [[nodiscard]] const std::deque<ReadEvent>& events() const { return events_; }

private:
    bool read_some(const Deadline& deadline);
    void take_body();

    UniqueFd socket_;
    std::string received_, body_;
    EventReader reader_;
    std::deque<ReadEvent> events_;
    bool chunked_ = false, streaming_ = false, last_chunk_ = false;
};

}  // namespace revenant::test
