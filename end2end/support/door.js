// A door between the app and the exchanges: while it is shut, questions wait behind it.

import { createServer, request } from 'node:http';

/** Passes questions on to `target`, by their paths as long as they are let through. */
export async function startDoor(target) {
  let shut = () => false;
  let waiting = [];
  const server = createServer((question, answer) => {
    const pass = () => {
      const onward = request(target + question.url, {
        method: question.method,
        headers: question.headers,
      });
      onward.on('response', (given) => {
        answer.writeHead(given.statusCode, given.rawHeaders);
        given.pipe(answer);
      });
      onward.on('error', () => answer.destroy());
      question.pipe(onward);
    };
    if (shut(question)) waiting.push(pass);
    else pass();
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Lets questions wait that carry this API key; all of them if there is none. */
    close(apiKey) {
      shut = ({ headers }) => !apiKey || Object.values(headers).includes(apiKey);
    },
    open() {
      shut = () => false;
      waiting.forEach((pass) => pass());
      waiting = [];
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
