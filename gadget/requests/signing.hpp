#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "common/wire/message.hpp"
#include "gadget/keystore/store.hpp"
#include "gadget/requests/key_ring.hpp"
#include "gadget/requests/workers.hpp"
#include "gadget/requests/write_ahead.hpp"
#include "gadget/session/counters.hpp"

namespace revenant::gadget {

/// Callback for the answer: called once on the event loop, immediately or later.
using Done = std::function<void(const Response&)>;

/// Signs what the watermark allows. Requests for one key and chain are judged in order of arrival, each when the mark
/// of the previous one counts. What the reserve covers needs no write; otherwise the signature is sent after a durable
/// write, and computed in parallel with it while cores are available. Event loop thread only.
class Signing {
public:
    Signing(const keystore::Store& store, const KeyRing& keys, Workers& workers, WriteAhead& write_ahead,
            Counters& counters, std::size_t cores = std::thread::hardware_concurrency());

    void sign(SignRequest request, Done done);

private:
    struct Job;
    using Subject = std::pair<const keystore::OpenKey*, tezos::ChainId>;
    using Queue = std::deque<std::shared_ptr<Job>>;

    void next(const Subject& subject);
    void open_chain(const std::shared_ptr<Job>& job);
    void judge(const std::shared_ptr<Job>& job);
    void commit(const std::shared_ptr<Job>& job, const keystore::Advance& advance);
    void compute(const std::shared_ptr<Job>& job);
    void commit_and_compute(const std::shared_ptr<Job>& job, const keystore::Advance& advance);
    void part_done(const std::shared_ptr<Job>& job);
    void answer(const std::shared_ptr<Job>& job);
    void leave_queue(const std::shared_ptr<Job>& job);
    void refuse(const std::shared_ptr<Job>& job, const ErrorResponse& answer);

    const keystore::Store& store_;
    const KeyRing& keys_;
    Workers& workers_;
    WriteAhead& write_ahead_;
    Counters& counters_;
    std::size_t cores_;
    std::map<Subject, Queue> queues_;  // the front job is being judged or written; bounded by the workers' permits
};

}  // namespace revenant::gadget
