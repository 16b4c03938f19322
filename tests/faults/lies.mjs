// What an engine may answer that is no answer. Each lie is written as bytes, for no HTTP library would.

const ok = (fields, body = '') => `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${fields}\r\n${body}`;
const plain = (body) => ok(`Content-Length: ${Buffer.byteLength(body)}\r\n`, body);
const chunked = (body) => ok('Transfer-Encoding: chunked\r\n', body);
const length = (body, more) => ok(`Content-Length: ${Buffer.byteLength(body) + more}\r\n`, body);

/// Every value within it is of another type than it was.
const mangledWithin = (value) => (Array.isArray(value) ? value.map(mangled) : mangled(value));

function mangled(value) {
  if (Array.isArray(value)) return Object.fromEntries(value.map((each, i) => [i, each]));
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mangled(each)]));
  return typeof value === 'string' ? 7 : typeof value === 'number' ? 'seven' : [];
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/// By name; each gets the honest body, and gives the bytes.
const lies = {
  'length-too-long': (body) => length(body, 10),
  'length-too-short': (body) => length(body, -Math.ceil(body.length / 2)),
  'length-negative': (body) => ok('Content-Length: -5\r\n', body),
  'length-alone': (body) => ok(`Content-Length: ${Buffer.byteLength(body)}\r\n`),
  'chunks-alone': () => chunked(''),
  'chunks-without-end': (body) => chunked(`${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`),
  'chunk-size-broken': (body) => chunked(`zz\r\n${body}\r\n0\r\n\r\n`),
  'chunk-size-huge': (body) => chunked(`ffffffffffffffff\r\n${body}\r\n0\r\n\r\n`),
  'no-http': () => '\x15\x03\x01 hello\r\n\r\n',
  'not-json': () => plain('<html>busy</html>'),
  'half-json': (body) => plain(body.slice(0, body.length / 2)),
  deep: () => plain('['.repeat(100_000)),
  mangled: (body) => plain(JSON.stringify(mangledWithin(parsed(body)))),
  null: () => plain('null'),
  nothing: () => plain(''),
  'empty-object': () => plain('{}'),
  number: () => plain('42'),
  'list-of-null': () => plain('[null]'),
};

/// What is repeated for ever, after an honest begin.
const endless = {
  'endless-list': [chunked(''), '1000\r\n' + '1,'.repeat(2048) + '\r\n', '1\r\n[\r\n'],
  'endless-header': ['HTTP/1.1 200 OK\r\n', 'X-More: of the same\r\n'],
  'endless-field': ['HTTP/1.1 200 OK\r\nX-Long: ', 'x'.repeat(4096)],
  'endless-body': [ok(''), ' '.repeat(4096)],
};

export const names = [...Object.keys(lies), ...Object.keys(endless)];

export function tell(name, socket, honest) {
  if (name === 'silence') return socket.write(length(honest, 10));
  if (lies[name]) return socket.end(lies[name](honest));
  const [begin, more, first = ''] = endless[name];
  socket.write(begin + first);
  const goOn = () => {
    while (!socket.destroyed && socket.write(more));
  };
  socket.on('drain', goOn);
  goOn();
}
