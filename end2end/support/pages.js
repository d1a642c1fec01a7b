// Every page in every state worth looking at, for the tests of looks and the pictures.

import { settled, visit } from './browser.js';
import { aYear, noPast, writePast } from './past.js';
import {
  PASSWORD, alert, arrive, batch, button, card, connect, field, fillConnect, fillSignIn, signUp,
  status,
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
  const arrange = async (person, deed, heading) => {
    await visit(person, '/portfolios');
    await person.page.getByRole('link', { name: deed, exact: true }).first().click();
    await arrive(person, heading);
  };
  const holding = async (person, values) => {
    for (const [name, value] of Object.entries(values)) await field(person, name).fill(value);
    await button(person, 'Add').click();
  };
  const makeToken = async (person, password) => {
    await field(person, 'Name').fill('A script with a rather long name on the server at home');
    await field(person, 'Current password').fill(password);
    await button(person, 'Make token').click();
  };
  const refused = async (person) => {
    await person.page.locator('[aria-invalid=true]').first().waitFor();
    await settled(person);
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
    ['market', 'Market · Coffer', (person) => visit(person, '/market')],
    ['market, refused', 'Market · Coffer', async (person) => {
      await field(person, 'Pair').fill('NOPE-USDT');
      await button(person, 'Add pair').click();
      await refused(person);
    }],
    ['pair', 'BTC-USDT · Coffer', (person) => visit(person, '/market/BTC-USDT')],
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
    ['portfolio by exchange', 'Portfolio · Coffer', (person) => visit(person, '/?by=exchange')],
    ['portfolio with history', 'Portfolio · Coffer', async (person) => {
      if (!noPast) writePast(world.coffer, aYear());
      await visit(person, '/?range=1y');
    }],
    ['portfolio, history read off', 'Portfolio · Coffer', async ({ page, mode }) => {
      if (mode.hydrated && !noPast) await page.getByRole('application').focus();
    }],
    ['portfolio, history as a table', 'Portfolio · Coffer', async ({ page }) => {
      if (!noPast) await page.getByText('The same as a table').click();
    }],
    ['portfolio, amounts hidden', 'Portfolio · Coffer', async (person) => {
      await button(person, 'Hide amounts').click();
      await button(person, 'Show amounts').waitFor();
      await settled(person);
    }],
    ['portfolios', 'Portfolios · Coffer', async (person) => {
      await button(person, 'Show amounts').click();
      await visit(person, '/portfolios');
    }],
    ['portfolios, errors', 'Portfolios · Coffer', async (person) => {
      await field(person, 'Name').fill('Binance');
      await button(person, 'Create portfolio').click();
      await refused(person);
    }],
    ['rename portfolio', 'Rename Binance · Coffer', (person) => arrange(person, 'Rename', 'Rename Binance')],
    ['merge portfolio', 'Merge Binance · Coffer', (person) => arrange(person, 'Merge', 'Merge Binance')],
    ['delete portfolio', 'Delete Binance · Coffer', (person) => arrange(person, 'Delete', 'Delete Binance?')],
    ['held by hand, empty', 'Held by hand in Binance · Coffer', (person) =>
      arrange(person, 'Held by hand', 'Held by hand')],
    ['held by hand, errors', 'Held by hand in Binance · Coffer', async (person) => {
      await holding(person, { Label: 'Ledger', Asset: 'two words', Quantity: '1,5' });
      await refused(person);
    }],
    ['held by hand', 'Held by hand in Binance · Coffer', async (person) => {
      await arrange(person, 'Held by hand', 'Held by hand');
      const Label = 'A rather long name for the cold wallet in the safe';
      await holding(person, { Label, Asset: 'BTC', Quantity: '0.123456789012345678', Note: 'Mine' });
      await status(person);
      await holding(person, { Label: 'Loan', Asset: 'EUR', Quantity: '-1200' });
      await status(person);
    }],
    ['change holding', 'Change Loan · Coffer', async (person) => {
      await person.page.getByRole('link', { name: 'Change', exact: true }).last().click();
      await arrive(person, 'Change Loan');
    }],
    ['delete holding', 'Delete Loan · Coffer', async (person) => {
      await arrange(person, 'Held by hand', 'Held by hand');
      await person.page.getByRole('link', { name: 'Delete', exact: true }).last().click();
      await arrive(person, 'Delete Loan?');
    }],
    ['notices', 'Notices · Coffer', (person) => visit(person, '/notices')],
    ['telling', 'Telling · Coffer', (person) => visit(person, '/settings/telling')],
    ['telling, errors', 'Telling · Coffer', async (person) => {
      await field(person, 'Hours until a failing sync is told').fill('0');
      await field(person, 'Webhook address').fill('http://127.0.0.1/');
      await button(person, 'Save').click();
      await refused(person);
    }],
    ['status', 'Status · Coffer', (person) => visit(person, '/status')],
    ['settings', 'Settings · Coffer', (person) => visit(person, '/settings')],
    ['your data', 'Your data · Coffer', (person) => visit(person, '/settings/data')],
    ['tokens, errors', 'API tokens · Coffer', async (person) => {
      await visit(person, '/settings/tokens');
      await makeToken(person, 'not my password');
      await refused(person);
    }],
    ['tokens, one made', 'API tokens · Coffer', async (person) => {
      await makeToken(person, PASSWORD);
      await status(person);
    }],
    ['delete account, errors', 'Delete account · Coffer', async (person) => {
      await visit(person, '/settings/delete-account');
      await field(person, 'Email').fill('somebody.else@example.org');
      await field(person, 'Password').fill('not my password');
      await button(person, 'Delete account').click();
      await refused(person);
    }],
    ['not found', 'Not found · Coffer', async (person) => {
      await visit(person, '/nowhere');
      person.troubles.pop();
    }],
  ];
}
