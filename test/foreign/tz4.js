// tz4.js URL ADDRESS PUBLIC_KEY MESSAGE...: what a signer makes with a tz4 key, verified by verifySignature() of
// @taquito/utils 24. A proof of possession is its fifth argument: then the message is the raw public key, under the tag
// of proofs. @taquito/remote-signer knows no tz4, so the requests are made here.
'use strict';
const { b58DecodeAndCheckPrefix, verifySignature } = require('@taquito/utils');
const { check, flippedHex, flippedText, run } = require('./checks');

async function ask(target, message) {
    const posted = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(message) };
    const answer = await fetch(target, message === undefined ? {} : posted);
    check(answer.status === 200, `${target} is answered with 200, not ${answer.status}`);
    return answer.json();
}

function isProof(message, publicKey, proof) {
    return verifySignature(message, publicKey, proof, undefined, true);
}

run(async (url, address, publicKey, ...messages) => {
    check(messages.length > 0, 'there is something to sign');
    check((await ask(`${url}/keys/${address}`)).public_key === publicKey, 'the public key');
    const signatures = [];
    for (const message of messages) {
        for (const version of ['', '?version=2', '?version=3']) {
            const { signature } = await ask(`${url}/keys/${address}${version}`, message);
            check(signature.startsWith('BLsig'), 'a signature of tz4');
            check(verifySignature(message, publicKey, signature), 'the signature is of the message');
            check(!verifySignature(flippedHex(message), publicKey, signature), 'it is not of another message');
            check(!verifySignature(message, publicKey, flippedText(signature)), 'another signature is not of the message');
            check(!isProof(message, publicKey, signature), 'it proves no possession');
            signatures.push(signature);
        }
    }

    const raw = Buffer.from(b58DecodeAndCheckPrefix(publicKey)[0]).toString('hex');
    const { bls_prove_possession: proof } = await ask(`${url}/bls_prove_possession/${address}`);
    check(isProof(raw, publicKey, proof), 'the proof is of the public key');
    check(!isProof(flippedHex(raw), publicKey, proof), 'it is not of another key');
    check(!isProof(raw, publicKey, flippedText(proof)), 'another proof is not of the key');
    check(!isProof(raw, publicKey, signatures[0]), 'a signature is no proof');
    check(!verifySignature(raw, publicKey, proof), 'and the proof is no signature of the key as a message');
});
