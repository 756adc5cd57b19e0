// client_authentication.js URL VECTORS STRANGER TZ1 TZ1_MESSAGE TZ4 TZ4_MESSAGE: clients with authorized keys of all four
// curves use a signer. @taquito/remote-signer 21 does not support authentication, so it gets an HttpBackend that does, with
// @taquito/signer 24; it does not support tz4 either, so those requests use the backend alone. STRANGER is a secret key
// that is not authorized.
'use strict';
const { readFileSync } = require('node:fs');
const { HttpBackend } = require('@taquito/http-utils');
const { RemoteSigner } = require('@taquito/remote-signer');
const { InMemorySigner } = require('@taquito/signer');
const { verifySignature } = require('@taquito/utils');
const { authenticatedBytes } = require('./authentication');
const { check, flippedHex, flippedText, refusal, run } = require('./checks');

class Authenticating extends HttpBackend {
    /** @param {(bytes: string) => Promise<string>} authenticate  returns the client's signature as text */
    constructor(authenticate) {
        super();
        this.authenticate = authenticate;
    }
    async createRequest(options, message) {
        if (options.method !== 'POST') {
            return super.createRequest(options, message);
        }
        const address = options.url.slice(options.url.lastIndexOf('/') + 1);
        const authentication = await this.authenticate(authenticatedBytes(address, message));
        return super.createRequest({ ...options, query: { authentication } }, message);
    }
}

run(async (url, vectors, stranger, tz1, tz1Message, tz4, tz4Message) => {
    const { keys } = JSON.parse(readFileSync(vectors, 'utf8'));
    const backend = (secretKey, form) => {
        const client = new InMemorySigner(secretKey);
        return new Authenticating(async (bytes) => form(await client.sign(bytes), client, bytes));
    };
    const signTz1 = (http) => new RemoteSigner(tz1, url, {}, http).sign(tz1Message);
    const signTz4 = (http) => http.createRequest({ url: `${url}/keys/${tz4}`, method: 'POST' }, tz4Message);

    const authorized = await new HttpBackend().createRequest({ url: `${url}/authorized_keys`, method: 'GET' });
    check(authorized.authorized_keys.join() === keys.map((key) => key.address).join(), 'the authorized keys');
    const tz4Key = (await new HttpBackend().createRequest({ url: `${url}/keys/${tz4}`, method: 'GET' })).public_key;

    for (const { curve, secret_key: secretKey } of keys) {
        const forms = [(signed) => signed.prefixSig];
        if (curve !== 'bls') {
            forms.push((signed) => signed.sig);
        }
        for (const form of forms) {
            await signTz1(backend(secretKey, form)); // which verifies the signature
            const { signature } = await signTz4(backend(secretKey, form));
            check(verifySignature(tz4Message, tz4Key, signature), `an authorized ${curve} client gets a signature`);
        }
        await refusal(signTz1(backend(secretKey, (signed) => flippedText(signed.prefixSig))), 'OperationNotAuthorizedError');
        const elsewhere = async (_, client, bytes) => (await client.sign(flippedHex(bytes))).prefixSig;
        await refusal(signTz1(backend(secretKey, elsewhere)), 'OperationNotAuthorizedError');
    }
    await refusal(signTz1(backend(stranger, (signed) => signed.prefixSig)), 'OperationNotAuthorizedError');
    await refusal(signTz1(backend(stranger, (signed) => signed.sig)), 'OperationNotAuthorizedError');
    check((await refusal(signTz1(new HttpBackend()), 'HttpResponseError')).status === 401, 'without authentication: 401');
    await refusal(signTz1(backend(stranger, () => stranger)), 'BadSigningDataError');
});
