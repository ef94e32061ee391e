import {make} from './parts.js';

// The pages that send requests: which of them the policy allows, and a button that changes that.
export class Pages {
  #rows;

  constructor(list, pages, change) {
    this.#rows = pages.map(({name, origin}) => {
      const button = make('button', {type: 'button', hidden: true, onclick: () => change(button.dataset.action, origin)});
      const state = make('span', {className: 'state'});
      const row = make('li', {}, make('span', {}, name), make('code', {}, origin), state, button);
      list.append(row);
      return {button, origin, row, state};
    });
  }

  // As the server says.
  show(origins) {
    for (const {button, origin, row, state} of this.#rows) {
      const {state: is, action} = origins.find((one) => one.origin === origin);
      state.textContent = is;
      row.dataset.is = is;
      button.hidden = action === null;
      button.dataset.action = action;
      button.textContent = action === 'remove' ? 'Remove' : 'Add';
      const label = action === 'remove' ? `Remove ${origin} from the policy’s origins` : `Add ${origin} to the policy’s origins`;
      button.setAttribute('aria-label', label);
    }
  }
}
