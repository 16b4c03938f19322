// latency.mjs COUNT COMMAND... : speaks MCP to a command's stdio, sends COUNT pings one after the other, and prints
// the median and the 99th percentile of the time to the answer, in microseconds.
import { spawn } from 'node:child_process';

const [count, ...command] = process.argv.slice(2);
const child = spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'ignore'] });
let waiting;
let rest = '';
child.stdout.on('data', (data) => {
  rest += data;
  for (let end; (end = rest.indexOf('\n')) >= 0; rest = rest.slice(end + 1)) waiting(JSON.parse(rest.slice(0, end)));
});
let end;
child.on('exit', (code) => {
  clearTimeout(end);
  if (!code) return;
  console.error(`${command.join(' ')} ended with ${code}`);
  process.exit(1);
});
const ask = (method, id, params = {}) =>
  new Promise((resolve) => {
    waiting = resolve;
    child.stdin.write(JSON.stringify({ jsonrpc: '2.0', id, method, params }) + '\n');
  });

await ask('initialize', 0, { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } });
const times = [];
for (let id = 1; id <= Number(count) + 100; id++) {
  const begin = process.hrtime.bigint();
  await ask('ping', id);
  if (id > 100) times.push(Number(process.hrtime.bigint() - begin) / 1000); // the first ones warm up
}
child.stdin.end();
end = setTimeout(() => child.kill('SIGKILL'), 3000); // `docker attach` waits for a server that waits for it
times.sort((a, b) => a - b);
console.log(`${times[times.length >> 1].toFixed(0)} ${times[Math.floor(times.length * 0.99)].toFixed(0)}`);
