// What the benchmarks of the daemon share: calls to an engine, and waiting.
import http from 'node:http';

/// Sends one request over a unix socket ({socketPath}) or to an address ({host, port}); the whole answer.
export const call = (to, method, path, body) =>
  new Promise((resolve, reject) => {
    const headers = body ? { 'Content-Type': 'application/json' } : {};
    const request = http.request({ ...to, method, path, headers, agent: false }, (answer) => {
      let text = '';
      answer.on('data', (piece) => (text += piece)).on('end', () => resolve({ status: answer.statusCode, text })).on('error', reject);
    });
    request.on('error', reject).end(body && JSON.stringify(body));
  });

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const until = async (seconds, what, named) => {
  const end = performance.now() + seconds * 1000;
  for (; performance.now() < end; await pause(10)) if (await what()) return;
  throw new Error(`${seconds} s, and ${named} is not there`);
};

/// Of sorted numbers.
export const percentile = (sorted, p) => sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * p) / 100) - 1)];
