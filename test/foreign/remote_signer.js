// remote_signer.js URL ADDRESS PUBLIC_KEY UNKNOWN_ADDRESS LOWER_MESSAGE MESSAGE...: @taquito/remote-signer 21 uses a
// signer with a tz1 key; @taquito/utils 24 verifies the results. Messages are hex, including the watermark byte.
'use strict';
const { HttpBackend } = require('@taquito/http-utils');
const { RemoteSigner } = require('@taquito/remote-signer');
const { verifySignature } = require('@taquito/utils');
const { check, flippedHex, flippedText, refusal, run } = require('./checks');

/** A backend that flips one bit of each signature. */
class Corrupting extends HttpBackend {
    async createRequest(options, data) {
        const answer = await super.createRequest(options, data);
        return answer.signature ? { signature: flippedText(answer.signature) } : answer;
    }
}

async function signs(signer, publicKey, message) {
    const watermark = Uint8Array.from(Buffer.from(message.slice(0, 2), 'hex'));
    const bytes = message.slice(2);
    const signed = await signer.sign(bytes, watermark);
    const { prefixSig, sig, sbytes } = signed;
    check(prefixSig.startsWith('edsig') && sig.startsWith('sig'), 'a tz1 signature in both forms');
    check(signed.bytes === bytes && sbytes.startsWith(bytes) && sbytes.length === bytes.length + 128, 'signed bytes');
    check(verifySignature(message, publicKey, prefixSig), 'the signature verifies for the message');
    check(verifySignature(bytes, publicKey, sig, watermark), 'the signature verifies with a separate watermark');
    check(!verifySignature(flippedHex(message), publicKey, prefixSig), 'the signature fails for another message');
    check(!verifySignature(message, publicKey, flippedText(prefixSig)), 'a modified signature does not verify');
    check((await signer.sign(bytes, watermark)).prefixSig === prefixSig, 'signing again gives the same signature');
}

run(async (url, address, publicKey, unknown, lower, ...messages) => {
    check(messages.length > 0, 'at least one message is given');
    const signer = new RemoteSigner(address, url);
    check((await signer.publicKeyHash()) === address, 'the address');
    check((await signer.publicKey()) === publicKey, 'the public key');
    await signer.verifyPublicKey(publicKey); // throws if it does not match the address
    for (const message of messages) {
        await signs(signer, publicKey, message);
    }

    const twice = await refusal(signer.sign(lower), 'HttpResponseError');
    check(twice.status === 409 && twice.body.includes('the last mark is at level'), 'a lower level is rejected');
    await refusal(signer.sign('0300'), 'BadSigningDataError');
    const nobody = new RemoteSigner(unknown, url);
    await refusal(nobody.publicKey(), 'PublicKeyNotFoundError');
    await refusal(nobody.sign(messages[0]), 'PublicKeyNotFoundError');
    await refusal(new RemoteSigner(address, url, {}, new Corrupting()).sign(messages[0]), 'SignatureVerificationError');
});
