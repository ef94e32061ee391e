// On a narrow screen either the policy or the results are shown; a wide one has room for both.
export class Views {
  #buttons;
  #main;

  constructor(nav, main) {
    this.#buttons = [...nav.querySelectorAll('button')];
    this.#main = main;
    for (const button of this.#buttons) button.onclick = () => this.show(button.dataset.view);
  }

  show(view) {
    this.#main.dataset.view = view;
    for (const button of this.#buttons) button.setAttribute('aria-pressed', String(button.dataset.view === view));
  }

  // What is to be known of a view that is not shown.
  count(view, text) {
    const button = this.#buttons.find((button) => button.dataset.view === view);
    button.querySelector('.count').textContent = text;
  }
}
