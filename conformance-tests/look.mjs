#!/usr/bin/env node
// Looks at the demo's page in Chromium, in several states and sizes, light and dark:
//
//   node conformance-tests/look.mjs picture        takes the README's picture, demo.png
//   node conformance-tests/look.mjs shots FOLDER   takes pictures of all states, for people to look at
//   node conformance-tests/look.mjs axe            runs axe-core (from npm) on all states; exits with 1
//                                                  if it finds something
//
// Needs Node 20 or later, Debian's chromium, and for axe npm.
import {execFileSync, spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';

const AXE = 'axe-core@4.10.3';
const PORT = 8200;
const here = dirname(fileURLToPath(import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), 'look-'));
const started = [];
const start = (program, args, options) => {
  const child = spawn(program, args, {detached: true, ...options});
  started.push(child);
  return child;
};

// The demo, until this program ends.
const demo = async () => {
  const args = ['run', '--quiet', '--package', 'conformance-tests', '--', 'demo', '--port', `${PORT}`];
  const {stdout} = start('cargo', args, {cwd: here, stdio: ['ignore', 'pipe', 'inherit']});
  for await (const line of createInterface(stdout)) {
    const [, url] = /^open (.*)$/.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error('the demo does not start');
};

// A page of Chromium, driven through a pipe: no package is needed for that.
class Page {
  #pipe;
  #count = 0;
  #waiting = new Map();
  #session;

  static async open() {
    const page = new Page();
    const args = ['--headless', '--no-first-run', '--disable-gpu', '--hide-scrollbars', '--remote-debugging-pipe', `--user-data-dir=${temporary}`];
    if (process.getuid() === 0) args.push('--no-sandbox');
    const {stdio} = start('chromium', args, {stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']});
    page.#pipe = stdio[3];
    let text = '';
    stdio[4].on('data', (data) => {
      const messages = (text + data).split('\0');
      text = messages.pop();
      for (const message of messages) page.#hear(JSON.parse(message));
    });
    const {targetId} = await page.send('Target.createTarget', {url: 'about:blank'});
    page.#session = (await page.send('Target.attachToTarget', {targetId, flatten: true})).sessionId;
    await page.send('Page.enable');
    return page;
  }

  #hear({id, result, error}) {
    const {done, fail} = this.#waiting.get(id) ?? {};
    if (error) fail?.(new Error(error.message));
    else done?.(result);
  }

  send(method, params = {}) {
    const id = ++this.#count;
    this.#pipe.write(`${JSON.stringify({id, method, params, sessionId: this.#session})}\0`);
    return new Promise((done, fail) => this.#waiting.set(id, {done, fail}));
  }

  // What a script comes to.
  async run(expression) {
    const {result, exceptionDetails} = await this.send('Runtime.evaluate', {expression, awaitPromise: true, returnByValue: true});
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async until(condition) {
    for (let passed = 0; passed < 20000; passed += 50) {
      if (await this.run(condition)) return;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`never: ${condition}`);
  }

  // The page, with the policy that it begins with and its results.
  async load(url, {width, height, scheme}) {
    await this.send('Emulation.setDeviceMetricsOverride', {width, height, deviceScaleFactor: 1, mobile: width < 500});
    await this.send('Emulation.setEmulatedMedia', {features: [{name: 'prefers-color-scheme', value: scheme}, {name: 'prefers-reduced-motion', value: 'reduce'}]});
    await this.send('Page.navigate', {url: 'about:blank'});
    await this.send('Page.navigate', {url});
    await this.settle();
    await this.run(`document.querySelector('.presets button').click()`);
    await this.settle();
  }

  // No result is waited for any more.
  async settle() {
    await new Promise((done) => setTimeout(done, 600));
    await this.until(`document.querySelector('table')?.getAttribute('aria-busy') === 'false'`);
  }

  async shot(file) {
    const {data} = await this.send('Page.captureScreenshot', {format: 'png'});
    writeFileSync(file, Buffer.from(data, 'base64'));
  }
}

const click = (selector) => `document.querySelector(${JSON.stringify(selector)}).click()`;
const type = (policy) => `{
  const area = document.querySelector('#policy');
  area.value = ${JSON.stringify(policy)};
  area.dispatchEvent(new Event('input', {bubbles: true}));
}`;
const result = (title) => `[...document.querySelectorAll('tbody th')].find((head) =>
  head.querySelector('.title').textContent === ${JSON.stringify(title)}).parentNode.querySelector('td button')`;

// How to get the page there, from its beginning.
const STATES = {
  begin: [],
  results: [click('[data-view=results]')],
  each: [click('[data-view=results]'), click('.fold')],
  wrong: [type('origins = ["https://app.example.com/"]\nmethods = ["patch"]\n')],
  outdated: [type('origins = ["https://app.example.com/"]\n'), click('[data-view=results]')],
  public: [click('.presets button:nth-child(5)'), click('[data-view=results]')],
  cured: [click('[data-view=results]'), click('.cure button')],
  details: [click('[data-view=results]'), `${result('PUT with cookies')}.click()`],
  advice: [click('[data-view=results]'), `${result('GET with Authorization')}.click()`],
  clip: [`navigator.clipboard.writeText = () => Promise.reject()`, click('[data-as=rust]')],
};
const SIZES = [{width: 1280, height: 900}, {width: 390, height: 844}];

// Each state, in each size and color.
const each = async (page, url, act) => {
  for (const size of SIZES) {
    for (const scheme of ['light', 'dark']) {
      for (const [state, steps] of Object.entries(STATES)) {
        await page.load(url, {...size, scheme});
        for (const step of steps) {
          await page.run(`{${step}}`);
          await page.settle();
        }
        await act(`${state}-${size.width}-${scheme}`);
      }
    }
  }
};

const axe = async (page, url) => {
  execFileSync('npm', ['pack', '--silent', AXE, '--pack-destination', temporary], {stdio: ['ignore', 'ignore', 'inherit']});
  const archive = join(temporary, `${AXE.replace('@', '-')}.tgz`);
  execFileSync('tar', ['-xzf', archive, '-C', temporary]);
  const source = readFileSync(join(temporary, 'package', 'axe.min.js'), 'utf8');
  let found = 0;
  await each(page, url, async (name) => {
    await page.run(source);
    const violations = await page.run(`axe.run(document, {iframes: false}).then(({violations}) => violations.map(({id, help, nodes}) =>
      \`\${id}: \${help}: \${nodes.slice(0, 3).map(({target, any}) => \`\${target}\${any[0] ? \` (\${any[0].message})\` : ''}\`).join('; ')}\`))`);
    found += violations.length;
    console.log(`${name}: ${violations.length ? violations.map((one) => `\n  ${one}`).join('') : 'nothing found'}`);
  });
  console.log(`${AXE}: ${found} findings`);
  return found === 0;
};

const [, , what, folder] = process.argv;
const end = () => {
  for (const {pid} of started) {
    try {
      process.kill(-pid, 'SIGTERM');
    } catch { /* It has ended. */ }
  }
};
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { end(); process.exit(130); });
try {
  if (!['picture', 'shots', 'axe'].includes(what) || what === 'shots' && !folder) throw new Error('write picture, shots FOLDER or axe');
  const url = await demo();
  const page = await Page.open();
  if (what === 'picture') {
    await page.load(url, {...SIZES[0], scheme: 'light'});
    await page.shot(join(here, 'demo.png'));
  } else if (what === 'shots') {
    mkdirSync(folder, {recursive: true});
    await each(page, url, (name) => page.shot(join(folder, `${name}.png`)));
  } else if (!await axe(page, url)) process.exitCode = 1;
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 2;
} finally {
  end();
  setTimeout(() => {
    rmSync(temporary, {recursive: true, force: true});
    process.exit();
  }, 1000);
}
