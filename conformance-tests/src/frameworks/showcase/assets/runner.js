// Runs checks in a page: an expression that comes to a text, or an exception that comes to its name.
'use strict';

const all = async (values, make) => {
  const made = [];
  for (const [number, value] of values.entries()) made.push(await attempt(() => make(value, number)));
  return made.join(', ');
};
const attempt = async (run) => {
  try {
    return String(await run());
  } catch (error) {
    return error.name;
  }
};
const status = async (response) => (await response).status;
const read = async (response) => {
  const {status} = (response = await response);
  return `${status} ${await response.text()}`.trim();
};
// What no script can read; a moment later it is in the cache.
const opaque = (url) => fetch(url, {mode: 'no-cors'}).then(() => later(100));
// The first event.
const first = async (url) => {
  const {body} = await fetch(url);
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; ;) {
    const {done, value} = await reader.read();
    if (done) return 'no event';
    const [, data] = (text += value).match(/data: ?(.)/) ?? [];
    if (data) {
      await reader.cancel();
      return data;
    }
  }
};
// The protocol that a URL was fetched over, which the server lets other origins know.
performance.setResourceTimingBufferSize(10000);
const protocol = async (url) => {
  for (;;) {
    const [entry] = performance.getEntriesByName(url);
    if (entry) return entry.nextHopProtocol;
    await later(20);
  }
};
const element = async (name, properties) => {
  const made = Object.assign(document.createElement(name), properties);
  const loaded = new Promise((done, fail) => {
    made.onload = () => done(made);
    made.onerror = () => fail(new TypeError());
  });
  document.head.append(made);
  return loaded.finally(() => made.remove());
};
const pixel = (image) => {
  const canvas = document.createElement('canvas').getContext('2d');
  canvas.drawImage(image, 0, 0);
  return canvas.getImageData(0, 0, 1, 1).data.slice(0, 3);
};
const font = async (url) => (await new FontFace('font', `url("${url}")`).load()).status;
const submit = (url) => new Promise((done) => {
  const frame = Object.assign(document.createElement('iframe'), {name: `frame${Math.random()}`});
  const form = Object.assign(document.createElement('form'), {method: 'post', action: url, target: frame.name});
  document.body.append(frame, form);
  frame.onload = () => {
    const text = frame.contentDocument.body.textContent.trim();
    if (text) done(text);
  };
  form.submit();
});
const fetcher = (url) => `fetch(${JSON.stringify(url)}).then((response) => response.text())
  .then((text) => postMessage(text.trim()), (error) => postMessage(error.name))`;
const work = (url) => new Promise((done, fail) => {
  const worker = new Worker(url);
  worker.onmessage = ({data}) => done(data);
  worker.onerror = () => fail(new TypeError());
});
const listen = (url, count, options) => new Promise((done) => {
  const source = new EventSource(url, options);
  const got = [];
  source.onmessage = ({data}) => {
    if (got.push(data) === count) {
      source.close();
      done(got);
    }
  };
  source.onerror = () => source.readyState === EventSource.CLOSED && done('closed');
});
const connect = (url) => new Promise((done) => {
  const socket = new WebSocket(url.replace('http', 'ws'));
  socket.onmessage = ({data}) => {
    socket.close();
    done(data);
  };
  socket.onclose = () => done('closed');
  socket.onerror = () => done('error');
});

// Lets a server set its cookie, which no policy can keep it from.
const login = ({near}) => fetch(`${near}/login`, {method: 'POST', mode: 'no-cors', credentials: 'include'});

// `place` is where a check runs: for each policy the URLs of its server, and what to call the check
// in their logs.
const check = (source, place) => {
  const at = (kind) => (path, policy = place.policy) => {
    const server = place.servers[policy][kind] ?? `${place.origins[kind]}/${place.framework}/${policy}`;
    const [before, after] = path.split(/\?(.*)/s);
    return `${server}${before}?check=${place.token}${after ? `&${after}` : ''}`;
  };
  const scope = {
    all, status, read, opaque, first, protocol, element, pixel, font, submit, fetcher, work, listen, connect,
    url: at('foreign'),
    near: at('near'),
    // The server behind a proxy that replaces `Host`, and behind one that also takes `Sec-Fetch-*` away.
    proxy: at('proxy'),
    plain: at('plain'),
    // What a page of another origin reads.
    by: (from, ...fetched) => perform({from, fetched, source: `read(fetch(...${JSON.stringify(fetched)}))`}, place),
    origins: place.origins,
    // So many requests have come.
    until: async (count) => {
      const query = `/records?framework=${place.framework}&check=${place.token}`;
      while ((await (await fetch(query)).json()).length < count) await later(20);
    },
  };
  const late = later(10000).then(() => 'nothing within ten seconds');
  const run = new (async () => {}).constructor(...Object.keys(scope), `return (${source})`);
  return Promise.race([attempt(() => run(...Object.values(scope))), late]);
};
const later = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// In a frame, for the page around it.
addEventListener('message', async ({data, origin, source}) => {
  if (source !== parent || parent === window || !/^https?:\/\/app\.(localhost|test):/.test(origin)) return;
  source.postMessage({reads: await check(data.source, data.place), number: data.number}, '*');
});
