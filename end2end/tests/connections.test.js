// Connecting accounts, reading exact balances, syncing and deleting.

import assert from 'node:assert/strict';
import { MODES } from '../support/modes.js';
import { scenario } from '../support/scenario.js';
import { settled, visit } from '../support/browser.js';
import {
  alert, answerOf, arrive, assertPlace, button, card, connect, connected, description, field,
  fillConnect, holdings, signUp, status, statusTelling,
} from '../support/steps.js';

// Free and locked of every wallet, added up by hand.
const BINANCE = {
  '1000SATS': '20,500',
  BNB: '0.33',
  BTC: '0.01384567',
  ETH: '1.75',
  EUR: '50',
  LDO: '12.5',
  LDUSDT: '1,000',
  SOL: '12.3456789',
  USDT: '375.25',
  VTHO: '0.000000000000000037',
  币安人生: '5',
};
const BOTH = {
  ...BINANCE,
  BTC: '0.528691348901234568',
  ETH: '4.750000000000000001',
  EUR: '65.5',
  OKB: '1.0000000000000001',
  PEPE: '123,456,789.123456789012345678',
  SHIB: '1,250,000',
  SOL: '20.3456789',
  USDC: '99.999999999999999999',
  USDT: '2,110.067890123456789',
};

/** Somebody new, looking at the connections. */
async function somebody(world) {
  const person = await world.person();
  await signUp(person, 'someone@example.org');
  await visit(person, '/connections');
  return person;
}

scenario('the fields follow the exchange', MODES, async (world) => {
  const person = await somebody(world);
  for (const [exchange, visible] of [['Binance', false], ['OKX', true], ['Binance', false]]) {
    await field(person, 'Exchange').selectOption({ label: exchange });
    assert.equal(await field(person, 'Passphrase').isVisible(), visible, `Passphrase, ${exchange}`);
    assert.equal(await field(person, 'Region').isVisible(), visible, `Region, ${exchange}`);
  }
  for (const name of ['Label', 'API key', 'Secret key', 'Environment', 'Portfolio', 'Ignore balances below']) {
    assert.ok(await field(person, name).isVisible(), name);
  }
});

scenario('both exchanges are connected and every digit is shown', MODES, async (world) => {
  const person = await somebody(world);
  let before = person.moves.length;
  await connect(person, world.keys.Binance['Read only']);
  assert.match(
    await status(person),
    /^Synced 11 assets from Binance 13 added, 0 updated, 0 removed, 0 unchanged, \d+\.\d\d s Spot read \(10 holdings\), Funding read \(3 holdings\)/,
  );
  assertPlace(person, before);
  await visit(person, '/');
  assert.deepEqual(await holdings(person), BINANCE);

  await visit(person, '/connections');
  before = person.moves.length;
  await connect(person, world.keys.OKX['Read only'], { Label: 'Second drawer' });
  assert.match(await status(person), /^Synced 9 assets from Second drawer/);
  assertPlace(person, before);
  await card(person, 'Second drawer').waitFor();
  assert.deepEqual((await connected(person)).sort(), ['Binance', 'Second drawer']);

  const told = await card(person, 'Second drawer').innerText();
  for (const part of ['OKX', '••••88b8', 'Read-only', 'Up to date', 'just now']) {
    assert.ok(told.includes(part), `${part} in ${told}`);
  }
  await visit(person, '/');
  assert.deepEqual(await holdings(person), BOTH);
});

scenario('where an asset lies is told on demand', MODES, async (world) => {
  const person = await somebody(world);
  await connect(person, world.keys.OKX['Read only']);
  await status(person);
  await visit(person, '/');
  const table = person.page.getByRole('table', { name: 'Holdings', exact: true });
  const part = table.getByText('0.002500000000000001', { exact: true });
  assert.equal(await part.isVisible(), false);
  await table.getByText('BTC', { exact: true }).click();
  await part.waitFor();
  await table.getByText('0.512345678901234567', { exact: true }).waitFor();
});

scenario('a wrong secret is told calmly and nothing is stored', MODES, async (world) => {
  const person = await somebody(world);
  const right = world.keys.Binance['Read only'];
  const wrong = { ...right, secretKey: [...right.secretKey].reverse().join('') };
  await connect(person, wrong, { Label: 'Mine' });
  assert.match(
    await alert(person),
    /^Binance says the secret key does not belong to this API key\. .*Nothing was stored\.$/,
  );
  await assertNothingStored(person, wrong);
  assert.equal(await field(person, 'Label').inputValue(), 'Mine');
  await visit(person, '/connections');
  assert.deepEqual(await connected(person), []);
});

scenario('a wrong passphrase is told', MODES, async (world) => {
  const person = await somebody(world);
  await connect(person, { ...world.keys.OKX['Read only'], passphrase: 'not-the-one' });
  assert.match(await alert(person), /^OKX says the passphrase is not the key's\./);
  assert.equal(await field(person, 'Passphrase').isVisible(), true);
  assert.deepEqual(await connected(person), []);
});

scenario('a key that can do more than read is refused by naming the right', MODES, async (world) => {
  const person = await somebody(world);
  for (const [exchange, title, right] of [
    ['Binance', 'May trade', /trading/i],
    ['Binance', 'May withdraw', /withdraw/i],
    ['OKX', 'May trade', /trad/i],
  ]) {
    const key = world.keys[exchange][title];
    await answerOf(person, '/do/connect', () => connect(person, key));
    const told = await alert(person);
    assert.match(told, /^This key can do more than read: it allows /);
    assert.match(told, right);
    await assertNothingStored(person, key);
    await visit(person, '/connections');
  }
});

scenario('what is wrong with a field is told beside it', MODES, async (world) => {
  const person = await somebody(world);
  const key = world.keys.Binance['Read only'];
  await fillConnect(person, key, { Label: 'Kept', 'API key': 'short', 'Ignore balances below': 'much' });
  const send = () => button(person, 'Connect').click();
  if (person.mode.hydrated) {
    await send();
  } else {
    assert.equal((await answerOf(person, '/do/connect', send)).status(), 422);
  }
  await settled(person);
  assert.match(await description(person, 'API key'), /^An API key has 8 to 256 characters/);
  assert.match(await description(person, 'Ignore balances below'), /^Enter a value such as 1 or 0\.5/);
  for (const name of ['API key', 'Ignore balances below']) {
    assert.equal(await field(person, name).getAttribute('aria-invalid'), 'true', name);
  }
  assert.equal(await field(person, 'Label').getAttribute('aria-invalid'), null);
  assert.equal(await field(person, 'Label').inputValue(), 'Kept');
  assert.equal(await field(person, 'Ignore balances below').inputValue(), 'much');
  assert.deepEqual(await connected(person), []);
});

scenario('OKX without its passphrase is told beside the field', MODES, async (world) => {
  const person = await somebody(world);
  await connect(person, { ...world.keys.OKX['Read only'], passphrase: undefined });
  await person.page.getByText('Enter the passphrase of the key.').waitFor();
  assert.match(await description(person, 'Passphrase'), /^Enter the passphrase of the key\./);
  assert.deepEqual(await connected(person), []);
});

scenario('one connection and all of them are synced', MODES, async (world) => {
  const person = await somebody(world);
  await connect(person, world.keys.Binance['Read only'], { Label: 'One' });
  await status(person);
  await connect(person, world.keys.Binance['Second account'], { Label: 'Two' });
  await statusTelling(person, 'from Two');

  let before = person.moves.length;
  await card(person, 'One').getByRole('button', { name: 'Sync now', exact: true }).click();
  const again = await statusTelling(person, '0 added, 0 updated, 0 removed, 13 unchanged');
  assert.match(again, /^Synced 11 assets from One/);
  assertPlace(person, before);

  await visit(person, '/connections');
  before = person.moves.length;
  await button(person, 'Sync all').click();
  const notices = person.page.getByRole('main').getByRole('status');
  await notices.nth(1).waitFor();
  const told = (await notices.allInnerTexts()).map((text) => text.split('\n')[0]).sort();
  assert.equal(told.length, 2);
  await person.page.getByText('2 connections: 2 synced, 0 failed', { exact: true }).waitFor();
  assert.match(told[0], /^Synced 11 assets from One$/);
  assert.match(told[1], /^Synced \d+ assets? from Two$/);
  assertPlace(person, before);
});

scenario('a connection is synced on its own page', MODES, async (world) => {
  const person = await somebody(world);
  await connect(person, world.keys.OKX['Read only']);
  await status(person);
  await person.page.getByRole('link', { name: 'OKX', exact: true }).click();
  await arrive(person, 'OKX');
  const runs = person.page.getByRole('table', { name: 'Last syncs', exact: true }).getByRole('row');
  assert.equal(await runs.count(), 1 + 1, 'the heads and one sync');
  const before = person.moves.length;
  await button(person, 'Sync now').click();
  assert.match(await status(person), /^Synced 9 assets from OKX/);
  await runs.nth(2).waitFor();
  assertPlace(person, before);
});

scenario('deleting asks first, and then everything is gone', MODES, async (world) => {
  const person = await somebody(world);
  await connect(person, world.keys.Binance['Read only']);
  await status(person);
  await card(person, 'Binance').getByRole('button', { name: 'Delete', exact: true }).click();
  await arrive(person, 'Delete Binance?');
  await person.page.getByRole('link', { name: 'Keep it', exact: true }).click();
  await arrive(person, 'Connections');
  assert.deepEqual(await connected(person), ['Binance']);

  await card(person, 'Binance').getByRole('button', { name: 'Delete', exact: true }).click();
  await arrive(person, 'Delete Binance?');
  await button(person, 'Delete connection').click();
  await arrive(person, 'Connections');
  assert.match(await status(person), /^Deleted Binance: its key and its holdings are gone from here\./);
  assert.deepEqual(await connected(person), []);
  await visit(person, '/');
  await person.page.getByText('Nothing is connected yet, so there is nothing to show.').waitFor();
});

scenario('balances below a limit are in the total and not in the list', MODES, async (world) => {
  const person = await somebody(world);
  await connect(person, world.keys.Binance['Read only'], { 'Ignore balances below': '1' });
  await status(person);
  await visit(person, '/');
  const held = await holdings(person);
  assert.equal(held.VTHO, undefined);
  assert.equal(held.SOL, BINANCE.SOL);
  await person.page.getByText(/\d+ balances? below the limit of their connection not listed; in the total with/).waitFor();
});

scenario('an account with hundreds of assets is read whole', MODES, async (world) => {
  const person = await somebody(world);
  await connect(person, world.keys.Binance['Hundreds of assets']);
  const [, count] = /^Synced (\d+) assets from Binance/.exec(await status(person));
  assert.ok(Number(count) > 400, count);
  await visit(person, '/');
  const rows = person.page.getByRole('table', { name: 'Holdings', exact: true }).getByRole('row');
  assert.equal(await rows.count(), 200 + 1);
  await person.page.getByText(`Page 1 of 3, ${count} rows`, { exact: true }).waitFor();
  await visit(person, '/?page=3');
  assert.equal(await rows.count(), Number(count) - 400 + 1);
});

async function assertNothingStored(person, key) {
  assert.deepEqual(await connected(person), []);
  if (person.mode.hydrated) return;
  const page = await person.page.content();
  for (const secret of [key.apiKey, key.secretKey]) assert.ok(!page.includes(secret), 'shown again');
}
