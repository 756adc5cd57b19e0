#pragma once

#include <cstdint>

namespace revenant::host {

/// The cause of a failure. Three tables translate it at the edges: name() for JSON, the audit log and metrics;
/// exit_of() of the commands; http_status_of() of the remote signer.
enum class Fault : std::uint8_t {
    // Of the caller.
    usage,             ///< wrong operands, options or settings
    interrupted,       ///< by a signal, or at a prompt
    not_confirmed,     ///< the question before an irreversible step was not answered with yes
    none_chosen,       ///< no key was chosen at a prompt
    wrong_passphrase,  ///< or too many wrong ones recently
    // Of the way to the device.
    no_device,        ///< none on the bus
    not_ready,        ///< on the bus, but its gadget does not run
    busy_elsewhere,   ///< another program holds the interface
    silent,           ///< its control endpoint does not answer
    foreign,          ///< not a signing device of this protocol version
    forbidden,        ///< this user may not open it
    ambiguous,        ///< several devices match
    timeout,          ///< no answer within the deadline
    busy,             ///< too many requests wait
    unknown_outcome,  ///< it may have been done: the device restarted before it confirmed
    bad_answer,       ///< not an answer to the request, or a signature that does not verify
    // Of the device and its keys.
    refused,  ///< for a reason without a fault of its own
    no_keys,  ///< the device has none
    key_not_found,
    key_locked,
    no_unlocked_key,  ///< none of all keys is unlocked
    key_on_two_devices,
    stale_watermark,  ///< the key has signed at this level and round, or above
    bad_payload,      ///< not a message that the device signs
    // Of a request over HTTP.
    bad_request,
    path_not_found,
    bad_method,
    not_authenticated,     ///< the request carries no client signature
    wrong_authentication,  ///< by an unknown key, or of other bytes
    too_many_attempts,     ///< with a wrong client signature, from one address
    not_permitted,         ///< a page in a browser, or a list that is switched off
    other_host,            ///< the request is for a host of another name
    // Of this program.
    internal,
};

/// "no_device", "stale_watermark", ...: one word for programs. Several faults may share one.
const char* name(Fault fault);

/// Whether the fault is on the way to the device, which executed nothing as far as this program knows: no device, no
/// access to it, or no answer from it.
bool is_unreachable(Fault fault);

/// Whether the same request may succeed later: the fault says nothing about the request itself.
bool is_transient(Fault fault);

}  // namespace revenant::host
