import {icon, make, meaning} from './parts.js';

// What pages read: a row for each check, a column for each framework.
export class Matrix {
  #setup;
  #table;
  #status;
  #cells = [];
  #run = 0;

  constructor(section, setup, open) {
    this.#setup = setup;
    this.#table = section.querySelector('table');
    this.#status = section.querySelector('[role=status]');
    const frameworks = Object.keys(setup.servers);
    const heads = frameworks.map((framework) => make('th', {id: framework, scope: 'col'}, framework));
    this.#table.tHead.append(make('tr', {}, make('th', {scope: 'col'}, 'Check'), ...heads));
    for (const [number, task] of setup.tasks.entries()) {
      const row = `check${number}`;
      const cells = frameworks.map((framework) => {
        const id = `${row}-${framework}`;
        const button = make('button', {type: 'button', id, tabIndex: -1, attributes: {'aria-haspopup': 'dialog'}});
        const cell = {button, framework, label: `${row} ${framework} ${id}`, task};
        button.onclick = () => cell.reads !== undefined && open({...cell});
        return cell;
      });
      this.#cells.push(cells);
      const head = make('th', {id: row, scope: 'row'}, task.title);
      this.#table.tBodies[0].append(make('tr', {}, head, ...cells.map(({button}) => make('td', {}, button))));
    }
    this.#cells[0][0].button.tabIndex = 0;
    this.#table.addEventListener('keydown', (event) => this.#press(event));
    this.#table.addEventListener('focusin', ({target}) => this.#enter(target));
  }

  // Only one cell is a stop of the Tab key, the one that had the focus last.
  #enter(target) {
    for (const {button} of this.#cells.flat()) button.tabIndex = button === target ? 0 : -1;
  }

  #press(event) {
    const y = this.#cells.findIndex((cells) => cells.some(({button}) => button === event.target));
    if (y < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const x = this.#cells[y].findIndex(({button}) => button === event.target);
    const [width, height] = [this.#cells[y].length, this.#cells.length];
    const [column, row] = {
      ArrowDown: [x, y + 1], ArrowLeft: [x - 1, y], ArrowRight: [x + 1, y], ArrowUp: [x, y - 1],
      End: [width - 1, y], Home: [0, y], Enter: [x, y],
    }[event.key] ?? [];
    if (column === undefined) return;
    event.preventDefault();
    if (event.key === 'Enter') event.target.click();
    else this.#cells[Math.max(0, Math.min(row, height - 1))][Math.max(0, Math.min(column, width - 1))].button.focus();
  }

  // Runs all checks, those of different frameworks side by side. A run that begins ends the one
  // before, of which nothing is shown any more.
  async run() {
    // Names this run to servers and caches: it must never have been there before.
    const run = this.#run = Math.max(this.#run + 1, Date.now());
    this.#table.setAttribute('aria-busy', 'true');
    for (const cell of this.#cells.flat()) {
      cell.before = cell.reads ?? cell.before;
      this.#show(cell, undefined);
    }
    const frameworks = Object.keys(this.#setup.servers);
    await Promise.all(frameworks.map((_, column) => this.#ask(run, column)));
    if (run !== this.#run) return;
    this.#table.setAttribute('aria-busy', 'false');
    this.#status.replaceChildren(...this.#summary());
  }

  async #ask(run, column) {
    const {origins, policy, servers} = this.#setup;
    for (const cells of this.#cells) {
      const cell = cells[column];
      const {framework, task} = cell;
      const token = `${task.token}~${run.toString(36)}`;
      const reads = await perform(task, {framework, origins, policy, servers: servers[framework], token});
      if (run !== this.#run) return;
      cell.token = token;
      this.#show(cell, reads);
    }
  }

  #show(cell, reads) {
    cell.reads = reads;
    const {state, words} = reads === undefined ? {state: 'waits', words: 'asks'} : meaning(reads);
    const isNew = reads !== undefined && cell.before !== undefined && cell.before !== reads;
    cell.button.className = isNew ? 'new' : '';
    cell.button.setAttribute('aria-labelledby', isNew ? `${cell.label} changed` : cell.label);
    cell.button.dataset.state = state;
    cell.button.setAttribute('aria-disabled', String(reads === undefined));
    cell.button.replaceChildren(icon(state), make('span', {className: 'words', title: words}, words));
  }

  // What has come of it, with the mark of what has changed.
  #summary() {
    const cells = this.#cells.flat();
    const count = (state) => cells.filter(({button}) => button.dataset.state === state).length;
    const partly = count('partly') ? `, ${count('partly')} readable in part` : '';
    const silent = count('silent') ? `, ${count('silent')} without an answer` : '';
    const counts = `Matrix updated: ${count('reads')} readable${partly}, ${count('blocked')} blocked${silent}`;
    if (cells.every(({before}) => before === undefined)) return [`${counts}.`];
    const changed = cells.filter(({before, reads}) => before !== reads).length;
    return [`${counts}; `, make('span', {}), `${changed} changed.`];
  }
}
