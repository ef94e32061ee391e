// More of what drive.html does, with its tools: cures, columns, copies, addresses, small screens.

// A matrix of its own, of checks that come to these results.
const matrix = async (servers, tasks, results) => {
  const {Matrix} = await import('/demo/matrix.js');
  const section = page.querySelector('.matrix').cloneNode(true);
  for (const part of section.querySelectorAll('thead, tbody')) part.replaceChildren();
  globalThis.perform = async (task, {framework}) => results(task, framework);
  const asked = tasks.map((task) => ({from: 'null', ...task}));
  const matrix = new Matrix(section, {origins: {}, policy: 'in force', servers, tasks: asked}, {done() {}});
  await matrix.run();
  return section;
};

export const isCounted = async () => {
  const results = ['200 hello', 'TypeError', '200 hello, TypeError', 'nothing within ten seconds', 'no answer of the frame'];
  const tasks = results.map((title) => ({title}));
  const section = await matrix({axum: {}}, tasks, ({title}) => title);
  await expect('silence is counted apart', section.querySelector('[role=status]').textContent,
    '5 requests: 1 readable, 1 readable in part, 1 blocked, 2 without a response.');
  const marks = [...section.querySelectorAll('td use')].map((use) => use.getAttribute('href'));
  await expect('and has a mark', marks, ['#reads', '#blocked', '#partly', '#silent', '#silent']);
  const shapes = [...page.querySelectorAll('symbol')].map(({id}) => `#${id}`);
  await expect('which the page has', [...marks, '#out'].filter((mark) => !shapes.includes(mark)), []);
};

export const isFolded = async () => {
  await expect('columns that are the same are one', columns(), ['actix, axum, rocket, warp 4/4 agree']);
  const {scrollWidth, clientWidth} = one('.scrolled');
  await expect('which needs no scrolling', scrollWidth <= clientWidth, true);
  const isShown = () => row('GET').map((cell) => !cell.closest('td').hidden);
  await expect('of the cells, one', isShown(), [true, false, false, false]);
  const named = one('#check0-actix').getAttribute('aria-labelledby').split(' ').map((id) => page.getElementById(id).textContent);
  await expect('which says whose it is', named.slice(1, 2), columns());
  one('.fold').click();
  await expect('each is shown on demand', [columns(), isShown()], [['actix', 'axum', 'rocket', 'warp'], each(true)]);
  await expect('as the button says', one('.fold').getAttribute('aria-pressed'), 'true');
  one('#check0-warp').focus();
  one('.fold').click();
  await expect('the focus stays in sight', page.activeElement.id, 'check0-actix');
  const tasks = [{title: 'a'}, {title: 'b'}];
  const differ = await matrix({axum: {}, rocket: {}, warp: {}}, tasks, ({title}, framework) => `200 ${framework === 'rocket' ? title : 'x'}`);
  const heads = [...differ.querySelectorAll('thead th[id]:not([hidden])')].map((head) => head.textContent);
  await expect('others have their own', heads, ['axum, warp 2/3 agree', 'rocket']);
  await expect('and are counted', differ.querySelector('[role=status]').textContent,
    '2 requests: 0 readable, 2 with differences between frameworks.');
};

export const isCured = async () => {
  const before = area.value;
  const states = (title) => row(title)[0].dataset.state;
  const other = text('.pages li:nth-child(5) code');
  await expect('who asks', row('GET from another site')[0].closest('tr').querySelector('.who').textContent, other);
  await expect('kept out is not blocked', [states('GET from another site'), states('GET with Authorization')], ['out', 'blocked']);
  await expect('a cure', cure('GET with Authorization').textContent, 'Add authorization to request_headers');
  await expect('for a stranger, too', cure('GET from another site').textContent, `Add ${other} to origins`);
  await expect('but none where no policy helps', [cure("PATCH written as 'patch'"), cure('GET from a sandboxed frame')], [null, null]);
  await change(() => cure('GET with Authorization').click());
  await expect('it cures', words('GET with Authorization'), each('reads 200 hello'));
  await expect('in the policy', area.value, before.replace('"x-foo"]', '"x-foo", "authorization"]'));
  await expect('and goes', cure('GET with Authorization'), null);
  await expect('the focus stays', page.activeElement.id, row('GET with Authorization')[0].id);
  await expect('it is said', [one('.cured').hidden, text('.cured span')], [false, 'Changed the policy: add authorization to request_headers.']);
  await change(() => one('.cured button').click());
  await expect('and undone', [area.value, words('GET with Authorization')], [before, each('blocked')]);
  await expect('once', [one('.cured').hidden, text('.done')], [true, 'Undone: changed the policy: add authorization to request_headers.']);
  await open(row('OPTIONS sent by a script')[0]);
  const advised = one('.advice button');
  await expect('the details have it, too', advised.textContent, 'Add OPTIONS to methods');
  await change(() => advised.click());
  await expect('and close', [one('dialog').open, words('OPTIONS sent by a script')], [false, each('reads 200 options')]);
  await open(row("PATCH written as 'patch'")[0]);
  await expect('or say why there is none', text('dialog .hint').includes('CORS-E28'), true);
  press('Escape');
  await change(() => preset('Public').click());
  await expect('cookies for a public policy', cure('GET with cookies'), null);
  await open(row('GET with cookies')[0]);
  await expect('which exposes all headers', text('dialog .hint').includes('expose_headers'), true);
  press('Escape');
  await change(() => type('origins = ["*"]\n'));
  const app = text('.pages li:nth-child(1) code');
  await expect('cookies', cure('GET with cookies').textContent, `Add ${app} to credentialed_origins`);
  await change(() => cure('GET with cookies').click());
  await expect('are cured', words('GET with cookies'), each('reads 200 hello'));
  await change(() => preset('With cookies').click());
};

const link = /^http:\/\/app\.localhost:\d+\/#policy=[\w-]+$/;

export const isCopied = async () => {
  const {navigator} = frame.contentWindow;
  let copied;
  const put = (writeText) => Object.defineProperty(navigator, 'clipboard', {configurable: true, value: {writeText}});
  const copy = async (kind) => {
    copied = undefined;
    one('.done').textContent = '';
    one(`[data-as=${kind}]`).click();
    await until('a copy', () => text('.done') !== '');
    return copied;
  };
  put(async (text) => { copied = text; });
  await change(() => preset('With cookies').click());
  await expect('as TOML', await copy('toml'), area.value);
  const app = text('.pages li:nth-child(1) code');
  await expect('as Rust', await copy('rust'), `static POLICY: Policy = Policy::credentialed("${app}")
    .methods("PUT, PATCH")
    .request_headers("content-type, x-foo")
    .expose_headers("x-a")
    .max_age(600);
`);
  await expect('which is said', text('.done'), 'Copied as Rust.');
  await expect('as a link', link.test(await copy('link')), true);
  put(() => Promise.reject(new Error()));
  const button = one('[data-as=toml]');
  button.click();
  const clip = one('.clip');
  await until('a text to copy', () => clip.open);
  const {value, selectionStart, selectionEnd} = clip.querySelector('textarea');
  await expect('where the clipboard is closed', [value, selectionStart, selectionEnd], [area.value, 0, area.value.length]);
  press('Escape');
  await until('closed', () => !clip.open);
  await later(100);
  await expect('the focus comes back', page.activeElement === button, true);
  await fail('origins = []\n');
  put(async (text) => { copied = text; });
  await expect('a wrong policy is not Rust', await copy('rust'), undefined);
  await expect('but is TOML', await copy('toml'), 'origins = []\n');
  const reset = one('.reset');
  await change(() => type('origins = ["*"]\n'));
  await expect('what was edited is marked', text('[aria-current]'), 'With cookies, edited');
  await load();
  await expect('also later', text('[aria-current]'), 'With cookies, edited');
  await change(() => one('.reset').click());
  await expect('and reset', [text('[aria-current]'), one('.reset').disabled], ['With cookies', true]);
};

export const isNarrow = async () => {
  frame.width = 360;
  await later(100);
  const isSeen = (selector) => one(selector).getClientRects().length > 0;
  await expect('no sideways scrolling on a phone', page.documentElement.scrollWidth <= 360, true);
  await expect('the policy is shown', [isSeen('.policy'), isSeen('.matrix')], [true, false]);
  const [policy, results] = page.querySelectorAll('.views button');
  await expect('what is not shown is counted', results.textContent, 'Results 4 blocked');
  results.click();
  await expect('or the results', [isSeen('.policy'), isSeen('.matrix')], [false, true]);
  await expect('which is marked', [policy, results].map((button) => button.getAttribute('aria-pressed')), ['false', 'true']);
  await expect('which fit', [one('.scrolled').scrollWidth <= one('.scrolled').clientWidth, page.documentElement.scrollWidth <= 360], [true, true]);
  one('.fold').click();
  await later(100);
  await expect('more scroll, and say so', [one('.scrolled').scrollWidth > one('.scrolled').clientWidth, isSeen('.sideways')], [true, true]);
  one('.fold').click();
  await later(100);
  await expect('only then', isSeen('.sideways'), false);
  await fail('origins = ["https://app.example.com/"]\n');
  await expect('errors are counted', policy.textContent, 'Policy 1 error');
  one('.findings li button').click();
  await expect('and shown', isSeen('.policy'), true);
  frame.width = 1200;
  await change(() => type('origins = ["*"]\n'));
};

export const isShared = async () => {
  const shared = 'origins = ["*"]\nmax_age = 7 # ä𝒜 <b>\n';
  await change(() => type(shared));
  const {href} = frame.contentWindow.location;
  await expect('the address has the policy', link.test(href), true);
  const app = text('.pages li:nth-child(1) code');
  await change(() => preset('With cookies').click());
  await expect('if it is not the first', frame.contentWindow.location.href, `${app}/`);
  await load(href);
  await expect('whoever opens it has that policy', [area.value, text('#force')], [shared, 'In force on all four servers.']);
  await expect('as text', page.querySelectorAll('b').length, 0);
  await change(() => preset('One origin').click());
  const {hash} = frame.contentWindow.location;
  const encoded = hash.replace('#policy=', '').replaceAll('-', '+').replaceAll('_', '/');
  await expect('without the port of this demo', atob(encoded).includes(app), false);
  await load(`/${hash}`);
  await expect('which is that of another', area.value.includes(`"${app}"`), true);
  await change(() => { frame.contentWindow.location.hash = new URL(href).hash; });
  await expect('also in a page that is open', area.value, shared);
  const wrong = '#policy=b3JpZ2lucyA9IFtdCg';
  await load(`/${wrong}`);
  await expect('a wrong one is explained', [area.value, text('#force').startsWith('1 error')], ['origins = []\n', true]);
  await expect('above what is in force', [one('.matrix').classList.contains('outdated'), words('GET')], [true, each('reads 200 hello')]);
  await load('/#policy=%%%');
  await expect('no policy at all changes nothing', area.value, shared);
};
