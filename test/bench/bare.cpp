#include "test/bench/bare.hpp"

#include <ctime>
#include <numeric>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>

#include "common/tezos/curve.hpp"
#include "common/tezos/verify.hpp"
#include "host/cli/load.hpp"
#include "test/bench/samples.hpp"

namespace revenant::bench {
namespace {

constexpr std::size_t slot_size = 512, slot_distance = 4096;

double thread_cpu_microseconds() {
    timespec now{};
    checked(::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now), "read the thread's CPU clock");
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

}  // namespace

BareSigner::BareSigner() {
    std::array<std::uint8_t, 32> seed{};
    randombytes_buf(seed.data(), seed.size());
    blst_keygen(&secret_, seed.data(), seed.size());
}

void BareSigner::sign() {
    const auto message = host::attestation(tezos::Curve::bls, ++level_);
    const auto& tag = tezos::bls_message_tag;
    blst_p2 hash, point;
    std::array<std::uint8_t, 96> signature;
    blst_hash_to_g2(&hash, message.data(), message.size(), reinterpret_cast<const byte*>(tag.data()), tag.size(),
                    nullptr, 0);
    blst_sign_pk_in_g1(&point, &hash, &secret_);
    blst_p2_compress(signature.data(), &point);
}

BareSigner::Cost BareSigner::cost(std::size_t count) {
    const auto all = [&] {
        for (std::size_t done = 0; done < count; ++done)
            sign();
    };
    const auto cpu = thread_cpu_microseconds();
    const auto wall = microseconds_of(all);
    return {(thread_cpu_microseconds() - cpu) / static_cast<double>(count), wall / static_cast<double>(count)};
}

BareSigner::Cost cost_on_cores(unsigned cores, std::size_t count) {
    std::vector<BareSigner> signers(cores);
    std::vector<BareSigner::Cost> costs(cores);
    const auto all = [&] {
        std::vector<std::jthread> threads;
        for (unsigned core = 0; core < cores; ++core)
            threads.emplace_back([&, core] { costs[core] = signers[core].cost(count); });
    };
    const auto wall = microseconds_of(all) / static_cast<double>(count) / cores;
    const auto cpu = std::accumulate(costs.begin(), costs.end(), 0.0,
                                     [](double sum, const BareSigner::Cost& one) { return sum + one.cpu; });
    return {cpu / cores, wall};
}

BareWriter::BareWriter(const std::filesystem::path& directory)
    : file_{open_file(directory / "bare-write", O_RDWR | O_CREAT | O_TRUNC, S_IRUSR | S_IWUSR)} {
    const std::array<std::uint8_t, 2 * slot_distance> blank{};  // allocated blocks, like those of a watermark file
    checked(static_cast<int>(::pwrite(file_.get(), blank.data(), blank.size(), 0)), "write a blank file");
    checked(::fsync(file_.get()), "fsync");
}

void BareWriter::write() {
    std::array<std::uint8_t, slot_size> slot;
    randombytes_buf(slot.data(), slot.size());
    const auto offset = second_ ? static_cast<off_t>(slot_distance) : off_t{0};
    second_ = !second_;
    checked(static_cast<int>(::pwrite(file_.get(), slot.data(), slot.size(), offset)), "write a slot");
    checked(::fdatasync(file_.get()), "fdatasync");
}

}  // namespace revenant::bench
