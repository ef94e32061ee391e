import {closable} from './parts.js';

const KEY = '#policy=';

// Letters that no policy contains stand around the name of an origin, whose port is another one
// wherever the demo is started.
const [OPEN, CLOSE] = ['\u0001', '\u0002'];

// The policy in the address: whoever opens it has that policy.
export class Shared {
  #origins;
  #begin;

  constructor({origins, presets}) {
    this.#origins = Object.entries(origins);
    this.#begin = presets[0].text;
  }

  // An address with this policy.
  link(text) {
    const named = this.#origins.reduce((text, [name, origin]) => {
      const found = new RegExp(`${origin.replaceAll(/[.*]/g, '\\$&')}(?!\\d)`, 'g');
      return text.replaceAll(found, `${OPEN}${name}${CLOSE}`);
    }, text);
    const bytes = [...new TextEncoder().encode(named)];
    const encoded = btoa(bytes.map((byte) => String.fromCharCode(byte)).join(''));
    return `${location.origin}/${KEY}${encoded.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
  }

  // The address now has this policy; none if the page begins with it anyway.
  put(text) {
    const address = text === this.#begin ? `${location.origin}/` : this.link(text);
    if (address !== location.href) history.replaceState(null, '', address);
  }

  // The policy of the address, if it has one.
  text() {
    const {hash} = location;
    if (!hash.startsWith(KEY)) return undefined;
    try {
      const encoded = hash.slice(KEY.length).replaceAll('-', '+').replaceAll('_', '/');
      const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
      const text = new TextDecoder('utf-8', {fatal: true}).decode(bytes);
      const origins = new Map(this.#origins);
      return text.replaceAll(new RegExp(`${OPEN}(\\w+)${CLOSE}`, 'g'), (_, name) => origins.get(name) ?? '');
    } catch {
      return undefined;
    }
  }
}

// Copies the policy; shows the text to copy where the browser does not let a script do it.
export class Clip {
  #dialog;
  #editor;
  #shared;

  constructor(dialog, section, editor, shared) {
    this.#dialog = dialog;
    this.#editor = editor;
    this.#shared = shared;
    closable(dialog);
    for (const button of section.querySelectorAll('.copy')) button.onclick = () => this.#copy(button);
  }

  async #copy(button) {
    const kind = button.dataset.as;
    const {rust, text} = this.#editor;
    if (kind === 'rust' && rust === undefined) {
      this.#editor.say('Correct the errors first: only a valid policy can be copied as Rust.');
      return;
    }
    const copied = {link: () => this.#shared.link(text), rust: () => rust, toml: () => text}[kind]();
    try {
      await navigator.clipboard.writeText(copied);
      this.#editor.say({link: 'Copied a link.', rust: 'Copied as Rust.', toml: 'Copied as TOML.'}[kind]);
    } catch {
      const area = this.#dialog.querySelector('textarea');
      area.value = copied;
      this.#dialog.onclose = () => button.focus();
      this.#dialog.showModal();
      area.focus();
      area.select();
    }
  }
}
