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
#include "gadget/session/counters.hpp"

namespace revenant::gadget {

/// How a handler answers: on the loop, once, at once or later.
using Done = std::function<void(const Response&)>;

/// Signs what the watermark allows. Requests for one key and chain are judged in the order in which they came, each
/// when the mark before it is durable; the signature leaves after the durable write, and is computed beside it while
/// there are cores for that. The loop's thread.
class Signing {
public:
    Signing(const keystore::Store& store, const KeyRing& keys, Workers& workers, Counters& counters,
            std::size_t cores = std::thread::hardware_concurrency());

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
    Counters& counters_;
    std::size_t cores_;
    std::map<Subject, Queue> queues_;  // the front one is being judged or written; bounded by the workers' permits
};

}  // namespace revenant::gadget
