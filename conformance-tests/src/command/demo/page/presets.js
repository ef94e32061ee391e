import {make} from './parts.js';

// Which policy a text began as; kept while the tab is open.
const KEPT = 'preset';

// Policies to start with. The one that a text began as is marked, also when it was edited.
export class Presets {
  #presets;
  #base;

  constructor(group, presets, replace) {
    this.#presets = presets.map(({name, text}) => {
      const button = make('button', {type: 'button', onclick: () => replace(text, `started with “${name}”`)}, name);
      return {button, name, text};
    });
    group.append(...this.#presets.map(({button}) => button));
    const kept = sessionStorage.getItem(KEPT);
    this.#base = this.#presets.find(({name}) => name === kept) ?? this.#presets[0];
  }

  // What a reset goes back to.
  get base() {
    return this.#base;
  }

  mark(text) {
    this.#base = this.#presets.find((preset) => preset.text === text) ?? this.#base;
    sessionStorage.setItem(KEPT, this.#base.name);
    for (const preset of this.#presets) {
      const {button, name} = preset;
      const isBase = preset === this.#base;
      if (isBase) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
      const shown = isBase && preset.text !== text ? `${name}, edited` : name;
      if (button.textContent !== shown) button.textContent = shown;
    }
  }
}
