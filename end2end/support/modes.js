// The three ways people meet the app: without script, with script but no bundle, and hydrated.

import { startCoffer, usualBinary } from './programs.js';

const named = {
  plain: process.env.COFFER_BIN_PLAIN,
  hydrated: process.env.COFFER_BIN_HYDRATED,
};

/** Sorts the one binary at hand by what its pages carry. */
async function sortOut(binary) {
  const nowhere = { url: 'http://127.0.0.1:9' };
  const coffer = await startCoffer(binary, nowhere);
  const page = await (await fetch(`${coffer.url}/sign-in`)).text();
  await coffer.stop();
  return page.includes('/pkg/coffer.js') ? { hydrated: binary } : { plain: binary };
}

async function atHand() {
  if (named.plain || named.hydrated) return named;
  const binary = process.env.COFFER_BIN ?? usualBinary();
  return binary ? sortOut(binary) : {};
}

const { plain, hydrated } = await atHand();

const noPlain = 'no binary without the script bundle: set COFFER_BIN_PLAIN';
const noHydrated =
  'no binary with the script bundle: run .ci/bundle and cargo build, then set COFFER_BIN_HYDRATED';

/** Pages are the same without script, so either binary will do for the first. */
export const MODES = [
  mode('script off', hydrated ?? plain, { script: false }, 'no binary: run cargo build'),
  mode('script on, no bundle', plain, { script: true }, noPlain),
  mode('hydrated', hydrated, { script: true, hydrated: true }, noHydrated),
];

function mode(name, binary, what, missing) {
  const skip = binary ? false : missing;
  return { name, binary, script: false, hydrated: false, skip, ...what };
}

export const [SCRIPT_OFF, PLAIN, HYDRATED] = MODES;

/** Modes in which the page can be examined by script. */
export const WITH_SCRIPT = [PLAIN, HYDRATED];
