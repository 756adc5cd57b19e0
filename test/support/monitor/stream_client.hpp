#pragma once

#include <deque>
#include <string>
#include <vector>

#include "test/support/basics/event_reader.hpp"
#include "test/support/basics/wait.hpp"

namespace revenant::test {

/// A client of the monitor's web side, byte by byte. Everything blocks, for ten seconds at most. One thread.
class StreamClient {
public:
    explicit StreamClient(unsigned short port, int receive_buffer = 0);

    /// Sends "GET target HTTP/version", with these lines of a header. No `host`: none is named.
    void ask(const std::string& target, const std::string& version = "1.1", const std::string& lines = "",
             const std::string& host = "localhost");
    /// The header of the reply; throws if there is none.
    std::string header();
    /// The next event with this name, skipping others; throws at the deadline.
    ReadEvent next(const std::string& name, const Deadline& deadline);
    ReadEvent next(const std::string& name) { return next(name, Deadline{milliseconds{10'000}}); }
    /// Takes what comes until the deadline, or the end; true if the end came.
    bool read_until_end(const Deadline& deadline);
    /// All bytes of a body until the end of the connection.
    std::string body();

    [[nodiscard]] const EventReader& reader() const { return reader_; }
    [[nodiscard]] std::size_t comments() const { return reader_.comments.size(); }
    /// The chunk that ends a body came.
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
