// The market: pairs are watched, arranged and looked at, with and without script.

import assert from 'node:assert/strict';
import { HYDRATED, MODES } from '../support/modes.js';
import { scenario } from '../support/scenario.js';
import { settled, visit } from '../support/browser.js';
import { arrive, button, field, fold, signUp, status } from '../support/steps.js';

const USUAL = ['BTC-USDT', 'ETH-USDT', 'SOL-USDT', 'BNB-USDT', 'XRP-USDT'];

/** Somebody who looks at the market. */
async function somebody(world) {
  const person = await world.person();
  await signUp(person, 'someone@example.org');
  await visit(person, '/market');
  return person;
}

const table = ({ page }) => page.getByRole('table', { name: 'Watchlist' });
const pairs = (person) => table(person).getByRole('rowheader').allInnerTexts();

/** What an exchange says of a pair. */
async function cell(person, pair, exchange) {
  const row = table(person).getByRole('row').filter({ has: person.page.getByRole('rowheader', { name: pair, exact: true }) });
  return fold(await row.locator(`td[data-label="${exchange}"]`).innerText());
}

scenario('pairs are added, moved and removed', MODES, async (world) => {
  const person = await somebody(world);
  assert.deepEqual(await pairs(person), USUAL);
  assert.match(await cell(person, 'BTC-USDT', 'Binance'), /^64,210\.55 /);
  assert.match(await cell(person, 'BNB-USDT', 'OKX'), /^– OKX does not trade it\.$/);
  await field(person, 'Pair').fill('ada/usdt');
  await button(person, 'Add pair').click();
  assert.equal(await status(person), 'Added ADA-USDT to your watchlist.');
  await button(person, 'Move ADA-USDT up').click();
  await arrive(person, 'Market');
  assert.deepEqual((await pairs(person)).slice(4), ['ADA-USDT', 'XRP-USDT']);
  await button(person, 'Remove XRP-USDT').click();
  assert.equal(await status(person), 'Removed XRP-USDT from your watchlist.');
  await button(person, 'Remove ADA-USDT').click();
  await person.page.getByText('that is the fewest: add another first.').waitFor();
  assert.equal((await pairs(person)).length, 5);
  await field(person, 'Pair').fill('NOPE-USDT');
  await button(person, 'Add pair').click();
  await person.page.getByText('No exchange here trades this pair.').waitFor();
  assert.equal(await field(person, 'Pair').inputValue(), 'NOPE-USDT');
});

scenario('candles are chosen by plain links', MODES, async (world) => {
  const person = await somebody(world);
  const { page } = person;
  await table(person).getByRole('link', { name: 'BTC-USDT', exact: true }).click();
  await arrive(person, 'BTC-USDT');
  await page.getByRole('img', { name: 'Candles of BTC-USDT on Binance' }).waitFor();
  const choose = async (kind, name) => {
    const link = page.getByRole('navigation', { name: kind }).getByRole('link', { name, exact: true });
    await link.click();
    await link.and(page.locator('[aria-current]')).waitFor();
    await settled(person);
  };
  await choose('Exchange', 'OKX');
  await choose('Range', '30 d');
  await choose('Interval', '1d');
  assert.match(page.url(), /\?exchange=okx&interval=1d&range=30d$/);
  await page.getByRole('img', { name: 'Candles of BTC-USDT on OKX' }).waitFor();
  await page.getByText('The same as a table').click();
  const rows = page.getByRole('table', { name: /^Candles of BTC-USDT on OKX/ }).getByRole('row');
  assert.ok((await rows.count()) >= 31);
});

scenario('prices keep up without moving the keyboard', [HYDRATED], async (world) => {
  const person = await somebody(world);
  const { page } = person;
  const remove = button(person, 'Remove BTC-USDT');
  await remove.focus();
  const asked = page.waitForResponse((answer) => answer.url().endsWith('/do/load-market'), { timeout: 30_000 });
  assert.equal((await asked).status(), 200);
  await settled(person);
  assert.ok(await remove.evaluate((one) => one === document.activeElement), 'the keyboard stays');
  assert.match(await cell(person, 'BTC-USDT', 'Binance'), /^64,210\.55 /);
});

// Nothing but the stream tells this price, each time as news of that moment.
const tell = (person) => person.page.route(/\/api\/v1\/events\?symbols=/, (route) => {
  const told = JSON.stringify({
    exchange: 'binance', symbol: 'BTC-USDT', price: '71234.5', change_24h_percent: '10.5', at: new Date().toISOString(),
  });
  return route.fulfill({
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
    body: `retry: 500\n\nevent: ticker\ndata: ${told}\n\n`,
  });
});

scenario('a price that is heard over the stream stands in the table', [HYDRATED], async (world) => {
  const person = await world.person();
  await signUp(person, 'someone@example.org');
  await tell(person);
  await visit(person, '/market');
  await table(person).getByText('71,234.5', { exact: true }).waitFor();
  assert.match(await cell(person, 'BTC-USDT', 'Binance'), /^71,234\.5 .*10\.5 %/);
  assert.match(await cell(person, 'BTC-USDT', 'OKX'), /^64,198\.3 /);
});

scenario("a pair's page hears its price and leaves the keyboard where it is", [HYDRATED], async (world) => {
  const person = await world.person();
  await signUp(person, 'someone@example.org');
  await visit(person, '/market/BTC-USDT');
  const region = person.page.getByRole('region', { name: 'Exchanges compared' });
  await region.getByText('64,210.55', { exact: true }).waitFor();
  await tell(person);
  await visit(person, '/market/BTC-USDT');
  await region.focus();
  await region.getByText('71,234.5', { exact: true }).waitFor();
  assert.ok(await region.evaluate((one) => one === document.activeElement), 'the keyboard stays');
  assert.match(await region.getByRole('row', { name: /^OKX/ }).innerText(), /64,198\.3/);
});
