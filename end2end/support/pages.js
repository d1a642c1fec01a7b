// Every page in every state worth looking at, for the tests of looks and the pictures.

import { settled, visit } from './browser.js';
import {
  alert, arrive, batch, button, card, connect, field, fillConnect, fillSignIn, signUp, status,
} from './steps.js';

/** Settings the states need. */
export const SETTINGS = { SIGN_UP: 'open', door: true };

/**
 * `[name, title, open(person)]`, in an order in which each can be opened after the one before.
 * The person starts without an account, and has an empty one, then a filled one.
 */
export function pagesOf(world) {
  const { Binance, OKX } = world.keys;
  const first = (title) => async (person, heading) => {
    await card(person, title).getByRole('link', { name: title, exact: true }).click();
    await arrive(person, heading ?? title);
  };
  return [
    ['sign-in', 'Sign in · Coffer', (person) => visit(person, '/sign-in')],
    ['sign-in refused', 'Sign in · Coffer', async (person) => {
      await fillSignIn(person, 'nobody@example.org', 'not the password');
      await button(person, 'Sign in').click();
      await alert(person);
    }],
    ['sign-up', 'Create account · Coffer', (person) => visit(person, '/sign-up')],
    ['sign-up with errors', 'Create account · Coffer', async (person) => {
      await fillSignIn(person, 'someone@example.org', 'password');
      await button(person, 'Create account').click();
      await alert(person);
    }],
    ['portfolio, empty', 'Portfolio · Coffer', (person) => signUp(person, 'someone@example.org')],
    ['connections, empty', 'Connections · Coffer', (person) => visit(person, '/connections')],
    ['connections, OKX chosen', 'Connections · Coffer', async (person) => {
      await field(person, 'Exchange').selectOption({ label: 'OKX' });
    }],
    ['connections, field errors', 'Connections · Coffer', async (person) => {
      await visit(person, '/connections');
      const wrong = { 'API key': 'short', 'Ignore balances below': 'much' };
      await fillConnect(person, Binance['Read only'], wrong);
      await button(person, 'Connect').click();
      await person.page.getByText('An API key has 8 to 256 characters').waitFor();
      await settled(person);
    }],
    ['connections, refused', 'Connections · Coffer', async (person) => {
      await visit(person, '/connections');
      await connect(person, Binance['May trade']);
      await alert(person);
      await settled(person);
    }],
    ['connections', 'Connections · Coffer', async (person) => {
      await visit(person, '/connections');
      await connect(person, Binance['Read only']);
      await status(person);
      await visit(person, '/connections');
      const long = { Label: 'A rather long name for the second drawer of my own' };
      await connect(person, OKX['Read only'], long);
      await status(person);
      await settled(person);
    }],
    ['connections, syncing', 'Connections · Coffer', async (person) => {
      await visit(person, '/connections');
      world.door.close(OKX['Read only'].apiKey);
      await button(person, 'Sync all').click();
      await batch(person).getByText(/1 to go$/).waitFor();
      await card(person, 'Binance').getByRole('button', { name: 'Sync now' }).waitFor();
      await settled(person);
    }],
    ['connections, synced', 'Connections · Coffer', async (person) => {
      world.door.open();
      for (let told = ''; !told.endsWith('0 failed'); ) {
        await visit(person, '/connections');
        told = await batch(person).getByText(/synced, 0 failed/).first().innerText();
      }
    }],
    ['connection', 'Binance · Coffer', (person) => first('Binance')(person)],
    ['delete', 'Delete connection · Coffer', async (person) => {
      await button(person, 'Delete').click();
      await arrive(person, 'Delete Binance?');
    }],
    ['portfolio', 'Portfolio · Coffer', (person) => visit(person, '/')],
    ['portfolio, wallets shown', 'Portfolio · Coffer', async ({ page }) => {
      await page.getByRole('table', { name: 'Holdings', exact: true })
        .getByText('BTC', { exact: true })
        .click();
    }],
    ['portfolio of one exchange', 'Portfolio · Coffer', async (person) => {
      const choices = person.page.getByRole('navigation', { name: 'Portfolios' });
      await choices.getByRole('link', { name: 'OKX', exact: true }).click();
      await person.page.waitForURL('**/portfolios/*');
      await arrive(person, 'Portfolio');
    }],
    ['portfolio by wallet', 'Portfolio · Coffer', (person) => visit(person, '/?by=wallet&sort=asset')],
    ['portfolio, nothing found', 'Portfolio · Coffer', (person) => visit(person, '/?q=nothing')],
    ['portfolios', 'Portfolios · Coffer', (person) => visit(person, '/portfolios')],
    ['notices', 'Notices · Coffer', (person) => visit(person, '/notices')],
    ['telling', 'Telling · Coffer', (person) => visit(person, '/settings/telling')],
    ['settings', 'Settings · Coffer', (person) => visit(person, '/settings')],
    ['not found', 'Not found · Coffer', async (person) => {
      await visit(person, '/nowhere');
      person.troubles.pop();
    }],
  ];
}
