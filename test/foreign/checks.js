// Helpers shared by the scripts: checks, and the count printed at the end.
'use strict';
const { b58DecodeAndCheckPrefix, b58Encode } = require('@taquito/utils');

let held = 0;

function check(truth, what) {
    if (!truth) {
        throw new Error(`check failed: ${what}`);
    }
    ++held;
}

/** Checks that `attempt` fails with an error of class `expected`, and returns the error. */
async function refusal(attempt, expected) {
    const error = await attempt.then(
        () => new Error('it did not fail'),
        (thrown) => thrown,
    );
    const found = error.constructor.name;
    check(found === expected, `expected ${expected}, got ${found}: ${error.message}`);
    return error;
}

/** The same hex with one bit changed in the middle. */
function flippedHex(hex) {
    const bytes = Buffer.from(hex, 'hex');
    bytes[bytes.length >> 1] ^= 0x10;
    return bytes.toString('hex');
}

/** The same text in Base58Check with one bit of its payload changed. */
function flippedText(text) {
    const [payload, prefix] = b58DecodeAndCheckPrefix(text);
    return b58Encode(Buffer.from(flippedHex(Buffer.from(payload).toString('hex')), 'hex'), prefix);
}

/** Runs a script; the exit code is 0 if all checks passed. */
function run(main) {
    main(...process.argv.slice(2)).then(
        () => console.log(`${held} checks held`),
        (error) => {
            console.error(error);
            process.exitCode = 1;
        },
    );
}

module.exports = { check, flippedHex, flippedText, refusal, run };
