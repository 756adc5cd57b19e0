#include "test/supervisor/descriptor_store.hpp"

#include <algorithm>

#include <linux/kcmp.h>
#include <sys/syscall.h>

namespace revenant::supervisor {
namespace {

bool same_open_file(int one, int other) {
    const auto self = ::getpid();
    return ::syscall(SYS_kcmp, self, self, KCMP_FILE, one, other) == 0;
}

}  // namespace

bool DescriptorStore::keep(std::string_view name, UniqueFd descriptor) {
    const auto known = [&](const Kept& kept) { return same_open_file(kept.descriptor.get(), descriptor.get()); };
    if (std::any_of(kept_.begin(), kept_.end(), known))
        return true;
    if (kept_.size() >= max_passed)
        return false;
    kept_.push_back({std::string{name}, std::move(descriptor)});
    return true;
}

void DescriptorStore::remove(std::string_view name) {
    std::erase_if(kept_, [&](const Kept& kept) { return kept.name == name; });
}

std::vector<int> DescriptorStore::descriptors() const {
    std::vector<int> numbers;
    for (const auto& kept : kept_)
        numbers.push_back(kept.descriptor.get());
    return numbers;
}

std::vector<std::string> DescriptorStore::names() const {
    std::vector<std::string> names;
    for (const auto& kept : kept_)
        names.push_back(kept.name);
    return names;
}

}  // namespace revenant::supervisor
