import {make} from './parts.js';

// The cells of a table: which columns are shown, and how the keyboard moves between them.
export class Cells {
  #rows;
  #heads;

  #table;

  constructor(table, rows, heads) {
    this.#table = table;
    this.#rows = rows;
    this.#heads = heads;
    rows[0].cells[0].button.tabIndex = 0;
    table.addEventListener('keydown', (event) => this.#press(event));
    table.addEventListener('focusin', ({target}) => this.#enter(target));
  }

  // The first of a row that is shown.
  visible({cells}) {
    return this.#shown(cells)[0].button;
  }

  // Puts something beside the first that is shown and has a reason for it.
  beside({cells}, what) {
    const shown = this.#shown(cells);
    (shown.find(({why}) => why) ?? shown[0]).button.parentNode.append(what);
  }

  #shown(cells) {
    return cells.filter((_, column) => !this.#heads[column].hidden);
  }

  #buttons() {
    return this.#rows.map(({cells}) => this.#shown(cells).map(({button}) => button));
  }

  // Only one cell is a stop of the Tab key, the one that had the focus last.
  #enter(target) {
    const all = this.#rows.flatMap(({cells}) => cells);
    if (!all.some(({button}) => button === target)) return;
    for (const {button} of all) button.tabIndex = button === target ? 0 : -1;
  }

  #press(event) {
    const buttons = this.#buttons();
    const y = buttons.findIndex((row) => row.includes(event.target));
    if (y < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const x = buttons[y].indexOf(event.target);
    const [width, height] = [buttons[y].length, buttons.length];
    const [column, row] = {
      ArrowDown: [x, y + 1], ArrowLeft: [x - 1, y], ArrowRight: [x + 1, y], ArrowUp: [x, y - 1],
      End: [width - 1, y], Home: [0, y], Enter: [x, y],
    }[event.key] ?? [];
    if (column === undefined) return;
    event.preventDefault();
    if (event.key === 'Enter') event.target.click();
    else buttons[Math.max(0, Math.min(row, height - 1))][Math.max(0, Math.min(column, width - 1))].focus();
  }

  // Shows one column for all that are the same, or each; comes to whether there is no choice.
  fold(isFolded) {
    const columns = this.#heads.map((_, column) => JSON.stringify(this.#rows.map(({cells}) => cells[column].reads)));
    const groups = Map.groupBy(columns.keys(), (column) => columns[column]);
    for (const group of groups.values()) {
      for (const column of group) {
        const isShown = !isFolded || column === group[0];
        this.#heads[column].hidden = !isShown;
        for (const {cells} of this.#rows) cells[column].button.closest('td').hidden = !isShown;
        const names = isFolded ? group.map((column) => this.#heads[column].id) : [this.#heads[column].id];
        this.#heads[column].replaceChildren(names.join(', '), ...this.#badge(names.length));
      }
    }
    this.#table.dataset.columns = this.#heads.filter(({hidden}) => !hidden).length;
    this.#keepStop();
    return groups.size === columns.length;
  }

  #badge(many) {
    return many > 1 ? [' ', make('span', {className: 'badge'}, `${many}/${this.#heads.length} agree`)] : [];
  }

  // What the Tab key stops at, and what has the focus, is shown.
  #keepStop() {
    for (const row of this.#rows) {
      const hidden = row.cells.find(({button}) => button.tabIndex === 0 && button.closest('td').hidden);
      if (!hidden) continue;
      const button = this.visible(row);
      const hadFocus = hidden.button.ownerDocument.activeElement === hidden.button;
      [hidden.button.tabIndex, button.tabIndex] = [-1, 0];
      if (hadFocus) button.focus();
    }
  }
}
