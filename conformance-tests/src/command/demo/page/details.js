import {begun, closable, icon, make, meaning, plural} from './parts.js';

// The headers of CORS, and those that a decision or a cache looks at besides.
const OF_CORS = /^(origin|access-control-.*|vary|cookie|host|sec-fetch-(site|mode))$/;
const FIRST = /^(origin|access-control-.*)$/;

// What became of one check: what its script ran and read, and what its server saw.
export class Details {
  #dialog;
  #setup;
  #cure;
  #shown;

  constructor(dialog, setup, cure) {
    this.#dialog = dialog;
    this.#setup = setup;
    this.#cure = cure;
    closable(dialog);
  }

  open(cells, cell) {
    const {button} = cell;
    // In some browsers a click does not give a button the focus, and so it would not come back.
    this.#dialog.onclose = () => button.focus();
    this.#show(cells, cell);
    this.#dialog.showModal();
    this.#dialog.scrollTop = 0;
  }

  async #show(cells, cell) {
    this.#shown = cell;
    const {framework, reads, task, why} = cell;
    const {state, words} = meaning(reads, why);
    this.#dialog.querySelector('h2').textContent = `${task.title} — ${framework}`;
    const page = {null: 'a sandboxed frame, whose origin is null'}[task.from] ?? this.#setup.origins[task.from];
    const seen = make('div', {className: 'seen', attributes: {'aria-live': 'polite'}}, 'Asks the server…');
    const frameworks = cells.map((other) => make('button', {
      type: 'button', onclick: () => this.#switch(cells, other), attributes: {'aria-pressed': String(other.framework === framework)},
    }, other.framework));
    this.#dialog.querySelector('.body').replaceChildren(
      make('div', {className: 'frameworks', attributes: {role: 'group', 'aria-label': 'Framework'}}, ...frameworks),
      make('p', {className: `outcome ${state}`}, icon(state), make('span', {}, words), ...state === 'blocked' ? [make('code', {}, reads)] : []),
      ...this.#advice(state, why),
      make('h3', {}, 'What the script ran'),
      make('pre', {className: 'source', tabIndex: 0}, readable(task.source, this.#setup.servers[framework][this.#setup.policy])),
      make('p', {className: 'hint'}, 'In a page of ', make('code', {}, page), '.'),
      make('h3', {}, 'What the server saw and decided'),
      seen,
    );
    const records = await this.#records(cell);
    if (this.#shown === cell) seen.replaceChildren(...records);
  }

  #switch(cells, other) {
    this.#show(cells, other);
    this.#dialog.querySelector('.frameworks [aria-pressed=true]').focus();
  }

  // What would let the page read, or why nothing would.
  #advice(state, why) {
    if (!why) return [];
    const {cure, obstacle} = why;
    const advice = [];
    if (state === 'out') advice.push(make('p', {className: 'hint'}, 'The policy does not allow the page’s origin. If it should not read, this is right.'));
    if (cure) {
      const onclick = () => {
        this.#dialog.close();
        this.#cure(why);
      };
      advice.push(make('p', {className: 'advice'}, make('button', {type: 'button', onclick}, begun(cure))));
    }
    if (obstacle) advice.push(make('p', {className: 'hint'}, `The policy cannot allow it. ${obstacle}`));
    return advice;
  }

  async #records({framework, token}) {
    const query = new URLSearchParams({framework, check: token});
    try {
      const records = await (await fetch(`/records?${query}`)).json();
      if (records.length === 0) return ['Nothing: no request came, or so many came since that it was dropped.'];
      return records.map(exchange);
    } catch {
      return ['The server does not answer.'];
    }
  }
}

// A script without the short words of this page, where that is easily done.
const readable = (source, {foreign, near}) => source.trim()
  .replaceAll(/\b(url|near)\('([^']*)'\)/g, (_, kind, path) => `'${kind === 'url' ? foreign : near}${path}'`)
  .replace(/^read\((fetch\([^]*\))\)$/, 'const response = await $1;\nawait response.text();')
  .replace(/^status\((fetch\([^]*\))\)$/, 'const {status} = await $1;');

const exchange = ({line, request, response, explanation}, number) => make('article', {},
  make('h4', {}, make('span', {}, `${number + 1}`), ' ', line),
  make('dl', {}, ...explanation.trim().split('\n').map(step)),
  make('div', {className: 'raw'}, head('Request', request), head('Response', response)),
);

// A line of an explanation, "what: how".
const step = (line) => {
  const [, what, how] = /^([^:]*): (.*)$/.exec(line) ?? [, '', line];
  const isDenied = /^(not allowed|403)/.test(how);
  return make('div', {className: isDenied ? 'denied' : ''}, make('dt', {}, what), make('dd', {}, how));
};

// Without the name of the check, which only this page needs.
const plain = (start) => start.replace(/\?check=[^&\s]*&/, '?').replace(/\?check=[^&\s]*/, '');

// The headers of CORS are shown, the others on demand.
const head = (name, {start, headers}) => {
  const text = (headers) => headers.map(([name, value]) => `${name}: ${value}\n`).join('');
  const of = headers.filter(([name]) => OF_CORS.test(name)).sort(([one], [other]) => FIRST.test(other) - FIRST.test(one));
  const others = headers.filter(([name]) => !OF_CORS.test(name));
  const folded = make('details', {}, make('summary', {}, plural(others.length, 'other header')), make('pre', {tabIndex: 0}, text(others)));
  return make('div', {},
    make('h5', {}, name),
    make('pre', {tabIndex: 0}, make('span', {className: 'start'}, `${plain(start)}\n`), text(of)),
    ...others.length ? [folded] : []);
};
