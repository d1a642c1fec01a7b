// What script adds where the bundle was built: help while typing, and results in place.

import assert from 'node:assert/strict';
import { HYDRATED, WITH_SCRIPT } from '../support/modes.js';
import { SETTINGS, pagesOf } from '../support/pages.js';
import { scenario } from '../support/scenario.js';
import { settled, visit } from '../support/browser.js';
import {
  alert, button, card, connect, connected, description, field, fillConnect, signUp, status,
} from '../support/steps.js';

async function somebody(world) {
  const person = await world.person();
  await signUp(person, 'someone@example.org');
  await visit(person, '/connections');
  return person;
}

scenario('a mistyped key is told while it is typed', [HYDRATED], async (world) => {
  const person = await somebody(world);
  const key = field(person, 'API key');
  await key.pressSequentially('abc');
  assert.match(await description(person, 'API key'), /^An API key has 8 to 256 characters/);
  assert.equal(await key.getAttribute('aria-invalid'), 'true');
  assert.equal(await description(person, 'Secret key'), '', 'untouched fields are left alone');
  await key.pressSequentially('defgh');
  assert.equal(await description(person, 'API key'), '');
  assert.equal(await key.getAttribute('aria-invalid'), null);
});

scenario('connecting shows progress and its result in place', [HYDRATED], async (world) => {
  const person = await somebody(world);
  const release = await hold(person, '**/do/connect');
  const before = person.moves.length;
  await connect(person, world.keys.Binance['Read only']);
  await person.page.getByText('Asking the exchange…').waitFor();
  release();
  assert.match(await status(person), /^Synced 11 assets from Binance/);
  await card(person, 'Binance').waitFor();
  assert.equal(await person.page.getByText('Asking the exchange…').count(), 0);
  assert.deepEqual(person.moves.slice(before), []);
  assert.equal(await field(person, 'Secret key').inputValue(), '', 'the secret stays in the form');
});

scenario('syncing shows progress, and one press is one sync', [HYDRATED], async (world) => {
  const person = await somebody(world);
  await connect(person, world.keys.Binance['Read only']);
  await status(person);
  const sent = [];
  person.page.on('request', (request) => {
    if (request.url().endsWith('/do/sync')) sent.push(request.url());
  });
  const release = await hold(person, '**/do/sync');
  const before = person.moves.length;
  await card(person, 'Binance').getByRole('button', { name: 'Sync now', exact: true }).dblclick();
  await card(person, 'Binance').getByRole('button', { name: 'Syncing…', exact: true }).waitFor();
  release();
  assert.match(await status(person), /^Synced 11 assets from Binance 0 added/);
  await card(person, 'Binance').getByRole('button', { name: 'Sync now', exact: true }).waitFor();
  assert.equal(sent.length, 1);
  assert.deepEqual(person.moves.slice(before), []);
});

scenario('a refusal is told in place and the form keeps what was typed', [HYDRATED], async (world) => {
  const person = await somebody(world);
  const before = person.moves.length;
  await connect(person, world.keys.Binance['May trade'], { Label: 'Mine' });
  assert.match(await alert(person), /^This key can do more than read/);
  assert.equal(await field(person, 'Label').inputValue(), 'Mine');
  assert.deepEqual(person.moves.slice(before), []);
  await connect(person, world.keys.Binance['Read only']);
  assert.match(await status(person), /^Synced 11 assets from Mine/);
  assert.equal(await person.page.getByRole('alert').count(), 0, 'the old problem is gone');
});

scenario('a server that is gone is told calmly and can be tried again', [HYDRATED], async (world) => {
  const person = await somebody(world);
  await person.page.route('**/do/connect', (route) => route.abort('connectionrefused'));
  await fillConnect(person, world.keys.Binance['Read only']);
  await button(person, 'Connect').click();
  const told = await alert(person);
  assert.doesNotMatch(told, /error (running|deserializ)|TypeError|ServerFn/i);
  assert.match(told, /^[A-Z].+\. .+\./);
  await person.page.unroute('**/do/connect');
  await button(person, 'Connect').click();
  assert.match(await status(person), /^Synced 11 assets from Binance/);
  person.troubles.splice(0, Infinity, ...person.troubles.filter((t) => !t.includes('/do/connect')));
});

scenario('a new portfolio can be chosen at once', [HYDRATED], async (world) => {
  const person = await somebody(world);
  await connect(person, world.keys.Binance['Read only']);
  await status(person);
  await card(person, 'Binance').waitFor();
  const choices = await field(person, 'Portfolio').getByRole('option').allTextContents();
  assert.ok(choices.includes('Binance'), choices.join());
});

scenario('a session that ended leads to sign-in', [HYDRATED], async (world) => {
  const person = await somebody(world);
  await person.context.clearCookies();
  await connect(person, world.keys.Binance['Read only']);
  const told = await Promise.race([
    alert(person),
    person.page.waitForURL('**/sign-in').then(() => 'sign in'),
  ]);
  assert.match(told, /sign in/i);
});

scenario('nothing moves when script takes over', [HYDRATED], async (world) => {
  const person = await world.person();
  await person.context.addInitScript(noteShifts);
  for (const [name, , open] of pagesOf(world)) {
    await open(person);
    if (name.includes(',') || /errors|refused/.test(name)) continue;
    for (const width of [1280, 390]) {
      await person.page.setViewportSize({ width, height: 900 });
      const release = await hold(person, '**/pkg/*');
      await person.page.reload({ waitUntil: 'domcontentloaded' });
      assert.ok(!(await person.page.evaluate(() => globalThis.pageIsAlive)), 'too late');
      const before = await places(person);
      release();
      await settled(person);
      await person.page.unroute('**/pkg/*');
      assert.deepEqual(await places(person), before, `${name}, ${width} px`);
      const shift = await person.page.evaluate(() => globalThis.shifted);
      assert.ok(shift < 0.001, `${name}, ${width} px: shifted by ${shift}`);
    }
    await person.page.setViewportSize({ width: 1280, height: 900 });
  }
  person.troubles.splice(0, Infinity, ...person.troubles.filter((told) => !told.includes('404')));
}, SETTINGS);

scenario('pages load without shifting', WITH_SCRIPT, async (world) => {
  const person = await world.person();
  await person.context.addInitScript(noteShifts);
  await signUp(person, 'someone@example.org');
  await visit(person, '/connections');
  await connect(person, world.keys.OKX['Read only']);
  await status(person);
  for (const path of ['/', '/connections', '/settings']) {
    await visit(person, path);
    await person.page.waitForTimeout(200);
    const shift = await person.page.evaluate(() => globalThis.shifted);
    assert.ok(shift < 0.001, `${path}: shifted by ${shift}`);
  }
});

/** Holds back requests until released. */
async function hold({ page }, pattern) {
  let release;
  const released = new Promise((done) => (release = done));
  await page.route(pattern, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

/** Runs in the page: adds up layout shifts. */
function noteShifts() {
  globalThis.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) globalThis.shifted += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
}

/** Where everything in the page stands, and what it says. */
async function places({ page }) {
  return page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((one) => one.checkVisibility() && !/^(SCRIPT|LEPTOS-ISLAND)$/.test(one.tagName))
      .map((one) => {
        const { x, y, width, height } = one.getBoundingClientRect();
        const place = [x, y, width, height].map((side) => side.toFixed(1)).join(' ');
        const text = one.childElementCount ? '' : one.textContent;
        return `${one.tagName} ${place} ${text}`;
      }));
}
