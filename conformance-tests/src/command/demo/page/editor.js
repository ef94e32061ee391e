import {icon, make, plural} from './parts.js';

const LATER = 350;

// The policy: what is typed is sent to the server, which checks it and puts a good one in force.
export class Editor {
  #area;
  #marks;
  #lines;
  #force;
  #list;
  #presets;
  #changed;
  #timer;
  #isAsking = false;
  #inForce;
  #told;

  constructor(section, setup, changed) {
    const one = (selector) => section.querySelector(selector);
    this.#area = one('textarea');
    this.#marks = one('.marks');
    this.#lines = one('.lines');
    this.#force = one('#force');
    this.#list = one('.findings ul');
    this.#changed = changed;
    this.#area.addEventListener('input', () => this.#edited());
    this.#area.addEventListener('scroll', () => this.#scrolled());
    this.#presets = setup.presets.map(({name, text}) => {
      const button = make('button', {type: 'button', onclick: () => this.#replace(text)}, name);
      return {button, text};
    });
    one('.presets').append(...this.#presets.map(({button}) => button));
    one('.pages').append(...setup.pages.map(({name, origin}) => {
      const attributes = {'aria-label': `Add ${origin} to the policy’s origins`};
      const button = make('button', {type: 'button', attributes, onclick: () => this.#add(origin)}, 'Add');
      return make('li', {}, make('span', {}, name), make('code', {}, origin), button);
    }));
  }

  // With the policy in force.
  async begin() {
    this.#area.value = await (await fetch('/policy')).text();
    this.#draw([]);
    await this.#send();
  }

  #replace(text) {
    this.#area.value = text;
    this.#area.scrollTo(0, 0);
    this.#edited();
  }

  // Adds an origin to those that are listed, or selects it if it is there.
  #add(origin) {
    const text = this.#area.value;
    const quoted = JSON.stringify(origin);
    const list = /^[ \t]*origins[ \t]*=[ \t]*\[(?:[^\]"'#]|"[^"\n]*"|'[^'\n]*'|#.*)*\]/m.exec(text);
    const found = list ? list[0].indexOf(quoted) : -1;
    if (found >= 0) return this.#select([list.index + found + 1, list.index + found + quoted.length - 1]);
    const at = list ? list.index + list[0].indexOf('[') + 1 : 0;
    const [, space, next] = /^(\s*)(.?)/s.exec(text.slice(at));
    const break_ = space.includes('\n') ? space : '';
    const added = list ? `${break_}${quoted}${next === ']' ? '' : break_ ? ',' : ', '}` : `origins = [${quoted}]\n`;
    this.#area.setRangeText(added, at, at);
    this.#edited();
    const begin = at + added.indexOf(quoted) + 1;
    this.#select([begin, begin + quoted.length - 2]);
  }

  #select([begin, end]) {
    this.#area.focus();
    this.#area.setSelectionRange(begin, end);
  }

  #edited() {
    this.#draw([]);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(), LATER);
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
    if (answer.is_in_force && text !== this.#inForce) {
      this.#inForce = text;
      this.#changed();
    }
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
      ? `${plural(errors, 'error')}. The last good policy stays in force.`
      : `In force on all four servers${warnings ? `, with ${plural(warnings, 'warning')}` : ''}.`;
    this.#force.replaceChildren(icon(errors ? 'blocked' : 'reads'), make('span', {}, said));
    const items = findings.map((finding) => this.#item(finding));
    if (more) items.push(make('li', {}, `and ${more} more`));
    this.#list.replaceChildren(...items);
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
    for (const preset of this.#presets) {
      if (preset.text === text) preset.button.setAttribute('aria-current', 'true');
      else preset.button.removeAttribute('aria-current');
    }
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
