// What the scripts have in common: they check, count, and say at their end how many checks held.
'use strict';
const { b58DecodeAndCheckPrefix, b58Encode } = require('@taquito/utils');

let held = 0;

function check(truth, what) {
    if (!truth) {
        throw new Error(`this does not hold: ${what}`);
    }
    ++held;
}

/** Checks that it is refused, with an error of that class, and gives the error. */
async function refusal(attempt, expected) {
    const error = await attempt.then(
        () => new Error('it was not refused'),
        (thrown) => thrown,
    );
    const found = error.constructor.name;
    check(found === expected, `a refusal by ${expected}; it is ${found}: ${error.message}`);
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

/** Runs a script to its end: its exit code is 0 when all held. */
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
