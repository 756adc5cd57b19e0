// tz4.js URL ADDRESS PUBLIC_KEY MESSAGE...: verifies a signer's tz4 signatures with verifySignature() of @taquito/utils 24.
// Its fifth argument selects a proof of possession: the message is then the raw public key, with the domain tag of proofs.
// @taquito/remote-signer does not support tz4, so the requests are made here.
'use strict';
const { b58DecodeAndCheckPrefix, verifySignature } = require('@taquito/utils');
const { check, flippedHex, flippedText, run } = require('./checks');

async function ask(target, message) {
    const posted = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(message) };
    const answer = await fetch(target, message === undefined ? {} : posted);
    check(answer.status === 200, `${target}: expected status 200, got ${answer.status}`);
    return answer.json();
}

function isProof(message, publicKey, proof) {
    return verifySignature(message, publicKey, proof, undefined, true);
}

run(async (url, address, publicKey, ...messages) => {
    check(messages.length > 0, 'at least one message is given');
    check((await ask(`${url}/keys/${address}`)).public_key === publicKey, 'the public key');
    const signatures = [];
    for (const message of messages) {
        for (const version of ['', '?version=2', '?version=3']) {
            const { signature } = await ask(`${url}/keys/${address}${version}`, message);
            check(signature.startsWith('BLsig'), 'a tz4 signature');
            check(verifySignature(message, publicKey, signature), 'the signature verifies for the message');
            check(!verifySignature(flippedHex(message), publicKey, signature), 'the signature fails for another message');
            check(!verifySignature(message, publicKey, flippedText(signature)), 'a modified signature does not verify');
            check(!isProof(message, publicKey, signature), 'the signature is not a proof of possession');
            signatures.push(signature);
        }
    }

    const raw = Buffer.from(b58DecodeAndCheckPrefix(publicKey)[0]).toString('hex');
    const { bls_prove_possession: proof } = await ask(`${url}/bls_prove_possession/${address}`);
    check(isProof(raw, publicKey, proof), 'the proof verifies for the public key');
    check(!isProof(flippedHex(raw), publicKey, proof), 'the proof does not verify for another key');
    check(!isProof(raw, publicKey, flippedText(proof)), 'a modified proof does not verify');
    check(!isProof(raw, publicKey, signatures[0]), 'a signature is not a proof');
    check(!verifySignature(raw, publicKey, proof), 'the proof is not a signature of the public key as a message');
});
