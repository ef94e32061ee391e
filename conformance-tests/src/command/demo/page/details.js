import {icon, make, meaning} from './parts.js';

// Fields that policies and caches care for.
const CARED_FOR = /^(origin|cookie|vary|access-control-[^:]*|x-handled):/;

// What became of one check: what its script ran and read, and what its server saw.
export class Details {
  #dialog;
  #setup;
  #shown;

  constructor(dialog, setup) {
    this.#dialog = dialog;
    this.#setup = setup;
    dialog.querySelector('button').onclick = () => dialog.close();
    dialog.onclick = ({target, clientX, clientY}) => {
      const {bottom, left, right, top} = dialog.getBoundingClientRect();
      const isInside = clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
      if (target === dialog && !isInside) dialog.close();
    };
    dialog.onkeydown = (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      dialog.close();
    };
  }

  async open(cell) {
    this.#shown = cell;
    const {button, framework, reads, task} = cell;
    const {state, words} = meaning(reads);
    const title = this.#dialog.querySelector('h2');
    title.textContent = `${task.title} — ${framework}`;
    const {foreign, near} = this.#setup.servers[framework][this.#setup.policy];
    const page = {null: 'a sandboxed frame, whose origin is null'}[task.from] ?? this.#setup.origins[task.from];
    const seen = make('div', {className: 'seen', attributes: {'aria-live': 'polite'}}, 'Asks the server…');
    this.#dialog.querySelector('.body').replaceChildren(
      make('p', {className: `outcome ${state}`}, icon(state), make('span', {}, words), ...state === 'blocked' ? [make('code', {}, reads)] : []),
      make('h3', {}, 'What the script ran'),
      make('pre', {className: 'source', tabIndex: 0}, task.source.trim()),
      make('p', {className: 'hint'}, 'In a page of ', make('code', {}, page), '. ',
        make('code', {}, 'url(path)'), ' is at ', make('code', {}, foreign), ', another site; ',
        make('code', {}, 'near(path)'), ' at ', make('code', {}, near), ', where cookies go. In URLs, ', make('code', {}, 'check'), ' tells checks apart.'),
      make('h3', {}, 'What the server saw and decided'),
      seen,
    );
    // In some browsers a click does not give a button the focus, and so it would not come back.
    this.#dialog.onclose = () => button.focus();
    this.#dialog.showModal();
    this.#dialog.scrollTop = 0;
    const records = await this.#records(cell);
    if (this.#shown === cell) seen.replaceChildren(...records);
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

const exchange = ({line, request, response, explanation}, number) => make('article', {},
  make('h4', {}, make('span', {}, `${number + 1}`), ' ', line),
  make('dl', {}, ...explanation.trim().split('\n').map(step)),
  make('div', {className: 'raw'}, raw('Request', request), raw('Response', response)),
);

// A line of an explanation, "what: how".
const step = (line) => {
  const [, what, how] = /^([^:]*): (.*)$/.exec(line) ?? [, '', line];
  const isDenied = /^(not allowed|403)/.test(how);
  return make('div', {className: isDenied ? 'denied' : ''}, make('dt', {}, what), make('dd', {}, how));
};

const raw = (name, text) => {
  const lines = text.trim().split('\n').map((line, number) => {
    const isCaredFor = number === 0 || CARED_FOR.test(line);
    return make('span', {className: isCaredFor ? 'cared-for' : ''}, `${line}\n`);
  });
  return make('div', {}, make('h5', {}, name), make('pre', {tabIndex: 0}, ...lines));
};
