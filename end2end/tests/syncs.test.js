// Syncing all connections while an exchange takes its time, and looking back at past syncs.

import assert from 'node:assert/strict';
import { HYDRATED, MODES, PLAIN, SCRIPT_OFF } from '../support/modes.js';
import { scenario } from '../support/scenario.js';
import { visit } from '../support/browser.js';
import {
  arrive, batch, button, card, connect, field, fold, signUp, status, statusTelling,
} from '../support/steps.js';

const SLOW = { door: true };
const BEFORE_IT_IS_SHOWN_MS = 20_000;

/** Somebody with three connections, the exchange of one of which does not answer at the moment. */
async function waiting(world) {
  const person = await world.person();
  const { Binance, OKX } = world.keys;
  await signUp(person, 'someone@example.org');
  await visit(person, '/connections');
  for (const [label, key] of [
    ['One', Binance['Read only']],
    ['Two', Binance['Second account']],
    ['Slow', OKX['Read only']],
  ]) {
    await connect(person, key, { Label: label });
    await statusTelling(person, `from ${label}`);
  }
  await visit(person, '/connections');
  world.door.close(OKX['Read only'].apiKey);
  return person;
}

/** What the panel says of a connection. */
async function turn(person, label) {
  const item = batch(person).getByRole('listitem').filter({ hasText: label });
  return fold(await item.innerText());
}

/** Waits until the totals of the end are told, by the panel or by notices. */
async function whole({ page }) {
  const main = page.getByRole('main');
  await main.getByText('3 connections: 3 synced, 0 failed', { exact: true }).first().waitFor();
}

scenario('without script the page tells how far a sync has come', [SCRIPT_OFF, PLAIN], async (world) => {
  const person = await waiting(world);
  await button(person, 'Sync all').click();
  await batch(person).waitFor({ timeout: BEFORE_IT_IS_SHOWN_MS });
  await batch(person).getByText('3 connections: 2 synced, 0 failed, 1 to go').waitFor();
  const bar = batch(person).getByRole('progressbar', { name: 'Connections that had their turn' });
  assert.deepEqual([await bar.getAttribute('max'), await bar.getAttribute('value')], ['3', '2']);
  assert.match(await turn(person, 'One'), /^One Binance 11 assets$/);
  assert.match(await turn(person, 'Slow'), /^Slow OKX Syncing$/);
  assert.match(await card(person, 'Slow').innerText(), /Syncing now/);
  world.door.open();
  for (let tries = 0; tries < 50; tries += 1) {
    const refresh = batch(person).getByRole('link', { name: 'Refresh', exact: true });
    if ((await refresh.count()) === 0) break;
    await refresh.click();
    await arrive(person, 'Connections');
  }
  await whole(person);
  assert.match(await turn(person, 'Slow'), /^Slow OKX 9 assets$/);
}, SLOW);

scenario('with script the progress is live and the keyboard keeps its place', [HYDRATED], async (world) => {
  const person = await waiting(world);
  const before = person.moves.length;
  await field(person, 'API key').fill('half a key');
  await button(person, 'Sync all').focus();
  await person.page.keyboard.press('Enter');
  await batch(person).getByText('3 connections: 2 synced, 0 failed, 1 to go').waitFor();
  assert.equal(await batch(person).getByRole('link', { name: 'Refresh' }).count(), 0);
  // Once the answer of the deed is there, only the panel tells.
  await card(person, 'Slow').getByText('Syncing now').waitFor();
  const link = batch(person).getByRole('link', { name: 'Slow', exact: true });
  await link.focus();
  await link.evaluate((one) => (one.kept = true));
  assert.equal(await batch(person).getByRole('status').innerText(), '');
  world.door.open();
  await whole(person);
  const ended = batch(person).getByRole('status').filter({ hasText: '3 synced' });
  await ended.waitFor();
  assert.match(await turn(person, 'Slow'), /^Slow OKX 9 assets$/);
  assert.equal(await card(person, 'Slow').getByText('Syncing now').count(), 0);
  assert.ok(await link.evaluate((one) => one.kept && one === document.activeElement), 'focus moved');
  assert.equal(await field(person, 'API key').inputValue(), 'half a key');
  assert.deepEqual(person.moves.slice(before), []);
}, SLOW);

scenario('a sync started elsewhere is followed', [HYDRATED], async (world) => {
  const person = await waiting(world);
  await button(person, 'Sync all').click();
  await batch(person).waitFor({ timeout: BEFORE_IT_IS_SHOWN_MS });
  const other = await person.context.newPage();
  await other.goto('/connections');
  await batch({ page: other }).getByText('3 connections: 2 synced, 0 failed, 1 to go').waitFor();
  world.door.open();
  await whole({ page: other });
  await whole(person);
}, SLOW);

scenario('a connection that is being synced says so when asked again', MODES, async (world) => {
  const person = await waiting(world);
  await button(person, 'Sync all').click();
  await card(person, 'Slow').getByText('Syncing now').waitFor({ timeout: BEFORE_IT_IS_SHOWN_MS });
  const other = await person.context.newPage();
  await other.goto('/connections');
  const elsewhere = { ...person, page: other };
  if (person.mode.hydrated) {
    const busy = card(elsewhere, 'Slow').getByRole('button', { name: 'Syncing…', exact: true });
    await busy.waitFor();
  } else {
    await card(elsewhere, 'Slow').getByRole('button', { name: 'Sync now', exact: true }).click();
    const told = other.getByRole('main').getByRole('alert');
    assert.match(fold(await told.innerText()), /^This connection is being synced right now\. Look again/);
  }
  world.door.open();
}, SLOW);

scenario('past syncs are told with their figures', MODES, async (world) => {
  const person = await world.person();
  await signUp(person, 'someone@example.org');
  await visit(person, '/connections');
  await connect(person, world.keys.OKX['Read only']);
  await status(person);
  await person.page.getByRole('link', { name: 'OKX', exact: true }).click();
  await arrive(person, 'OKX');
  const table = person.page.getByRole('table', { name: 'Last syncs', exact: true });
  const row = table.getByRole('row').nth(1);
  const cells = (await row.getByRole('cell').allInnerTexts()).map(fold);
  assert.equal(cells[0], 'Synced');
  assert.match(cells[1], /^\d of \d read$/);
  assert.equal(cells[2], '9');
  const told = row.getByText(/Trading read \(\d+ holdings\)/);
  assert.equal(await told.isVisible(), false);
  await row.getByText(/\d of \d read/).click();
  await told.waitFor();
});
