import {begun, icon, make, plural} from './parts.js';
import {Pages} from './pages.js';
import {Presets} from './presets.js';

const LATER = 350;

// The policy: what is typed is sent to the server, which checks it and puts a valid one in force.
export class Editor {
  #area;
  #marks;
  #lines;
  #force;
  #list;
  #done;
  #undo;
  #reset;
  #presets;
  #pages;
  #calls;
  #timer;
  #isAsking = false;
  #isNew = true;
  #inForce;
  #told;
  #rust;
  #past = [];

  constructor(section, setup, calls) {
    const one = (selector) => section.querySelector(selector);
    this.#area = one('textarea');
    this.#marks = one('.marks');
    this.#lines = one('.lines');
    this.#force = one('#force');
    this.#list = one('.findings ul');
    this.#done = one('.done');
    this.#undo = one('.undo');
    this.#reset = one('.reset');
    this.#calls = calls;
    this.#area.addEventListener('input', () => this.#edited(LATER));
    this.#area.addEventListener('scroll', () => this.#scrolled());
    this.#undo.onclick = () => this.undo();
    this.#reset.onclick = () => this.put(this.#presets.base.text, `reset to “${this.#presets.base.name}”`);
    this.#presets = new Presets(one('.presets'), setup.presets, (text, done) => this.put(text, done));
    this.#pages = new Pages(one('.pages'), setup.pages, (action, origin) => this.#change(action, origin));
  }

  // With this policy, or else with that in force.
  async begin(text) {
    this.#area.value = text ?? await (await fetch('/policy')).text();
    this.#draw([]);
    await this.#send();
  }

  // The policy in Rust, if it is in force.
  get rust() {
    return this.#area.value === this.#inForce ? this.#rust : undefined;
  }

  get text() {
    return this.#area.value;
  }

  say(text) {
    this.#done.textContent = text;
  }

  // Puts another text in the place of this one, which can be undone.
  put(text, done) {
    if (text !== this.#area.value) {
      this.#past.push({text: this.#area.value, done});
      this.#area.value = text;
      this.#area.scrollTo(0, 0);
    }
    this.say(`${begun(done)}.`);
    this.#edited(0);
  }

  undo() {
    const {text, done} = this.#past.pop() ?? {};
    if (text === undefined) return;
    this.#area.value = text;
    this.say(`Undone: ${done}.`);
    this.#edited(0);
  }

  // Adds an origin, or removes it; the server knows where.
  async #change(action, origin) {
    const text = this.#area.value;
    const body = JSON.stringify({text, change: {[action]: ['origins', origin]}});
    const headers = {'content-type': 'application/json'};
    const response = await fetch('/change', {method: 'POST', headers, body}).catch(() => ({ok: false}));
    if (!response.ok) {
      this.say('The server could not change the policy.');
      return;
    }
    const changed = await response.json();
    // Somebody typed meanwhile.
    if (text !== this.#area.value) return;
    this.put(changed.text, action === 'add' ? `added ${origin}` : `removed ${origin}`);
    if (action === 'add') this.#area.setSelectionRange(...changed.place);
  }

  #select([begin, end]) {
    this.#calls.reveal();
    this.#area.focus();
    this.#area.setSelectionRange(begin, end);
  }

  #edited(delay) {
    this.#draw([]);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(), delay);
  }

  // One at a time, so that the last that was typed is the last to come into force.
  async #send() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    let text;
    do {
      text = this.#area.value;
      this.#show(text, await this.#post(text));
    } while (text !== this.#area.value);
    this.#isAsking = false;
  }

  async #post(text) {
    const problem = (wrong, right) => ({findings: [{severity: 'error', code: '', setting: '', wrong, right}], more: 0});
    try {
      const response = await fetch('/policy', {method: 'POST', body: text});
      if (response.status === 413) return problem('the policy is too long', 'here it may have 64 KiB');
      if (!response.ok) return problem(`the server answered ${response.status}`, '');
      return await response.json();
    } catch {
      return problem('the server does not answer', 'start the command again');
    }
  }

  #show(text, answer) {
    if (text !== this.#area.value) return;
    const told = JSON.stringify(answer);
    // What has been said is not said again.
    if (told !== this.#told) this.#tell(answer);
    this.#told = told;
    this.#draw(answer.findings);
    if (answer.origins) this.#pages.show(answer.origins);
    const isChanged = answer.is_in_force && text !== this.#inForce;
    if (answer.is_in_force) [this.#inForce, this.#rust] = [text, answer.rust];
    // A page that begins with a wrong policy shows what the last valid one does.
    if (isChanged || this.#isNew) this.#calls.changed(text);
    this.#isNew = false;
  }

  #tell({findings, more}) {
    const isError = ({severity}) => severity === 'error';
    // All of a kind: a policy with an error has no warnings yet.
    const all = findings.length + more;
    const errors = findings.some(isError) ? all : 0;
    const warnings = all - errors;
    this.#area.setAttribute('aria-invalid', String(errors > 0));
    this.#force.className = errors ? 'error' : 'good';
    const said = errors
      ? `${plural(errors, 'error')}. The last valid policy stays in force.`
      : `In force on all four servers${warnings ? `, with ${plural(warnings, 'warning')}` : ''}.`;
    this.#force.replaceChildren(icon(errors ? 'blocked' : 'reads'), make('span', {}, said));
    const items = findings.map((finding) => this.#item(finding));
    if (more) items.push(make('li', {}, `and ${more} more`));
    this.#list.replaceChildren(...items);
    this.#calls.wrong(errors);
  }

  #item({severity, code, setting, wrong, right, line, column, place}) {
    const item = make('li', {className: severity});
    const head = make('p', {}, make('strong', {}, severity), code && ' ', code && make('span', {className: 'code'}, code));
    if (place) {
      const onclick = () => this.#select(place);
      head.append(' ', make('button', {type: 'button', onclick}, `line ${line}, column ${column}`));
    }
    item.append(head, make('p', {}, `${setting && `${setting}: `}${wrong}`));
    if (right) item.append(make('p', {className: 'right'}, right));
    return item;
  }

  // Around the text: which preset it is, the numbers of its lines, and what is marked.
  #draw(findings) {
    const text = this.#area.value;
    this.#presets.mark(text);
    this.#undo.disabled = this.#past.length === 0;
    this.#reset.disabled = this.#presets.base.text === text;
    this.#lines.textContent = text.split('\n').map((_, number) => number + 1).join('\n');
    const parts = [];
    let last = 0;
    for (const {severity, place} of findings) {
      if (!place || place[0] < last) continue;
      const [begin, end] = [place[0], Math.max(place[1], place[0] + 1)];
      parts.push(text.slice(last, begin), make('mark', {className: severity}, text.slice(begin, end) || ' '));
      last = end;
    }
    this.#marks.replaceChildren(...parts, text.slice(last), '\n');
    this.#scrolled();
  }

  #scrolled() {
    const {scrollLeft, scrollTop} = this.#area;
    this.#marks.scrollTo(scrollLeft, scrollTop);
    this.#lines.scrollTo(0, scrollTop);
  }
}
