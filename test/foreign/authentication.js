// The bytes that a client of the remote signer signs to authenticate, independent of our code and taken from Octez
// (src/lib_signer_services/signer_messages.ml): 04, the request's tag 01, the address of the signing key in Octez's binary
// form, the message. Taquito uses the same binary form of addresses, with the tag of the curve.
'use strict';
const { b58DecodePublicKeyHash } = require('@taquito/utils');

/** @returns {string} hex */
function authenticatedBytes(address, message) {
    return '0401' + b58DecodePublicKeyHash(address, 'hex') + message;
}

module.exports = { authenticatedBytes };
