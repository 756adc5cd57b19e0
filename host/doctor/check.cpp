#include "host/doctor/check.hpp"

#include <utility>

namespace revenant::host::doctor {

using State = Check::State;

Check fine(std::string name, std::string found) {
    return {std::move(name), State::fine, std::move(found)};
}

Check problem(std::string name, std::string found, std::string remedy) {
    return {std::move(name), State::problem, std::move(found), std::move(remedy)};
}

Check unknown(std::string name, std::string why, std::string remedy) {
    return {std::move(name), State::unknown, std::move(why), std::move(remedy)};
}

}  // namespace revenant::host::doctor
