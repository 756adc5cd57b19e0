// Prints test/vectors/client-authentication.json, made by Taquito and not by us:
//   test/foreign/run.sh make_client_vectors.js >test/vectors/client-authentication.json
'use strict';
const { InMemorySigner, VERSION } = require('@taquito/signer');
const { PrefixV2, b58DecodeAndCheckPrefix, b58Encode, buf2hex, verifySignature } = require('@taquito/utils');
const { authenticatedBytes } = require('./authentication');

// Published keys, for tests only: Octez has them in its source (src/lib_crypto/signature_v2.ml, hardcoded_sk).
const secretKeys = {
    ed25519: 'edsk3gUfUPyBSfrS9CCgmCiQsTCHGkviBDusMxDJstFtojtc1zcpsh',
    secp256k1: 'spsk2XJu4wuYsHeuDaCktD3ECnnpn574ceSWHEJVvXTt7JP6ztySCL',
    p256: 'p2sk2k6YAkNJ8CySZCS3vGA5Ht6Lj6LXG3yb8UrHvMKZy7Ab8JUtWh',
    bls: 'BLsk1hfuv6V8JJRaLDBJgPTRGLKusTZnTmWGrvSKYzUaMuzvPLmeGG',
};
const message = '1122334455';
const orders = {
    secp256k1: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
    p256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
};
const prefixes = { secp256k1: PrefixV2.Secp256k1Signature, p256: PrefixV2.P256Signature };

/** The other signature of the same bytes, r and n - s: as good in mathematics. */
function mirrored(curve, signature) {
    const hex = buf2hex(b58DecodeAndCheckPrefix(signature)[0]);
    const s = (orders[curve] - BigInt('0x' + hex.slice(64))).toString(16).padStart(64, '0');
    return b58Encode(Buffer.from(hex.slice(0, 64) + s, 'hex'), prefixes[curve]);
}

async function main() {
    const clients = [];
    for (const [curve, secretKey] of Object.entries(secretKeys)) {
        const signer = new InMemorySigner(secretKey);
        clients.push({
            curve,
            secret_key: secretKey,
            public_key: await signer.publicKey(),
            address: await signer.publicKeyHash(),
            signer,
        });
    }
    const authentications = [];
    for (const { curve, public_key, signer } of clients) {
        for (const { address } of clients) {
            const bytes = authenticatedBytes(address, message);
            const { prefixSig, sig } = await signer.sign(bytes);
            const one = { client: curve, address, bytes, signature: prefixSig };
            if (curve !== 'bls') {
                one.generic = sig; // a BLS signature has no place in sig...
            }
            if (curve in orders) {
                one.mirrored = mirrored(curve, prefixSig);
                one.mirrored_holds = verifySignature(bytes, public_key, one.mirrored);
            }
            authentications.push(one);
        }
    }
    const about =
        'Client authentications of the remote signer: for each kind of client key, one for an address of each kind. Made by ' +
        `InMemorySigner of the npm package @taquito/signer ${VERSION.version}: ` +
        'test/foreign/run.sh make_client_vectors.js >test/vectors/client-authentication.json. Bytes are hex. mirrored: the ' +
        'signature with n - s for s; mirrored_holds: what verifySignature of @taquito/utils says of it.';
    const keys = clients.map(({ signer, ...published }) => published);
    console.log(JSON.stringify({ about, message, keys, authentications }, null, 2));
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
