#include "gadget/requests/signing.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "common/tezos/payload.hpp"
#include "common/tezos/verify.hpp"
#include "gadget/requests/attempt.hpp"
#include "gadget/requests/report_failure.hpp"

namespace revenant::gadget {
/// One request from admission to answer. Shared by its two parts, which run in parallel.
struct Signing::Job {
    KeyRing::Key key;
    Bytes message;
    tezos::Operation operation;
    tezos::Hash32 hash;
    Done done;
    std::unique_ptr<Workers::Permit> permit;
    keystore::Watermark* watermark = nullptr;
    unsigned parts_left = 0;
    keystore::Outcome outcome{};
    Bytes signature{};

    [[nodiscard]] Subject subject() const { return {key.get(), operation.chain}; }
    /// Keeps the first failure, whichever part ends first.
    void add(keystore::Outcome part) {
        if (!outcome)
            outcome = std::move(part);
    }

    // On a worker:
    keystore::Outcome write_mark(const keystore::Advance& advance) const {
        return attempt("signing", [&] { return watermark->commit(advance, keystore::uptime_now()); });
    }
    keystore::Outcome compute_signature() {
        return attempt("signing", [&]() -> keystore::Outcome {
            signature = key->sign(message);
            return {};
        });
    }
};

namespace {

ErrorResponse locked(std::string_view address) {
    return {ErrorCode::key_locked, fmt::format("key {} is locked: unlock it", address)};
}

ErrorResponse error_of(const keystore::Failure& failure) {
    return {static_cast<ErrorCode>(keystore::sign_error_code(failure.cause)), report_failure(failure)};
}

}  // namespace

Signing::Signing(const keystore::Store& store, const KeyRing& keys, Workers& workers, WriteAhead& write_ahead,
                 Counters& counters, std::size_t cores)
    : store_{store}, keys_{keys}, workers_{workers}, write_ahead_{write_ahead}, counters_{counters}, cores_{cores} {}

void Signing::sign(SignRequest request, Done done) {
    auto key = keys_.by_address(request.address);
    if (!key) {
        const auto known = store_.identities();
        const auto here = std::any_of(known.begin(), known.end(),
                                      [&](const auto& identity) { return identity.address == request.address; });
        ++counters_.refusals;
        return done(here ? locked(request.address)
                         : ErrorResponse{ErrorCode::key_not_found,
                                         fmt::format("key {} is not on this device: list its keys", request.address)});
    }
    const auto recognised = tezos::recognise(request.message, key->identity().curve);
    if (const auto* bad = std::get_if<tezos::BadPayload>(&recognised)) {
        ++counters_.refusals;
        return done(ErrorResponse{ErrorCode::bad_payload,
                                  fmt::format("key {} signs only blocks, preattestations and attestations: {}",
                                              request.address, bad->reason)});
    }
    auto permit = workers_.try_acquire();
    if (!permit) {
        ++counters_.busy;
        return done(ErrorResponse{ErrorCode::busy, "the device is busy: its signing queue is full; retry"});
    }
    const auto hash = tezos::blake2b_256(request.message);
    const auto job =
        std::make_shared<Job>(Job{std::move(key), std::move(request.message), std::get<tezos::Operation>(recognised),
                                  hash, std::move(done), std::move(permit)});
    auto& queue = queues_[job->subject()];
    queue.push_back(job);
    if (queue.size() == 1)
        next(job->subject());
}

/// Judges jobs from the front of the queue until one must wait for the disk.
void Signing::next(const Subject& subject) {
    const auto found = queues_.find(subject);
    if (found == queues_.end())
        return;
    if (found->second.empty()) {
        queues_.erase(found);
        return;
    }
    const auto job = found->second.front();
    if (keys_.by_address(job->key->identity().address) != job->key)
        return refuse(
            job, locked(job->key->identity().address));  // locked since the request arrived: nothing more is signed
    job->permit->progress();
    job->watermark = job->key->find_chain(job->operation.chain);
    if (job->watermark == nullptr)
        open_chain(job);
    else
        judge(job);
}

void Signing::open_chain(const std::shared_ptr<Job>& job) {
    workers_.run([this, job] {
        job->outcome = attempt("signing", [&]() -> keystore::Outcome {
            auto added = job->key->add_chain(job->operation.chain, keystore::uptime_now());
            if (auto* failure = std::get_if<keystore::Failure>(&added))
                return std::move(*failure);
            job->watermark = std::get<keystore::Watermark*>(added);
            return {};
        });
        workers_.reply([this, job] {
            if (job->outcome)
                refuse(job, error_of(*job->outcome));
            else
                judge(job);
        });
    });
}

void Signing::judge(const std::shared_ptr<Job>& job) {
    const auto verdict = job->watermark->ask(job->operation, job->hash, keystore::uptime_now());
    if (const auto* failure = std::get_if<keystore::Failure>(&verdict))
        return refuse(job, error_of(*failure));
    const auto* advance = std::get_if<keystore::Advance>(&verdict);
    if (advance == nullptr) {
        job->parts_left = 1;
        compute(job);
        leave_queue(job);
    } else if (queues_.size() > cores_) {
        commit_and_compute(job, *advance);
    } else {
        job->parts_left = 2;
        commit(job, *advance);
        compute(job);
    }
}

void Signing::commit(const std::shared_ptr<Job>& job, const keystore::Advance& advance) {
    workers_.run([this, job, advance] {
        auto outcome = job->write_mark(advance);
        workers_.reply([this, job, outcome = std::move(outcome)]() mutable {
            job->add(std::move(outcome));
            leave_queue(job);
            part_done(job);
        });
    });
}

void Signing::compute(const std::shared_ptr<Job>& job) {
    workers_.run([this, job] {
        auto outcome = job->compute_signature();
        workers_.reply([this, job, outcome = std::move(outcome)]() mutable {
            job->add(std::move(outcome));
            part_done(job);
        });
    });
}

/// With more active queues than cores, running in parallel with the write gains nothing; one task saves a thread
/// hand-off.
void Signing::commit_and_compute(const std::shared_ptr<Job>& job, const keystore::Advance& advance) {
    workers_.run([this, job, advance] {
        job->add(job->write_mark(advance));
        if (!job->outcome)
            job->add(job->compute_signature());
        workers_.reply([this, job] {
            leave_queue(job);
            answer(job);
        });
    });
}

void Signing::part_done(const std::shared_ptr<Job>& job) {
    if (--job->parts_left == 0)
        answer(job);
}

void Signing::answer(const std::shared_ptr<Job>& job) {
    job->permit.reset();
    if (job->outcome) {
        ++counters_.refusals;
        return job->done(error_of(*job->outcome));
    }
    ++counters_.signatures;
    job->done(SignResponse{std::move(job->signature)});
    write_ahead_.consider(job->key, job->operation.chain);
}

/// The mark of this job counts (or is refused): the next job of its key and chain may be judged.
void Signing::leave_queue(const std::shared_ptr<Job>& job) {
    queues_.at(job->subject()).pop_front();
    next(job->subject());
}

void Signing::refuse(const std::shared_ptr<Job>& job, const ErrorResponse& answer) {
    ++counters_.refusals;
    job->permit.reset();
    job->done(answer);
    leave_queue(job);
}

}  // namespace revenant::gadget
