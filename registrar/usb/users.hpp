#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "common/service/options.hpp"

namespace revenant::registrar {

/// An account of this system.
struct User {
    uid_t uid = 0;
    gid_t gid = 0;       ///< its primary group
    std::string name{};  ///< empty if the number has no account
};

/// The user this process runs as.
User own_user();

/// Returns the account that option `name` gives by name or number; empty: own_user(). Throws UsageError if not found.
User user_setting(const Options& options, const std::string& name);

/// Returns the group that option `name` gives by name or number; empty: `otherwise`. Throws UsageError if not found.
gid_t group_setting(const Options& options, const std::string& name, gid_t otherwise);

/// Returns the ids of those groups that exist.
std::vector<gid_t> existing_groups(const std::vector<std::string>& names);

}  // namespace revenant::registrar
