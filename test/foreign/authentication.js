// What a client of the remote signer signs to be let in, put together from Octez's words alone
// (src/lib_signer_services/signer_messages.ml): 04, the request's tag 01, the address of the key that is to sign as Octez
// has it in binary, the message. Taquito has the binary form of addresses too, with the tag of the curve.
'use strict';
const { b58DecodePublicKeyHash } = require('@taquito/utils');

/** @returns {string} hex */
function authenticatedBytes(address, message) {
    return '0401' + b58DecodePublicKeyHash(address, 'hex') + message;
}

module.exports = { authenticatedBytes };
