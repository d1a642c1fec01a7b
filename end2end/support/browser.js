// One Chromium per test file, one fresh profile per person, and an eye on what goes wrong in pages.

import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const PATIENCE_MS = 15_000;

let browser;

async function theBrowser() {
  // Each start has a profile folder of its own that is gone with it.
  browser ??= await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: FLAGS,
  });
  return browser;
}

export async function closeBrowser() {
  await browser?.close();
  browser = undefined;
}

/**
 * A person with a browser of their own. `page` is what they look at; `troubles` collects console
 * errors, uncaught errors and refusals by the content policy; `moves` the addresses gone to.
 */
export async function newPerson(coffer, mode, options = {}) {
  const context = await (await theBrowser()).newContext({
    baseURL: coffer.url,
    javaScriptEnabled: mode.script,
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  await context.addInitScript(watchFromInside);
  const page = await context.newPage();
  const moves = [];
  page.on('framenavigated', (frame) => moves.push(frame.url()));
  return { page, context, mode, coffer, moves, troubles: watch(page, coffer, mode) };
}

/** Runs in the page: reports refusals by the policy, and notes when a page comes alive. */
function watchFromInside() {
  addEventListener('securitypolicyviolation', (event) => {
    console.error(`policy: ${event.effectiveDirective} refused ${event.blockedURI}`);
  });
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (kind, ...rest) {
    if (['submit', 'popstate', 'ticker'].includes(kind)) globalThis.pageIsAlive = true;
    return listen.call(this, kind, ...rest);
  };
}

function watch(page, coffer, mode) {
  const troubles = [];
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    const told = `${message.text()} (${message.location().url})`;
    // Where script is off, Chromium loads the bundle all the same and finds no use for it.
    const idle = !mode.script && /was preloaded using link preload but not used/.test(told);
    if (!idle && !isAnsweredForm(told)) troubles.push(told);
  });
  page.on('pageerror', (error) => troubles.push(`uncaught: ${error.message}`));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    // Leaving a page ends what it still loads; where script is off, Chromium loads no bundle.
    const wanted = why === 'net::ERR_ABORTED' || (why === 'csp' && !mode.script);
    if (!wanted) troubles.push(`${request.url()}: ${why}`);
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    const own = origin === coffer.url || protocol === 'data:' || protocol === 'blob:';
    if (!own) troubles.push(`asked a foreign server: ${request.url()}`);
  });
  return troubles;
}

/** Chromium reports every form that is answered with a problem; that answer is the wanted one. */
function isAnsweredForm(told) {
  return /^Failed to load resource: .* status of (4\d\d|50[0-4]) .*\/do\/[a-z-]+\)$/.test(told);
}

/** Nothing went wrong in this person's pages so far. */
export function assertNoTroubles(person) {
  assert.deepEqual(person.troubles, []);
}

/** Waits until script has taken over where it should. */
export async function settled({ page, mode }) {
  await page.waitForLoadState('load');
  if (!mode.hydrated) return;
  await page.waitForFunction(
    () => globalThis.pageIsAlive || !document.querySelector('leptos-island'),
  );
}

/** Goes to an address and waits until the page can be used. */
export async function visit(person, path) {
  const response = await person.page.goto(path);
  await settled(person);
  return response;
}
