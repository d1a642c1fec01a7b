// The demo: what it prints is enough to see it all.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODES } from '../support/modes.js';
import '../support/scenario.js';
import { assertNoTroubles, newPerson, visit } from '../support/browser.js';
import { startDemo } from '../support/programs.js';
import { arrive, connect, holdings, signIn, status } from '../support/steps.js';

for (const mode of MODES) {
  test(`the printed sign-in and keys work [${mode.name}]`, { skip: mode.skip }, async () => {
    const demo = await startDemo(mode.binary);
    try {
      const person = await newPerson(demo, mode);
      await signIn(person, demo.email, demo.password);
      await arrive(person, 'Portfolio');
      for (const exchange of ['Binance', 'OKX']) {
        await visit(person, '/connections');
        await connect(person, demo.keys[exchange]['Read only']);
        assert.match(await status(person), new RegExp(`^Synced \\d+ assets from ${exchange}`));
      }
      await visit(person, '/');
      assert.equal((await holdings(person)).BTC, '0.528691348901234568');
      assertNoTroubles(person);
      await person.context.close();
    } finally {
      await demo.stop();
    }
  });
}
