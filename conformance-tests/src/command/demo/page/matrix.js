import {Cells} from './cells.js';
import {begun, breakable, icon, make, meaning} from './parts.js';

// What pages read: a row for each check, a column for each framework; frameworks that agree share
// one.
export class Matrix {
  #section;
  #setup;
  #calls;
  #table;
  #rows;
  #cells;
  #run = 0;
  #isFolded = true;

  constructor(section, setup, calls) {
    this.#section = section;
    this.#setup = setup;
    this.#calls = calls;
    this.#table = section.querySelector('table');
    const frameworks = Object.keys(setup.servers);
    const heads = frameworks.map((framework) => make('th', {id: framework, scope: 'col'}, framework));
    const what = make('th', {scope: 'col'}, make('div', {}, make('span', {}, 'Request'), ' ', make('span', {}, 'Sent by a page of')));
    this.#table.tHead.append(make('tr', {}, what, ...heads));
    this.#rows = setup.tasks.map((task, number) => this.#row(task, number, frameworks));
    this.#cells = new Cells(this.#table, this.#rows, heads);
    this.#one('.fold').onclick = () => this.#fold(!this.#isFolded);
    this.#one('.cured button').onclick = () => this.#undo();
    new ResizeObserver(() => this.#hint()).observe(this.#one('.scrolled'));
  }

  #one(selector) {
    return this.#section.querySelector(selector);
  }

  #row(task, number, frameworks) {
    const id = `check${number}`;
    const row = {cure: make('div', {className: 'cure'}), task};
    row.cells = frameworks.map((framework) => {
      const button = make('button', {type: 'button', id: `${id}-${framework}`, tabIndex: -1, attributes: {'aria-haspopup': 'dialog'}});
      const cell = {button, framework, label: `${id} ${framework} ${id}-${framework}`, task};
      button.onclick = () => cell.reads !== undefined && this.#calls.open(row.cells.map((cell) => ({...cell})), {...cell});
      return cell;
    });
    const page = task.from === 'null' ? 'null (a sandboxed frame)' : this.#setup.origins[task.from];
    const what = make('div', {}, make('span', {className: 'title'}, task.title), ' ', make('code', {className: 'who'}, ...breakable(page)));
    const cells = row.cells.map(({button}) => make('td', {}, make('div', {}, button)));
    this.#table.tBodies[0].append(make('tr', {}, make('th', {id, scope: 'row'}, what), ...cells));
    return row;
  }

  // Runs all checks, those of different frameworks side by side. A run that begins ends the one
  // before, of which nothing is shown any more.
  async run() {
    // Names this run to servers and caches: it must never have been there before.
    const run = this.#run = Math.max(this.#run + 1, Date.now());
    this.#table.setAttribute('aria-busy', 'true');
    for (const row of this.#rows) {
      row.why = undefined;
      row.cure.replaceChildren();
      for (const cell of row.cells) {
        cell.before = cell.reads ?? cell.before;
        this.#show(cell, undefined);
      }
    }
    const frameworks = Object.keys(this.#setup.servers);
    await Promise.all(frameworks.map((_, column) => this.#ask(run, column)));
    if (run !== this.#run) return;
    this.#table.setAttribute('aria-busy', 'false');
    this.#fold(this.#isFolded);
    this.#one('[role=status]').replaceChildren(...this.#summary());
  }

  async #ask(run, column) {
    const {origins, policy, servers} = this.#setup;
    for (const row of this.#rows) {
      const cell = row.cells[column];
      const {framework, task} = cell;
      const token = `${task.token}~${run.toString(36)}`;
      const reads = await perform(task, {framework, origins, policy, servers: servers[framework], token});
      if (run !== this.#run) return;
      cell.token = token;
      const {state} = meaning(reads);
      // The policy is the same for all frameworks, and so is what it lacks.
      if (state === 'blocked' || state === 'partly') row.why ??= this.#askWhy(framework, token);
      const why = state === 'blocked' || state === 'partly' ? await row.why : undefined;
      if (run !== this.#run) return;
      cell.why = why;
      this.#show(cell, reads);
      if (why && !row.cure.hasChildNodes()) this.#offer(row, why);
    }
  }

  async #askWhy(framework, token) {
    try {
      return await (await fetch(`/why?${new URLSearchParams({framework, check: token})}`)).json();
    } catch {
      return undefined;
    }
  }

  // A button with what would let the page read; nothing where no policy would.
  #offer(row, why) {
    if (!why.cure) return;
    this.#cells.beside(row, row.cure);
    const onclick = () => {
      // The button goes with what it cured.
      this.#cells.visible(row).focus();
      this.#calls.cure(why);
    };
    const disabled = this.#section.classList.contains('outdated');
    row.cure.append(make('button', {type: 'button', disabled, onclick}, ...breakable(begun(why.cure))));
  }

  // Says what was changed, and how to take it back.
  cured(what) {
    this.#one('.cured span').textContent = `Changed the policy: ${what}.`;
    this.#one('.cured').hidden = false;
  }

  #undo() {
    this.#one('.cured').hidden = true;
    this.#cells.visible(this.#rows[0]).focus();
    this.#calls.undo();
  }

  // The policy is wrong, and these are the results of the one before.
  outdate(is) {
    this.#section.classList.toggle('outdated', is);
    this.#one('p.outdated').hidden = !is;
    for (const button of this.#section.querySelectorAll('.cure button')) button.disabled = is;
  }

  // Frameworks that agree in all rows share a column, unless each is to be shown.
  #fold(isFolded) {
    this.#isFolded = isFolded;
    for (const row of this.#rows) row.cure.remove();
    const button = this.#one('.fold');
    button.hidden = this.#cells.fold(isFolded);
    button.setAttribute('aria-pressed', String(!isFolded));
    for (const row of this.#rows) if (row.cure.hasChildNodes()) this.#cells.beside(row, row.cure);
    this.#hint();
  }

  // A table that is wider than its place says so.
  #hint() {
    const {clientWidth, scrollWidth} = this.#one('.scrolled');
    this.#one('.sideways').hidden = scrollWidth <= clientWidth;
  }

  #show(cell, reads) {
    cell.reads = reads;
    const {state, words} = reads === undefined ? {state: 'waits', words: 'waits'} : meaning(reads, cell.why);
    const isNew = reads !== undefined && cell.before !== undefined && cell.before !== reads;
    cell.button.className = isNew ? 'new' : '';
    cell.button.setAttribute('aria-labelledby', isNew ? `${cell.label} changed` : cell.label);
    cell.button.dataset.state = state;
    cell.button.setAttribute('aria-disabled', String(reads === undefined));
    cell.button.replaceChildren(icon(state), make('span', {className: 'words'}, words));
  }

  // What has come of it, with the mark of what has changed.
  #summary() {
    const agreed = this.#rows.filter(({cells}) => cells.every(({reads}) => reads === cells[0].reads));
    const count = (state) => agreed.filter(({cells: [{button}]}) => button.dataset.state === state).length;
    const states = {reads: 'readable', partly: 'readable in part', out: 'kept out', blocked: 'blocked', silent: 'without a response'};
    const counts = Object.entries(states).map(([state, words]) => [count(state), words]);
    counts.push([this.#rows.length - agreed.length, 'with differences between frameworks']);
    const some = counts.filter(([many], number) => many > 0 || number === 0).map(([many, words]) => `${many} ${words}`);
    const said = `${this.#rows.length} requests: ${some.join(', ')}`;
    this.#calls.done?.({blocked: count('blocked')});
    if (this.#rows.every(({cells}) => cells.every(({before}) => before === undefined))) return [`${said}.`];
    const changed = this.#rows.filter(({cells}) => cells.some(({before, reads}) => before !== reads)).length;
    return [`${said}; `, make('span', {className: 'dot'}), `${changed} changed.`];
  }
}
